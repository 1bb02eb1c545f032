import { ResonantError } from '@resonant/contracts';
import type { Admin, Log, LogRecord, LostRange, TopicPartition } from '@resonant/kafka';
import { untilAborted } from './abort.ts';
import { backOff, type Clock, pause, within } from './clock.ts';
import { type CommitPolicy, Committer } from './committer.ts';
import { countMetadata } from './partition-counts.ts';
import { readRange } from './read-range.ts';
import { restorePoint } from './snapshots/load.ts';
import { type SnapshotSettings, TaskSnapshots } from './snapshots/task-snapshots.ts';
import { rangeOf, refuseLost, type Standing, standingOf } from './standing.ts';
import type { Batch, Restored, TaskObserver, TaskProcessor } from './task-processor.ts';

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
  /** Ms that a restore goes on with a snapshot before others have their turn. */
  readonly restoreStepMs: number;
  readonly partitionsOf: (topic: string) => number;
  /** undefined: the tasks keep no snapshots. */
  readonly snapshots: SnapshotSettings | undefined;
  readonly processorOf: (task: TopicPartition) => TaskProcessor | Promise<TaskProcessor>;
  readonly proveMembership: () => Promise<void>;
}

const yieldAfterMs = 10;
const closeWithinMs = 5000;
const progressEveryMs = 5000;

/**
 * Everything that the owner of a partition holds: the transactional producer with what is not yet committed, and the
 * processor with what it remembers. It is dropped as a whole.
 */
export class TaskMemory {
  readonly committer: Committer;
  readonly #settings: TaskSettings;
  readonly #task: TopicPartition;
  readonly #committedAtTake: number | null;
  readonly #lost: LostRange | undefined;
  readonly #snapshots: TaskSnapshots | undefined;
  #processor: TaskProcessor;
  #position: number;
  #isLoaded: boolean;
  #isRestored = false;
  #yieldedAt = 0;
  #toldAt = 0;

  private constructor(
    settings: TaskSettings,
    task: TopicPartition,
    processor: TaskProcessor,
    committer: Committer,
    { committed, lost }: Standing,
  ) {
    this.#settings = settings;
    this.#task = task;
    this.#processor = processor;
    this.committer = committer;
    this.#committedAtTake = committed;
    this.#lost = lost;
    this.#isLoaded = processor.restore === 'none';
    this.#position = this.#isLoaded ? committer.committed : 0;
    const { snapshots } = settings;
    if (snapshots !== undefined && processor.state !== undefined) this.#snapshots = new TaskSnapshots(snapshots, task);
  }

  /** Steps 1 and 2: fences the former owner, then reads the committed offset. `changed` is called after each transaction. */
  static async take(
    settings: TaskSettings,
    task: TopicPartition,
    transactionalId: string,
    changed: (isCommitted: boolean) => void,
  ): Promise<TaskMemory> {
    const { log, clock, group, policy, observer, transactionTimeoutMs } = settings;
    const producer = await log.transactionalProducer(transactionalId, { timeoutMs: transactionTimeoutMs });
    try {
      const standing = await standingOf(settings, task);
      const processor = await settings.processorOf(task);
      const committer: Committer = new Committer(producer, {
        task,
        group,
        committed: standing.committed ?? 0,
        metadata: countMetadata(settings.partitionsOf(task.topic)),
        policy,
        clock,
        changed: (commit) => {
          if (commit !== undefined) {
            observer.committed?.(task, commit);
            memory.processor.committed?.(committer.committed);
          }
          changed(commit !== undefined);
        },
      });
      const memory: TaskMemory = new TaskMemory(settings, task, processor, committer, standing);
      return memory;
    } catch (error) {
      await producer.close().catch(() => undefined);
      throw error;
    }
  }

  get processor(): TaskProcessor {
    return this.#processor;
  }

  /** False if the log does not hold what comes after the committed offset: `restore` rejects then. */
  get isWithinLog(): boolean {
    return this.#lost === undefined;
  }

  /** Records to be processed at once. */
  get maxBatchRecords(): number {
    return this.#settings.maxBatchRecords;
  }

  /** True once the memory has been brought up to the committed offset. */
  get isRestored(): boolean {
    return this.#isRestored;
  }

  /** Next offset to process. */
  get position(): number {
    return this.#position;
  }

  /** The whole state as of the last snapshot. */
  get stateSize(): { readonly parts: number; readonly bytes: number } {
    return this.#snapshots?.size ?? { parts: 0, bytes: 0 };
  }

  /**
   * Step 3: takes over the latest snapshot that can be used, replays with outputs muted up to the committed offset, then
   * works off what was fetched before and not committed, up to `to`. Returns early when `signal` is aborted.
   */
  async restore(to: number, signal: AbortSignal, moved: () => void): Promise<Restored> {
    const { snapshotOffset, reason, unfinished } = this.#isLoaded ? alreadyLoaded : await this.#load(signal);
    if (this.#lost !== undefined && !signal.aborted) refuseLost(this.#settings.group, this.#lost);
    const from = this.#position;
    const committed = this.committer.committed;
    for (const stage of [
      { muted: true, to: committed },
      { muted: false, to },
    ]) {
      if (signal.aborted) break;
      const range = { from: this.#position, to: stage.to };
      await readRange(this.#settings.log, this.#task, range, signal, async (records, nextOffset) => {
        await this.process(records, nextOffset, stage.muted, signal);
        this.#tellProgress(to);
        moved();
      });
      if (signal.aborted) break;
      this.#position = Math.max(this.#position, stage.to);
      this.#isRestored = true;
    }
    return { snapshotOffset, reason, unfinished, records: this.#position - from };
  }

  async #load(signal: AbortSignal): Promise<Omit<Restored, 'records'>> {
    const { admin, processorOf, clock, restoreStepMs } = this.#settings;
    const point = await restorePoint({
      processor: this.#processor,
      anew: () => processorOf(this.#task),
      snapshots: this.#snapshots,
      range: await rangeOf(admin, this.#task),
      committed: this.#committedAtTake,
      turns: { clock, stepMs: restoreStepMs },
      signal,
    });
    if (point === undefined) return alreadyLoaded;
    this.#processor = point.processor;
    this.#position = point.snapshotOffset ?? 0;
    this.#isLoaded = true;
    return point;
  }

  /** Feeds records to the processor; what comes out goes to the committer unless `muted`. */
  async process(records: readonly LogRecord[], nextOffset: number, muted: boolean, signal: AbortSignal): Promise<void> {
    const limit = this.maxBatchRecords;
    for (let start = 0; start === 0 || start < records.length; start += limit) {
      const batch = start === 0 && records.length <= limit ? records : records.slice(start, start + limit);
      const isLast = start + limit >= records.length;
      if (!muted) await this.#room(signal);
      const position = isLast ? nextOffset : (batch.at(-1)?.offset ?? 0) + 1;
      const outputs = await this.#outputsOf(batch, { muted, nextOffset: position }, signal);
      this.#position = position;
      this.#snapshots?.processed(batch);
      if (!muted) this.committer.add(outputs, position, batch[0]);
      await this.#breathe();
    }
  }

  /** Writes on at a snapshot if one is due. Called between two batches: the state is that of the position. */
  snapshot(): void {
    if (this.#snapshots?.isDue(this.#position) === true) this.#writeSnapshot();
  }

  /** Calls back when a snapshot is due that nothing else will wake the task for; the result cancels that. */
  wakeForSnapshot(wake: () => void): () => void {
    if (this.#snapshots?.isNew(this.#position) !== true || this.committer.isWritingSnapshot) return () => undefined;
    return this.#settings.clock.after(this.#snapshots.dueInMs, wake);
  }

  /** True while nothing may be processed, because a snapshot has to become whole. */
  get isHeld(): boolean {
    return this.#snapshots?.holds === true;
  }

  /** Commits what was decided and a snapshot of it; resolves when that is done or failed. */
  async finish(): Promise<void> {
    await this.committer.flush();
    while (
      this.#isRestored &&
      this.committer.failure === undefined &&
      this.#snapshots?.isNew(this.#position) === true
    ) {
      this.#writeSnapshot();
      await this.committer.flush();
    }
  }

  /** True if the state of the position is not in a snapshot that is committed. */
  get hasNewState(): boolean {
    return this.committer.isWritingSnapshot || this.#snapshots?.isNew(this.#position) === true;
  }

  /** Ends timers and the producer. */
  async drop(): Promise<void> {
    this.#processor.lost?.();
    const late = () => new ResonantError('log-unavailable', 'the producer did not close in time');
    await within(this.#settings.clock, closeWithinMs, this.committer.close(), late).catch(() => undefined);
  }

  #writeSnapshot(): void {
    const { state } = this.#processor;
    if (state === undefined || this.#snapshots === undefined || this.committer.isWritingSnapshot) return;
    const { slices, whole } = this.#snapshots.write(state, this.#position);
    this.committer.addSnapshot(slices, () => {
      if (whole === undefined) return;
      const { startedAt, ...snapshot } = whole;
      const tookMs = this.#settings.clock.now() - startedAt;
      this.#settings.observer.snapshotted?.(this.#task, { ...snapshot, tookMs });
    });
  }

  #tellProgress(to: number): void {
    const now = this.#settings.clock.now();
    if (now - this.#toldAt < progressEveryMs) return;
    this.#toldAt = now;
    this.#settings.observer.restoring?.(this.#task, { position: this.#position, to });
  }

  async #outputsOf(records: readonly LogRecord[], batch: Batch, signal: AbortSignal) {
    const { prepare } = this.#processor;
    for (let attempt = 1; prepare !== undefined; attempt++) {
      try {
        // it may wait for a log that is away: a rebalance or a shutdown must not wait with it
        await untilAborted(signal, () => prepare.call(this.#processor, records));
        if (signal.aborted) throw new ResonantError('log-unavailable', 'the partition was lost while records waited');
        break;
      } catch (error) {
        if (signal.aborted) throw error;
        this.#settings.observer.waiting?.(this.#task, error as Error);
        await pause(this.#settings.clock, backOff(attempt), signal);
      }
    }
    return this.#processor.process(records, batch);
  }

  /** Waits until the outputs that are there leave room for more. */
  async #room(signal: AbortSignal): Promise<void> {
    const { committer } = this;
    while (committer.isFull && committer.failure === undefined && !signal.aborted) await committer.settled();
  }

  /** Lets other tasks and the network have their turn. */
  async #breathe(): Promise<void> {
    const now = this.#settings.clock.now();
    if (now - this.#yieldedAt < yieldAfterMs) return;
    await this.#settings.clock.turn();
    this.#yieldedAt = this.#settings.clock.now();
  }
}

const alreadyLoaded = { snapshotOffset: null, reason: null, unfinished: 0 };
