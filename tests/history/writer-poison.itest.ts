import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type HistoryStore, migrate, type RangeInsert } from '@resonant/clickhouse';
import { encoderFor } from '@resonant/kafka';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { signal, topic, until, WriterBench } from './support/writer-bench.ts';
import { all, ids, never, only, withoutId } from './support/writer-cases.ts';

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
