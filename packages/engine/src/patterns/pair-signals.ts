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
}

/** Two halves, the earlier first, with its role. */
export interface Pair {
  readonly earlier: Half;
  readonly later: Half;
  readonly earlierRole: 'a' | 'b';
}

/** The halves of a subject by role, ordered by (at, id); one that fits both roles is in both lists. */
export interface Halves {
  readonly a: Half[];
  readonly b: Half[];
  /** Those that the tick has taken. */
  fresh: Set<Half>;
}

const readerOf = (name: string): ((signal: Signal) => unknown) =>
  name === 'id' || name === 'kind' || name === 'eventId' ? (signal) => signal[name] : fieldReader(name);

const before = (x: Half, y: Half): boolean => x.at < y.at || (x.at === y.at && x.id < y.id);

/** Index of the first half of a list that is not before `half`. */
function placeOf(list: readonly Half[], half: Half): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(list[middle] as Half, half)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function addHalf(halves: Halves, half: Half): void {
  if (half.isA) halves.a.splice(placeOf(halves.a, half), 0, half);
  if (half.isB) halves.b.splice(placeOf(halves.b, half), 0, half);
  halves.fresh.add(half);
}

/** Drops halves before an instant. */
export function forgetHalves(halves: Halves, instant: number): void {
  for (const list of [halves.a, halves.b]) {
    let gone = 0;
    while (gone < list.length && (list[gone] as Half).at < instant) gone++;
    if (gone > 0) list.splice(0, gone);
  }
}

/** The role of the earlier of two halves that make a pair, or null if they make none. */
export function roleOf(pattern: PairPattern, earlier: Half, later: Half): 'a' | 'b' | null {
  const straight = earlier.isA && later.isB;
  const crossed = earlier.isB && later.isA && (pattern.order === 'any' || later.at === earlier.at);
  if (!straight && !crossed) return null;
  for (const name of pattern.distinct) {
    const read = readerOf(name);
    if ((read(earlier.signal) ?? null) === (read(later.signal) ?? null)) return null;
  }
  return straight ? 'a' : 'b';
}

/**
 * Pairs that the fresh halves complete, ordered by the later half: each later half completes at most one, with its
 * latest partner. `patternAt` is the pattern in force at an instant.
 */
export function pairsOf(halves: Halves, patternAt: (at: number) => PairPattern): readonly Pair[] {
  const laters = new Set(halves.fresh);
  for (const fresh of halves.fresh) {
    for (const list of [halves.a, halves.b]) {
      for (let i = list.length - 1; i >= 0 && before(fresh, list[i] as Half); i--) laters.add(list[i] as Half);
    }
  }
  const pairs: Pair[] = [];
  for (const later of [...laters].sort((x, y) => (before(x, y) ? -1 : 1))) {
    if (later.paired) continue;
    const pair = latestPair(halves, later, patternAt(later.at));
    if (pair !== null) pairs.push(pair);
  }
  return pairs;
}

/** The pair of `later` with its latest partner; one of two that were known before was made before, or never will be. */
function latestPair(halves: Halves, later: Half, pattern: PairPattern): Pair | null {
  const { a, b, fresh } = halves;
  let i = later.isB ? placeOf(a, later) - 1 : -1;
  let j = later.isA ? placeOf(b, later) - 1 : -1;
  while (i >= 0 || j >= 0) {
    const [x, y] = [a[i], b[j]];
    const fromA = y === undefined || j < 0 || (x !== undefined && i >= 0 && !before(x, y));
    const earlier = (fromA ? x : y) as Half;
    if (later.at - earlier.at > pattern.within) return null;
    const earlierRole = fresh.has(later) || fresh.has(earlier) ? roleOf(pattern, earlier, later) : null;
    if (earlierRole !== null) return { earlier, later, earlierRole };
    if (fromA) i--;
    else j--;
  }
  return null;
}
