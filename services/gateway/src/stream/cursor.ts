import { createHash } from 'node:crypto';

/** The next offset to read of each partition of `resonant.alerts.v1`; the index is the partition. */
export type Positions = readonly number[];

const version = 1;
const checkBytes = 4;

/**
 * The opaque text of positions: base64url of a version, the offsets as varints and a check sum. It holds no more than
 * offsets, so any replica can serve it, at any time. Its first letter is never a digit.
 */
export function encodeCursor(positions: Positions): string {
  const bytes = [version];
  pushVarint(bytes, positions.length);
  for (const offset of positions) pushVarint(bytes, offset);
  const body = Buffer.from(bytes);
  return Buffer.concat([body, checkOf(body)]).toString('base64url');
}

/** The positions of a cursor, or undefined if the text is not one that `encodeCursor` made. */
export function decodeCursor(text: string): Positions | undefined {
  if (!/^[\w-]{8,1024}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(0, -checkBytes);
  if (body[0] !== version || !checkOf(body).equals(bytes.subarray(-checkBytes))) return undefined;
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of body.subarray(1)) {
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

const checkOf = (body: Buffer): Buffer => createHash('sha256').update(body).digest().subarray(0, checkBytes);
