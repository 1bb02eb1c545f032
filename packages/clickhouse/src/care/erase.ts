import { createHash } from 'node:crypto';
import { ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import type { EngineFamily } from '../migrations/render.ts';
import { type ErasureRecord, insertsEnded, keysAtOnce, rememberErased } from './erased-keys.ts';
import { conditions, contentTexts, given, type Person, paramsOf, personTexts, shared } from './person.ts';
import { eraseOrder, removeByKey, removeErased } from './remove-erased.ts';

/** Whom to erase, why, and who says so. */
export interface Erasure extends Person {
  readonly erasureId: string;
  readonly reason: string;
  readonly by: string;
  /** Remember the person although nothing is stored of them: what is written later is left out. */
  readonly remember?: boolean;
}

export interface EraseOptions {
  /** What the tables run on. */
  readonly family: EngineFamily;
  /** Writes a part of the erasure where it outlasts ClickHouse; resolves once it is durable. */
  readonly publish: (record: ErasureRecord) => Promise<void>;
}

/** What an erasure found, or would find: rows by table. */
export type Erased = Readonly<Record<string, number>>;

/**
 * Counts what `erase` would remove. Rejects with `invalid-request` for an address that somebody else in the directory has
 * or had: it names nobody.
 */
export async function erasable(clickhouse: ClickHouse, person: Person): Promise<Erased> {
  const params = paramsOf(person);
  const others = await clickhouse.query<{ address: string }>(
    `SELECT arrayJoin(arrayFilter(address -> has(${shared}, address), ${given})) AS address`,
    { params },
  );
  if (others.length > 0) {
    const which = others.map(({ address }) => address).join(', ');
    throw new ResonantError(
      'invalid-request',
      `expected addresses of ${person.contactId} alone, somebody else in the directory has or had ${which}: leave it out`,
    );
  }
  const counts: Record<string, number> = {};
  for (const table of eraseOrder) {
    const [row] = await clickhouse.query<{ n: number }>(
      `SELECT toFloat64(count()) AS n FROM resonant.${table} WHERE ${conditions[table]}`,
      { params },
    );
    counts[table] = row?.n ?? 0;
  }
  return counts;
}

/**
 * Removes a person's rows: touchpoints and payloads that the person took part in, their signals and log records, dead
 * letters that name an address of theirs, and the contact's versions in the directory. First it is published and
 * remembered by which keys they are known, so that what is written later is left out as well; before a row goes, its
 * place, hash and the reason are written to `erasures`: the ledger keeps its hashes, so seals still hold and the gap is
 * explained. Cut off in the middle it can be run again. Rejects as `erasable` does, and with `not-found` if nothing is
 * there, unless the person is to be remembered all the same.
 */
export async function erase(clickhouse: ClickHouse, erasure: Erasure, options: EraseOptions): Promise<Erased> {
  const { family } = options;
  const found = await erasable(clickhouse, erasure);
  if (erasure.remember !== true && Object.values(found).every((count) => count === 0)) {
    throw new ResonantError('not-found', `nothing is stored about the contact ${erasure.contactId}`);
  }
  // Once no touchpoint of theirs can come any more, those that are there are all.
  const parts = await remember(clickhouse, erasure, personTexts, 0, options);
  await insertsEnded(clickhouse, family);
  await remember(clickhouse, erasure, contentTexts, parts, options);
  await insertsEnded(clickhouse, family);
  await removeByKey(clickhouse, family);
  return found;
}

/** Publishes and remembers the keys of what a query gives, from a part on. Returns the number of the next part. */
async function remember(
  clickhouse: ClickHouse,
  erasure: Erasure,
  texts: string,
  from: number,
  { family, publish }: EraseOptions,
): Promise<number> {
  const { erasureId, reason, by, at } = erasure;
  const rows = await clickhouse.query<{ text: string }>(texts, { params: paramsOf(erasure) });
  const keys = rows.map(({ text }) => createHash('sha256').update(text).digest('hex'));
  let part = from;
  for (let first = 0; first < keys.length; first += keysAtOnce) {
    const some = keys.slice(first, first + keysAtOnce);
    const record = { erasureId, part: part++, reason, erasedBy: by, erasedAt: at, keys: some };
    await publish(record);
    await rememberErased(clickhouse, [record], family);
  }
  return part;
}

/**
 * Removes what stands there of persons who were erased already: what a backup has brought back, by what it says itself
 * and by the erasures that were published, and what half an insert had left.
 */
export async function eraseAgain(
  clickhouse: ClickHouse,
  published: readonly ErasureRecord[],
  family: EngineFamily,
): Promise<void> {
  await rememberErased(clickhouse, published, family);
  await insertsEnded(clickhouse, family);
  await removeErased(clickhouse, family);
  await removeByKey(clickhouse, family);
}
