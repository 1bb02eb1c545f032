import type { Signal } from '@resonant/contracts';

/** A ratio rule against a number or a cohort, without a calendar; durations in ms. Written from rules.md 3.2, step by step. */
export interface SlowRatio {
  readonly window: number;
  readonly every: number;
  readonly cohortMembers: number | null;
  readonly number: number;
  readonly below: boolean;
  readonly deviation: number;
  readonly minSamples: number;
  readonly hold: number;
  readonly cooldown: number;
  readonly policy: 'pause' | 'reset' | 'count';
  readonly limit: number | null;
  readonly close: number;
  readonly halfOpen: { readonly after: number; readonly trial: number } | null;
}

/** What is said: `rep transition state at`. Looks at every instant of every subject, and counts every signal each time. */
export function slowRatio(rule: SlowRatio, signals: readonly Signal[], until: number): readonly string[] {
  const reps = [...new Set(signals.filter(({ kind }) => kind !== 'c').map(({ repId }) => repId as string))];
  return reps.flatMap((rep) => slowSubject(rule, signals, rep, until));
}

const count = (signals: readonly Signal[], kind: string, rep: string, from: number, to: number): number =>
  signals.filter((it) => it.kind === kind && it.repId === rep && it.occurredAt >= from && it.occurredAt < to).length;

/** Hundredths, so that twenty percent is a whole number. */
function statusAt(rule: SlowRatio, signals: readonly Signal[], rep: string, t: number): string {
  const sums = (of: string) => ({
    n: count(signals, 'a', of, t - rule.window, t),
    d: count(signals, 'b', of, t - rule.window, t),
  });
  const { n, d } = sums(rep);
  let [rn, rd] = [Math.round(rule.number * 100), 100];
  let referenced = true;
  if (rule.cohortMembers !== null) {
    const others = [...new Set(signals.map(({ repId }) => repId as string))].filter((of) => of !== rep).map(sums);
    rn = others.reduce((sum, it) => sum + it.n, 0);
    rd = others.reduce((sum, it) => sum + it.d, 0);
    referenced = others.filter((it) => it.d >= 1).length >= rule.cohortMembers && rd >= rule.minSamples && rd > 0;
  }
  if (d < rule.minSamples || d === 0 || !referenced) return 'unknown';
  if (rn === 0) return 'recovered';
  const margin = Math.round(rule.deviation * 100);
  const value = n * rd * 100;
  const breach = (rule.below ? 100 - margin : 100 + margin) * rn * d;
  const recovered = 100 * rn * d;
  if (rule.below ? value <= breach : value >= breach) return 'breach';
  return (rule.below ? value >= recovered : value <= recovered) ? 'recovered' : 'between';
}

function slowSubject(rule: SlowRatio, signals: readonly Signal[], rep: string, until: number): readonly string[] {
  const said: string[] = [];
  const say = (what: string, at: number): void => {
    said.push(`${rep} ${what} ${new Date(at).toISOString()}`);
  };
  const first = Math.min(
    ...signals.filter(({ repId, kind }) => repId === rep && kind !== 'c').map(({ occurredAt }) => occurredAt),
  );
  let clock: number | null = null;
  let counting = false;
  let unknownSince: number | null = null;
  let phase = 'closed';
  let since = 0;
  let resolvedAt: number | null = null;
  let previous = 0;
  const timer = (to: number): void => {
    if (phase !== 'open' || rule.halfOpen === null || since + rule.halfOpen.after > to) return;
    since += rule.halfOpen.after;
    phase = 'half-open';
    say('updated half-open', since);
  };
  const end = (state: string, t: number): void => {
    phase = 'closed';
    resolvedAt = t;
    say(`resolved ${state}`, t);
  };
  for (let t = Math.ceil(first / rule.every) * rule.every; t <= until; t += rule.every) {
    timer(t - 1);
    const status = statusAt(rule, signals, rep, t);
    unknownSince = status === 'unknown' ? (unknownSince ?? t) : null;
    if (status === 'breach' || (status === 'unknown' && rule.policy === 'count' && counting)) {
      clock = clock === null ? 0 : clock + (counting ? t - previous : 0);
      counting = true;
    } else if (status === 'unknown' && rule.policy === 'pause') {
      counting = false;
      if (rule.limit !== null && t - (unknownSince as number) >= rule.limit) clock = null;
    } else {
      clock = null;
      counting = false;
    }
    if (phase === 'closed') {
      const rested = resolvedAt === null || t - resolvedAt >= rule.cooldown;
      if (status === 'breach' && (clock ?? 0) >= rule.hold && rested) {
        phase = 'open';
        since = t;
        say('opened open', t);
      }
    } else if (status === 'recovered') end('closed', t);
    else if (status === 'unknown' && t - (unknownSince as number) >= rule.close) {
      end('no-data', t);
      clock = null;
      counting = false;
    } else if (phase === 'half-open' && status !== 'unknown' && t >= since + (rule.halfOpen?.trial ?? 0)) {
      phase = 'open';
      since = t;
      say('updated open', t);
    }
    timer(t);
    previous = t;
  }
  timer(until);
  return said;
}
