import { createHash } from 'node:crypto';

/** A partition of a topic. */
export interface StreamName {
  readonly topic: string;
  readonly partition: number;
}

/** A Kafka record as it was read. */
export interface RawRecord extends StreamName {
  readonly offset: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** null = tombstone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** Offsets from `first` to `last`, both included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** What one insert stores: all records of a contiguous span of offsets. Offsets without a record are holes. */
export interface Range extends Span {
  readonly records: readonly RawRecord[];
  /** SHA-256 of the records as they were read, hex. */
  readonly hash: string;
}

/** The range over all of `records`, which lie in the span. */
export const rangeOf = ({ first, last }: Span, records: readonly RawRecord[]): Range => ({
  first,
  last,
  records,
  hash: hashOf(records),
});

/**
 * Deduplication token of a range: who inserts the same range twice says the same, and another topic of that name or
 * other records say something else.
 *
 * @param salt set where the engine may remember the token of rows that it has lost since: after a restore or a reset
 */
export function tokenOf(
  { topic, partition }: StreamName,
  epoch: number,
  { first, last, hash }: Span & { readonly hash: string },
  salt?: number,
): string {
  return `${topic}/${epoch}/${partition}/${first}-${last}/${hash}${salt === undefined ? '' : `~${salt}`}`;
}

/** What stands in the token of a range that was given up, where others have the hash of their records. */
export const skipped = 'skipped';

/** The hash of the records that a token of `tokenOf` names. */
export const hashOfToken = (token: string): string => token.slice(token.lastIndexOf('/') + 1).replace(/~\d+$/, '');

/** The salt of a token of `tokenOf`; undefined = it has none. */
export function saltOfToken(token: string): number | undefined {
  const salt = /~(\d+)$/.exec(token)?.[1];
  return salt === undefined ? undefined : Number(salt);
}

/** SHA-256 over offset, timestamp, key, headers and value of each record, with their lengths; hex. */
export function hashOf(records: readonly RawRecord[]): string {
  const hash = createHash('sha256');
  for (const { offset, timestamp, key, value, headers } of records) {
    const names = Object.keys(headers);
    const lengths = [key?.length ?? -1, value?.length ?? -1, names.length];
    hash.update(`${offset} ${timestamp} ${lengths.join(' ')}\n`);
    if (key !== null) hash.update(key);
    for (const name of names) {
      const header = headers[name] as Buffer;
      hash
        .update(`${Buffer.byteLength(name)} ${header.length}\n`)
        .update(name)
        .update(header);
    }
    if (value !== null) hash.update(value);
  }
  return hash.digest('hex');
}

/** Two ranges that make one, both with records; undefined for a range with fewer than two records. */
export function halvesOf({ first, last, records }: Range): readonly [Range, Range] | undefined {
  if (records.length < 2) return undefined;
  const middle = records.length >> 1;
  const border = (records[middle - 1] as RawRecord).offset;
  return [
    rangeOf({ first, last: border }, records.slice(0, middle)),
    rangeOf({ first: border + 1, last }, records.slice(middle)),
  ];
}

/** Bytes that a record holds in memory, about. */
export function bytesOf({ key, value, headers }: RawRecord): number {
  let bytes = 200 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += 50 + (headers[name] as Buffer).length;
  return bytes;
}

/** What is left of a span without `ranges`, which are in order and do not overlap. */
export function spansOutside(ranges: readonly Span[], { first, last }: Span): readonly Span[] {
  const outside: Span[] = [];
  let from = first;
  for (const range of ranges) {
    if (range.first > from) outside.push({ first: from, last: Math.min(range.first - 1, last) });
    from = Math.max(from, range.last + 1);
  }
  if (from <= last) outside.push({ first: from, last });
  return outside;
}
