import { randomUUID } from 'node:crypto';
import type { Topic } from '@resonant/contracts';
import type { Admin, Follower, Log, LogRecord } from '../../src/index.ts';

/** What the suite needs of an adapter. */
export interface Adapter {
  readonly name: string;
  /** A log as another process would open it, on the same broker. */
  connect(): Log;
  /** Makes what stands in a topic ready for compaction with the next record. */
  prepareCompaction(topic: string): Promise<void>;
  /** Has a compacted topic compacted; resolves when it is done. */
  compact(topic: string): Promise<void>;
  /** Removes topics whose names begin so: the broker is shared with other runs. */
  removeTopics(prefix: string): Promise<void>;
}

/** Logs of one test and its topics, under names that no other test uses. */
export class Bench {
  readonly adapter: Adapter;
  readonly id = randomUUID().slice(0, 8);
  readonly log: Log;
  readonly #logs: Log[] = [];

  constructor(adapter: Adapter) {
    this.adapter = adapter;
    this.log = this.connect();
  }

  connect(): Log {
    const log = this.adapter.connect();
    this.#logs.push(log);
    return log;
  }

  async admin(): Promise<Admin> {
    return this.log.admin();
  }

  name(what: string): string {
    return `conformance.${this.id}.${what}`;
  }

  /** Creates a topic and returns its name. */
  async topic(what: string, options: Partial<Topic> & { partitions?: number } = {}): Promise<string> {
    const { partitions = 4, ...topic } = options;
    const name = this.name(what);
    await (await this.admin()).ensureTopics([{ name, records: [], cleanup: 'delete', ...topic }], partitions);
    return name;
  }

  /** Everything that stands in the topic now, by partition and offset. */
  async read(topic: string, isolation: 'read_committed' | 'read_uncommitted' = 'read_committed'): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    const onRecords = (_partition: number, records: readonly LogRecord[]): void => void found.push(...records);
    const follower = await this.log.follow({ topic, isolation, onRecords });
    await caughtUp(follower);
    return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }

  async close(): Promise<void> {
    await Promise.all(this.#logs.map((log) => log.close()));
    await this.adapter.removeTopics(this.name(''));
  }
}

export async function caughtUp(follower: Follower): Promise<void> {
  await follower.caughtUp;
  await follower.stop();
}

/** Polls until `condition` holds, at most 20 s. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited 20 s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The code of the error that a promise rejects with; fails if it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  throw new Error('expected a rejection');
}

export const text = (record: LogRecord): string => record.value?.toString('utf8') ?? '(tombstone)';
