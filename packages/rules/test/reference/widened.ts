import { isDeepStrictEqual } from 'node:util';
import type { CompiledRule, LogEntry } from '@resonant/engine';
import { compileRule } from '../../src/index.ts';
import { reachOf } from './roles.ts';

const minute = 60_000;
const day = 1440 * minute;

/**
 * Whether a put that keeps the state asks for what the versions before it had no need to keep: signals from further
 * back, subjects without data, ends of alerts for a longer cooldown, or counts by shorter spans. How much of those a kept
 * rule still has is left open by rules.md; the engine forgets what the version in force cannot need.
 */
export function widens(entries: readonly LogEntry[]): boolean {
  const kept = new Map<string, { readonly rule: CompiledRule; readonly grain: number }>();
  for (const entry of entries) {
    if (entry.type !== 'rule' || entry.action !== 'put') continue;
    const next = compileRule(entry.document);
    const last = kept.get(next.id);
    if (last?.rule.pattern.kind !== next.pattern.kind) {
      if (last === undefined || next.version > last.rule.version)
        kept.set(next.id, { rule: next, grain: grainOf(next) });
      continue;
    }
    if (needs(next) > keptBy(last.rule)) return true;
    if (grainOf(next) % last.grain !== 0) return true;
    if (looksBackForEnds(next, last.rule)) return true;
    if (leastSamples(next) === 0 && leastSamples(last.rule) > 0) return true;
    if (next.version > last.rule.version) kept.set(next.id, { rule: next, grain: last.grain });
  }
  return false;
}

/** How old what it needs can be: late signals of pair and deadline look for partners of their own time. */
const needs = ({ pattern, lateness }: CompiledRule): number =>
  reachOf(pattern) + (pattern.kind === 'pair' || pattern.kind === 'deadline' ? lateness : 0);

/** How long the engine keeps signals: a day longer than they reach at least. */
const keptBy = ({ pattern, lateness }: CompiledRule): number => reachOf(pattern) + Math.max(lateness, day);

/** By which spans the engine counts. */
function grainOf({ pattern }: CompiledRule): number {
  if (pattern.kind === 'ratio') return divisor(pattern.every, pattern.against === 'baseline' ? 30 * minute : minute);
  if (pattern.kind === 'surge') return divisor(pattern.every, minute);
  if (pattern.kind !== 'threshold' || typeof pattern.window === 'string') return minute;
  return divisor(pattern.window.every, minute);
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

const leastSamples = ({ pattern }: CompiledRule): number => (pattern.kind === 'threshold' ? pattern.minSamples : 1);

/** Whether a cooldown is new and can last for more than the day for which the end of an alert is kept at least. */
function looksBackForEnds(next: CompiledRule, last: CompiledRule): boolean {
  const [cooldown, before] = [cooldownOf(next), cooldownOf(last)];
  if (cooldown === 0 || (next.calendar === null && cooldown <= day)) return false;
  const sameTime = next.zone === last.zone && isDeepStrictEqual(next.calendar, last.calendar);
  return cooldown > before || !sameTime;
}

const cooldownOf = ({ pattern }: CompiledRule): number =>
  pattern.kind === 'pair' || pattern.kind === 'deadline' ? 0 : pattern.breaker.cooldown;
