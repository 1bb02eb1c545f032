import { describe, expect, test } from '@jest/globals';
import { Engine, formatEntry, formatOutput, type LogEntry, parseLine } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../src/index.ts';
import { anyRule, anySteps, entriesOf, linesOf, outputsOf, putOf, type Step, signalOf } from './random-rules.ts';

const runs = { numRuns: 150 };

const shuffled = (steps: readonly Step[], order: readonly number[]): readonly Step[] =>
  steps.map(({ signals, tick }, step) => ({
    signals: signals
      .map((signal, n) => ({ signal, key: order[(step * 7 + n) % order.length] ?? 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ signal }) => signal),
    tick,
  }));

const without = (outputs: ReturnType<typeof outputsOf>) =>
  outputs.map((output) =>
    formatOutput({ ...output, decidedAt: 0, ...(output.type === 'alert' ? { late: false } : {}) }),
  );

describe('over random rules and logs', () => {
  test('shuffling signals between two ticks changes no byte', () => {
    fc.assert(
      fc.property(
        anyRule,
        anySteps(true),
        fc.array(fc.integer(), { minLength: 5, maxLength: 50 }),
        (rule, steps, order) => {
          expect(linesOf([putOf(rule), ...entriesOf(shuffled(steps, order))])).toEqual(
            linesOf([putOf(rule), ...entriesOf(steps)]),
          );
        },
      ),
      runs,
    );
  });

  test('sending signals twice changes no byte', () => {
    fc.assert(
      fc.property(anyRule, anySteps(true), (rule, steps) => {
        const twice = steps.map(({ signals, tick }, step) => ({
          signals: [...signals, ...(steps[step - 1]?.signals ?? []), ...signals],
          tick,
        }));
        expect(linesOf([putOf(rule), ...entriesOf(twice)])).toEqual(linesOf([putOf(rule), ...entriesOf(steps)]));
      }),
      runs,
    );
  });

  test('fewer ticks change only decidedAt and late of data that came in time', () => {
    fc.assert(
      fc.property(
        anyRule,
        anySteps(false),
        fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
        (rule, steps, keep) => {
          const sparse: LogEntry[] = steps.flatMap(({ signals, tick }, step) => [
            ...entriesOf([{ signals, tick }]).slice(0, -1),
            ...(keep[step] === true || step === steps.length - 1 ? [{ type: 'tick', at: tick } as const] : []),
          ]);
          // The first tick of both is the same: signals before it are judged by it.
          const first: LogEntry = { type: 'tick', at: Date.parse('2026-03-01T00:00:00Z') };
          const all = without(outputsOf([putOf(rule), first, ...entriesOf(steps)]));
          expect([...without(outputsOf([putOf(rule), first, ...sparse]))].sort()).toEqual([...all].sort());
        },
      ),
      runs,
    );
  });

  test('other subjects and other rules change nothing for a subject without a cohort', () => {
    fc.assert(
      fc.property(anyRule, anyRule, anySteps(true), (rule, other, steps) => {
        fc.pre(!('ratio' in rule.pattern && (rule.pattern.ratio as { against?: string }).against === 'cohort'));
        const beside = steps.map(({ signals, tick }) => ({
          signals: [...signals, ...signals.map((signal) => ({ ...signal, id: `o${signal.id}`, repId: 'other' }))],
          tick,
        }));
        const mine = outputsOf([putOf({ ...other, id: 'other' }), putOf(rule), ...entriesOf(beside)]).filter(
          ({ ruleId, subject }) => ruleId === rule.id && subject.repId !== 'other',
        );
        expect(mine.map(formatOutput)).toEqual(linesOf([putOf(rule), ...entriesOf(steps)]));
      }),
      runs,
    );
  });

  test('every signal is counted in one place, at every entry', () => {
    fc.assert(
      fc.property(anyRule, anySteps(true), (rule, steps) => {
        const engine = new Engine({ compile: compileRule });
        let signals = 0;
        for (const entry of [putOf(rule), ...entriesOf(steps)]) {
          engine.apply(entry);
          if (entry.type === 'signal') signals++;
          const { used, unused, duplicates, quarantined, waiting } = engine.counters;
          expect(used + unused + duplicates + quarantined + waiting).toBe(signals);
        }
      }),
      runs,
    );
  });

  test('an alert opens once, and its seq has no gaps', () => {
    fc.assert(
      fc.property(anyRule, anySteps(true), (rule, steps) => {
        const seqs = new Map<string, number>();
        for (const output of outputsOf([putOf(rule), ...entriesOf(steps)])) {
          if (output.type !== 'alert') continue;
          expect(output.seq).toBe((seqs.get(output.alertId) ?? 0) + 1);
          expect(output.transition === 'opened').toBe(output.seq === 1);
          expect(output.decidedAt).toBeGreaterThanOrEqual(output.at);
          seqs.set(output.alertId, output.seq);
        }
      }),
      runs,
    );
  });

  test('an entry survives being written and read', () => {
    fc.assert(
      fc.property(anyRule, anySteps(true), (rule, steps) => {
        const entries = [putOf(rule), ...entriesOf(steps)];
        expect(entries.map((entry, i) => parseLine(formatEntry(entry), i + 1))).toEqual(entries);
      }),
      runs,
    );
  });
});

test('a tick that jumps eight months over quiet subjects is quick', () => {
  const document = {
    ...{ apiVersion: 'resonant/v1', id: 'any', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] },
    pattern: {
      ratio: {
        ...{ numerator: { when: "kind == 'a'" }, denominator: { when: "kind == 'b'" }, side: 'below', deviation: 0.2 },
        ...{ window: '60m', every: '1m', against: 'cohort', cohort: { by: ['teamId'] }, hold: '2h' },
      },
    },
  };
  const engine = new Engine({ compile: compileRule });
  engine.apply(putOf(document));
  const at = Date.parse('2026-03-02T08:00:00Z');
  for (let n = 0; n < 1000; n++) {
    const signal = signalOf({ id: `s${n}`, kind: 'b', occurredAt: at, repId: `r${n % 50}` });
    engine.apply({ type: 'signal', signal });
  }
  engine.apply({ type: 'tick', at });
  const before = process.cpuUsage();
  engine.apply({ type: 'tick', at: at + 240 * 86_400_000 });
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});
