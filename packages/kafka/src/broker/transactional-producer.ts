import { ResonantError } from '@resonant/contracts';
import type { Producer as KafkaProducer, Transaction } from 'kafkajs';
import type { NewRecord, TransactionalProducer } from '../port.ts';
import { checkSize, chunks } from '../size.ts';
import { type BrokerOptions, type Client, openClient } from './client.ts';
import { isFenced, logError, protocolType, within } from './errors.ts';
import { topicMessages } from './messages.ts';
import { placement } from './partitioner.ts';

type Commit = Parameters<TransactionalProducer['commit']>[0];

/**
 * CONCURRENT_TRANSACTIONS after a commit lasts for ms, on a busy broker for tens of them: the client's default first wait
 * of 300 ms would cost seconds, and so would waits that double without end. How long it goes on is the time limit's part.
 */
const retry = { initialRetryTime: 5, maxRetryTime: 40, retries: 500 };

/** What coordinators answer while they are still busy with the last transaction, or have just moved. */
const passing = new Set([
  'CONCURRENT_TRANSACTIONS',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);

const abortLimitMs = 2000;

/** The holder of one transactional id. A transaction is always begun: beginning the first is what fences. */
export class BrokerTransactionalProducer implements TransactionalProducer {
  readonly #id: string;
  readonly #timeoutMs: number;
  readonly #client: Client;
  readonly #producer: KafkaProducer;
  #transaction: Transaction | undefined;
  /** Something was sent in the transaction, and its commit was not tried. */
  #open = false;
  #broken: ResonantError | undefined;
  #busy = false;

  constructor(options: BrokerOptions, id: string, timeoutMs: number) {
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#client = openClient({ ...options, clientId: `${options.clientId}-${id}` }, retry);
    this.#producer = this.#client.kafka.producer({
      transactionalId: id,
      transactionTimeout: timeoutMs,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry,
      createPartitioner: placement().createPartitioner,
    });
  }

  async open(): Promise<void> {
    const opening = this.#producer.connect().then(() => this.#producer.transaction());
    try {
      this.#transaction = await within(this.#timeoutMs, `opening ${this.#id}`, opening);
    } catch (error) {
      this.#client.dispose();
      throw logError(error, `opening ${this.#id}`);
    }
  }

  async commit(transaction: Commit): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#busy) throw new ResonantError('internal', `${this.#id}: one transaction at a time`);
    this.#busy = true;
    try {
      await within(this.#timeoutMs, `a transaction of ${this.#id}`, this.#burst(transaction));
    } catch (error) {
      this.#broken = logError(error, `a transaction of ${this.#id}`);
      throw this.#broken;
    } finally {
      this.#busy = false;
    }
  }

  async #burst({ records, offsets }: Commit): Promise<void> {
    if (records.length === 0 && offsets === undefined) return;
    this.#transaction ??= await this.#producer.transaction();
    const transaction = this.#transaction;
    this.#open = true;
    // one after the other: a commit after anything threw would resolve without having committed
    if (records.length > 0) await this.#send(transaction, records);
    // `close` has aborted what was sent: offsets alone would be committed without it
    if (this.#broken !== undefined) throw this.#broken;
    if (offsets !== undefined) await this.#sendOffsets(transaction, offsets);
    this.#open = false;
    await transaction.commit();
    this.#transaction = undefined;
  }

  async #send(transaction: Transaction, records: readonly NewRecord[]): Promise<void> {
    for (const record of records) checkSize(record);
    for (const chunk of chunks(records)) {
      await transaction.sendBatch({ acks: -1, topicMessages: topicMessages(chunk) });
    }
  }

  /**
   * A transaction of offsets alone begins here, and the client retries neither CONCURRENT_TRANSACTIONS nor a group
   * coordinator that is just moving in: doing it again adds nothing twice.
   */
  async #sendOffsets(transaction: Transaction, offsets: NonNullable<Commit['offsets']>): Promise<void> {
    const { group, topic, partition, offset, metadata } = offsets;
    // the client hands `metadata` on, its types do not know it
    const partitions = [{ partition, offset: String(offset), ...(metadata === undefined ? {} : { metadata }) }];
    for (let waitMs = retry.initialRetryTime; ; waitMs = Math.min(waitMs * 2, retry.maxRetryTime)) {
      try {
        await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions }] });
        return;
      } catch (error) {
        if (!passing.has(protocolType(error) ?? '') || this.#broken !== undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  /** Ends an open transaction if that can be known to be ours, else leaves it to the next holder or the time limit. */
  async close(): Promise<void> {
    const broken = this.#broken;
    this.#broken = new ResonantError('log-unavailable', `${this.#id} is closed`);
    if (this.#open && this.#transaction !== undefined && !(broken !== undefined && isFenced(broken.cause))) {
      await within(abortLimitMs, 'aborting', this.#transaction.abort()).catch(() => undefined); // the next holder does
    }
    this.#client.dispose();
    await this.#producer.disconnect().catch(() => undefined); // its sockets are gone already
  }
}
