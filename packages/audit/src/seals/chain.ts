import type { KeyObject } from 'node:crypto';
import type { Seal } from '@resonant/contracts';
import type { ProblemKind, SealProblem } from './problem.ts';
import { isSignedBy, type SealedHour, sealHash } from './seal.ts';
import type { StoredSeal } from './store.ts';

/** Public keys by the id that seals name them by. */
export type SealKeys = ReadonlyMap<string, KeyObject>;

const problem = (kind: ProblemKind, sealId: number | null, detail: string): SealProblem => ({
  ...{ kind, table: null, offset: null, batch: null },
  sealId,
  detail,
});

const iso = (at: number): string => new Date(at).toISOString();
const hourText = ({ from, to }: Pick<Seal, 'from' | 'to'>): string => `${iso(from)} to ${iso(to)}`;

/** What is wrong with stored seals as a chain: numbers, hours, hashes and signatures. A seal that stands there twice, all alike, is one. */
export function chainProblems(stored: readonly StoredSeal[], keys: SealKeys): readonly SealProblem[] {
  const problems: SealProblem[] = [];
  let previous: Seal | null = null;
  for (const { seal, hash } of stored) {
    const { sealId } = seal;
    const say = (detail: string): void => void problems.push(problem('chain', sealId, detail));
    const own = sealHash(seal);
    if (
      previous !== null &&
      previous.sealId === sealId &&
      sealHash(previous).equals(own) &&
      previous.signature.equals(seal.signature)
    )
      continue;
    const expectedId: number = (previous?.sealId ?? 0) + 1;
    if (sealId !== expectedId) say(`expected seal ${expectedId}, got ${sealId}: seals are missing`);
    const expected = previous === null ? Buffer.alloc(0) : sealHash(previous);
    if (!seal.previousHash.equals(expected)) say('it does not name the seal before it');
    if (previous !== null && seal.from !== previous.to)
      say(`it begins at ${iso(seal.from)}, the one before ends at ${iso(previous.to)}`);
    if (!own.equals(hash)) say('its hash is not that of its fields');
    const key = keys.get(seal.keyId);
    if (key === undefined) say(`the public key ${seal.keyId} was not given`);
    else if (!isSignedBy(seal, key)) say(`its signature is not one of ${seal.keyId}`);
    previous = seal;
  }
  return problems;
}

/** What the ledger holds of a sealed hour now, against the seal. */
export function hourProblems(seal: Seal, now: SealedHour): readonly SealProblem[] {
  if (seal.digest.equals(now.digest) && seal.nRanges === now.nRanges && seal.nRows === now.nRows) return [];
  const counts = `sealed were ${seal.nRanges} ranges with ${seal.nRows} rows, stored are ${now.nRanges} with ${now.nRows}`;
  return [problem('hour', seal.sealId, `${hourText(seal)}: ${counts}`)];
}

/** Published seals against the stored ones: what was sealed further than what is stored, or otherwise. */
export function publishedProblems(
  published: readonly Seal[],
  stored: readonly StoredSeal[],
  keys: SealKeys,
): readonly SealProblem[] {
  const known = new Map(stored.map(({ seal }) => [seal.sealId, seal]));
  return published.flatMap((seal): readonly SealProblem[] => {
    const key = keys.get(seal.keyId);
    if (key !== undefined && !isSignedBy(seal, key))
      return [problem('chain', seal.sealId, 'the published seal has a signature that is not its own')];
    const mine = known.get(seal.sealId);
    if (mine === undefined) {
      return [
        problem(
          'cut-off',
          seal.sealId,
          `${hourText(seal)}: ${seal.nRanges} ranges with ${seal.nRows} rows were sealed and published, the seal is not stored`,
        ),
      ];
    }
    return sealHash(mine).equals(sealHash(seal))
      ? []
      : [problem('chain', seal.sealId, 'the stored seal is not the published one')];
  });
}
