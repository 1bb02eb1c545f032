import type { Signal } from '@resonant/contracts';
import { OrderedList } from '../ordered-list.ts';
import type { PairPattern } from '../rule.ts';
import { fieldReader } from '../subject.ts';

/** What a and b may have to differ in. */
type Fields = Omit<Signal, 'id' | 'eventId' | 'occurredAt' | 'measures'>;

/** A signal that can be half of a pair. */
export interface Half {
  readonly at: number;
  readonly id: string;
  readonly eventId: string | null;
  /** One object for all halves in a row that have the same. */
  readonly signal: Fields;
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

const before = (x: Half, y: Half): boolean => x.at < y.at || (x.at === y.at && x.id < y.id);

/** The last halves of a role that have the same in all fields in which a and b must differ. */
interface Run {
  readonly distinct: readonly string[];
  readonly first: Half;
}

/** The halves of one role, in order. */
class RoleHalves extends OrderedList<Half> {
  /** Null until it is asked for. */
  #run: Run | null = null;

  constructor() {
    super(before);
  }

  add(half: Half): void {
    const { last } = this;
    this.insert(half);
    if (this.#run === null || last === undefined) return;
    if (!before(last, half)) this.#run = null;
    else if (!isAlike(this.#run.distinct, last, half)) this.#run = { ...this.#run, first: half };
  }

  /** The place of the first half that is not before `half`. */
  placeOf(half: Half): number {
    return this.firstOver((each) => !before(each, half));
  }

  /** The place of the first of the last halves that are alike in `distinct`. */
  lastRun(distinct: readonly string[]): number {
    if (this.#run?.distinct !== distinct) this.#run = this.#findRun(distinct);
    return this.#run === null ? this.size : this.placeOf(this.#run.first);
  }

  #findRun(distinct: readonly string[]): Run | null {
    let first = this.last;
    if (first === undefined) return null;
    for (let i = this.size - 2; i >= 0; i--) {
      const half = this.at(i) as Half;
      if (!isAlike(distinct, half, first)) break;
      first = half;
    }
    return { distinct, first };
  }
}

/** The halves of a subject by role; one that fits both roles is in both lists. */
export class Halves {
  readonly a = new RoleHalves();
  readonly b = new RoleHalves();
  /** Those that the tick has taken. */
  fresh: ReadonlySet<Half> = none;

  /** Takes a half; `isFresh` = it may complete pairs with those that are known. */
  add(half: Half, isFresh = true): void {
    const like = [this.a.last, this.b.last].find((each) => each !== undefined && isSame(each.signal, half.signal));
    const kept = like === undefined ? half : { ...half, signal: like.signal };
    if (kept.isA) this.a.add(kept);
    if (kept.isB) this.b.add(kept);
    if (!isFresh) return;
    if (this.fresh === none) this.fresh = new Set([kept]);
    else (this.fresh as Set<Half>).add(kept);
  }

  settle(): void {
    this.fresh = none;
  }

  /** Drops halves before an instant. */
  forget(instant: number): void {
    for (const list of [this.a, this.b]) list.drop(list.firstOver(({ at }) => at >= instant));
  }

  /** All of them, each once. */
  all(): readonly Half[] {
    return [...new Set([...this.a, ...this.b])];
  }
}

const none: ReadonlySet<never> = new Set();

const names = [
  ...(['kind', 'channel', 'accountId', 'contactId', 'repId', 'teamId', 'regionId', 'leadId', 'opportunityId'] as const),
];

/** What a pair has to know of a signal. */
export function fieldsOf(signal: Signal): Fields {
  const { kind, channel, accountId, contactId, repId, teamId, regionId, leadId, opportunityId, labels } = signal;
  return { kind, channel, accountId, contactId, repId, teamId, regionId, leadId, opportunityId, labels };
}

function isSame(x: Fields, y: Fields): boolean {
  if (names.some((name) => x[name] !== y[name])) return false;
  const labels = Object.keys(y.labels);
  return Object.keys(x.labels).length === labels.length && labels.every((name) => x.labels[name] === y.labels[name]);
}

const readers = new Map<string, (half: Half) => unknown>();

/** Reads a field in which a and b may have to differ; both null is equal. */
function readerOf(name: string): (half: Half) => unknown {
  let reader = readers.get(name);
  if (reader === undefined) {
    reader = makeReader(name);
    readers.set(name, reader);
  }
  return reader;
}

function makeReader(name: string): (half: Half) => unknown {
  if (name === 'id' || name === 'eventId') return (half) => half[name];
  if (name === 'kind') return ({ signal }) => signal.kind;
  const read = fieldReader(name);
  return ({ signal }) => read(signal) ?? null;
}

/** True if two halves have the same in each of the fields. */
const isAlike = (distinct: readonly string[], x: Half, y: Half): boolean =>
  distinct.every((name) => readerOf(name)(x) === readerOf(name)(y));

/** The role of the earlier of two halves that make a pair, or null if they make none. */
export function roleOf(pattern: PairPattern, earlier: Half, later: Half): 'a' | 'b' | null {
  const straight = earlier.isA && later.isB;
  const crossed = earlier.isB && later.isA && (pattern.order === 'any' || later.at === earlier.at);
  if (!straight && !crossed) return null;
  if (isNear(pattern.distinct, earlier, later)) return null;
  return straight ? 'a' : 'b';
}

/**
 * Pairs that the fresh halves complete, ordered by the later half: each later half completes at most one, with its
 * latest partner. `patternAt` is the pattern in force at an instant.
 */
export function pairsOf(halves: Halves, patternAt: (at: number) => PairPattern): readonly Pair[] {
  const { fresh } = halves;
  const laters = new Set(fresh);
  for (const half of fresh) {
    for (const list of [halves.a, halves.b]) {
      for (let i = list.size - 1; i >= 0 && before(half, list.at(i) as Half); i--) laters.add(list.at(i) as Half);
    }
  }
  const pairs: Pair[] = [];
  for (const later of [...laters].sort((x, y) => (before(x, y) ? -1 : 1))) {
    if (later.paired) continue;
    const pattern = patternAt(later.at);
    const pair = fresh.has(later) ? latestPair(halves, later, pattern) : latestFreshPair(fresh, later, pattern);
    if (pair !== null) pairs.push(pair);
  }
  return pairs;
}

/** The pair of `later` with its latest partner. */
function latestPair({ a, b }: Halves, later: Half, pattern: PairPattern): Pair | null {
  const { within, distinct, order } = pattern;
  let i = later.isB ? a.placeOf(later) - 1 : -1;
  let j = later.isA ? b.placeOf(later) - 1 : -1;
  while (i >= 0 || j >= 0) {
    const [x, y] = [a.at(i), b.at(j)];
    const fromA = y === undefined || (x !== undefined && !before(x, y));
    const earlier = (fromA ? x : y) as Half;
    if (later.at - earlier.at > within) return null;
    const earlierRole = roleOf(pattern, earlier, later);
    if (earlierRole !== null) return { earlier, later, earlierRole };
    // What is like a half that differs too little differs too little as well.
    const near = isNear(distinct, earlier, later);
    if (fromA) i = (near ? Math.min(i, a.lastRun(distinct)) : i) - 1;
    else if (order === 'a-then-b' && earlier.at < later.at) j = -1;
    else j = (near ? Math.min(j, b.lastRun(distinct)) : j) - 1;
  }
  return null;
}

/** True if two halves have the same in one of the fields. */
const isNear = (distinct: readonly string[], x: Half, y: Half): boolean =>
  distinct.some((name) => readerOf(name)(x) === readerOf(name)(y));

/** Of two halves that were known before a pair was made before, or never will be. */
function latestFreshPair(fresh: ReadonlySet<Half>, later: Half, pattern: PairPattern): Pair | null {
  let latest: Pair | null = null;
  for (const earlier of fresh) {
    if (!before(earlier, later) || later.at - earlier.at > pattern.within) continue;
    if (latest !== null && before(earlier, latest.earlier)) continue;
    const earlierRole = roleOf(pattern, earlier, later);
    if (earlierRole !== null) latest = { earlier, later, earlierRole };
  }
  return latest;
}
