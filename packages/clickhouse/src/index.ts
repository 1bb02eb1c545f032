export {
  analystAccess,
  analystGrants,
  analystGrantsText,
  type GrantingFamily,
  grantingFamilies,
} from './analyst-access.ts';
export { backup, type CareProgress } from './care/backup.ts';
export {
  type Erased,
  type EraseOptions,
  type Erasure,
  erasable,
  erase,
  eraseAgain,
} from './care/erase.ts';
export {
  countErasedKeys,
  type ErasureRecord,
  reloadErased,
  rememberErased,
  runningInserts,
} from './care/erased-keys.ts';
export type { BackupTable, Manifest } from './care/manifest.ts';
export { type Mark, readMarks } from './care/marks.ts';
export type { Addresses, Person } from './care/person.ts';
export { type RestoreOptions, restore } from './care/restore.ts';
export {
  type ClickHouse,
  type ClickHouseOptions,
  connectClickHouse,
  type RawInsert,
  type StatementOptions,
} from './client/connect.ts';
export { classOf, type ErrorClass, errorCodes } from './client/error-codes.ts';
export { clickHouseCodeOf, errorClassOf } from './client/failure.ts';
export { type Settings, settingsClause, textLiteral } from './client/settings.ts';
export { type LedgerReader, ledgerReader } from './ledger.ts';
export { type LostRange, recordLosses, unstoredBefore } from './losses.ts';
export { type Migration, readMigrations } from './migrations/files.ts';
export * from './migrations/hash-forms.ts';
export type { PendingStatement } from './migrations/plan.ts';
export { type EngineFamily, engineFamilies, renderedText, renderStatement } from './migrations/render.ts';
export { type MigrateOptions, migrate } from './migrations/run.ts';
export {
  differences,
  differenceText,
  goldenSchemaFile,
  liveSchema,
  type Schema,
  type SchemaDifference,
  verifySchema,
  withoutFamily,
} from './migrations/verify.ts';
export type { Answer, Column } from './query/answer.ts';
export { integerProblem, parameterValues, placeholdersOf } from './query/parameters.ts';
export { type Question, type QuestionParameter, readQuestions } from './questions/questions.ts';
export { removalsText } from './removals.ts';
export { type BuiltRow, keptTopics, type Rejection, rowsOf, type TopicRows } from './rows/build.ts';
export { ValueError } from './rows/column-types.ts';
export { type IntakeEncoder, intakeEncoder, type RangeOfRows } from './rows/insert-body.ts';
export { type IntakeRow, type IntakeTable, intakeColumns, type RecordRow } from './rows/intake-columns.ts';
export type { Decode, KafkaRecord } from './rows/record.ts';
export { type Columns, type RowEncoder, type RowOf, rowEncoder, rowFormat } from './rows/row-binary.ts';
export { together } from './together.ts';
export * from './writer/index.ts';
