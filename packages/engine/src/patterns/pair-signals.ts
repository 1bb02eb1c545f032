import type { Signal } from '@resonant/contracts';
import type { PairPattern } from '../rule.ts';
import { fieldReader } from '../subject.ts';

/** A signal that can be half of a pair. */
export interface Half {
  readonly at: number;
  readonly id: string;
  readonly signal: Signal;
  readonly isA: boolean;
  readonly isB: boolean;
  readonly arrivedAt: number;
  /** It has completed a pair as the later signal. */
  paired: boolean;
  /** Taken by the tick that is being decided. */
  fresh: boolean;
}

/** Two halves, the earlier first, with its role. */
export interface Pair {
  readonly earlier: Half;
  readonly later: Half;
  readonly earlierRole: 'a' | 'b';
}

const reader = (name: string): ((signal: Signal) => unknown) => {
  if (name === 'id' || name === 'kind' || name === 'eventId') return (signal) => signal[name];
  return fieldReader(name);
};

/** The role of the earlier of two halves that make a pair, or null if they make none. */
export function roleOf(pattern: PairPattern, earlier: Half, later: Half): 'a' | 'b' | null {
  if (later.at - earlier.at > pattern.within) return null;
  const role =
    earlier.isA && later.isB ? 'a' : earlier.isB && later.isA && inOrder(pattern, earlier, later) ? 'b' : null;
  if (role === null) return null;
  for (const name of pattern.distinct) {
    const read = reader(name);
    if ((read(earlier.signal) ?? null) === (read(later.signal) ?? null)) return null;
  }
  return role;
}

/** With a-then-b, b is not before a; at the same ms it is not. */
const inOrder = (pattern: PairPattern, b: Half, a: Half): boolean => pattern.order === 'any' || b.at === a.at;

/**
 * Pairs that the fresh halves complete, ordered by the later half: each later half completes at most one, with its
 * latest partner. `patternAt` is the pattern in force at an instant; `halves` are ordered by (at, id).
 */
export function pairsOf(halves: readonly Half[], patternAt: (at: number) => PairPattern): readonly Pair[] {
  const pairs: Pair[] = [];
  halves.forEach((later, index) => {
    if (later.paired) return;
    const pattern = patternAt(later.at);
    for (let i = index - 1; i >= 0; i--) {
      const earlier = halves[i] as Half;
      if (later.at - earlier.at > pattern.within) break;
      if (!later.fresh && !earlier.fresh) continue;
      const earlierRole = roleOf(pattern, earlier, later);
      if (earlierRole === null) continue;
      pairs.push({ earlier, later, earlierRole });
      break;
    }
  });
  return pairs;
}
