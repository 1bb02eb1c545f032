import type { Range, Span } from './range.ts';

/** The range that is being inserted, as the metadata of the committed offset says it. */
export interface Pending extends Span {
  readonly count: number;
  readonly hash: string;
  /** Why the engine takes no row of it: it is inserted as rejected. Said here, so that its next owner sends the same. */
  readonly refused?: string;
  /** How many of its records are no rows, if the ledger says so: then `refused` is not known. */
  readonly rejected?: number;
  /** Part of its token, see `tokenOf`. */
  readonly salt?: number;
  /** Sent again because the offset was reset: what stands behind the ledger is still to be removed. */
  readonly afterReset?: true;
  /** All of it is being removed, to come again: whatever stands there may still go, whole or not. */
  readonly anew?: true;
}

/** Characters; all metadata together may have 4096 bytes. */
const refusedLimit = 700;

/** What the committer before us wrote beside the offset. */
export type CommitNote =
  /** It is not from a writer: nothing was committed yet, or an operator moved the offset. */
  | { readonly kind: 'none' }
  /** Everything before it is stored, and nothing is pending. */
  | { readonly kind: 'stored' }
  | { readonly kind: 'pending'; readonly pending: Pending }
  /** An operator gave up what lies between what is stored and the committed offset. */
  | { readonly kind: 'skip-lost' };

export const pendingOf = (
  { first, last, records, hash }: Range,
  {
    refused,
    salt,
    afterReset = false,
    anew = false,
  }: {
    readonly refused?: string | undefined;
    readonly salt?: number | undefined;
    readonly afterReset?: boolean;
    readonly anew?: boolean;
  } = {},
): Pending => ({
  first,
  last,
  count: records.length,
  hash,
  ...(refused === undefined ? {} : { refused: refused.slice(0, refusedLimit) }),
  ...(salt === undefined ? {} : { salt }),
  ...(afterReset ? { afterReset } : {}),
  ...(anew ? { anew } : {}),
});

/** Beside an offset at which an operator had history go on: what is not stored before it is given up. */
export const skipLostMetadata = JSON.stringify({ skipLost: true });

/**
 * Metadata of a commit after an insert. It says something, because an offset that an operator moves says nothing: else
 * moving it to where it stands, which takes away what was pending, would look like this.
 */
export const storedMetadata = JSON.stringify({ stored: true });

/** Metadata of a commit before an insert. */
export const pendingMetadata = (pending: Pending): string => JSON.stringify({ pending });

/** Reads the metadata of a committed offset. Throws an Error for words that no release of this writer wrote. */
export function noteOf(metadata: string): CommitNote {
  if (metadata === '') return { kind: 'none' };
  const note = parsed(metadata);
  if (note?.skipLost === true) return { kind: 'skip-lost' };
  if (note?.stored === true) return { kind: 'stored' };
  const pending = note?.pending as Partial<Pending> | undefined;
  const { first, last, count, hash, refused, salt, afterReset, anew } = pending ?? {};
  if (isOffset(first) && isOffset(last) && isOffset(count) && first <= last && /^[0-9a-f]{64}$/.test(hash ?? '')) {
    const extra = { ...(typeof refused === 'string' ? { refused } : {}), ...(isOffset(salt) ? { salt } : {}) };
    const reset = { ...(afterReset === true ? { afterReset } : {}), ...(anew === true ? { anew } : {}) };
    return { kind: 'pending', pending: { first, last, count, hash: hash as string, ...extra, ...reset } };
  }
  throw new Error(`expected {"pending":{"first","last","count","hash"}} or nothing, got ${metadata.slice(0, 200)}`);
}

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parsed(metadata: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(metadata);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
