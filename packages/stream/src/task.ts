import { isResonantError } from '@resonant/contracts';
import type { LogRecord, StartAt, TopicPartition } from '@resonant/kafka';
import { untilAborted } from './abort.ts';
import { Bell } from './bell.ts';
import { backOff, pause } from './clock.ts';
import { Ease } from './ease.ts';
import { RecordQueue } from './record-queue.ts';
import { committedOffsetOf } from './standing.ts';
import { TaskMemory, type TaskSettings } from './task-memory.ts';
import type { TaskStatus } from './task-processor.ts';

const assignmentTries = 3;
const stoppingCodes = ['unknown-record-type', 'invalid-configuration', 'incompatible-schema'] as const;

/**
 * One task: one partition from taking it to losing it (runtime.md, "Owning a partition"). The group member calls
 * `assigned`, `records` and `lost`; in between a loop takes from the queue, feeds the processor and commits. Any
 * failure drops producer and memory, proves membership and begins again at the committed offset.
 */
export class Task {
  readonly #settings: TaskSettings;
  readonly partition: TopicPartition;
  readonly #transactionalId: string;
  readonly #queue: RecordQueue;
  readonly #ease = new Ease();
  readonly #bell = new Bell();
  #ownership = new AbortController();
  #assigning: Promise<unknown> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #memory: TaskMemory | undefined;
  #state: TaskStatus['state'] = 'taking';
  #restoringTo: number | null = null;
  #stalledSince: number | null = null;
  #problem: Error | undefined;

  constructor(settings: TaskSettings, partition: TopicPartition, transactionalId: string) {
    this.#settings = settings;
    this.partition = partition;
    this.#transactionalId = transactionalId;
    this.#queue = new RecordQueue(settings.maxQueuedRecords);
  }

  /** The member owns the partition. Resolves with where fetching begins; the memory is restored after that. */
  assigned(): Promise<StartAt> {
    this.#ownership.abort();
    this.#bell.ring();
    const ownership = new AbortController();
    this.#ownership = ownership;
    const start = this.#assigning.then(() => this.#own(ownership.signal));
    this.#assigning = start.catch(() => undefined);
    return start;
  }

  /** Records that the member fetched; resolves when more may be fetched. */
  records(records: readonly LogRecord[], nextOffset: number): Promise<void> {
    if (this.#ownership.signal.aborted) return Promise.resolve();
    if (this.#state === 'stopped') return this.#queue.wait();
    const room = this.#queue.put(records, nextOffset);
    this.#stalledSince ??= this.#settings.clock.now();
    this.#bell.ring();
    return room;
  }

  /** The member no longer owns the partition. The memory stays for the case that it comes back unchanged. */
  lost(): void {
    this.#ownership.abort();
    this.#state = 'parked';
    this.#stalledSince = null;
    this.#memory?.committer.pause();
    this.#memory?.processor.lost?.();
    this.#queue.release();
    this.#bell.ring();
  }

  /** Stops taking records and commits what was decided; resolves when that is done or failed. */
  async finish(): Promise<void> {
    if (this.#state === 'parked') return;
    this.#ownership.abort();
    this.#memory?.processor.lost?.();
    this.#queue.release();
    this.#bell.ring();
    await this.#running;
    await this.#memory?.finish();
  }

  /** What a stop leaves to whoever takes the partition next; undefined = nothing. */
  get leftOpen(): string | undefined {
    if (this.#state === 'parked' || this.#state === 'stopped') return undefined;
    const memory = this.#memory;
    if (memory === undefined) return 'it was being taken again';
    if (!memory.isRestored) return 'it had not been restored';
    if (memory.committer.failure !== undefined) return memory.committer.failure.message;
    const { committed } = memory.committer;
    if (committed < memory.position) return `it has committed up to offset ${committed} of ${memory.position}`;
    return memory.hasNewState ? `there is no snapshot of offset ${memory.position}` : undefined;
  }

  /** Gives up the memory and the producer. */
  async dispose(): Promise<void> {
    this.#ownership.abort();
    this.#queue.release();
    this.#bell.ring();
    await this.#assigning;
    await this.#running;
    await this.#drop();
  }

  status(): TaskStatus {
    const committer = this.#memory?.committer;
    return {
      ...this.partition,
      state: this.#state,
      position: this.#memory?.position ?? 0,
      committed: committer?.committed ?? 0,
      passed: committer?.passed ?? 0,
      queued: this.#queue.size,
      oldestWaitingAt: committer?.oldestWaitingAt ?? this.#queue.oldestAt,
      stalledSince: this.#stalledSince,
      stateSize: this.#memory?.stateSize ?? { parts: 0, bytes: 0 },
      restoringTo: this.#restoringTo,
      problem: this.#problem?.message ?? null,
    };
  }

  async #own(signal: AbortSignal): Promise<StartAt> {
    await this.#running;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.#keepOrDrop();
        if (this.#memory === undefined) this.#queue.clear((await this.#take()).committer.committed);
        break;
      } catch (error) {
        this.#failed(error);
        // Whatever is fetched now waits until the partition is lost.
        if (this.#stopsAt(error)) return 'latest';
        if (attempt >= assignmentTries) throw error;
        await pause(this.#settings.clock, backOff(attempt), signal);
        await this.#proveMembership(signal);
      }
    }
    if (signal.aborted) return 'committed';
    this.#running = this.#run(signal);
    // The restore will say what is missing; to fetch what is not there would end the whole process.
    return this.#memory?.isWithinLog === false ? 'latest' : { offset: this.#queue.end };
  }

  /** Step 7: who keeps the partition keeps the memory if nobody has committed since. */
  async #keepOrDrop(): Promise<void> {
    const committer = this.#memory?.committer;
    if (committer === undefined) return;
    await committer.settled();
    if (committer.failure === undefined) {
      const committed = await committedOffsetOf(this.#settings, this.partition);
      if ((committed ?? 0) === committer.committed) return;
    }
    await this.#drop();
  }

  async #take(): Promise<TaskMemory> {
    this.#state = 'taking';
    const settings = this.#ease.settings(this.#settings);
    const changed = (isCommitted: boolean): void => {
      if (isCommitted) this.#ease.committed();
      else this.#ease.failed();
      this.#bell.ring();
    };
    this.#memory = await TaskMemory.take(settings, this.partition, this.#transactionalId, changed);
    return this.#memory;
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const memory = this.#memory ?? (await this.#takeAgain(signal));
        if (memory === undefined) return;
        await this.#restore(memory, signal);
        if (signal.aborted) return;
        attempt = 0;
        this.#state = 'running';
        this.#problem = undefined;
        memory.processor.assigned?.(memory.position);
        await this.#work(memory, signal);
      } catch (error) {
        this.#failed(error);
        await this.#drop();
        if (this.#stopsAt(error)) return;
        await pause(this.#settings.clock, backOff(attempt + 1), signal);
      }
    }
  }

  /** Step 6: what was fetched and not committed is read again from the log. */
  async #takeAgain(signal: AbortSignal): Promise<TaskMemory | undefined> {
    await this.#proveMembership(signal);
    if (signal.aborted) return undefined;
    const memory = await this.#take();
    this.#queue.clear();
    return memory;
  }

  async #restore(memory: TaskMemory, signal: AbortSignal): Promise<void> {
    const { clock, observer } = this.#settings;
    const to = Math.max(this.#queue.start, memory.committer.committed);
    memory.committer.resume();
    if (memory.isRestored && memory.position >= to) return;
    const startedAt = clock.now();
    this.#state = 'restoring';
    this.#restoringTo = to;
    try {
      const restored = await memory.restore(to, signal, () => {
        if (memory.committer.failure !== undefined) throw memory.committer.failure;
      });
      const isIdle = restored.records === 0 && restored.snapshotOffset === null;
      if (!isIdle) observer.restored?.(this.partition, { ...restored, tookMs: clock.now() - startedAt });
    } finally {
      this.#restoringTo = null;
    }
  }

  /** Step 4: from the queue through the processor to the committer. */
  async #work(memory: TaskMemory, signal: AbortSignal): Promise<void> {
    const { clock } = this.#settings;
    const { committer, maxBatchRecords } = memory;
    while (!signal.aborted) {
      if (committer.failure !== undefined) throw committer.failure;
      memory.snapshot();
      const taken = committer.isFull || memory.isHeld ? undefined : this.#queue.take(maxBatchRecords);
      if (taken === undefined) {
        const cancel = memory.wakeForSnapshot(() => this.#bell.ring());
        await this.#bell.heard();
        cancel();
        continue;
      }
      const known = memory.position;
      const records = taken.records.filter((record) => record.offset >= known);
      if (taken.nextOffset > known) await memory.process(records, taken.nextOffset, false, signal);
      this.#stalledSince = this.#queue.size > 0 && !signal.aborted ? clock.now() : null;
    }
  }

  #proveMembership(signal: AbortSignal): Promise<void> {
    return untilAborted(signal, () => this.#settings.proveMembership());
  }

  #failed(error: unknown): void {
    this.#problem = error instanceof Error ? error : new Error(String(error));
    this.#settings.observer.aborted?.(this.partition, this.#problem);
  }

  #stopsAt(error: unknown): boolean {
    const isStopping = stoppingCodes.some((code) => isResonantError(error, code));
    if (isStopping && !this.#ownership.signal.aborted) {
      this.#state = 'stopped';
      this.#settings.observer.stopped?.(this.partition, error as Error);
    }
    return isStopping;
  }

  async #drop(): Promise<void> {
    const memory = this.#memory;
    this.#memory = undefined;
    await memory?.drop();
  }
}
