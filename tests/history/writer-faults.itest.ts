import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { clickHouseStore, type HistoryStore, migrate, type RangeInsert } from '@resonant/clickhouse';
import { skipLostMetadata } from '@resonant/kafka';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { topic, until, WriterBench } from './support/writer-bench.ts';
import { all, away, ids, never, only, resends } from './support/writer-cases.ts';

let own: OwnEndpoint;
let bench: WriterBench;
let epochs = 0;

beforeAll(async () => {
  own = await ownEndpoint();
  await migrate(own.clickhouse, 'embedded');
});
beforeEach(() => {
  epochs += 10;
  bench = new WriterBench(own.clickhouse, epochs);
});
afterEach(() => bench.close());
afterAll(() => own?.close());

describe('each row of the fault table, on the engine', () => {
  test('killed before the insert: the pending range is sent again, and stands there once', async () => {
    await bench.signals(...ids(10));
    const writer = await bench.start({ tamper: (store) => only(store, never) });
    await until('it is about to insert', () => bench.metadata() !== '');
    writer.kill();
    const { heard, observer } = resends();
    await bench.start({ observer });
    expect(await bench.settled()).toMatchObject(all(10, { ranges: 1 }));
    expect(heard).toEqual([{ first: 0, last: 9, isThere: false }]);
  });

  test('the acknowledgement is lost: the same range goes again with its token, and stands there once', async () => {
    await bench.signals(...ids(10));
    let inserts = 0;
    const insertTwice = (store: HistoryStore) => async (insert: RangeInsert) => {
      await store.insert(insert);
      if (++inserts === 1) away();
    };
    await bench.start({ tamper: (store) => only(store, insertTwice(store)) });
    expect(await bench.settled()).toMatchObject(all(10, { ranges: 1 }));
    expect(inserts).toBe(2);
  });

  test('a view fails and rows are stored: the same range and token heal both', async () => {
    await bench.signals(...ids(10));
    const writer = await bench.start();
    await bench.settled();
    await own.clickhouse.command('RENAME TABLE resonant.signals TO resonant.signals_aside');
    try {
      await bench.signals(...ids(5, 10));
      await until('it has stopped', () => writer.status()?.state === 'stopped');
    } finally {
      await own.clickhouse.command('RENAME TABLE resonant.signals_aside TO resonant.signals');
    }
    expect(await bench.settled()).toMatchObject(all(15, { ranges: 2 }));
    await until('it goes on', () => writer.status()?.state === 'running');
  });

  test('a table is missing when a writer looks what is half there: it stops, says which, and goes on once it is back', async () => {
    await bench.signals(...ids(10));
    await bench.moveOffset(0);
    await own.clickhouse.command('RENAME TABLE resonant.signals TO resonant.signals_aside');
    let writer: Awaited<ReturnType<WriterBench['start']>> | undefined;
    try {
      writer = await bench.start();
      await until('it has stopped', () => writer?.status()?.state === 'stopped');
      expect(writer.status()?.reason).toMatch(/resonant\.signals/);
    } finally {
      await own.clickhouse.command('RENAME TABLE resonant.signals_aside TO resonant.signals');
    }
    expect(await bench.settled()).toMatchObject(all(10, { ranges: 1 }));
    await until('it goes on', () => writer?.status()?.state === 'running');
  });

  test('killed after the insert: the ledger is ahead, and nothing is stored again', async () => {
    await bench.signals(...ids(10));
    const dying = (store: HistoryStore, kill: () => void) => async (insert: RangeInsert) => {
      await store.insert(insert);
      kill();
      await never();
    };
    await bench.start({ tamper: (store, kill) => only(store, dying(store, kill)) });
    await until('it is stored', async () => (await bench.stored()).next === 10);
    const { heard, observer } = resends();
    let inserts = 0;
    const counting = (store: HistoryStore) => (insert: RangeInsert) => {
      inserts++;
      return store.insert(insert);
    };
    await bench.start({ observer, tamper: (store) => only(store, counting(store)) });
    expect(await bench.settled()).toMatchObject(all(10, { ranges: 1 }));
    expect([heard, inserts]).toEqual([[{ first: 0, last: 9, isThere: true }], 0]);
  });

  test('a zombie inserts after its partition has another owner: no second copy', async () => {
    await bench.signals(...ids(10));
    const held: RangeInsert[] = [];
    const hold = (insert: RangeInsert) => {
      held.push(insert);
      return never();
    };
    const zombie = await bench.start({ tamper: (store) => only(store, hold) });
    await until('it is about to insert', () => held.length === 1);
    zombie.kill();
    await bench.start();
    await bench.settled();
    await bench.signals(...ids(5, 10));
    await bench.settled();
    await clickHouseStore(own.clickhouse, 'embedded').insert(held[0] as RangeInsert);
    expect(await bench.stored()).toMatchObject(all(15, { ranges: 2 }));
  });

  test('ClickHouse is restored from a backup under a running writer: it seeks back and refills', async () => {
    const writer = await bench.start({ limits: { ledgerCheckMs: 200 } });
    for (const from of [0, 10, 20]) {
      await bench.signals(...ids(10, from));
      await bench.settled();
    }
    const params = { epoch: bench.epoch };
    const settings = { mutations_sync: 2 };
    for (const [table, offset] of [
      ['log', 'offset'],
      ['signals', 'offset'],
      ['ledger', 'first'],
    ] as const) {
      const where = `epoch = {epoch:UInt32} AND ${offset} >= 10`;
      await own.clickhouse.command(`ALTER TABLE resonant.${table} DELETE WHERE ${where}`, { params, settings });
    }
    await until('it has noticed', async () => (await bench.stored()).next === 30);
    expect(await bench.settled()).toMatchObject(all(30));
    await until('it goes on', () => writer.status()?.state === 'running' && writer.status()?.next === 30);
    await bench.signals(...ids(5, 30));
    expect(await bench.settled()).toMatchObject(all(35));
  });

  test('a batch that has waited too long is discarded; it begins again from the ledger', async () => {
    await bench.signals(...ids(10));
    const discarded: string[] = [];
    let isAway = true;
    await bench.start({
      limits: { discardAfterMs: 300 },
      tamper: (store) => only(store, async (insert) => (isAway ? away() : store.insert(insert))),
      observer: { discarded: (_stream, reason) => void discarded.push(reason) },
    });
    await until('it was discarded', () => discarded.length > 0);
    isAway = false;
    expect(await bench.settled()).toMatchObject(all(10, { ranges: 1 }));
    expect(discarded[0]).toMatch(/the range 0 to 9 has waited \d+ ms/);
  });

  test.each([
    ['shorter', 4, /ends at offset 4 and offsets to 9 are stored.*raise its epoch/],
    ['longer', 20, /holds other records at offsets 0 to 9.*raise its epoch/],
  ])(
    'a topic that was made anew and is %s is refused, until an operator raises its epoch',
    async (_how, count, reason) => {
      await bench.signals(...ids(10));
      const before = await bench.start();
      await bench.settled();
      await before.stop();
      const anew = new WriterBench(own.clickhouse, bench.epoch);
      try {
        await anew.signals(...ids(count, 100));
        const refused = await anew.start();
        await until('it has stopped', () => refused.status()?.state === 'stopped');
        expect(refused.status()?.reason).toMatch(reason);
        await refused.stop();
        expect(await anew.stored()).toMatchObject(all(10));
        await anew.start({ epoch: bench.epoch + 1 });
        expect(await anew.settled(bench.epoch + 1)).toMatchObject(all(count));
        // what the former topic held stays
        expect(await bench.stored()).toMatchObject({ log: 10, signals: 10, records: 10 });
      } finally {
        await anew.close();
      }
    },
  );

  test('what is no longer kept and was never stored is refused, until an operator gives it up', async () => {
    await bench.signals(...ids(10));
    const writer = await bench.start();
    await bench.settled();
    await writer.stop();
    await bench.signals(...ids(10, 10));
    bench.log.deleteBefore(topic, 0, 15);
    const refused = await bench.start();
    await until('it has stopped', () => refused.status()?.state === 'stopped');
    expect(refused.status()?.reason).toMatch(/offsets 10 to 14 are no longer kept and were never stored.*skip-lost/);
    await bench.moveOffset(15, skipLostMetadata);
    expect(await bench.settled()).toMatchObject(all(15, { next: 20, ranges: 3 }));
  });

  test('what was given up before a restore is given up again, although the engine remembers its range', async () => {
    await bench.signals(...ids(10));
    const first = await bench.start();
    await bench.settled();
    await first.stop();
    await bench.signals(...ids(10, 10));
    bench.log.deleteBefore(topic, 0, 15);
    await bench.moveOffset(15, skipLostMetadata);
    const second = await bench.start();
    await bench.settled();
    await second.stop();
    const params = { epoch: bench.epoch };
    for (const [table, offset] of [
      ['log', 'offset'],
      ['signals', 'offset'],
      ['ledger', 'first'],
    ] as const) {
      await own.clickhouse.command(
        `ALTER TABLE resonant.${table} DELETE WHERE epoch = {epoch:UInt32} AND ${offset} >= 10`,
        { params, settings: { mutations_sync: 2 } },
      );
    }
    await bench.moveOffset(15, skipLostMetadata);
    await bench.start();
    expect(await bench.settled()).toMatchObject(all(15, { next: 20, ranges: 3 }));
    expect(
      await own.clickhouse.query('SELECT first, last FROM resonant.lost_ranges WHERE epoch = {epoch:UInt32}', {
        params,
      }),
    ).toEqual([{ first: 10, last: 14 }]);
  });
});
