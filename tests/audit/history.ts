import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  connectClickHouse,
  hashForms,
  intakeColumns,
  intakeEncoder,
  type KafkaRecord,
  migrate,
  rowEncoder,
  rowFormat,
  rowsOf,
} from '@resonant/clickhouse';
import {
  alertsTopic,
  Decoder,
  encode,
  type Keyspace,
  type RecordName,
  type Records,
  schemas,
  signalsTopic,
} from '@resonant/contracts';
import { type AlertLine, Engine, type LogEntry } from '@resonant/engine';
import { type ClickHouseEnv, startClickHouse } from '@resonant/local';
import { compileRule } from '@resonant/rules';
import { alertRecordOf } from '@resonant/stream';

/** Ids under which records are written here; the registry would give others. */
const names = Object.keys(schemas) as readonly RecordName[];
const idOf = (name: RecordName): number => names.indexOf(name) + 1;

/** Reads what `record` writes. */
export const testDecoder = (): Decoder => new Decoder(async (id) => schemas[names[id - 1] as RecordName]);

/** A history on an engine of its own, filled as the writer fills it. */
export interface TestHistory {
  readonly clickHouse: ClickHouse;
  /** Where it is, and whose it is to write. */
  readonly env: ClickHouseEnv;
  readonly passwords: Readonly<Record<'writer' | 'analyst', string>>;
  /** Stores the log of a partition; offsets count from 0. */
  storeLog(keyspace: Keyspace, partition: number, entries: readonly LogEntry[]): Promise<void>;
  /**
   * Stores the logs of the partitions 0, 1, … at once: the same rows as `storeLog` gives, without what makes an insert one
   * range of one partition (ledger, token).
   */
  storeLogs(keyspace: Keyspace, logs: readonly (readonly LogEntry[])[]): Promise<void>;
  /** Stores alerts as they stand in partition 0 of their topic, one behind the other. */
  storeAlerts(alerts: readonly Records['Alert'][]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the ClickHouse engine in a folder of its own and gives it the tables. */
export async function startHistory(): Promise<TestHistory> {
  const folder = mkdtempSync(join(tmpdir(), 'resonant-history-'));
  const server = await startClickHouse({ folder, port: await freePort() });
  const clickHouse = connectClickHouse({
    url: server.url,
    user: server.env.CLICKHOUSE_USER,
    password: server.env.CLICKHOUSE_PASSWORD,
    application: 'tests',
  });
  await migrate(clickHouse, 'embedded');
  const decoder = testDecoder();
  let nextAlert = 0;

  async function store(
    topic: string,
    partition: number,
    first: number,
    records: readonly KafkaRecord[],
  ): Promise<void> {
    const rows = rowsOf(topic);
    if (rows === undefined) throw new Error(`${topic} is not kept`);
    await decoder.prepare(records.map(({ value }) => value));
    for (let i = 0; i < records.length; i += 2000) {
      const part = records.slice(i, i + 2000);
      const built = part.map((record) => rows.build(record, (value) => decoder.decode(value), 0));
      const bad = built.find(({ rejection }) => rejection !== undefined);
      if (bad !== undefined) throw new Error(`not a row: ${bad.rejection?.detail}`);
      const hash = createHash('sha256').update(Buffer.concat(part.map(({ value }) => Buffer.from(value ?? []))));
      const range = {
        topic,
        partition,
        epoch: 0,
        first: first + i,
        last: first + i + part.length - 1,
        nRecords: part.length,
        nRejected: 0,
      };
      const token = `${topic}/${partition}/${range.first}-${range.last}/${hash.digest('hex')}`;
      await clickHouse.insertRaw({
        table: `resonant.${rows.table}`,
        format: rowFormat,
        body: intakeEncoder(rows.table).body(
          { ...range, token },
          built.map(({ bytes }) => bytes as Buffer),
        ),
        settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: token,
          deduplicate_blocks_in_dependent_materialized_views: 1,
          input_format_parallel_parsing: 0,
        },
      });
    }
  }

  return {
    clickHouse,
    env: server.env,
    passwords: server.passwords,
    storeLog: (keyspace, partition, entries) =>
      store(signalsTopic(keyspace), partition, 0, recordsOf(keyspace, partition, entries)),
    storeLogs: async (keyspace, logs) => {
      const rows = rowsOf(signalsTopic(keyspace));
      if (rows === undefined) throw new Error('expected rows of a signals topic');
      const records = logs.flatMap((entries, partition) => recordsOf(keyspace, partition, entries));
      await decoder.prepare(records.map(({ value }) => value));
      const built = records.map((record) => rows.build(record, (value) => decoder.decode(value), 0).bytes as Buffer);
      await clickHouse.command('CREATE TABLE resonant.bulk AS resonant.intake_signals ENGINE = Memory');
      const [header] = [rowEncoder(intakeColumns.intake_signals).encode([])];
      await clickHouse.insertRaw({
        table: 'resonant.bulk',
        format: rowFormat,
        body: Buffer.concat([header, ...built]),
      });
      const tables = {
        log: '1',
        signals: "is_row AND record_type = 'Signal'",
        rule_changes: "is_row AND record_type = 'RuleChange'",
      };
      for (const [table, isOfIt] of Object.entries(tables)) {
        const columns = hashForms[1][table as keyof typeof tables].join(', ');
        await clickHouse.command(
          `INSERT INTO resonant.${table} (${columns}) SELECT ${columns} FROM resonant.bulk WHERE ${isOfIt}`,
        );
      }
      await clickHouse.command('DROP TABLE resonant.bulk');
    },
    storeAlerts: async (alerts) => {
      const records = alerts.map((alert, i) => ({
        ...{
          topic: alertsTopic,
          partition: 0,
          offset: nextAlert + i,
          timestamp: alert.decidedAt,
          key: null,
          headers: {},
        },
        value: encode('Alert', alert, idOf('Alert')),
      }));
      await store(alertsTopic, 0, nextAlert, records);
      nextAlert += alerts.length;
    },
    stop: async () => {
      await clickHouse.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The log of a partition as Kafka holds it. */
function recordsOf(keyspace: Keyspace, partition: number, entries: readonly LogEntry[]): readonly KafkaRecord[] {
  const topic = signalsTopic(keyspace);
  let time = entries.find((entry) => entry.type === 'tick')?.at ?? 0;
  let revision = 0;
  return entries.map((entry, offset) => {
    if (entry.type === 'tick') time = Math.max(time, entry.at);
    const value = encodedEntry(entry, entry.type === 'rule' ? revision++ : 0);
    return { topic, partition, offset, timestamp: time, key: null, value, headers: {} };
  });
}

function encodedEntry(entry: LogEntry, revision: number): Buffer {
  switch (entry.type) {
    case 'signal':
      return encode('Signal', entry.signal, idOf('Signal'));
    case 'tick':
      return encode('Tick', { at: entry.at }, idOf('Tick'));
    case 'rule': {
      const { action, ruleId, document } = entry;
      const text = document === null || typeof document === 'string' ? document : JSON.stringify(document);
      return encode('RuleChange', { action, ruleId, document: text, revision }, idOf('RuleChange'));
    }
  }
}

/** What the engine says over a partition's log, as the processor would write it. */
export function alertsOver(entries: readonly LogEntry[], partition: number): readonly Records['Alert'][] {
  const engine = new Engine({ compile: compileRule });
  let tickOffset = 0;
  return entries.flatMap((entry, offset) => {
    if (entry.type === 'tick' && entry.at > engine.time) tickOffset = offset;
    return engine
      .apply(entry)
      .filter((output): output is AlertLine => output.type === 'alert')
      .map((line) => alertRecordOf(line, { partition, tickOffset }));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
