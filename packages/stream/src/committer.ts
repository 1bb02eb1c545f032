import { ResonantError } from '@resonant/contracts';
import type { LogRecord, NewRecord, TopicPartition, TransactionalProducer } from '@resonant/kafka';
import { type Clock, within } from './clock.ts';

/** When transactions happen. */
export interface CommitPolicy {
  /** Offsets without outputs are committed this long after the first that is not. */
  readonly offsetsEveryMs: number;
  /** A transaction that has not ended by then counts as of unknown outcome. */
  readonly commitTimeoutMs: number;
  /** Outputs above which the task waits for the transaction under way. */
  readonly maxPendingOutputs: number;
  /** True: the slices of a snapshot go in transactions without outputs, and the task waits for them. Default: beside them. */
  readonly snapshotsApart?: boolean;
}

interface SnapshotUnderWay {
  readonly slices: readonly (readonly NewRecord[])[];
  /** Slices that are committed or in the transaction under way. */
  taken: number;
  readonly done: () => void;
}

/**
 * Gathers what a task puts out and commits it with the input offsets: one transaction at a time, the next as soon as
 * there are outputs and the last is done. The first failure is final: the outcome is unknown and nothing is repaired.
 */
export class Committer {
  readonly #producer: TransactionalProducer;
  readonly #task: TopicPartition;
  readonly #group: string;
  readonly #policy: CommitPolicy;
  readonly #clock: Clock;
  readonly #changed: (commit?: { readonly outputs: number; readonly tookMs: number }) => void;
  readonly #metadata: string;
  #outputs: NewRecord[] = [];
  #snapshot: SnapshotUnderWay | undefined;
  #position: number;
  #committed: number;
  /** Where the batch of the first of `#outputs` begins, and when its first record was appended. */
  #outputsFrom = 0;
  #oldestAt: number | null = null;
  #inFlightFrom = 0;
  #oldestInFlightAt: number | null = null;
  #outputsInFlight = 0;
  #inFlight: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #isPaused = false;
  #failure: Error | undefined;

  /**
   * @param committed the committed offset
   * @param changed called after every transaction, with its numbers if it was committed
   */
  constructor(
    producer: TransactionalProducer,
    settings: {
      readonly task: TopicPartition;
      readonly group: string;
      readonly committed: number;
      /** Goes with every committed offset. */
      readonly metadata: string;
      readonly policy: CommitPolicy;
      readonly clock: Clock;
      readonly changed: (commit?: { readonly outputs: number; readonly tookMs: number }) => void;
    },
  ) {
    this.#producer = producer;
    this.#task = settings.task;
    this.#group = settings.group;
    this.#policy = settings.policy;
    this.#clock = settings.clock;
    this.#metadata = settings.metadata;
    this.#changed = settings.changed;
    this.#committed = settings.committed;
    this.#position = settings.committed;
  }

  get committed(): number {
    return this.#committed;
  }

  /** Everything before is processed and what it led to is durable. */
  get passed(): number {
    if (this.#outputsInFlight > 0) return this.#inFlightFrom;
    return this.#outputs.length > 0 ? this.#outputsFrom : this.#position;
  }

  get oldestWaitingAt(): number | null {
    return this.#oldestInFlightAt ?? (this.#outputs.length > 0 ? this.#oldestAt : null);
  }

  get isFull(): boolean {
    if (this.#policy.snapshotsApart === true && this.isWritingSnapshot) return true;
    return this.#outputs.length >= this.#policy.maxPendingOutputs;
  }

  /** True until all that was added of a snapshot is committed. */
  get isWritingSnapshot(): boolean {
    return this.#snapshot !== undefined;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The outputs of everything before `position`; starts a transaction if one is due. */
  add(outputs: readonly NewRecord[], position: number, first: LogRecord | undefined): void {
    if (outputs.length > 0 && this.#outputs.length === 0) {
      this.#outputsFrom = this.#position;
      this.#oldestAt = first?.timestamp ?? null;
    }
    for (const output of outputs) this.#outputs.push(output);
    this.#position = position;
    this.#schedule();
  }

  /**
   * Commits the slices of a snapshot in their order, one in each transaction, beside the outputs. Its offset is at most
   * the position, so the offset that a transaction commits is never before it.
   */
  addSnapshot(slices: readonly (readonly NewRecord[])[], done: () => void): void {
    this.#snapshot = { slices, taken: 0, done };
    this.#schedule();
  }

  /** Begins no further transaction until `resume`; what is under way ends. */
  pause(): void {
    this.#isPaused = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  /** Resolves when no transaction is under way, however it ended. */
  async settled(): Promise<void> {
    while (this.#inFlight !== undefined) await this.#inFlight;
  }

  /** Commits everything that was added; resolves when that is done or failed. */
  async flush(): Promise<void> {
    await this.settled();
    while (this.#failure === undefined && (this.#position > this.#committed || this.isWritingSnapshot)) {
      this.#begin();
      await this.settled();
    }
  }

  /** Ends the use of the producer; rejects nothing. */
  async close(): Promise<void> {
    this.pause();
    await this.#producer.close().catch(() => undefined);
  }

  #schedule(): void {
    if (this.#isPaused || this.#failure !== undefined || this.#inFlight !== undefined) return;
    // The first offset goes at once: from then on "nothing is committed" means that it was lost.
    const isFirst = this.#committed === 0 && this.#position > 0;
    if (this.#outputs.length > 0 || this.isWritingSnapshot || isFirst) this.#begin();
    else if (this.#position > this.#committed && this.#cancelTimer === undefined) {
      this.#cancelTimer = this.#clock.after(this.#policy.offsetsEveryMs, () => {
        this.#cancelTimer = undefined;
        if (!this.#isPaused && this.#inFlight === undefined && this.#failure === undefined) this.#begin();
      });
    }
  }

  #begin(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const outputs = this.#outputs.length;
    this.#outputsInFlight = outputs;
    this.#inFlightFrom = this.#outputsFrom;
    const snapshot = this.#policy.snapshotsApart === true && outputs > 0 ? undefined : this.#snapshot;
    const slice = snapshot?.slices[snapshot.taken++];
    const records = slice === undefined ? this.#outputs : this.#outputs.concat(slice);
    const offset = this.#position;
    const startedAt = this.#clock.now();
    this.#oldestInFlightAt = outputs > 0 ? this.#oldestAt : null;
    this.#outputs = [];
    this.#oldestAt = null;
    const { topic, partition } = this.#task;
    const offsets = { group: this.#group, topic, partition, offset, metadata: this.#metadata };
    const commit = this.#producer.commit({ records, offsets });
    const late = () =>
      new ResonantError(
        'log-unavailable',
        `the transaction up to offset ${offset} of ${topic}/${partition} did not end within ${this.#policy.commitTimeoutMs} ms`,
      );
    this.#inFlight = within(this.#clock, this.#policy.commitTimeoutMs, commit, late).then(
      () => {
        this.#committed = offset;
        this.#ended();
        if (snapshot !== undefined && snapshot.taken === snapshot.slices.length) {
          this.#snapshot = undefined;
          snapshot.done();
        }
        this.#changed({ outputs, tookMs: this.#clock.now() - startedAt });
        this.#schedule();
      },
      (error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#ended();
        this.#changed();
      },
    );
  }

  #ended(): void {
    this.#inFlight = undefined;
    this.#oldestInFlightAt = null;
    this.#outputsInFlight = 0;
  }
}
