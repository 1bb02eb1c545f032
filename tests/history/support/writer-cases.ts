import type { HistoryStore, RangeInsert } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import type { Stored } from './writer-bench.ts';

/** Ids of signals. */
export const ids = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `s${from + index}`);
/** What stands there once all of so many signals are stored. */
export const all = (count: number, changes: Partial<Stored> = {}): Partial<Stored> => ({
  log: count,
  places: count,
  signals: count,
  records: count,
  rejected: 0,
  next: count,
  ...changes,
});
/** ClickHouse is away. */
export const away = (): never => {
  throw new ResonantError('history-unavailable', 'away');
};
export const never = (): Promise<never> => new Promise(() => undefined);
/** A store whose inserts are others. */
export const only = (store: HistoryStore, insert: HistoryStore['insert']): HistoryStore => ({
  ledger: (...args) => store.ledger(...args),
  recount: (...args) => store.recount(...args),
  clear: (...args) => store.clear(...args),
  remove: (...args) => store.remove(...args),
  insert,
});

/** The insert with one signal's id emptied, which a CHECK of the engine refuses and the row builders have not seen. */
export function withoutId(insert: RangeInsert, id: string): RangeInsert {
  const column = Buffer.concat([Buffer.from([id.length]), Buffer.from(id)]);
  const emptied = (row: Buffer): Buffer => {
    const at = row.indexOf(column);
    return at < 0 ? row : Buffer.concat([row.subarray(0, at), Buffer.from([0]), row.subarray(at + column.length)]);
  };
  return { ...insert, rows: insert.rows.map(emptied) };
}

/** What the observer heard of pending ranges. */
export function resends() {
  const heard: { readonly first: number; readonly last: number; readonly isThere: boolean }[] = [];
  return {
    heard,
    observer: {
      resent: (
        _stream: unknown,
        { pending, isThere }: { pending: { first: number; last: number }; isThere: boolean },
      ) => void heard.push({ first: pending.first, last: pending.last, isThere }),
    },
  };
}
