import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isFree } from '@resonant/cli';
import { type ClickHouse, connectClickHouse, migrate } from '@resonant/clickhouse';
import { type ClickHouse as Endpoint, startClickHouse } from '@resonant/local';
import { type SmallDisk, smallDisk } from './support/small-disk.ts';
import { until, WriterBench } from './support/writer-bench.ts';

let disk: SmallDisk;
let endpoint: Endpoint;
let clickHouse: ClickHouse;
let bench: WriterBench;
let epoch = 0;

beforeAll(async () => {
  disk = smallDisk('clickhouse', 192);
  let port = 9520 + Math.floor(Math.random() * 60);
  while (!(await isFree(port))) port++;
  endpoint = await startClickHouse({ folder: disk.parent, port });
  const { CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = endpoint.env;
  clickHouse = connectClickHouse({ url: endpoint.url, user, password, application: 'test' });
  await migrate(clickHouse, 'embedded');
}, 60_000);
beforeEach(() => {
  bench = new WriterBench(clickHouse, ++epoch);
});
afterEach(() => bench.close());
afterAll(async () => {
  await clickHouse?.close();
  await endpoint?.stop();
  disk?.close();
}, 60_000);

const tablesReadOnly = async (is: 0 | 1): Promise<void> => {
  for (const table of ['log', 'signals', 'ledger']) {
    await clickHouse.command(`ALTER TABLE resonant.${table} MODIFY SETTING table_readonly = ${is}`);
  }
};

const ids = (count: number, from: number): string[] => Array.from({ length: count }, (_, index) => `s${from + index}`);

test.each<[string, () => void | Promise<void>, () => void | Promise<void>]>([
  ['the disk is full', () => disk.fill(), () => disk.empty()],
  ['its tables are read-only', () => tablesReadOnly(1), () => tablesReadOnly(0)],
  ['ClickHouse is away', () => endpoint.halt(), () => endpoint.restart()],
])(
  'while %s nothing is stored and nothing dropped; afterwards it goes on by itself',
  async (_what, spoil, mend) => {
    const writer = await bench.start();
    await bench.signals(...ids(100, 0));
    await bench.settled();
    await spoil();
    let reason: string | null | undefined;
    try {
      await bench.signals(...ids(5000, 100));
      await until('it says that it is trying again', () => {
        reason = writer.status()?.reason;
        return writer.status()?.state === 'retrying' && writer.status()?.bufferedRecords === 5000;
      });
      expect(writer.status()?.next).toBe(100);
    } finally {
      await mend();
    }
    expect(reason).not.toBeNull();
    const stored = await bench.settled();
    expect(stored).toMatchObject({ log: 5100, places: 5100, signals: 5100, records: 5100, rejected: 0, next: 5100 });
    await until('it says so', () => writer.status()?.state === 'running');
    expect(bench.rejected()).toEqual([]);
  },
  90_000,
);
