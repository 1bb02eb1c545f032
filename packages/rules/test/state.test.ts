import { describe, expect, test } from '@jest/globals';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../src/index.ts';
import { anyRule, anySteps, entriesOf, putOf, signalOf } from './random-rules.ts';

const newEngine = (): Engine => new Engine({ compile: compileRule });

/** Plays a log; before the entry `cut` a new engine takes over from the state of the old one. */
function play(
  entries: readonly LogEntry[],
  cut: number,
): { readonly lines: readonly string[]; readonly engine: Engine } {
  let engine = newEngine();
  const lines: string[] = [];
  entries.forEach((entry, n) => {
    if (n === cut) {
      const parts = engine.exportState();
      engine = newEngine();
      engine.importState(parts);
      expect([...engine.exportState()].sort()).toEqual([...parts].sort());
    }
    const said = engine.apply(entry);
    lines.push(...said.map(formatOutput));
  });
  return { lines, engine };
}

const acknowledged = (entries: readonly LogEntry[]): readonly LogEntry[] => {
  const engine = newEngine();
  return entries.flatMap((entry, n) => {
    const last = engine.apply(entry).at(-1);
    if (last === undefined || entry.type !== 'tick') return [entry];
    const labels: Record<string, string> =
      last.type === 'action' ? { actionId: last.actionId } : { alertId: last.alertId };
    const signal = signalOf({ id: `ack${n}`, kind: 'acknowledgement', occurredAt: entry.at + 60_000, labels });
    const acknowledgement: LogEntry = { type: 'signal', signal };
    return [entry, acknowledgement];
  });
};

describe('the state of an engine', () => {
  test('exported before any entry and imported into a new engine, goes on with the same bytes', () => {
    fc.assert(
      fc.property(anyRule, anyRule, anySteps(true), fc.nat(200), fc.nat(100), (rule, next, steps, cut, place) => {
        const due = { type: 'warning', to: 'rep', on: 'opened', due: '9m', escalateTo: 'director' };
        const entries = [putOf({ ...rule, actions: [due] } as typeof rule), ...entriesOf(steps)];
        entries.splice(1 + (place % entries.length), 0, putOf({ ...next, version: 2, actions: [due] } as typeof rule));
        const log = acknowledged(entries);
        const whole = play(log, -1);
        const halves = play(log, cut % log.length);
        expect(halves.lines).toEqual(whole.lines);
        expect(halves.engine.counters).toEqual(whole.engine.counters);
      }),
      { numRuns: 200 },
    );
  });

  test('of another version is refused', () => {
    const parts = new Map([...newEngine().exportState(), ['#engine', '{"version":0}']]);
    expect(() => newEngine().importState(parts)).toThrow(/expected state of version 1, got 0/);
  });
});
