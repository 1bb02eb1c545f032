import { beforeEach, describe, expect, test } from '@jest/globals';
import { ResonantError, signalsTopic } from '@resonant/contracts';
import { type HistoryStore, intakeEncoder, type RangeInsert, rowsOf, type TopicRows } from '../../src/index.ts';

const topic = signalsTopic('account');
const table = 'intake_signals';

/** A store, and a way to have rows in it that no range of the ledger holds. */
export interface OpenStore {
  readonly store: HistoryStore;
  readonly insertWithoutLedger: (insert: RangeInsert) => Promise<void>;
}

/** Everything that the port of a history store promises, for one that has its tables and is otherwise empty. */
export function storeConformance(name: string, open: () => OpenStore): void {
  let store: HistoryStore;
  let insertWithoutLedger: OpenStore['insertWithoutLedger'];
  let partition = 0;
  beforeEach(() => {
    ({ store, insertWithoutLedger } = open());
    partition++;
  });
  const at = () => ({ topic, partition });

  /** A range of records that cannot be read: they are rows of `log` and nothing else. */
  const insertOf = (first: number, last: number, more: Partial<RangeInsert['range']> = {}): RangeInsert => {
    const { build } = rowsOf(topic) as TopicRows;
    const encoder = intakeEncoder(table);
    const unreadable = (): never => {
      throw new ResonantError('undecodable-record', 'unreadable');
    };
    const epoch = more.epoch ?? 0;
    const rows = Array.from({ length: last - first + 1 }, (_, index) => {
      const record = {
        ...at(),
        offset: first + index,
        timestamp: 1_750_000_000_000,
        key: null,
        value: Buffer.from('x'),
        headers: {},
      };
      return encoder.encodeRow(build(record, unreadable, epoch).row as never);
    });
    const nRecords = rows.length;
    const token = `${topic}/${epoch}/${partition}/${first}-${last}/a`;
    return { table, rows, range: { ...at(), epoch, first, last, nRecords, nRejected: nRecords, token, ...more } };
  };
  /** Nobody else owns the stream. */
  const still = async (): Promise<void> => undefined;
  const fenced = new ResonantError('fenced', 'the partition has another owner');
  const rowsIn = async (first: number, last: number, epoch = 0): Promise<number | undefined> =>
    (await store.recount(table, at(), epoch, { first, last })).rows.log;

  describe(`${name}: a history store`, () => {
    test('knows nothing of a stream at first', async () => {
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 0, last: null, behindGap: null });
      expect(await store.recount(table, at(), 0, { first: 0, last: 9 })).toEqual({
        ledger: null,
        rows: { log: 0, signals: 0, acknowledgements: 0, rule_changes: 0 },
      });
    });

    test('holds what was inserted, in the ledger and in every table', async () => {
      const insert = insertOf(0, 9);
      await store.insert(insert);
      const { token } = insert.range;
      expect(await store.ledger(at(), 0)).toMatchObject({
        next: 10,
        last: { first: 0, last: 9, nRecords: 10, token },
        behindGap: null,
      });
      const rows = { log: 10, signals: 0, acknowledgements: 0, rule_changes: 0 };
      expect(await store.recount(table, at(), 0, { first: 0, last: 9 })).toEqual({
        ledger: { token, rows, copies: 1 },
        rows,
      });
    });

    test('stores one copy of what comes twice with one token, also at once', async () => {
      const insert = insertOf(0, 9);
      await Promise.all([store.insert(insert), store.insert(insert)]);
      await store.insert(insert);
      expect(await rowsIn(0, 9)).toBe(10);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 10, behindGap: null });
    });

    test('stores both of two ranges, of which one has no records', async () => {
      await store.insert(insertOf(0, 9));
      await store.insert({ ...insertOf(10, 19, { nRecords: 0, nRejected: 0 }), rows: [] });
      await store.insert(insertOf(20, 24));
      expect(await rowsIn(0, 100)).toBe(15);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 25, last: { first: 20, last: 24 }, behindGap: null });
    });

    test('says where its chain breaks, and what stands behind the gap', async () => {
      await store.insert(insertOf(0, 9));
      await store.insert(insertOf(20, 29));
      await store.insert(insertOf(40, 49));
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 10, last: { first: 0, last: 9 }, behindGap: 20 });
      await store.insert(insertOf(10, 19));
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 30, last: { first: 20, last: 29 }, behindGap: 40 });
    });

    test('says that the beginning is missing', async () => {
      await store.insert(insertOf(5, 9));
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 0, last: null, behindGap: 5 });
    });

    test('removes the rows of a span that the ledger does not know, and neither others nor the ledger', async () => {
      await insertWithoutLedger(insertOf(0, 9));
      await insertWithoutLedger(insertOf(10, 19));
      await store.insert(insertOf(20, 29));
      await insertWithoutLedger(insertOf(30, 39));
      expect(await rowsIn(0, 39)).toBe(40);
      await store.clear(table, at(), 0, { first: 10, last: Number.MAX_SAFE_INTEGER - 1 }, still);
      const left = [await rowsIn(0, 9), await rowsIn(10, 19), await rowsIn(20, 29), await rowsIn(30, 39)];
      expect(left).toEqual([10, 0, 10, 0]);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 0, behindGap: 20 });
    });

    test('removes nothing for who is not the owner any more', async () => {
      await insertWithoutLedger(insertOf(0, 9));
      await expect(store.clear(table, at(), 0, { first: 0, last: 9 }, () => Promise.reject(fenced))).rejects.toBe(
        fenced,
      );
      expect(await rowsIn(0, 9)).toBe(10);
    });

    test('takes nothing that the next owner stores once the owner has confirmed, be it in the ledger yet or not', async () => {
      await insertWithoutLedger(insertOf(0, 9));
      const next = [insertOf(0, 4, { token: 'next/0-4' }), insertOf(5, 6, { token: 'next/5-6' })] as const;
      let confirmed = 0;
      const lose = async (): Promise<void> => {
        if (++confirmed > 1) throw fenced;
        await store.clear(table, at(), 0, { first: 0, last: 9 }, still);
        await store.insert(next[0]);
        await insertWithoutLedger(next[1]);
      };
      await store.clear(table, at(), 0, { first: 0, last: 9 }, lose).catch((error) => expect(error).toBe(fenced));
      await store.insert(next[1]);
      expect([await rowsIn(0, 4), await rowsIn(5, 6), await rowsIn(7, 9)]).toEqual([5, 2, 0]);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 7 });
    });

    test('removes a range with its rows, and nothing of those before and behind it', async () => {
      for (const insert of [insertOf(0, 9), insertOf(10, 19), insertOf(20, 29)]) await store.insert(insert);
      await store.remove(table, at(), 0, { first: 10, last: 19 }, still);
      expect(await store.recount(table, at(), 0, { first: 10, last: 19 })).toMatchObject({
        ledger: null,
        rows: { log: 0 },
      });
      expect([await rowsIn(0, 9), await rowsIn(20, 29)]).toEqual([10, 10]);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 10, last: { first: 0, last: 9 }, behindGap: 20 });
    });

    test('removes no range for who is not the owner any more', async () => {
      await store.insert(insertOf(0, 9));
      const fence = () => Promise.reject(fenced);
      await expect(store.remove(table, at(), 0, { first: 0, last: 9 }, fence)).rejects.toBe(fenced);
      expect(await rowsIn(0, 9)).toBe(10);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 10 });
    });

    test('takes with a range nothing that the next owner makes of it once the owner has confirmed', async () => {
      await store.insert(insertOf(0, 9));
      const lose = async (): Promise<void> => {
        await store.remove(table, at(), 0, { first: 0, last: 9 }, still);
        await store.insert(insertOf(0, 9, { token: 'next/0-9' }));
      };
      let confirmed = 0;
      const once = async (): Promise<void> => {
        if (++confirmed > 1) throw fenced;
        await lose();
      };
      await store.remove(table, at(), 0, { first: 0, last: 9 }, once).catch((error) => expect(error).toBe(fenced));
      expect(await rowsIn(0, 9)).toBe(10);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 10, last: { token: 'next/0-9' } });
    });

    test('counts a range that stands in the ledger twice, and takes it for one', async () => {
      for (const insert of [insertOf(0, 9), insertOf(10, 19), insertOf(20, 29)]) await store.insert(insert);
      const { token } = insertOf(10, 19).range;
      await store.insert(insertOf(10, 19, { token: 'lost' }));
      const { ledger, rows } = await store.recount(table, at(), 0, { first: 10, last: 19 });
      expect([ledger?.copies, rows.log]).toEqual([2, 20]);
      expect(await store.ledger(at(), 0)).toMatchObject({ next: 30, behindGap: null });
      await store.remove(table, at(), 0, { first: 10, last: 19 }, still);
      await store.insert(insertOf(10, 19, { token: `${token}/anew` }));
      expect(await rowsIn(0, 29)).toBe(30);
    });

    test('remembers the token of rows that were removed', async () => {
      await insertWithoutLedger(insertOf(0, 9));
      await store.clear(table, at(), 0, { first: 0, last: 9 }, still);
      await store.insert(insertOf(0, 9));
      expect(await rowsIn(0, 9)).toBe(0);
      await store.insert(insertOf(0, 9, { token: 'another' }));
      expect(await rowsIn(0, 9)).toBe(10);
    });
  });

  describe(`${name}: epochs`, () => {
    test('the newest that a topic has rows of counts, or the least that an operator names', async () => {
      const before = (await store.ledger(at(), 0)).epoch;
      const epoch = before + 1;
      await store.insert(insertOf(0, 9, { epoch }));
      expect(await store.ledger(at(), 0)).toMatchObject({ epoch, next: 10 });
      expect(await store.ledger({ topic, partition: partition + 1000 }, 0)).toMatchObject({ epoch, next: 0 });
      expect(await store.ledger(at(), epoch + 5)).toMatchObject({ epoch: epoch + 5, next: 0, last: null });
    });
  });
}
