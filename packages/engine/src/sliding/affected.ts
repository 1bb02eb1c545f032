import type { Segment } from '../versions.ts';
import type { Cohort, LateCount } from './cohort.ts';
import { CountSeries, type Sums } from './counts.ts';
import { instantsOf } from './instants.ts';
import type { Member, Redo } from './member.ts';
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
 * instants to be decided again. Others keep their history as it is: it follows from their statuses alone.
 */
export function* affected<S extends Series>(
  cohort: Cohort<S>,
  joint: Joint<S>,
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
  const points = pointsOf(cohort, joint, instantsOf(rule), late, {
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
    const counts = joint.counts(member.series);
    if (counts.sums(first.at - cohort.window, last.at).d === 0) continue;
    for (let i = 0; i < points.length; ) {
      const at = instants[i] as number;
      const own = counts.sums(at - cohort.window, at);
      const end = lowerBound(instants, counts.changesAfter(at, cohort.window, 0));
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
  joint: Joint<S>,
  instants: ReturnType<typeof instantsOf>,
  late: readonly LateCount<S>[],
  { from, until }: Redo,
): readonly Point[] {
  const { window } = cohort;
  const added = new CountSeries(cohort.grain);
  const byMember = new Map<Member<S>, CountSeries>();
  for (const { member, at, n, d } of late) {
    added.add(at, n, d);
    let own = byMember.get(member);
    if (own === undefined) {
      own = new CountSeries(cohort.grain);
      byMember.set(member, own);
    }
    own.add(at, n, d);
  }
  const points: Point[] = [];
  for (let next = from; next <= until; next = cohort.changesAfter(points.at(-1)?.at as number)) {
    const at = instants.from(next);
    if (at > until) break;
    const totals = cohort.totals(at);
    const { n, d } = added.sums(at - window, at);
    let members = totals.members;
    for (const [member, own] of byMember) {
      const extra = own.sums(at - window, at).d;
      if (extra > 0 && joint.counts(member.series).sums(at - window, at).d === extra) members--;
    }
    points.push({ at, totals, before: { n: totals.n - n, d: totals.d - d, members } });
  }
  return points;
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
