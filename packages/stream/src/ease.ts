import type { TaskSettings } from './task-memory.ts';

/** After so many transactions that ended well one step is taken back. */
const transactionsPerStep = 16;
/** Steps that make transactions smaller, each a quarter of the one before; those after them give more time. */
const smallerSteps = 5;
const moreTimeSteps = 4;

/**
 * How much smaller the transactions of a task are than they might be. One that is too much for the log in its time fails,
 * and would fail again and again when the same records come back: after each failure they are a quarter, down to one
 * record at a time, apart from snapshots. What one record leads to cannot be divided: it gets twice the time then, up to
 * sixteen times.
 */
export class Ease {
  #step = 0;
  #ended = 0;

  /** A transaction failed, or its outcome is not known. */
  failed(): void {
    this.#step = Math.min(this.#step + 1, smallerSteps + moreTimeSteps);
    this.#ended = 0;
  }

  /** A transaction was committed. */
  committed(): void {
    if (this.#step === 0 || ++this.#ended < transactionsPerStep) return;
    this.#step--;
    this.#ended = 0;
  }

  /** The settings for a memory that is taken now. */
  settings(given: TaskSettings): TaskSettings {
    if (this.#step === 0) return given;
    const part = (count: number): number => Math.max(1, Math.floor(count / 4 ** Math.min(this.#step, smallerSteps)));
    const time = 2 ** Math.max(0, this.#step - smallerSteps);
    const { policy } = given;
    return {
      ...given,
      maxBatchRecords: part(given.maxBatchRecords),
      transactionTimeoutMs: given.transactionTimeoutMs * time,
      policy: {
        ...policy,
        maxPendingOutputs: part(policy.maxPendingOutputs),
        commitTimeoutMs: policy.commitTimeoutMs * time,
        snapshotsApart: true,
      },
    };
  }
}
