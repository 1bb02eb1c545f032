export {
  type BacktestOptions,
  type BacktestReport,
  backtest,
  backtestText,
  difference,
  type Moved,
  type WouldBe,
} from './backtest.ts';
export { type Comparison, canonical, compare, type Difference, type Range } from './compare.ts';
export type * from './derived.ts';
export { type Life, livesOf } from './lives.ts';
export { type AlertProof, proofText, prove, type Recounted, type TransitionProof } from './proof/prove.ts';
export { type LoggedEntry, storedEntries } from './replay.ts';
export type { Findings, NotChecked, Report } from './report.ts';
export { isClean, isEmpty, reportText } from './report-text.ts';
export { auditSeals, type SealAuditOptions, type SealReport } from './seals/audit.ts';
export type { SealKeys } from './seals/chain.ts';
export type { Batch, ProblemKind, SealProblem } from './seals/problem.ts';
export { sealReportText } from './seals/report-text.ts';
export {
  hoursDue,
  isSignedBy,
  keyIdOf,
  nextSeal,
  type SealedHour,
  type SealingKey,
  sealHash,
  sealingKey,
} from './seals/seal.ts';
export { type Sealing, sealDue, storedSeals } from './seals/store.ts';
export { type StoredAlert, storedAlert, storedAlerts, storedRule, storedRuleIds } from './stored.ts';
export { type VerifyAllOptions, verify } from './verify.ts';
export { verifyByReplay } from './verify-replay.ts';
export { type VerifyOptions, verifyBySql } from './verify-sql.ts';
