import { type CallText, type Day, instantOf } from './day.ts';

/** A call of the series: which text, when it began. */
export interface SeriesCall {
  readonly call: CallText;
  readonly at: number;
}

/** A call about something else begins this long after a renewal call. */
const plainOffset = 8 * 60_000;

/**
 * The renewal calls of the day. Of four in a row three use the talk-track; within a rep's `silent` span none does.
 * Texts are taken in turn, so each stands in many calls.
 */
export function seriesCalls(day: Day): readonly SeriesCall[] {
  const { series } = day;
  const [from, to] = [instantOf(day, series.from), instantOf(day, series.to)];
  const calls: SeriesCall[] = [];
  for (const [seat, rep] of series.reps.entries()) {
    const silent = rep.silent?.map((time) => instantOf(day, time)) ?? [0, 0];
    const add = (kind: string, pool: readonly string[], number: number, at: number): void => {
      const text = pool[(number + seat) % pool.length] as string;
      const contact = rep.contacts[number % rep.contacts.length] as string;
      calls.push({
        call: { id: `${rep.rep}-${kind}-${number}`, text, rep: rep.rep, contact, direction: 'outbound' },
        at,
      });
    };
    for (let number = 0, at = from + rep.offset; at < to; number += 1, at += series.every) {
      const isSilent = at >= (silent[0] as number) && at < (silent[1] as number);
      const pool = isSilent || number % 4 === 3 ? series.unused : series.used;
      add('renewal', pool[rep.language], number, at);
    }
    for (let number = 0, at = from + rep.offset + plainOffset; at < to; number += 1, at += series.plain.every) {
      add('plain', series.plain[rep.language], number, at);
    }
  }
  return calls;
}
