/** A use of a talk-track, or a call in which it was due; epoch ms. */
export interface Call {
  readonly repId: string;
  readonly at: number;
  readonly isUse: boolean;
}

/** The numbers of the comparison; `deviation` in millionths. */
export interface StreakRule {
  readonly windowMs: number;
  readonly deviation: number;
  readonly minSamples: number;
  readonly minMembers: number;
}

const minuteMs = 60_000;

/** What `v_rep_streaks` has to show, worked out instant by instant as rules.md 3.2 says: `[repId, first, last, n, heldMs]`. */
export function streaksByHand(
  calls: readonly Call[],
  from: number,
  to: number,
  rule: StreakRule,
): readonly (readonly [string, number, number, number, number])[] {
  const reps = [...new Set(calls.map(({ repId }) => repId))];
  const open = new Map<string, { first: number; last: number; n: number; heldMs: number }>();
  const ended: [string, number, number, number, number][] = [];
  const end = (repId: string): void => {
    const streak = open.get(repId);
    if (streak !== undefined) ended.push([repId, streak.first, streak.last, streak.n, streak.heldMs]);
    open.delete(repId);
  };
  for (let t = from; t < to; t += minuteMs) {
    const counts = reps.map((repId) => {
      const own = calls.filter((call) => call.repId === repId && call.at >= t - rule.windowMs && call.at < t);
      return { repId, n: own.filter(({ isUse }) => isUse).length, d: own.filter(({ isUse }) => !isUse).length };
    });
    for (const { repId, n, d } of counts) {
      const others = counts.filter((other) => other.repId !== repId);
      const restN = others.reduce((sum, other) => sum + other.n, 0);
      const restD = others.reduce((sum, other) => sum + other.d, 0);
      const members = others.filter((other) => other.d > 0).length;
      const isKnown = d >= rule.minSamples && restD >= rule.minSamples && members >= rule.minMembers;
      if (!isKnown) continue;
      const isBreach = restN > 0 && n * restD * 1_000_000 <= (1_000_000 - rule.deviation) * restN * d;
      if (!isBreach) {
        end(repId);
        continue;
      }
      const streak = open.get(repId);
      if (streak === undefined) open.set(repId, { first: t, last: t, n: 1, heldMs: 0 });
      else {
        if (streak.last === t - minuteMs) streak.heldMs += minuteMs;
        streak.last = t;
        streak.n += 1;
      }
    }
  }
  for (const repId of reps) end(repId);
  return ended.toSorted((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
}
