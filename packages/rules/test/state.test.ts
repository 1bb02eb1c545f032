import { describe, expect, test } from '@jest/globals';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule, shippedRules } from '../src/index.ts';
import { anyRule, anySteps, entriesOf, putOf, signalOf } from './random-rules.ts';

const compiledDeadline = shippedRules().find(({ id }) => id === 'lead-response')?.document as { readonly id: string };
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

  test('is what its changed parts add up to, tombstones included, also from an import on', () => {
    fc.assert(
      fc.property(
        anyRule,
        anyRule,
        anySteps(true),
        fc.array(fc.nat(60)),
        fc.nat(100),
        (rule, next, steps, stops, at) => {
          const entries = [putOf(rule), ...entriesOf(steps)];
          entries.splice(
            1 + (at % entries.length),
            0,
            putOf({ ...next, version: 2, onChange: 'reset' } as typeof rule),
          );
          const parts = new Map<string, string>();
          let engine = newEngine();
          entries.forEach((entry, n) => {
            engine.apply(entry);
            if (!stops.includes(n) && n < entries.length - 1) return;
            for (const [name, part] of engine.changedParts()) {
              if (part === null) parts.delete(name);
              else parts.set(name, part);
            }
            expect([...parts].sort()).toEqual([...engine.exportState()].sort());
            if (n % 2 === 1) return;
            engine = newEngine();
            engine.importState(parts);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('names only the parts that changed', () => {
    const engine = newEngine();
    const rule = compiledDeadline;
    engine.apply(putOf(rule));
    const lead = (leadId: string, occurredAt: number): LogEntry => ({
      type: 'signal',
      signal: signalOf({ id: leadId, kind: 'lead-created', occurredAt, leadId }),
    });
    engine.apply(lead('l1', 0));
    engine.apply({ type: 'tick', at: 1000 });
    expect([...engine.changedParts().keys()]).toEqual(['#engine', '#seen/0/0', 'lead-response', 'lead-response/l1']);
    engine.apply(lead('l2', 2000));
    engine.apply({ type: 'tick', at: 2000 });
    expect([...engine.changedParts().keys()]).toEqual(['#engine', '#seen/0/0', 'lead-response/l2']);
    engine.apply({ type: 'tick', at: 3000 });
    expect([...engine.changedParts().keys()]).toEqual(['#engine']);
    engine.apply({ type: 'rule', action: 'delete', ruleId: 'lead-response', document: null, revision: null });
    const changed = engine.changedParts();
    expect([...changed.keys()]).toEqual(['#engine', 'lead-response/l1', 'lead-response/l2', 'lead-response']);
    expect([changed.get('lead-response/l1'), changed.get('lead-response/l2')]).toEqual([null, null]);
  });

  test('of a later version, or without its head, is refused', () => {
    const parts = new Map([...newEngine().exportState(), ['#engine', '[4,{}]']]);
    expect(() => newEngine().importState(parts)).toThrow(/expected state of version 2 or 3, got 4/);
    expect(() => newEngine().importState(new Map())).toThrow(/expected state with a part #engine, got none/);
  });
});
