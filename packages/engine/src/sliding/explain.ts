import { type Explanation, spanText } from '../explanation.ts';
import { isoOf } from '../format.ts';
import type { BreakerSpec, CompiledRule, Pattern } from '../rule.ts';
import type { Clock } from '../time/calendar.ts';
import { type BreakerState, heldAt } from './breaker.ts';
import type { Reading } from './meter.ts';

/** A subject at one of its instants, in words. */
export function explained(
  rule: CompiledRule,
  spec: BreakerSpec,
  clock: Clock,
  at: number,
  reading: Reading,
  state: BreakerState,
): Explanation {
  const heldMs = heldAt(state, at, clock);
  return {
    at,
    standing: `${reading.status}, ${state.phase === 'closed' ? 'nothing open' : state.phase}`,
    values: { ...reading.before, ...(spec.hold > 0 ? { heldMs } : {}), ...reading.after },
    missing: state.phase === 'closed' ? missingOf(rule, spec, clock, at, reading, state, heldMs) : [],
  };
}

/** A subject before its first instant, which is `first`. */
export function tooEarly(at: number, first: number): Explanation {
  const when = first === Number.POSITIVE_INFINITY ? 'there is none' : `the first is ${isoOf(first)}`;
  return { at, standing: 'not yet looked at', values: {}, missing: [`an instant: ${when}`] };
}

function missingOf(
  { pattern }: CompiledRule,
  spec: BreakerSpec,
  clock: Clock,
  at: number,
  { status, before }: Reading,
  { resolvedAt }: BreakerState,
  heldMs: number,
): string[] {
  const missing: string[] = [];
  const samples = before.d ?? before.n ?? 0;
  const least = 'minSamples' in pattern ? pattern.minSamples : 0;
  if (samples < least) missing.push(`samples: ${samples} of ${least}`);
  if (before.reference === undefined && pattern.kind === 'ratio') missing.push('a reference to compare with');
  if (before.value === undefined && pattern.kind !== 'surge') missing.push('a value: the window is empty');
  if (status === 'unknown' && pattern.kind === 'surge') {
    missing.push(`history: ${spanText(pattern.window + pattern.minHistory)} from the subject's first signal on`);
  }
  if (status === 'recovered' || status === 'between') missing.push(`a breach: ${breachOf(pattern, before)}`);
  if (heldMs < spec.hold) missing.push(`hold: ${spanText(heldMs)} of ${spanText(spec.hold)}`);
  const rested = resolvedAt === Number.NEGATIVE_INFINITY ? spec.cooldown : clock.between(resolvedAt, at);
  if (rested < spec.cooldown) {
    missing.push(`cooldown: ${spanText(rested)} of ${spanText(spec.cooldown)} since ${isoOf(resolvedAt)}`);
  }
  return missing;
}

/** What would be a breach, in words. */
function breachOf(pattern: Pattern, { n = 0, reference = 0 }: Reading['before']): string {
  switch (pattern.kind) {
    case 'ratio': {
      if (reference === 0) return 'beside a reference of 0 there is none';
      const below = pattern.side === 'below';
      const margin = Number(pattern.deviation.units) / 10 ** pattern.deviation.scale;
      const line = reference * (below ? 1 - margin : 1 + margin);
      return `a value of at ${below ? 'most' : 'least'} ${Number(line.toFixed(6))}`;
    }
    case 'threshold':
      return `a value ${pattern.side} ${reference}`;
    case 'surge':
      if (n < pattern.minCount) return `${n} of ${pattern.minCount} signals in ${spanText(pattern.window)}`;
      return `${Number(pattern.factor.units) / 10 ** pattern.factor.scale} times as many as before`;
    default:
      return 'another value';
  }
}
