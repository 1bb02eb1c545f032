import type { CompiledRule, LogEntry } from '@resonant/engine';
import { compileRule } from '../../src/index.ts';

const week = 7 * 86_400_000;

/**
 * What of the lines over a log is compared: everything, but for one thing. A half-open timer carries the numbers of the
 * last instant. The engine counts them again for it, with signals that came too late for that instant. So what was
 * counted is left out of the timers of rules whose lateness may be over before their timer falls due.
 */
export function comparable(entries: readonly LogEntry[]): (line: string) => string {
  const puts = entries.flatMap((entry) => (entry.type === 'rule' && entry.action === 'put' ? [entry.document] : []));
  const tight = new Set(
    puts
      .map(compileRule)
      .filter(isTight)
      .map(({ id }) => id),
  );
  return (text) => {
    const line = JSON.parse(text) as { readonly ruleId: string; readonly state?: string; readonly values?: object };
    if (line.state !== 'half-open' || !tight.has(line.ruleId)) return text;
    const { heldMs } = line.values as { readonly heldMs: number };
    return JSON.stringify({ ...line, values: { heldMs } });
  };
}

function isTight({ pattern, lateness, grace, calendar }: CompiledRule): boolean {
  if (!('breaker' in pattern) || pattern.breaker.halfOpen === null) return false;
  const window = pattern.kind === 'threshold' ? pattern.window : pattern;
  const every = typeof window === 'string' ? 0 : window.every;
  return lateness < every + grace + (calendar === null ? 0 : week);
}
