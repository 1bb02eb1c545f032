import { createHash } from 'node:crypto';

/** The next offset to read of each partition of `resonant.alerts.v1`; the index is the partition. */
export type Positions = readonly number[];

/** A place in one log. */
export interface Cursor {
  /** `logIdOf` its cluster. */
  readonly log: string;
  readonly positions: Positions;
}

/** Cursors of the first version did not say which log they are of. */
const versions = { withoutLog: 1, withLog: 2 } as const;
const logBytes = 6;
const checkBytes = 4;

/** Short name of a cluster's log: 12 hexadecimal digits of a hash of its id. */
export const logIdOf = (clusterId: string): string => hashOf(clusterId).subarray(0, logBytes).toString('hex');

/**
 * The opaque text of a place: base64url of a version, the log, the offsets as varints and a check sum. It holds no more
 * than that, so any replica can serve it, at any time. Its first letter is never a digit.
 */
export function encodeCursor({ log, positions }: Cursor): string {
  const numbers: number[] = [];
  for (const number of [positions.length, ...positions]) pushVarint(numbers, number);
  const body = Buffer.concat([Buffer.from([versions.withLog]), Buffer.from(log, 'hex'), Buffer.from(numbers)]);
  return Buffer.concat([body, checkOf(body)]).toString('base64url');
}

/** What a cursor says, `log` null for one of the first version; undefined if the text is none that was made here. */
export function decodeCursor(text: string): { readonly log: string | null; readonly positions: Positions } | undefined {
  if (!/^[\w-]{8,1024}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(0, -checkBytes);
  if (!checkOf(body).equals(bytes.subarray(-checkBytes))) return undefined;
  const hasLog = body[0] === versions.withLog;
  if (!hasLog && body[0] !== versions.withoutLog) return undefined;
  const log = hasLog ? body.subarray(1, 1 + logBytes).toString('hex') : null;
  const positions = positionsIn(body.subarray(hasLog ? 1 + logBytes : 1));
  return positions && { log, positions };
}

function positionsIn(bytes: Buffer): Positions | undefined {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
    scale = 1;
  }
  const [count, ...positions] = numbers;
  return count === positions.length && scale === 1 ? positions : undefined;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

const hashOf = (input: Buffer | string): Buffer => createHash('sha256').update(input).digest();

const checkOf = (body: Buffer): Buffer => hashOf(body).subarray(0, checkBytes);
