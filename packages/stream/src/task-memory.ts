import { setImmediate as nextTurn } from 'node:timers/promises';
import { ResonantError } from '@resonant/contracts';
import type { Admin, Log, LogRecord, TopicPartition } from '@resonant/kafka';
import { untilAborted } from './abort.ts';
import { backOff, type Clock, pause, within } from './clock.ts';
import { type CommitPolicy, Committer } from './committer.ts';
import { readRange } from './read-range.ts';
import type { Batch, TaskObserver, TaskProcessor } from './task-processor.ts';

/** What all tasks of a runtime share. */
export interface TaskSettings {
  readonly log: Log;
  readonly admin: Admin;
  readonly group: string;
  readonly clock: Clock;
  readonly policy: CommitPolicy;
  readonly observer: TaskObserver;
  /** Records a task may have waiting before fetching of its partition pauses. */
  readonly maxQueuedRecords: number;
  /** Records handed to the processor at once. */
  readonly maxBatchRecords: number;
  readonly transactionTimeoutMs: number;
  readonly processorOf: (task: TopicPartition) => TaskProcessor | Promise<TaskProcessor>;
  readonly proveMembership: () => Promise<void>;
}

const yieldAfterMs = 10;
const closeWithinMs = 5000;

/** The committed offset of a task; nothing committed = the beginning. */
export async function committedOffsetOf({ admin, group }: TaskSettings, task: TopicPartition): Promise<number> {
  const offsets = await admin.committed(group, task.topic);
  return offsets.find((entry) => entry.partition === task.partition)?.offset ?? 0;
}

/**
 * Everything that the owner of a partition holds: the transactional producer with what is not yet committed, and the
 * processor with what it remembers. It is dropped as a whole.
 */
export class TaskMemory {
  readonly processor: TaskProcessor;
  readonly committer: Committer;
  readonly #settings: TaskSettings;
  readonly #task: TopicPartition;
  #position: number;
  #yieldedAt = 0;

  private constructor(settings: TaskSettings, task: TopicPartition, processor: TaskProcessor, committer: Committer) {
    this.#settings = settings;
    this.#task = task;
    this.processor = processor;
    this.committer = committer;
    this.#position = processor.restore === 'replay' ? 0 : committer.committed;
  }

  /** Steps 1 and 2: fences the former owner, then reads the committed offset. `changed` is called after commits. */
  static async take(
    settings: TaskSettings,
    task: TopicPartition,
    transactionalId: string,
    changed: () => void,
  ): Promise<TaskMemory> {
    const { log, clock, group, policy, observer, transactionTimeoutMs } = settings;
    const producer = await log.transactionalProducer(transactionalId, { timeoutMs: transactionTimeoutMs });
    try {
      const committed = await committedOffsetOf(settings, task);
      const processor = await settings.processorOf(task);
      if (processor.restore === 'replay') await refuseTruncatedLog(settings.admin, task);
      const committer: Committer = new Committer(producer, {
        task,
        group,
        committed,
        policy,
        clock,
        changed: (commit) => {
          if (commit !== undefined) {
            observer.committed?.(task, commit);
            processor.committed?.(committer.committed);
          }
          changed();
        },
      });
      return new TaskMemory(settings, task, processor, committer);
    } catch (error) {
      await producer.close().catch(() => undefined);
      throw error;
    }
  }

  /** Next offset to process. */
  get position(): number {
    return this.#position;
  }

  /**
   * Step 3: replays with outputs muted up to the committed offset, then works off what was fetched before and not
   * committed, up to `to`. Snapshots will let it begin later than at offset 0. Returns early when `signal` is aborted.
   */
  async restore(to: number, signal: AbortSignal, moved: () => void): Promise<void> {
    const committed = this.committer.committed;
    for (const stage of [
      { muted: true, to: committed },
      { muted: false, to },
    ]) {
      const range = { from: this.#position, to: stage.to };
      await readRange(this.#settings.log, this.#task, range, signal, async (records, nextOffset) => {
        await this.process(records, nextOffset, stage.muted, signal);
        moved();
      });
      if (signal.aborted) return;
      this.#position = Math.max(this.#position, stage.to);
    }
  }

  /** Feeds records to the processor; what comes out goes to the committer unless `muted`. */
  async process(records: readonly LogRecord[], nextOffset: number, muted: boolean, signal: AbortSignal): Promise<void> {
    const limit = this.#settings.maxBatchRecords;
    for (let start = 0; start === 0 || start < records.length; start += limit) {
      const batch = start === 0 && records.length <= limit ? records : records.slice(start, start + limit);
      const isLast = start + limit >= records.length;
      const position = isLast ? nextOffset : (batch.at(-1)?.offset ?? 0) + 1;
      const outputs = await this.#outputsOf(batch, { muted, nextOffset: position }, signal);
      this.#position = position;
      if (!muted) this.committer.add(outputs, position, batch[0]);
      await this.#breathe();
    }
  }

  /** Ends timers and the producer. */
  async drop(): Promise<void> {
    this.processor.lost?.();
    const late = () => new ResonantError('log-unavailable', 'the producer did not close in time');
    await within(this.#settings.clock, closeWithinMs, this.committer.close(), late).catch(() => undefined);
  }

  async #outputsOf(records: readonly LogRecord[], batch: Batch, signal: AbortSignal) {
    const { prepare } = this.processor;
    for (let attempt = 1; prepare !== undefined; attempt++) {
      try {
        // it may wait for a log that is away: a rebalance or a shutdown must not wait with it
        await untilAborted(signal, () => prepare.call(this.processor, records));
        if (signal.aborted) throw new ResonantError('log-unavailable', 'the partition was lost while records waited');
        break;
      } catch (error) {
        if (signal.aborted) throw error;
        this.#settings.observer.waiting?.(this.#task, error as Error);
        await pause(this.#settings.clock, backOff(attempt), signal);
      }
    }
    return this.processor.process(records, batch);
  }

  /** Lets other tasks and the network have their turn. */
  async #breathe(): Promise<void> {
    const now = this.#settings.clock.now();
    if (now - this.#yieldedAt < yieldAfterMs) return;
    await nextTurn();
    this.#yieldedAt = this.#settings.clock.now();
  }
}

async function refuseTruncatedLog(admin: Admin, { topic, partition }: TopicPartition): Promise<void> {
  const range = (await admin.offsets(topic)).find((entry) => entry.partition === partition);
  if (range === undefined || range.earliest === 0) return;
  throw new ResonantError(
    'invalid-configuration',
    `${topic}/${partition} begins at offset ${range.earliest}, and without its beginning the state cannot be restored; ` +
      'restore the topic from a backup, or empty it and its alerts to begin anew',
  );
}
