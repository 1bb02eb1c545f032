import { isResonantError, ResonantError } from '@resonant/contracts';
import type { LogRecord, TopicPartition } from '../port.ts';
import type { Client, LogFunction } from './client.ts';
import { protocolType } from './errors.ts';
import { type Cluster, isolationLevel } from './internals.ts';
import { type Fetched, readable } from './records.ts';

const maxBytesPerPartition = 128 * 1024;
const maxBytes = 4 * 1024 * 1024;
/** Batches of one partition that wait for its reader; more are not fetched. */
const queueLimit = 2;
/** How long the broker may hold a fetch that has nothing to give: briefly if a partition is left out of it. */
const waitMs = { partial: 20, all: 500 };
const backOffMs = { first: 50, most: 1000 };

/** Reads one partition: `deliver` is called with one batch after the other. */
export interface Reader {
  deliver(records: readonly LogRecord[], nextOffset: number): Promise<void> | void;
  failed(error: unknown): void;
}

interface Slot extends TopicPartition {
  readonly reader: Reader;
  /** Where to fetch next; undefined until the reader knows where to begin. */
  position: number | undefined;
  readonly queue: Fetched[];
  delivering: boolean;
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Fetches many partitions over one connection per broker; a slow reader holds up its own partition alone. */
export class Fetcher {
  readonly #open: () => Client;
  readonly #isolation: keyof typeof isolationLevel;
  readonly #onLog: LogFunction;
  readonly #slots = new Map<string, Slot>();
  readonly #pumps = new Map<number, Promise<void>>();
  #client: Client;
  #cluster: Cluster;
  #generation = 0;
  #topics: readonly string[] = [];
  #renewing: Promise<void> | undefined;
  #wake = Promise.withResolvers<void>();
  #stopped = false;

  constructor(open: () => Client, isolation: keyof typeof isolationLevel, onLog: LogFunction) {
    this.#open = open;
    this.#isolation = isolation;
    this.#onLog = onLog;
    this.#client = open();
    this.#cluster = this.#client.cluster(isolation);
  }

  /** Connects and learns about `topics`; after a failure it may be called again. */
  async start(topics: readonly string[]): Promise<Cluster> {
    this.#topics = topics;
    await this.#connect();
    return this.#cluster;
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /** Adds a partition; it is fetched once `begin` says from where. */
  add(at: TopicPartition, reader: Reader): { begin(position: number): void } {
    const slot: Slot = { ...at, reader, position: undefined, queue: [], delivering: false };
    this.#slots.set(keyOf(at), slot);
    return {
      begin: (position) => {
        slot.position = position;
        this.#changed();
      },
    };
  }

  /** Forgets a partition; nothing of it is delivered any more. */
  remove(at: TopicPartition): void {
    this.#slots.delete(keyOf(at));
  }

  /** Forgets every partition; nothing is delivered any more. */
  clear(): void {
    this.#slots.clear();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.clear();
    this.#client.dispose();
    this.#changed();
    await this.#renewing;
    await Promise.all(this.#pumps.values());
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    for (const slot of this.#slots.values()) {
      const leader = this.#leaderOf(slot);
      if (leader !== undefined && !this.#pumps.has(leader) && !this.#stopped) {
        this.#pumps.set(leader, this.#pump(leader));
      }
    }
  }

  #leaderOf({ topic, partition }: TopicPartition): number | undefined {
    const metadata = this.#cluster.findTopicPartitionMetadata(topic);
    return metadata.find(({ partitionId }) => partitionId === partition)?.leader;
  }

  async #pump(nodeId: number): Promise<void> {
    let backOff = backOffMs.first;
    while (!this.#stopped) {
      const generation = this.#generation;
      const woken = this.#wake.promise;
      try {
        if (!(await this.#fetch(nodeId))) await woken;
        backOff = backOffMs.first;
      } catch (error) {
        if (this.#stopped || this.#failReaders(error)) continue;
        this.#onLog('warn', 'fetching failed, trying again', { nodeId, error: (error as Error).message });
        await new Promise((resolve) => setTimeout(resolve, backOff));
        backOff = Math.min(backOff * 2, backOffMs.most);
        if (generation !== this.#generation) continue;
        this.#renewing ??= this.#renew();
        await this.#renewing;
      }
    }
  }

  /** Ends the readers for whom trying again cannot help. Returns false if it can. */
  #failReaders(error: unknown): boolean {
    if (isResonantError(error) || (error as Error).name === 'KafkaJSNotImplemented') {
      const slots = [...this.#slots.values()];
      this.clear();
      for (const slot of slots) slot.reader.failed(error);
      return true;
    }
    if (protocolType(error) !== 'OFFSET_OUT_OF_RANGE') return false;
    const { topic, partition } = error as unknown as TopicPartition;
    const slot = this.#slots.get(keyOf({ topic, partition }));
    if (slot === undefined) return true;
    this.#slots.delete(keyOf(slot));
    const detail = `${keyOf(slot)} does not hold offset ${slot.position}`;
    slot.reader.failed(new ResonantError('offset-out-of-range', detail, { cause: error }));
    return true;
  }

  /** Nothing is repaired in place: another client, other connections. */
  async #connect(): Promise<void> {
    this.#client.dispose();
    const client = this.#open();
    const cluster = client.cluster(this.#isolation);
    this.#client = client;
    await cluster.connect();
    await cluster.addMultipleTargetTopics(this.#topics);
    this.#cluster = cluster;
    this.#generation++;
    if (this.#stopped) client.dispose();
  }

  async #renew(): Promise<void> {
    try {
      await this.#connect();
      this.#changed();
    } catch (error) {
      this.#onLog('warn', 'the broker cannot be reached', { error: (error as Error).message });
    } finally {
      this.#renewing = undefined;
    }
  }

  /** One fetch from one broker. Returns false if there is nothing to ask it for now. */
  async #fetch(nodeId: number): Promise<boolean> {
    const here = [...this.#slots.values()].filter((slot) => this.#leaderOf(slot) === nodeId);
    const ready = here.filter((slot) => slot.position !== undefined && slot.queue.length < queueLimit);
    if (ready.length === 0) return false;
    const broker = await this.#cluster.findBroker({ nodeId });
    const asked = new Map(ready.map((slot) => [slot, slot.position as number]));
    const { responses } = await broker.fetch({
      isolationLevel: isolationLevel[this.#isolation],
      maxWaitTime: ready.length === here.length ? waitMs.all : waitMs.partial,
      minBytes: 1,
      maxBytes,
      topics: Object.entries(Object.groupBy(ready, (slot) => slot.topic)).map(([topic, slots = []]) => ({
        topic,
        partitions: slots.map((slot) => ({
          partition: slot.partition,
          fetchOffset: String(slot.position),
          maxBytes: maxBytesPerPartition,
        })),
      })),
    });
    for (const { topicName, partitions } of responses) {
      for (const fetched of partitions) {
        const slot = this.#slots.get(keyOf({ topic: topicName, partition: fetched.partition }));
        const position = slot && asked.get(slot);
        // assigned anew meanwhile, and perhaps not begun yet: the answer is for who had the partition before
        if (slot === undefined || position === undefined || slot.position !== position) continue;
        const batch = readable(topicName, position, fetched);
        if (batch.nextOffset === position) continue;
        slot.position = batch.nextOffset;
        slot.queue.push(batch);
        void this.#deliver(slot);
      }
    }
    return true;
  }

  async #deliver(slot: Slot): Promise<void> {
    if (slot.delivering) return;
    slot.delivering = true;
    try {
      for (let batch = slot.queue[0]; batch !== undefined; batch = slot.queue[0]) {
        if (this.#slots.get(keyOf(slot)) !== slot) return;
        await slot.reader.deliver(batch.records, batch.nextOffset);
        slot.queue.shift();
        if (slot.queue.length === queueLimit - 1) this.#changed();
      }
    } catch (error) {
      if (this.#slots.get(keyOf(slot)) !== slot) return;
      this.#slots.delete(keyOf(slot));
      slot.reader.failed(error);
    } finally {
      slot.delivering = false;
    }
  }
}
