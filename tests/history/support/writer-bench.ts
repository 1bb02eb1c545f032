import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClickHouse,
  clickHouseStore,
  type HistoryStore,
  ledgerReader,
  noteOf,
  type StreamStatus,
  type WriterLimits,
  type WriterObserver,
} from '@resonant/clickhouse';
import { deadLettersTopic, type Records, signalsTopic, topics } from '@resonant/contracts';
import { encoderFor, MemoryBroker, type MemoryLog, memoryLog } from '@resonant/kafka';
import { startWriter } from '../../../services/history/src/writer.ts';

export const topic = signalsTopic('account');
const group = 'resonant-history';
const patienceMs = 30_000;

/** A writer as a process of its own: it can be killed. */
export interface TestWriter {
  /** Of its partition; undefined before it is assigned. */
  status(): StreamStatus | undefined;
  stop(): Promise<void>;
  /** SIGKILL: nothing is finished. */
  kill(): void;
}

/** What stands in ClickHouse of one epoch. */
export interface Stored {
  readonly log: number;
  readonly places: number;
  readonly signals: number;
  readonly ranges: number;
  readonly records: number;
  readonly rejected: number;
  readonly next: number;
}

/** A partition of a log in memory, and writers that write it into a real engine, each test in an epoch of its own. */
export class WriterBench {
  readonly clickHouse: ClickHouse;
  readonly epoch: number;
  readonly broker: MemoryBroker;
  readonly log: MemoryLog;
  readonly #writers: TestWriter[] = [];

  constructor(clickHouse: ClickHouse, epoch: number) {
    this.clickHouse = clickHouse;
    this.epoch = epoch;
    this.broker = new MemoryBroker();
    for (const known of topics) this.broker.createTopic(known, 1);
    this.log = memoryLog({ broker: this.broker });
  }

  /** Appends signals with these ids, in one go. */
  async signals(...ids: readonly string[]): Promise<void> {
    const encode = await encoderFor(this.log, topic, 'Signal');
    await this.values(...ids.map((id) => encode(signal({ id }))));
  }

  async values(...values: readonly (Buffer | null)[]): Promise<void> {
    const producer = await this.log.producer();
    await producer.sendAll(values.map((value) => ({ topic, partition: 0, key: 'acme', value })));
    await producer.close();
  }

  /** Starts a writer; `tamper` changes what it stores with. */
  async start(
    options: {
      readonly tamper?: (store: HistoryStore, kill: () => void) => HistoryStore;
      readonly limits?: Partial<WriterLimits>;
      readonly observer?: WriterObserver;
      readonly epoch?: number;
      /** What it reaches ClickHouse with; default: as everyone. */
      readonly clickHouse?: ClickHouse;
    } = {},
  ): Promise<TestWriter> {
    const log = memoryLog({ broker: this.broker });
    const store = clickHouseStore(options.clickHouse ?? this.clickHouse, 'embedded');
    let isKilled = false;
    const kill = (): void => {
      isKilled = true;
      log.kill();
    };
    const writer = await startWriter({
      log,
      store: options.tamper?.(store, kill) ?? store,
      group,
      topics: [topic],
      limits: {
        batch: { rows: 1000, bytes: 1 << 20, ageMs: 20, quietAgeMs: 20 },
        bufferBytes: 1 << 21,
        stoppedMs: 100,
        ...options.limits,
      },
      memoryBytes: 1 << 22,
      epochs: new Map([[topic, options.epoch ?? this.epoch]]),
      ...(options.observer === undefined ? {} : { observer: options.observer }),
      // who comes after it takes over at once
      instanceId: 'writer',
    });
    const started: TestWriter = {
      status: () => writer.streams()[0],
      stop: async () => (isKilled ? undefined : writer.stop()),
      kill,
    };
    this.#writers.push(started);
    return started;
  }

  /** Sets the group's offset, as an operator does while no writer runs. */
  async moveOffset(offset: number, metadata = ''): Promise<void> {
    const producer = await this.log.transactionalProducer('operator');
    await producer.commit({ records: [], offsets: { group, topic, partition: 0, offset, metadata } });
    await producer.close();
  }

  metadata(): string {
    return this.broker.committed(group, { topic, partition: 0 })?.metadata ?? '';
  }

  async stored(epoch = this.epoch): Promise<Stored> {
    const params = { topic, epoch };
    const where = "keyspace = 'account' AND epoch = {epoch:UInt32}";
    const one = async <Row>(sql: string): Promise<Row> => (await this.clickHouse.query<Row>(sql, { params }))[0] as Row;
    const log = await one<{ n: number; places: number }>(
      `SELECT count() AS n, uniqExact(partition, offset) AS places FROM resonant.log WHERE ${where}`,
    );
    const signals = await one<{ n: number }>(`SELECT count() AS n FROM resonant.signals WHERE ${where}`);
    const ledger = await one<{ n: number; records: number; rejected: number }>(
      `SELECT count() AS n, sum(n_records) AS records, sum(n_rejected) AS rejected FROM resonant.ledger
       WHERE topic = {topic:String} AND epoch = {epoch:UInt32}`,
    );
    const { next, behindGap } = await ledgerReader(this.clickHouse).stream({ topic, partition: 0 }, epoch);
    if (behindGap !== null) throw new Error(`the ledger has a gap before offset ${behindGap}`);
    return {
      log: Number(log.n),
      places: Number(log.places),
      signals: Number(signals.n),
      ranges: Number(ledger.n),
      records: Number(ledger.records),
      rejected: Number(ledger.rejected),
      next,
    };
  }

  /** Resolves with what stands in ClickHouse once everything is stored and nothing is pending. */
  async settled(epoch = this.epoch): Promise<Stored> {
    const { latest } = this.broker.partition({ topic, partition: 0 });
    await until(`all ${latest} records are stored`, async () => {
      if (noteOf(this.metadata()).kind === 'pending') return false;
      const { next } = await this.stored(epoch).catch(() => ({ next: -1 }));
      return next === latest;
    });
    return this.stored(epoch);
  }

  /** Places of the records that dead letters were written about, each once, in order. */
  rejected(): readonly string[] {
    const { records } = this.broker
      .partition({ topic: deadLettersTopic, partition: 0 })
      .read(0, 'read_committed', Number.POSITIVE_INFINITY);
    return [...new Set(records.map(({ key }) => String(key)))].sort();
  }

  async close(): Promise<void> {
    for (const writer of this.#writers) writer.kill();
    await this.log.close();
  }
}

export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await sleep(20);
  }
}

export const signal = (more: Partial<Records['Signal']> = {}): Records['Signal'] => ({
  ...{ id: 's1', kind: 'touch', occurredAt: 1_750_000_000_000, channel: null, accountId: 'acme', contactId: null },
  ...{ repId: null, teamId: null, regionId: null, leadId: null, opportunityId: null, measures: {}, labels: {} },
  ...{ eventId: null },
  ...more,
});
