import { type Explanation, spanText } from '../explanation.ts';
import { isoOf } from '../format.ts';
import type { BreakerSpec, CompiledRule } from '../rule.ts';
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
    values: { ...reading.before, heldMs, ...reading.after },
    missing: state.phase === 'closed' ? missingOf(rule, spec, clock, at, reading, state, heldMs) : [],
  };
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
  if (status === 'recovered') missing.push('a breach: the value is on the good side');
  if (status === 'between') missing.push('a breach: the value is between the recover line and the breach line');
  if (heldMs < spec.hold) missing.push(`hold: ${spanText(heldMs)} of ${spanText(spec.hold)}`);
  const rested = clock.between(resolvedAt, at);
  if (resolvedAt > Number.NEGATIVE_INFINITY && rested < spec.cooldown) {
    missing.push(`cooldown: ${spanText(rested)} of ${spanText(spec.cooldown)} since ${isoOf(resolvedAt)}`);
  }
  return missing;
}
