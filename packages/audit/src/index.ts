export { type Comparison, canonical, compare, type Difference, type Range } from './compare.ts';
export type * from './derived.ts';
export { type Life, livesOf } from './lives.ts';
export { type LoggedEntry, storedEntries } from './replay.ts';
export type { Findings, NotChecked, Report } from './report.ts';
export { type StoredAlert, storedAlerts } from './stored.ts';
export { verifyByReplay } from './verify-replay.ts';
export { type VerifyOptions, verifyBySql } from './verify-sql.ts';
