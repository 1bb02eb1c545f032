import { describe, expect, test } from '@jest/globals';
import { Engine, type LogEntry, type Output } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../src/index.ts';
import { anyRule, anySteps, entriesOf, putOf, signalOf } from './random-rules.ts';

const change = fc.record({
  rule: anyRule,
  onChange: fc.constantFrom('keep', 'keep', 'reset'),
  mode: fc.constantFrom('live', 'live', 'live', 'shadow', 'off'),
  grace: fc.constantFrom('0s', '0s', '3m'),
  calendar: fc.option(
    fc.record({ from: fc.constantFrom('00:00', '00:40', '02:10'), to: fc.constantFrom('03:00', '24:00') }),
  ),
  isDelete: fc.boolean().map((yes) => yes),
  place: fc.nat(60),
  actions: fc.constantFrom(
    [],
    [{ type: 'warning', to: 'supervisor', on: 'opened', due: '5m', escalateTo: 'director' }],
    [{ type: 'warning', to: 'rep', on: 'resolved' }],
  ),
});

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

const entryOf = ({ rule, onChange, mode, grace, calendar, isDelete, actions }: Change, version: number): LogEntry => {
  if (isDelete && version % 3 === 0)
    return { type: 'rule', action: 'delete', ruleId: 'any', document: null, revision: null };
  const [kind] = Object.keys(rule.pattern);
  const graceful = kind === 'ratio' || kind === 'threshold' || kind === 'surge';
  return putOf({
    ...rule,
    ...{ version, onChange, mode, actions },
    ...(graceful ? { grace } : {}),
    ...(calendar !== null && kind !== 'pair' ? { calendar } : {}),
  });
};

/** A log with rules that change at random places, and acknowledgements of what was said. */
function play(entries: readonly LogEntry[], refused: string[]): readonly Output[] {
  const engine = new Engine({ compile: compileRule, onRefusal: ({ detail }) => refused.push(detail) });
  const outputs: Output[] = [];
  entries.forEach((entry, n) => {
    outputs.push(...engine.apply(entry));
    const last = outputs.at(-1);
    if (entry.type !== 'tick' || n % 3 !== 0 || last === undefined) return;
    const labels: Record<string, string> =
      last.type === 'action' ? { actionId: last.actionId } : { alertId: last.alertId };
    const signal = signalOf({ id: `ack${n}`, kind: 'acknowledgement', occurredAt: entry.at + 1000, labels });
    engine.apply({ type: 'signal', signal });
  });
  return outputs;
}

describe('over rules that change while a log goes on', () => {
  test('alerts open once, count their transitions, end once, and are never decided before their instant', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), anySteps(true), (changes, steps) => {
        const entries = [...entriesOf(steps)];
        changes.forEach((each, n) => {
          entries.splice(Math.min(each.place, entries.length), 0, entryOf(each, n + 1));
        });
        const refused: string[] = [];
        const seqs = new Map<string, number>();
        const ended = new Set<string>();
        for (const output of play(entries, refused)) {
          expect(output.decidedAt).toBeGreaterThanOrEqual(output.at);
          if (output.type !== 'alert') continue;
          expect(ended.has(output.alertId)).toBe(false);
          expect(output.seq).toBe((seqs.get(output.alertId) ?? 0) + 1);
          expect(output.transition === 'opened').toBe(output.seq === 1);
          seqs.set(output.alertId, output.seq);
          if (output.transition === 'resolved' || output.transition === 'withdrawn') ended.add(output.alertId);
        }
        expect(refused).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
