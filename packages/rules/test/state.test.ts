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

  test('goes on with the same bytes also behind a put that keeps what the rule remembers, and is lenient for longer or shorter', () => {
    fc.assert(
      fc.property(
        anyRule,
        fc.constantFrom('0m', '1m', '5m', '1h', '1d'),
        fc.constantFrom('0m', '1m', '5m', '1h', '1d'),
        anySteps(true),
        fc.nat(200),
        fc.nat(100),
        (rule, lateness, later, steps, cut, place) => {
          const log = [putOf({ ...rule, lateness } as typeof rule), ...entriesOf(steps)];
          const next = { ...rule, version: 2, lateness: later };
          log.splice(1 + (place % log.length), 0, putOf(next as typeof rule));
          const whole = play(log, -1);
          const halves = play(log, cut % log.length);
          expect(halves.lines).toEqual(whole.lines);
          expect(halves.engine.counters).toEqual(whole.engine.counters);
        },
      ),
      { numRuns: Number(process.env.KEEP_RUNS ?? 200) },
    );
  });

  test('is what its changed parts add up to, tombstones included, also from an import on and when they are asked for bit by bit', () => {
    fc.assert(
      fc.property(
        anyRule,
        anyRule,
        anySteps(true),
        fc.array(fc.nat(60)),
        fc.array(fc.nat(5), { minLength: 1 }),
        fc.nat(100),
        (rule, next, steps, stops, partly, at) => {
          const entries = [putOf(rule), ...entriesOf(steps)];
          entries.splice(
            1 + (at % entries.length),
            0,
            putOf({ ...next, version: 2, onChange: 'reset' } as typeof rule),
          );
          const parts = new Map<string, string>();
          let engine = newEngine();
          const lay = (limit: number): void => {
            let left = limit;
            for (const [name, part] of engine.changedParts()) {
              if (part === null) parts.delete(name);
              else parts.set(name, part);
              if (--left === 0) break;
            }
          };
          entries.forEach((entry, n) => {
            engine.apply(entry);
            if (!stops.includes(n) && n < entries.length - 1) {
              const limit = partly[n % partly.length] as number;
              const before = engine.changedCount;
              if (limit > 0) lay(limit);
              expect(engine.changedCount).toBe(Math.max(0, before - limit));
              return;
            }
            lay(Number.POSITIVE_INFINITY);
            expect(engine.changedCount).toBe(0);
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
    const changed = (): ReadonlyMap<string, string | null> => new Map(engine.changedParts());
    expect([...changed().keys()]).toEqual(['#seen/0/0', 'lead-response/l1', 'lead-response', '#engine']);
    engine.apply(lead('l2', 2000));
    engine.apply({ type: 'tick', at: 2000 });
    expect([...changed().keys()]).toEqual(['#seen/0/0', 'lead-response/l2', '#engine']);
    engine.apply({ type: 'tick', at: 3000 });
    expect([...changed().keys()]).toEqual(['#engine']);
    engine.apply({ type: 'rule', action: 'delete', ruleId: 'lead-response', document: null, revision: null });
    const last = changed();
    expect([...last.keys()]).toEqual(['lead-response/l1', 'lead-response/l2', 'lead-response', '#engine']);
    expect([last.get('lead-response/l1'), last.get('lead-response/l2')]).toEqual([null, null]);
  });

  test('of a later version, or without its head, is refused', () => {
    const parts = new Map([...newEngine().exportState(), ['#engine', '[5,{}]']]);
    expect(() => newEngine().importState(parts)).toThrow(/expected state of version 3 or 4, got 5/);
    expect(() => newEngine().importState(new Map())).toThrow(/expected state with a part #engine, got none/);
  });
});
