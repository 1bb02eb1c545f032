/** Where a row or range stands: the batch that it came with. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  /** Offsets, both inclusive. */
  readonly first: number;
  readonly last: number;
}

/**
 * `changed`, `deleted`, `added`: a row of a table. `returned`: one of a person who was erased, which stands there.
 * `batch`: a row of the ledger that does not fit its row hashes. `gap`: offsets between two ranges that no range holds.
 * `hour`: what the ledger holds of a sealed hour is not what was sealed. `chain`: a seal that does not fit the one before,
 * its own hash or its signature. `cut-off`: a seal that was published and is not stored. `unsealable`: a row of the
 * ledger, of the erasures or the losses with an instant that no seal binds.
 */
export type ProblemKind =
  | 'changed'
  | 'deleted'
  | 'added'
  | 'returned'
  | 'batch'
  | 'gap'
  | 'hour'
  | 'chain'
  | 'cut-off'
  | 'unsealable';

/** Something that is not as it was sealed. */
export interface SealProblem {
  readonly kind: ProblemKind;
  /** Table of the row; null where it is none. */
  readonly table: string | null;
  readonly offset: number | null;
  readonly batch: Batch | null;
  /** Seal of the hour; null for what is not sealed yet. */
  readonly sealId: number | null;
  readonly detail: string;
}
