import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Seal } from '@resonant/contracts';

/** What one seal binds: the ranges that the ledger stored, and the rows that were erased, in [from, to). */
export interface SealedHour {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly nRanges: number;
  readonly nRows: number;
  /** 32 bytes; see `hourSql`. */
  readonly digest: Buffer;
}

/** A key that signs, with the id that seals name it by. */
export interface SealingKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

const hour = 3_600_000;

/** The private key of a PEM text. Throws a RangeError for what is no Ed25519 key. */
export function sealingKey(pem: string): SealingKey {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new RangeError(`expected an Ed25519 key, got ${key.asymmetricKeyType}`);
  return { keyId: keyIdOf(createPublicKey(key)), key };
}

/** The id of a public key: the first 16 hex digits of the SHA-256 of its SPKI form. */
export const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/** What is signed, and what the next seal names: SHA-256 over the fields of the record but `keyId` and `signature`. */
export const sealHash = ({
  sealId,
  previousHash,
  from,
  to,
  nRanges,
  nRows,
  digest,
}: Omit<Seal, 'keyId' | 'signature'>): Buffer =>
  createHash('sha256')
    .update([sealId, previousHash.toString('hex'), from, to, nRanges, nRows, digest.toString('hex')].join('\n'))
    .digest();

/** The next link of the chain. The same hour after the same seal gives the same bytes: Ed25519 takes no chance. */
export function nextSeal(previous: Seal | null, sealed: SealedHour, { keyId, key }: SealingKey): Seal {
  const sealId = (previous?.sealId ?? 0) + 1;
  const fields = { sealId, previousHash: previous === null ? Buffer.alloc(0) : sealHash(previous), ...sealed };
  return { ...fields, keyId, signature: sign(null, sealHash(fields), key) };
}

/** Whether a seal was signed with the private half of a key. */
export const isSignedBy = (seal: Seal, key: KeyObject): boolean => verify(null, sealHash(seal), key, seal.signature);

/**
 * The hours that are due: from the end of the last seal, or from the hour of the first stored range, to the last full hour
 * that ended `settleMs` ago or earlier, so that an insert under way has come.
 */
export function hoursDue(
  last: Seal | null,
  firstStoredAt: number | null,
  now: number,
  settleMs: number,
): readonly { readonly from: number; readonly to: number }[] {
  const begin = last?.to ?? (firstStoredAt === null ? null : Math.floor(firstStoredAt / hour) * hour);
  if (begin === null) return [];
  const hours: { readonly from: number; readonly to: number }[] = [];
  for (let from = begin; from + hour + settleMs <= now; from += hour) hours.push({ from, to: from + hour });
  return hours;
}
