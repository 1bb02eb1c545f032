import type { Signal } from '@resonant/contracts';
import type { CompiledRule, Condition, Pattern } from '@resonant/engine';

const minute = 60_000;
const day = 86_400_000;

const periods = { day: 25 * 60 * minute, week: 7 * day + 60 * minute, month: 31 * day + 60 * minute };

/** How far back a rule looks (rules.md 2). */
export function reachOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'pair':
    case 'deadline':
      return pattern.within;
    case 'ratio': {
      const { against, baseline, window } = pattern;
      if (against !== 'baseline' || baseline === null) return window;
      return window + Math.max(baseline.weeks * 7 * day + 60 * minute, baseline.fallback);
    }
    case 'threshold':
      return typeof pattern.window === 'string' ? periods[pattern.window] : pattern.window.window;
    case 'surge':
      return pattern.window + pattern.against;
  }
}

function conditionsOf(pattern: Pattern): Readonly<Record<string, Condition | null>> {
  switch (pattern.kind) {
    case 'pair':
      return { a: pattern.a, b: pattern.b, touch: pattern.strength.touch };
    case 'ratio':
      return { numerator: pattern.numerator, denominator: pattern.denominator };
    case 'deadline':
      return { start: pattern.start, stop: pattern.stop };
    case 'threshold':
    case 'surge':
      return { counted: pattern.when };
  }
}

/** The roles that a signal has to a rule. */
export function rolesOf({ pattern }: CompiledRule, signal: Signal): ReadonlySet<string> {
  const roles = Object.entries(conditionsOf(pattern))
    .filter(([, condition]) => condition?.test(signal))
    .map(([role]) => role);
  // With a measure, signals that lack it do not count.
  const lacks =
    pattern.kind === 'threshold' && pattern.measure !== null && !Object.hasOwn(signal.measures, pattern.measure);
  return new Set(lacks ? [] : roles);
}
