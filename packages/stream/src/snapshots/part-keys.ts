/** Key of the head record; no part has this name. */
export const headKey = '#snapshot';

/**
 * Each part has two places in the topic. A snapshot that is one transaction writes a part again where it stands. One that
 * takes several writes to the other place, so that the last complete snapshot stays whole until the new one is.
 */
export type Place = 'a' | 'b';

export const otherPlace = (place: Place): Place => (place === 'a' ? 'b' : 'a');

/** Key of a chunk: the name of the part itself, or that behind a mark that no name begins with. */
export const keyOf = (name: string, place: Place, chunk: number): string =>
  place === 'a' && chunk === 0 ? name : `\u0000${place}${chunk}:${name}`;

/** The place that a key means. */
export const placeOf = (key: string): Place => (key.startsWith('\u0000b') ? 'b' : 'a');

/** Keys of all chunks of a part. */
export const keysOf = (name: string, { place, chunks }: StoredPart): readonly string[] =>
  Array.from({ length: chunks }, (_, chunk) => keyOf(name, place, chunk));

/** Where the valid version of a part stands, and its size. */
export interface StoredPart {
  readonly place: Place;
  readonly bytes: number;
  readonly chunks: number;
}

/** What a state topic holds of a partition. */
export interface StoredKeys {
  /** Parts of the last complete snapshot. */
  readonly parts: ReadonlyMap<string, StoredPart>;
  /** Keys with no part of it, by the name of the part that they were written for. */
  readonly leftovers: ReadonlyMap<string, readonly string[]>;
  /** Keys that were written for a snapshot which has not come to its end. The head of a later one lies behind them. */
  readonly unfinished: readonly string[];
}

export const nothingStored: StoredKeys = { parts: new Map(), leftovers: new Map(), unfinished: [] };
