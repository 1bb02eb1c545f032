import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type HistoryStore, intakeTargets, migrate, type RangeInsert, rowsOf } from '@resonant/clickhouse';
import {
  actionsTopic,
  alertsTopic,
  deadLettersTopic,
  deliveriesTopic,
  directoryTopic,
  rulesTopic,
  signalsTopic,
  touchpointsTopic,
  vocabularyTopic,
} from '@resonant/contracts';
import { type SampledName, samples } from '../../packages/clickhouse/test/rows/samples.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { storeRange, type TestRecord } from './support/stored-range.ts';
import { until, WriterBench } from './support/writer-bench.ts';
import { all, away, ids, never, only } from './support/writer-cases.ts';

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

/** What each intake is given: at least one row for each table that it fills. */
const given: readonly (readonly [string, readonly SampledName[]])[] = [
  [touchpointsTopic('emails'), ['EmailTouchpoint']],
  [signalsTopic('account'), ['Signal', 'RuleChange', 'Tick']],
  [alertsTopic, ['Alert']],
  [actionsTopic, ['Action']],
  [deliveriesTopic, ['Delivery']],
  [rulesTopic, ['Rule']],
  [directoryTopic, ['Account', 'Contact']],
  [vocabularyTopic, ['TalkTrack']],
  [deadLettersTopic, ['DeadLetter', 'DeadLetterOutcome']],
];

test('what comes again after the engine has died is known to every table, also when its schema has just been made', async () => {
  const store = async (): Promise<void> => {
    for (const [topic, names] of given) {
      const records = names.map((name, offset) => ({ offset, value: [name, samples[name]] }) as unknown as TestRecord);
      await storeRange(own.clickhouse, { topic, partition: 5, first: 0, last: names.length - 1 }, records);
    }
  };
  const tables = [...new Set(given.flatMap(([topic]) => intakeTargets[rowsOf(topic)?.table ?? 'intake_signals']))];
  const counts = async (): Promise<Readonly<Record<string, number>>> => {
    const queries = [...tables, 'ledger'].map(
      (name) => `SELECT '${name}' AS name, count() AS n FROM resonant.${name} WHERE partition = 5`,
    );
    const rows = await own.clickhouse.query<{ name: string; n: number }>(queries.join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]));
  };
  await store();
  const once = await counts();
  expect(Object.entries(once).filter(([name, n]) => n === 0 && name !== 'acknowledgements')).toEqual([]);
  expect(once.ledger).toBe(given.length);
  await own.die();
  await store();
  expect(await counts()).toEqual(once);
});

/** Stores the first range and then, before its writer hears of it, does to the tables what a death of the engine can do. */
function dying(
  store: HistoryStore,
  insert: (insert: RangeInsert) => Promise<void>,
  heard: () => Promise<never> | never,
) {
  let inserts = 0;
  return only(store, async (range) => {
    if (++inserts > 1) return store.insert(range);
    await insert(range);
    return heard();
  });
}

describe.each([
  ['the same writer', async () => away()],
  ['the next owner', never],
] as const)('an insert in which the engine died, sent again by %s', (who, heard) => {
  const settledAfter = async (spoil: (store: HistoryStore) => HistoryStore['insert']) => {
    await bench.signals(...ids(10));
    const writer = await bench.start({ tamper: (store) => dying(store, spoil(store), heard) });
    if (who === 'the next owner') {
      await until('it has stored and not heard of it', () => spoilt);
      writer.kill();
      await bench.start();
    }
    const first = await bench.settled();
    await bench.signals(...ids(5, 10));
    return [first, await bench.settled()];
  };
  let spoilt = false;
  beforeEach(() => {
    spoilt = false;
  });
  const twice = [all(10, { ranges: 1 }), all(15, { ranges: 2 })].map((each) => expect.objectContaining(each));

  test.each(['log', 'signals', 'ledger'])(
    'comes whole although %s knows its token and has lost its rows',
    async (table) => {
      const spoil = (store: HistoryStore) => async (insert: RangeInsert) => {
        await store.insert(insert);
        await own.clickhouse.command(
          `ALTER TABLE resonant.${table} DELETE WHERE epoch = ${bench.epoch} SETTINGS mutations_sync = 2`,
        );
        spoilt = true;
      };
      expect(await settledAfter(spoil)).toEqual(twice);
    },
  );

  test('stands there once although the tables have its rows and have lost its token', async () => {
    const spoil = (store: HistoryStore) => async (insert: RangeInsert) => {
      await store.insert({ ...insert, range: { ...insert.range, token: `${insert.range.token}~1` } });
      spoilt = true;
    };
    expect(await settledAfter(spoil)).toEqual(twice);
  });
});
