import { ResonantError } from '@resonant/contracts';
import type { Producer as KafkaProducer, Message, RecordMetadata, TopicMessages } from 'kafkajs';
import type { Appended, NewRecord, Producer } from '../port.ts';
import { checkSize, chunks } from '../size.ts';
import { type BrokerOptions, type Client, openClient } from './client.ts';
import { logError, within } from './errors.ts';
import { topicMessages } from './messages.ts';
import { placement } from './partitioner.ts';

interface Job {
  readonly records: readonly NewRecord[];
  readonly deadline: number;
  resolve(appended: readonly Appended[]): void;
  reject(reason: ResonantError): void;
}

/** Records in one request, at most. */
const batchLimit = 2000;

/** A producer with its own client; after any failure it is thrown away, with whatever it still retries inside. */
interface Connection {
  send(records: readonly NewRecord[]): Promise<readonly Appended[]>;
  dispose(): Promise<void>;
}

/** Attempts that fill the time limit and little more: what was thrown away goes on counting them down. */
const retryFor = (timeoutMs: number) => ({
  initialRetryTime: 50,
  maxRetryTime: 1000,
  retries: 5 + Math.ceil(timeoutMs / 1000),
});

async function connectProducer(options: BrokerOptions, timeoutMs: number): Promise<Connection> {
  const client: Client = openClient(options, retryFor(timeoutMs));
  const placed = placement();
  const producer: KafkaProducer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: placed.createPartitioner,
  });
  const dispose = async (): Promise<void> => {
    client.dispose();
    await producer.disconnect().catch(() => undefined); // its sockets are gone already
  };
  try {
    await producer.connect();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    send: async (records) => {
      const all: Appended[] = [];
      for (const chunk of chunks(records)) {
        const messages = topicMessages(chunk);
        const stored = await producer.sendBatch({ acks: -1, topicMessages: messages });
        all.push(...appended(chunk, messages, stored, placed.partitionOf));
      }
      return all;
    },
    dispose,
  };
}

/** The broker names the first offset per partition; the others follow in order. */
function appended(
  records: readonly NewRecord[],
  sent: readonly TopicMessages[],
  stored: readonly RecordMetadata[],
  partitionOf: ReturnType<typeof placement>['partitionOf'],
): readonly Appended[] {
  const next = new Map(
    stored.map(({ topicName, partition, baseOffset }) => [`${topicName}/${partition}`, Number(baseOffset)]),
  );
  const messages = new Map(sent.map((topic) => [topic.topic, topic.messages[Symbol.iterator]()]));
  return records.map(({ topic }) => {
    const partition = partitionOf(messages.get(topic)?.next().value as Message) as number;
    const offset = next.get(`${topic}/${partition}`) as number;
    next.set(`${topic}/${partition}`, offset + 1);
    return { topic, partition, offset };
  });
}

/** One request in flight, everything that arrives meanwhile goes with the next. */
export class BrokerProducer implements Producer {
  readonly #options: BrokerOptions;
  readonly #timeoutMs: number;
  readonly #queue: Job[] = [];
  #connection: Promise<Connection> | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: BrokerOptions, timeoutMs: number) {
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  /** Connects now, so that a wrong address shows at once. */
  async open(): Promise<void> {
    await this.#attempt('opening a producer', this.#timeoutMs, async () => undefined);
  }

  async send(record: NewRecord): Promise<Appended> {
    return (await this.sendAll([record]))[0] as Appended;
  }

  async sendAll(records: readonly NewRecord[]): Promise<readonly Appended[]> {
    if (this.#closed) throw new ResonantError('log-unavailable', 'the producer is closed');
    if (records.length === 0) return [];
    for (const record of records) checkSize(record);
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, deadline: Date.now() + this.#timeoutMs, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // what is sent in this turn of the event loop goes together
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#sendBatch(this.#take());
    this.#working = undefined;
  }

  #take(): Job[] {
    let count = 0;
    let jobs = 0;
    for (const job of this.#queue) {
      if (jobs > 0 && count + job.records.length > batchLimit) break;
      count += job.records.length;
      jobs++;
    }
    return this.#queue.splice(0, jobs);
  }

  async #sendBatch(batch: readonly Job[]): Promise<void> {
    const now = Date.now();
    for (const job of batch) if (job.deadline <= now) job.reject(timedOut(this.#timeoutMs));
    const jobs = batch.filter((job) => job.deadline > now);
    if (jobs.length === 0) return;
    const ms = Math.min(...jobs.map((job) => job.deadline)) - now;
    try {
      const records = jobs.flatMap((job) => job.records);
      const stored = await this.#attempt('appending', ms, (connection) => connection.send(records));
      let start = 0;
      for (const job of jobs) {
        job.resolve(stored.slice(start, start + job.records.length));
        start += job.records.length;
      }
    } catch (error) {
      for (const job of jobs) job.reject(logError(error, 'appending'));
    }
  }

  async #attempt<T>(what: string, ms: number, use: (connection: Connection) => Promise<T>): Promise<T> {
    this.#connection ??= connectProducer(this.#options, this.#timeoutMs);
    const connection = this.#connection;
    try {
      return await within(ms, what, connection.then(use));
    } catch (error) {
      // its sequence numbers no longer say what the broker has: a later batch could pass for this one
      this.#connection = undefined;
      void connection.then(
        (opened) => opened.dispose(),
        () => undefined, // it never came to be
      );
      throw logError(error, what);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    const opened = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await opened?.dispose();
  }
}

const timedOut = (ms: number): ResonantError =>
  new ResonantError('log-unavailable', `the log took nothing for ${ms} ms; this was not sent`);
