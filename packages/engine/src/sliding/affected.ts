import type { Segment } from '../versions.ts';
import type { Cohort, LateCount } from './cohort.ts';
import { CountSeries, type Sums } from './counts.ts';
import { instantsOf } from './instants.ts';
import type { LateArrivals } from './late-arrivals.ts';
import { hiddenFrom, type Member, type Redo } from './member.ts';
import type { Joint, Series, Totals } from './meter.ts';
import { lowerBound } from './sorted.ts';

/** An instant from which on the sums are what they are until the next, with and without the late signals. */
interface Point {
  readonly at: number;
  readonly totals: Totals;
  readonly before: Totals;
}

/**
 * The members of a cohort whose status its late signals change at instants of a version that are decided, and the
 * instants to be decided again. Others keep their history as it is, which follows from their statuses alone, but for
 * the numbers of openings that wait behind a said alert.
 */
export function* affected<S extends Series>(
  cohort: Cohort<S>,
  joint: Joint<S>,
  arrivals: LateArrivals<S>,
  { rule, from, until }: Segment,
  decidedTo: number,
): Generator<readonly [Member<S>, Redo]> {
  const { late } = cohort;
  const span = {
    from: Math.min(...late.map((it) => it.from)),
    until: Math.max(...late.map((it) => it.until)),
  };
  const owners = new Set(late.map(({ member }) => member));
  // The status of who sent late signals changes with their own numbers, too.
  for (const member of owners) yield [member, span];
  const points = pointsOf(cohort, arrivals, instantsOf(rule), {
    from: Math.max(span.from, from + 1),
    until: Math.min(span.until, until, decidedTo),
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return;
  const instants = points.map(({ at }) => at);
  /** By counts: for each point the next one, itself included, at which the status differs. */
  const differing = new Map<string, readonly number[]>();
  const differs = (own: Sums): readonly number[] => {
    const key = `${own.n}/${own.d}`;
    let next = differing.get(key);
    if (next === undefined) {
      next = differencesOf(points, ({ totals, before }) => {
        return joint.status(rule, own, totals) !== joint.status(rule, own, before);
      });
      differing.set(key, next);
    }
    return next;
  };
  for (const member of cohort.members) {
    if (owners.has(member)) continue;
    const hidden = hiddenFrom(member, first.at);
    if (hidden !== Number.POSITIVE_INFINITY) yield [member, { from: hidden, until: span.until }];
    const inTime = joint.counts(member.series);
    if (member.late.length === 0 && inTime.sums(first.at - cohort.window, last.at).d === 0) continue;
    for (let i = 0; i < points.length; ) {
      const at = instants[i] as number;
      const own = cohort.sumsOf(member, at);
      const end = lowerBound(instants, cohort.memberChangesAfter(member, at));
      const point = joint.enough(rule, own) ? (differs(own)[i] as number) : points.length;
      if (point < end) {
        yield [member, { from: instants[point] as number, until: span.until }];
        break;
      }
      i = Math.max(end, i + 1);
    }
  }
}

function pointsOf<S extends Series>(
  cohort: Cohort<S>,
  arrivals: LateArrivals<S>,
  instants: ReturnType<typeof instantsOf>,
  { from, until }: Redo,
): readonly Point[] {
  const { window, late } = cohort;
  const added = addedBy(late, cohort.grain);
  const apart = late.filter(({ arrival }) => arrival !== null);
  const points: Point[] = [];
  for (let next = from; next <= until; next = cohort.changesAfter(points.at(-1)?.at as number)) {
    const at = instants.from(next);
    if (at > until) break;
    const totals = cohort.totals(at);
    const missing = apart.filter(({ arrival }) => arrival !== null && !arrivals.counts(arrival, at));
    const counting = missing.length === 0 ? added : addedBy(exclude(late, missing), cohort.grain);
    const { n, d } = counting.all.sums(at - window, at);
    let members = totals.members;
    for (const [member, own] of counting.byMember) {
      const extra = own.sums(at - window, at).d;
      if (extra > 0 && cohort.sumsOf(member, at).d === extra) members--;
    }
    points.push({ at, totals, before: { n: totals.n - n, d: totals.d - d, members } });
  }
  return points;
}

const exclude = <T>(all: readonly T[], some: readonly T[]): readonly T[] => {
  const excluded = new Set(some);
  return all.filter((each) => !excluded.has(each));
};

/** What late signals add up to, in all and by member. */
function addedBy<S extends Series>(late: readonly LateCount<S>[], grain: number) {
  const all = new CountSeries(grain);
  const byMember = new Map<Member<S>, CountSeries>();
  for (const { member, at, n, d } of late) {
    all.add(at, n, d);
    let own = byMember.get(member);
    if (own === undefined) {
      own = new CountSeries(grain);
      byMember.set(member, own);
    }
    own.add(at, n, d);
  }
  return { all, byMember };
}

/** For each point the index of the next, itself included, that `holds`; the number of points = none. */
function differencesOf(points: readonly Point[], holds: (point: Point) => boolean): readonly number[] {
  const next: number[] = new Array(points.length);
  let last = points.length;
  for (let i = points.length - 1; i >= 0; i--) {
    if (holds(points[i] as Point)) last = i;
    next[i] = last;
  }
  return next;
}
