import type { Budget } from './budget.ts';
import type { WriterClock } from './clock.ts';
import type { Pending } from './pending.ts';
import type { Rejected, RowMaker } from './prepared-range.ts';
import type { Span, StreamName } from './range.ts';
import type { BatchLimits } from './record-buffer.ts';
import type { Start } from './start.ts';
import type { HistoryStore } from './store.ts';

/** What the group has committed of a stream; null = nothing. */
export interface Committed {
  readonly offset: number | null;
  readonly metadata: string;
}

/** What a writer needs of the log. */
export interface Positions {
  committed(stream: StreamName): Promise<Committed>;
  /** First offset that the log holds, and the one that the next record gets. */
  ends(stream: StreamName): Promise<{ readonly earliest: number; readonly latest: number }>;
  /** Commits as the owner; rejects with `fenced`, having committed nothing, if the partition has another. */
  commit(commit: StreamName & { readonly offset: number; readonly metadata: string }): Promise<void>;
}

export interface WriterLimits {
  readonly batch: BatchLimits;
  /** What one stream may hold in memory. */
  readonly bufferBytes: number;
  /** A range that has waited longer is dropped and read again: its token may be forgotten. */
  readonly discardAfterMs: number;
  /** Between two looks at what someone has to mend. */
  readonly stoppedMs: number;
  /** How often the ledger is asked whether it still ends where this writer is: a restore moves it back. */
  readonly ledgerCheckMs: number;
}

/** Batches for the engine in process, and for a server. */
export const batchLimits = {
  embedded: { rows: 5000, bytes: 4 << 20, ageMs: 500, quietAgeMs: 5000 },
  server: { rows: 20_000, bytes: 16 << 20, ageMs: 1000, quietAgeMs: 5000 },
} as const satisfies Record<string, BatchLimits>;

export const defaultLimits: Omit<WriterLimits, 'batch' | 'bufferBytes'> = {
  discardAfterMs: 10 * 60_000,
  stoppedMs: 30_000,
  ledgerCheckMs: 60_000,
};

/** What happens to streams, for logs and metrics. */
export interface WriterObserver {
  started?(stream: StreamName, start: Extract<Start, { kind: 'read' }>): void;
  /** `isThere`: it was stored already. */
  resent?(stream: StreamName, resent: { readonly pending: Pending; readonly isThere: boolean }): void;
  stored?(
    stream: StreamName,
    range: {
      readonly nRecords: number;
      readonly nRows: number;
      readonly nRejected: number;
      readonly tookMs: number;
      /** Append time of its first record, epoch ms. */
      readonly oldestAppendedAt: number;
    },
  ): void;
  retrying?(stream: StreamName, attempt: number, error: Error): void;
  rejected?(stream: StreamName, rejected: readonly Rejected[]): void;
  divided?(stream: StreamName, span: Span, refused: Error): void;
  discarded?(stream: StreamName, reason: string): void;
  /** Rows by table of an insert that had not reached every table were removed; what they were made of comes again. */
  cleared?(stream: StreamName, rows: Readonly<Record<string, number>>): void;
  stopped?(stream: StreamName, reason: string): void;
}

/** What the writer of one stream works with. */
export interface StreamContext {
  readonly store: HistoryStore;
  readonly positions: Positions;
  readonly decoder: { prepare(values: Iterable<Uint8Array | null>): Promise<void> };
  readonly maker: RowMaker;
  readonly deadLetters: { write(rejected: readonly Rejected[]): Promise<void> };
  readonly budget: Budget;
  readonly clock: WriterClock;
  readonly limits: WriterLimits;
  readonly observer: WriterObserver;
  /** Compaction takes records out of ranges that are stored. */
  readonly isCompacted: boolean;
  /** An operator's word on how often the topic was made anew. */
  readonly leastEpoch: number;
  /** Has the stream assigned anew. */
  restart(stream: StreamName): void;
}

/**
 * `assigning`: asks ledger and log. `checking`: reads again what is stored or pending. `running`. `retrying`: what it
 * waits for is expected back. `stopped`: someone has to act.
 */
export type StreamState = 'assigning' | 'checking' | 'running' | 'retrying' | 'stopped';

export interface StreamStatus extends StreamName {
  readonly state: StreamState;
  /** Why it retries or is stopped. */
  readonly reason: string | null;
  readonly epoch: number;
  /** First offset that is not stored. */
  readonly next: number;
  /** Behind the last offset that was read. */
  readonly passed: number;
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  /** Append time of the oldest record that is read and not stored, epoch ms. */
  readonly oldestAppendedAt: number | null;
  /** Since when a range is being stored, epoch ms. */
  readonly pendingSince: number | null;
}
