import { hashedTables } from '../migrations/hash-forms.ts';

/** A table that a backup holds. */
export interface StoredTable {
  readonly name: string;
  /** Rows with a place in the log: kept up to the marks of the backup. The others are kept whole. */
  readonly isPlaced: boolean;
}

/** Every table with rows of its own, in the order in which they are restored: the ledger says what is there, so it is last. */
export const storedTables: readonly StoredTable[] = [
  ...hashedTables.map((name) => ({ name, isPlaced: true })),
  { name: 'seals', isPlaced: false },
  { name: 'erasures', isPlaced: false },
  { name: 'erased_keys', isPlaced: false },
  { name: 'losses', isPlaced: false },
  { name: 'queries', isPlaced: false },
  { name: 'ledger', isPlaced: false },
];
