import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ClickHouse, migrate } from '@resonant/clickhouse';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { topic, until, WriterBench } from './support/writer-bench.ts';
import { all, ids, resends } from './support/writer-cases.ts';

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

describe('offsets that are moved, on the engine', () => {
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

  test('the offset is moved to where it stands, which says no more what was pending: it comes once all the same', async () => {
    await halfWay();
    await bench.moveOffset(10);
    await bench.start();
    expect(await bench.settled()).toMatchObject(all(20, { ranges: 2 }));
  });

  test('the offset is moved to the beginning before anything is stored, when the first insert had ended half-way', async () => {
    await own.clickhouse.command('DETACH TABLE resonant.intake_signals_to_ledger');
    try {
      await bench.signals(...ids(5));
      const first = await bench.start();
      await until('rows without ledger', async () => (await bench.stored()).signals === 5);
      first.kill();
    } finally {
      await own.clickhouse.command('ATTACH TABLE resonant.intake_signals_to_ledger');
    }
    await bench.moveOffset(0);
    await bench.signals(...ids(5, 5));
    await bench.start();
    expect(await bench.settled()).toMatchObject(all(10, { ranges: 1 }));
  });

  /** Ten signals stored, five more in the tables and not in the ledger, none of it by a writer that runs. */
  async function halfWay(): Promise<void> {
    await bench.signals(...ids(10));
    const first = await bench.start();
    await bench.settled();
    await own.clickhouse.command('DETACH TABLE resonant.intake_signals_to_ledger');
    try {
      await bench.signals(...ids(5, 10));
      await until('rows without ledger', async () => (await bench.stored()).signals === 15);
      first.kill();
    } finally {
      await own.clickhouse.command('ATTACH TABLE resonant.intake_signals_to_ledger');
    }
    await bench.moveOffset(0);
    await bench.signals(...ids(5, 15));
  }

  test('offsets are reset when an insert had ended half-way: what the ledger does not know is removed, and comes once', async () => {
    await halfWay();
    const cleared: unknown[] = [];
    await bench.start({ observer: { cleared: (_stream, rows) => void cleared.push(rows) } });
    expect(await bench.settled()).toMatchObject(all(20, { ranges: 2 }));
    expect(cleared).toEqual([{ log: 5, signals: 5, acknowledgements: 0, rule_changes: 0 }]);
  });

  test('who loses the partition between looking at the ledger and removing takes nothing of its next owner', async () => {
    await halfWay();
    const held = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const removed: Promise<void>[] = [];
    const slow: ClickHouse = {
      ...own.clickhouse,
      command: async (statement, options) => {
        if (!statement.startsWith('ALTER TABLE')) return own.clickhouse.command(statement, options);
        held.resolve();
        await release.promise;
        removed.push(own.clickhouse.command(statement, options));
        await removed.at(-1);
      },
    };
    const zombie = await bench.start({ clickHouse: slow });
    await held.promise;
    zombie.kill();
    await bench.start();
    expect(await bench.settled()).toMatchObject(all(20, { ranges: 2 }));
    release.resolve();
    await until('its removals are through', async () => {
      const sent = removed.length;
      await Promise.all(removed);
      return sent > 0 && removed.length === sent;
    });
    expect(await bench.stored()).toMatchObject(all(20, { ranges: 2 }));
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
});
