import type { AlertFeed } from './alert-feed.ts';
import type { Positions } from './cursor.ts';
import type { Start } from './start.ts';

/** Where a subscription begins, and what it cannot get any more. */
export interface Beginning {
  readonly positions: Positions;
  /** True if it goes on exactly where a cursor left off. */
  readonly resumed: boolean;
  readonly gap?: { readonly from: string; readonly reason: string; readonly snapshotUrl: string };
}

const snapshotUrl = '/v1/alerts';

/**
 * Finds the positions of a start. A cursor whose alerts are kept neither in the log nor in history begins, with a gap that says so, where
 * the log begins now; one that is not of this log begins at the beginning of the log. Rejects with `log-unavailable`, or
 * with `history-unavailable` where only history could say whether there is a gap.
 */
export async function beginningOf(start: Start, feed: AlertFeed): Promise<Beginning> {
  switch (start.kind) {
    case 'latest':
      return { positions: [...feed.ring.next], resumed: false };
    case 'earliest':
      return { positions: (await feed.range()).earliest, resumed: false };
    case 'since':
      return { positions: await feed.since(start.since), resumed: false };
    case 'cursor':
      return resume(start, feed);
  }
}

async function resume(
  { cursor: from, log, positions }: Extract<Start, { kind: 'cursor' }>,
  feed: AlertFeed,
): Promise<Beginning> {
  const { ring } = feed;
  const isOfThisLog = log === feed.logId && positions.length === ring.partitions;
  const isWithin = positions.every((position, partition) => position <= (ring.next[partition] ?? -1));
  if (isOfThisLog && isWithin && ring.covers(positions)) return { positions, resumed: true };
  const { earliest, latest } = await feed.range();
  if (!isOfThisLog || positions.some((position, partition) => position > (latest[partition] ?? 0))) {
    const reason =
      log === null
        ? 'the cursor is of an earlier release and does not say which log it is of'
        : 'the cursor is of another log than the one that is here now';
    return { positions: earliest, resumed: false, gap: { from, reason, snapshotUrl } };
  }
  const lost = positions.filter((position, partition) => position < (earliest[partition] ?? 0)).length;
  if (lost === 0 || (await feed.isArchived(positions))) return { positions, resumed: true };
  return {
    positions: positions.map((position, partition) => Math.max(position, earliest[partition] ?? 0)),
    resumed: false,
    gap: {
      from,
      reason: `alerts behind the cursor are no longer kept in ${lost} of ${positions.length} partitions`,
      snapshotUrl,
    },
  };
}
