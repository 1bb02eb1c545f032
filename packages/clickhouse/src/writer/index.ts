export { Budget } from './budget.ts';
export { clickHouseStore } from './clickhouse-store.ts';
export { backOffMs, hostClock, type WriterClock } from './clock.ts';
export { intakeTargets } from './intake-targets.ts';
export { type InsertFault, MemoryStore, type MemoryStoreOptions, type MemoryTables } from './memory-store.ts';
export { type CommitNote, noteOf, type Pending, pendingMetadata, storedMetadata } from './pending.ts';
export type { Rejected } from './prepared-range.ts';
export { hashOf, type RawRecord, type Span, type StreamName, tokenOf } from './range.ts';
export type { BatchLimits } from './record-buffer.ts';
export { type Start, type StartFacts, type StreamLedger, startOf } from './start.ts';
export type { HistoryStore, RangeCount, RangeInsert } from './store.ts';
export {
  batchLimits,
  defaultLimits,
  type Positions,
  type StreamContext,
  type StreamState,
  type StreamStatus,
  type WriterLimits,
  type WriterObserver,
} from './stream-context.ts';
export { StreamWriter } from './stream-writer.ts';
