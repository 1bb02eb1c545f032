import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { clickHouseStore, type HistoryStore, migrate, type RangeInsert } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import { encoderFor, skipLostMetadata } from '@resonant/kafka';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { type Stored, signal, topic, until, WriterBench } from './support/writer-bench.ts';

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

const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `s${from + index}`);
const all = (count: number, changes: Partial<Stored> = {}): Partial<Stored> => ({
  log: count,
  places: count,
  signals: count,
  records: count,
  rejected: 0,
  next: count,
  ...changes,
});
const away = (): never => {
  throw new ResonantError('history-unavailable', 'away');
};
const never = (): Promise<never> => new Promise(() => undefined);
const only = (store: HistoryStore, insert: HistoryStore['insert']): HistoryStore => ({
  ledger: (...args) => store.ledger(...args),
  recount: (...args) => store.recount(...args),
  clear: (...args) => store.clear(...args),
  insert,
});

/** The insert with one signal's id emptied, which a CHECK of the engine refuses and the row builders have not seen. */
function withoutId(insert: RangeInsert, id: string): RangeInsert {
  const column = Buffer.concat([Buffer.from([id.length]), Buffer.from(id)]);
  const emptied = (row: Buffer): Buffer => {
    const at = row.indexOf(column);
    return at < 0 ? row : Buffer.concat([row.subarray(0, at), Buffer.from([0]), row.subarray(at + column.length)]);
  };
  return { ...insert, rows: insert.rows.map(emptied) };
}

/** What the observer heard of pending ranges. */
function resends() {
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
    await own.clickhouse.command('RENAME TABLE resonant.signals TO resonant.signals_aside');
    let writer: Awaited<ReturnType<WriterBench['start']>> | undefined;
    try {
      writer = await bench.start();
      await until('it has stopped', () => writer?.status()?.state === 'stopped');
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

  test.each([
    ['to the beginning', 0],
    ['behind the end', 1000],
  ])('offsets are reset %s: the ledger says what is stored', async (_where, offset) => {
    await bench.signals(...ids(10));
    const writer = await bench.start();
    await bench.settled();
    await writer.stop();
    await bench.moveOffset(offset);
    await bench.signals(...ids(5, 10));
    await bench.start();
    expect(await bench.settled()).toMatchObject(all(15, { ranges: 2 }));
  });

  test('offsets are reset when an insert had ended half-way: what the ledger does not know is removed, and comes once', async () => {
    await bench.signals(...ids(10));
    const first = await bench.start();
    await bench.settled();
    await own.clickhouse.command('DETACH TABLE resonant.intake_signals_to_ledger');
    try {
      await bench.signals(...ids(5, 10));
      await until('rows without ledger', async () => (await bench.stored()).log === 15);
      first.kill();
    } finally {
      await own.clickhouse.command('ATTACH TABLE resonant.intake_signals_to_ledger');
    }
    await bench.moveOffset(0);
    await bench.signals(...ids(5, 15));
    const cleared: unknown[] = [];
    await bench.start({ observer: { cleared: (_stream, rows) => void cleared.push(rows) } });
    expect(await bench.settled()).toMatchObject(all(20, { ranges: 2 }));
    expect(cleared).toEqual([{ log: 5, signals: 5, acknowledgements: 0, rule_changes: 0 }]);
  });

  test('offsets are reset when an insert had reached the ledger and not every table: its last range is sent again', async () => {
    await bench.signals(...ids(10));
    await own.clickhouse.command('DETACH TABLE resonant.intake_signals_to_signals');
    const first = await bench.start();
    try {
      await until('a ledger without signals', async () => (await bench.stored()).next === 10);
      first.kill();
    } finally {
      await own.clickhouse.command('ATTACH TABLE resonant.intake_signals_to_signals');
    }
    expect(await bench.stored()).toMatchObject(all(10, { signals: 0 }));
    await bench.moveOffset(0);
    const { heard, observer } = resends();
    await bench.start({ observer });
    await until('it was looked at', () => heard.length === 1);
    await bench.signals(...ids(5, 10));
    expect(await bench.settled()).toMatchObject(all(15, { ranges: 2 }));
    expect(heard).toEqual([{ first: 0, last: 9, isThere: false }]);
  });

  test('offsets are reset when a row of the last range was erased on request: nothing is sent again', async () => {
    await bench.signals(...ids(10));
    const first = await bench.start();
    await bench.settled();
    await first.stop();
    const { epoch } = bench;
    const at = `keyspace = 'account' AND partition = 0 AND epoch = ${epoch} AND offset = 3`;
    for (const table of ['log', 'signals']) {
      await own.clickhouse.command(
        `INSERT INTO resonant.erasures (erasure_id, reason, table, topic, partition, epoch, offset, hash, erased_by)
         VALUES ('e-${epoch}', 'asked for', '${table}', '${topic}', 0, ${epoch}, 3, repeat('x', 32), 'dpo')`,
      );
      await own.clickhouse.command(`ALTER TABLE resonant.${table} DELETE WHERE ${at} SETTINGS mutations_sync = 2`);
    }
    await bench.moveOffset(0);
    await bench.signals(...ids(5, 10));
    const { heard, observer } = resends();
    await bench.start({ observer });
    expect(await bench.settled()).toMatchObject({ log: 14, places: 14, signals: 14, records: 15, ranges: 2 });
    expect(heard).toEqual([{ first: 0, last: 9, isThere: true }]);
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

describe('poison records, on the engine', () => {
  test('every kind among good ones: the good are rows, the others dead letters, and all of them bytes in the log', async () => {
    const encode = await encoderFor(bench.log, topic, 'Signal');
    const rule = await encoderFor(bench.log, topic, 'RuleChange');
    const letter = await encoderFor(bench.log, topic, 'DeadLetter');
    const poison: readonly (Buffer | null)[] = [
      Buffer.from('not in the wire format'),
      Buffer.alloc(0),
      null,
      encode(signal()).subarray(0, 20),
      Buffer.concat([Buffer.from([0, 0, 0, 99, 99]), Buffer.from('no such schema')]),
      encode(signal({ occurredAt: Date.UTC(2200, 0, 1) })),
      encode(signal({ occurredAt: -1 })),
      encode(signal({ measures: { polarity: Number.NaN } })),
      encode(signal({ measures: { polarity: Number.POSITIVE_INFINITY } })),
      encode(signal({ id: '' })),
      encode(signal({ kind: '' })),
      rule({ ruleId: 'r', action: 'put', revision: -1, document: '{}' }),
      letter({
        deadLetterId: 'd',
        source: 's',
        origin: 'o',
        reason: 'r',
        detail: '',
        at: 0,
        mediaType: '',
        key: null,
        headers: {},
        payload: Buffer.alloc(0),
      }),
    ];
    for (const [index, value] of poison.entries()) {
      await bench.signals(`before-${index}`);
      await bench.values(value);
    }
    await bench.signals('last');
    await bench.start();
    const count = 2 * poison.length + 1;
    expect(await bench.settled()).toMatchObject(all(count, { signals: poison.length + 1, rejected: poison.length }));
    expect(bench.rejected()).toEqual(poison.map((_, index) => `${topic}/0/${2 * index + 1}`).sort());
  });

  test('what only the engine refuses is found by halving: one dead letter, all others are rows', async () => {
    await bench.signals(...ids(20));
    await bench.start({ tamper: (store) => only(store, (insert) => store.insert(withoutId(insert, 's7'))) });
    expect(await bench.settled()).toMatchObject(all(20, { signals: 19, rejected: 1 }));
    expect(bench.rejected()).toEqual([`${topic}/0/7`]);
  });

  test('killed when a refused record was half stored: its next owner stores it as refused too', async () => {
    await bench.signals('s0');
    await own.clickhouse.command('DETACH TABLE resonant.intake_signals_to_ledger');
    try {
      const dying = (store: HistoryStore, kill: () => void) => async (insert: RangeInsert) => {
        await store.insert(withoutId(insert, 's0'));
        kill();
        await never();
      };
      await bench.start({ tamper: (store, kill) => only(store, dying(store, kill)) });
      await until('its bytes are stored', async () => (await bench.stored()).log === 1);
    } finally {
      await own.clickhouse.command('ATTACH TABLE resonant.intake_signals_to_ledger');
    }
    await bench.start({ tamper: (store) => only(store, (insert) => store.insert(withoutId(insert, 's0'))) });
    expect(await bench.settled()).toMatchObject(all(1, { signals: 0, rejected: 1, ranges: 1 }));
    expect(bench.rejected()).toEqual([`${topic}/0/0`]);
  });

  test('a record type that this release does not know stops the partition and drops nothing', async () => {
    const schema = { type: 'record', name: 'resonant.v1.Novelty', fields: [{ name: 'x', type: 'long' }] };
    const id = await bench.log.registry.register(`${topic}-resonant.v1.Novelty`, schema);
    const value = Buffer.from([0, 0, 0, 0, 0, 2]);
    value.writeUInt32BE(id, 1);
    await bench.values(value);
    const writer = await bench.start();
    await until('it has stopped', () => writer.status()?.state === 'stopped');
    expect(writer.status()?.reason).toMatch(/Novelty; upgrade this release/);
    expect(await bench.stored()).toMatchObject(all(0));
    expect(bench.rejected()).toEqual([]);
  });
});
