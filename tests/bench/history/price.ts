import { type ClickHouse, clickHouseStore, intakeColumns, rowEncoder, rowFormat } from '@resonant/clickhouse';
import { signalsTopic, topics } from '@resonant/contracts';
import { encoderFor, MemoryBroker, memoryLog } from '@resonant/kafka';
import { startWriter } from '../../../services/history/src/writer.ts';

const topic = signalsTopic('account');
const batchRows = 5000;

export interface Price {
  readonly rows: number;
  /** Rows a second of a loop that inserts the signals' columns into one table, and nothing else. */
  readonly plain: number;
  /** Rows a second of the writer: decoding, rows, commits, four tables, row hashes, ledger. */
  readonly writer: number;
}

/** Rows a second into the engine: a plain insert loop, and the writer with all that it promises. */
export async function priceOf(clickHouse: ClickHouse, rows: number, epoch: number): Promise<Price> {
  return { rows, plain: await plainLoop(clickHouse, rows), writer: await writerLoop(clickHouse, rows, epoch) };
}

const signalOf = (id: number) => ({
  ...{
    id: `s${id}`,
    kind: 'sentiment',
    occurredAt: 1_750_000_000_000 + id,
    channel: 'call',
    accountId: `acme-${id % 500}`,
  },
  ...{
    contactId: 'ann',
    repId: `rep-${id % 40}`,
    teamId: 'north-1',
    regionId: 'north',
    leadId: null,
    opportunityId: null,
  },
  ...{ eventId: `calls:${id}`, measures: { polarity: -0.5 }, labels: { language: 'en' } },
});

async function plainLoop(clickHouse: ClickHouse, rows: number): Promise<number> {
  const {
    kind,
    account_id,
    contact_id,
    rep_id,
    team_id,
    region_id,
    occurred_at,
    channel,
    signal_id,
    event_id,
    measures,
    labels,
  } = intakeColumns.intake_signals;
  const columns = {
    kind,
    account_id,
    contact_id,
    rep_id,
    team_id,
    region_id,
    occurred_at,
    channel,
    signal_id,
    event_id,
    measures,
    labels,
  };
  const described = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  await clickHouse.command('CREATE DATABASE IF NOT EXISTS bench');
  await clickHouse.command('DROP TABLE IF EXISTS bench.plain');
  await clickHouse.command(
    `CREATE TABLE bench.plain (${described.join(', ')}) ENGINE = MergeTree ORDER BY (kind, account_id, occurred_at, signal_id)`,
  );
  const encoder = rowEncoder(columns);
  const began = performance.now();
  for (let from = 0; from < rows; from += batchRows) {
    const batch = Array.from({ length: batchRows }, (_, index) => {
      const signal = signalOf(from + index);
      return {
        ...{ kind: signal.kind, account_id: signal.accountId, contact_id: signal.contactId, rep_id: signal.repId },
        ...{
          team_id: signal.teamId,
          region_id: signal.regionId,
          occurred_at: signal.occurredAt,
          channel: signal.channel,
        },
        ...{ signal_id: signal.id, event_id: signal.eventId, measures: signal.measures, labels: signal.labels },
      };
    });
    await clickHouse.insertRaw({ table: 'bench.plain', format: rowFormat, body: encoder.encode(batch) });
  }
  return Math.round(rows / ((performance.now() - began) / 1000));
}

async function writerLoop(clickHouse: ClickHouse, rows: number, epoch: number): Promise<number> {
  const broker = new MemoryBroker();
  for (const known of topics) broker.createTopic(known, 1);
  const log = memoryLog({ broker });
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  for (let from = 0; from < rows; from += batchRows) {
    const batch = Array.from({ length: batchRows }, (_, index) => encode(signalOf(from + index)));
    await producer.sendAll(batch.map((value) => ({ topic, partition: 0, key: 'acme', value })));
  }
  const stored = Promise.withResolvers<void>();
  let records = 0;
  const began = performance.now();
  const writer = await startWriter({
    log,
    store: clickHouseStore(clickHouse, 'embedded'),
    group: 'bench',
    topics: [topic],
    limits: { batch: { rows: batchRows, bytes: 4 << 20, ageMs: 500, quietAgeMs: 5000 }, bufferBytes: 8 << 20 },
    memoryBytes: 64 << 20,
    epochs: new Map([[topic, epoch]]),
    observer: {
      stored: (_stream, { nRecords }) => {
        records += nRecords;
        if (records === rows) stored.resolve();
      },
    },
  });
  await stored.promise;
  const seconds = (performance.now() - began) / 1000;
  await writer.stop();
  await log.close();
  return Math.round(rows / seconds);
}
