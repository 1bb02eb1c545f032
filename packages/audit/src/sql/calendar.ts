import { wholes } from './text.ts';

/** Opening hours in epoch ms, in order, over the whole span that is looked at: the closing time is exclusive. */
export interface OpenHours {
  readonly opens: readonly number[];
  readonly closes: readonly number[];
}

/**
 * `hours`: (one, opens, length, passed), where `passed` is the open time before. Calendar time at t is
 * passed + least(t - opens, length) of the last row with opens <= t.
 */
export function hoursSql({ opens, closes }: OpenHours): string {
  const lengths = opens.map((open, i) => (closes[i] as number) - open);
  const passed = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
  return `SELECT 1 AS one, hour.1 AS opens, hour.2 AS length, hour.3 AS passed
    FROM (SELECT arrayJoin(arrayZip(${wholes(opens)}, ${wholes(lengths)}, ${wholes(passed)})) AS hour)`;
}
