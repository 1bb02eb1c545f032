import type { ClickHouse } from '@resonant/clickhouse';
import type { Seal } from '@resonant/contracts';
import { hourSql } from './hour-sql.ts';
import { hoursDue, nextSeal, type SealedHour, type SealingKey, sealHash } from './seal.ts';

interface SealRow extends Omit<Seal, 'previousHash' | 'digest' | 'signature'> {
  readonly previousHash: string;
  readonly digest: string;
  readonly signature: string;
  readonly hash: string;
}

/** A seal as the table holds it, with the hash that stands beside it. */
export interface StoredSeal {
  readonly seal: Seal;
  readonly hash: Buffer;
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** All stored seals in their order. */
export async function storedSeals(clickHouse: ClickHouse, from = 0): Promise<readonly StoredSeal[]> {
  const rows = await clickHouse.query<SealRow>(
    `SELECT seal_id AS sealId, toUnixTimestamp64Milli(from_at) AS from, toUnixTimestamp64Milli(to_at) AS to, n_ranges AS nRanges, n_rows AS nRows,
       hex(digest) AS digest, hex(previous_hash) AS previousHash, hex(hash) AS hash, key_id AS keyId, hex(signature) AS signature
     FROM resonant.seals WHERE seal_id >= {from:UInt64} ORDER BY seal_id, sealed_at`,
    { params: { from } },
  );
  return rows.map(({ hash, ...row }) => ({
    seal: { ...row, previousHash: bytes(row.previousHash), digest: bytes(row.digest), signature: bytes(row.signature) },
    hash: bytes(hash),
  }));
}

/** What the ledger and the erasures hold of an hour now. */
export async function hourOf(
  clickHouse: ClickHouse,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<SealedHour> {
  const [row] = await clickHouse.query<{ readonly nRanges: number; readonly nRows: number; readonly digest: string }>(
    hourSql,
    { params: { from, to } },
  );
  return {
    from,
    to,
    nRanges: Number(row?.nRanges ?? 0),
    nRows: Number(row?.nRows ?? 0),
    digest: bytes(row?.digest ?? ''),
  };
}

/** What sealing needs besides the tables; the clock is handed in. */
export interface Sealing {
  readonly key: SealingKey;
  /** Epoch ms. */
  readonly now: number;
  /** Ms to wait behind the end of an hour for inserts under way; default 5 min. */
  readonly settleMs?: number;
  /** Writes the seal to its topic; resolves when it is durable. */
  readonly publish: (seal: Seal) => Promise<void>;
}

/**
 * Seals every hour that is due, one after the other: published first, then stored. Cut off between, the next call makes
 * the same seal again. Returns the new seals.
 */
export async function sealDue(
  clickHouse: ClickHouse,
  { key, now, settleMs = 300_000, publish }: Sealing,
): Promise<readonly Seal[]> {
  const [end] = await clickHouse.query<{ readonly last: number; readonly first: number; readonly ranges: number }>(
    `SELECT (SELECT max(seal_id) FROM resonant.seals) AS last, toUnixTimestamp64Milli(min(stored_at)) AS first, count() AS ranges FROM resonant.ledger`,
  );
  const lastId = Number(end?.last ?? 0);
  let last = lastId === 0 ? null : ((await storedSeals(clickHouse, lastId))[0]?.seal ?? null);
  const made: Seal[] = [];
  for (const due of hoursDue(
    last,
    end === undefined || Number(end.ranges) === 0 ? null : Number(end.first),
    now,
    settleMs,
  )) {
    const seal = nextSeal(last, await hourOf(clickHouse, due), key);
    await publish(seal);
    await store(clickHouse, seal);
    made.push(seal);
    last = seal;
  }
  return made;
}

async function store(clickHouse: ClickHouse, seal: Seal): Promise<void> {
  const hex = (value: Buffer): string => `unhex('${value.toString('hex')}')`;
  await clickHouse.command(
    `INSERT INTO resonant.seals (seal_id, from_at, to_at, n_ranges, n_rows, digest, previous_hash, hash, key_id, signature)
     SELECT ${seal.sealId}, fromUnixTimestamp64Milli(toInt64(${seal.from})), fromUnixTimestamp64Milli(toInt64(${seal.to})), ${seal.nRanges}, ${seal.nRows},
       ${hex(seal.digest)}, ${hex(seal.previousHash)}, ${hex(sealHash(seal))}, '${seal.keyId}', ${hex(seal.signature)}`,
  );
}
