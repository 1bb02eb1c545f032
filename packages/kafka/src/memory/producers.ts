import { ResonantError } from '@resonant/contracts';
import type { Appended, NewRecord, Producer, TransactionalProducer } from '../port.ts';
import { checkSize } from '../size.ts';
import type { MemoryBroker } from './broker.ts';
import type { Scheduler } from './scheduler.ts';

interface Job {
  readonly records: readonly NewRecord[];
  resolve(appended: readonly Appended[]): void;
  reject(reason: unknown): void;
}

const closed = (what: string): ResonantError => new ResonantError('log-unavailable', `the ${what} is closed`);

/** One request in flight, calls queued in front of it: the order of calls is the order in the log. */
export class MemoryProducer implements Producer {
  readonly #broker: MemoryBroker;
  readonly #scheduler: Scheduler;
  readonly #queue: Job[] = [];
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(broker: MemoryBroker, scheduler: Scheduler) {
    this.#broker = broker;
    this.#scheduler = scheduler;
  }

  async send(record: NewRecord): Promise<Appended> {
    return (await this.sendAll([record]))[0] as Appended;
  }

  async sendAll(records: readonly NewRecord[]): Promise<readonly Appended[]> {
    if (this.#closed) throw closed('producer');
    if (records.length === 0) return [];
    for (const record of records) checkSize(record);
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      try {
        await this.#scheduler.step('produce.request');
        const now = this.#broker.scheduler.now();
        const placed = job.records.map((record) => ({ record, partition: this.#broker.partitionFor(record) }));
        const appended = placed.map(({ record, partition }) => ({
          ...partition.at,
          offset: partition.append(record, now),
        }));
        await this.#scheduler.step('produce.response');
        job.resolve(appended);
      } catch (error) {
        job.reject(error);
      }
    }
    this.#working = undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }
}

/** The holder of one transactional id at one epoch. */
export class MemoryTransactionalProducer implements TransactionalProducer {
  readonly #broker: MemoryBroker;
  readonly #scheduler: Scheduler;
  readonly #id: string;
  readonly #epoch: number;
  #broken: unknown;
  #busy = false;

  constructor(broker: MemoryBroker, scheduler: Scheduler, id: string, epoch: number) {
    this.#broker = broker;
    this.#scheduler = scheduler;
    this.#id = id;
    this.#epoch = epoch;
  }

  async commit({ records, offsets }: Parameters<TransactionalProducer['commit']>[0]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#busy) throw new ResonantError('internal', `${this.#id}: one transaction at a time`);
    this.#busy = true;
    const { transactions } = this.#broker;
    const step = async (point: string): Promise<void> => {
      await this.#scheduler.step(`transaction.${point}`, this.#id);
      // `close` has aborted what was sent: the rest of it would be a transaction of its own
      if (this.#broken !== undefined) throw this.#broken;
    };
    try {
      for (const record of records) checkSize(record);
      if (records.length > 0) {
        await step('send.request');
        transactions.append(this.#id, this.#epoch, records);
        await step('send.response');
      }
      if (offsets !== undefined) {
        const { group, ...offset } = offsets;
        await step('offsets.request');
        transactions.addOffsets(this.#id, this.#epoch, group, offset);
        await step('offsets.response');
      }
      await step('commit.request');
      transactions.end(this.#id, this.#epoch, 'committed');
      await step('commit.response');
    } catch (error) {
      this.#broken = error;
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  /** Aborts what is open, unless another holder has already done so. */
  async close(): Promise<void> {
    const wasBroken = this.#broken;
    this.#broken = closed('transactional producer');
    if (wasBroken instanceof ResonantError && wasBroken.code === 'fenced') return;
    try {
      await this.#scheduler.step('transaction.abort.request', this.#id);
      this.#broker.transactions.end(this.#id, this.#epoch, 'aborted');
    } catch {
      // the next holder ends it, or its time limit
    }
  }
}
