import { expect, test } from '@jest/globals';
import { Engine, type LogEntry, type Output } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../src/index.ts';
import { anyRule, anySteps, entriesOf, outputsOf, putOf, signalOf } from './random-rules.ts';

const said = (outputs: readonly Output[]): readonly string[] =>
  outputs.map((it) =>
    it.type === 'alert'
      ? `${it.alertId} ${it.seq} ${it.transition} ${it.state} ${it.at} ${JSON.stringify(it.values)}`
      : it.action,
  );

test('acknowledgements that came in time say the same with fewer ticks', () => {
  fc.assert(
    fc.property(
      anyRule,
      anySteps(false),
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      (rule, steps, keep) => {
        const engine = new Engine({ compile: compileRule });
        engine.apply(putOf(rule));
        const log: LogEntry[] = [];
        let pending: LogEntry[] = [];
        for (const entry of entriesOf(steps)) {
          if (entry.type === 'tick') {
            for (const each of pending)
              if (each.type === 'signal' && each.signal.occurredAt <= entry.at) {
                engine.apply(each);
                log.push(each);
              }
            pending = [];
          }
          log.push(entry);
          for (const output of engine.apply(entry)) {
            if (output.type !== 'alert' || entry.type !== 'tick') continue;
            pending.push({
              type: 'signal',
              signal: signalOf({
                id: `ack${log.length}-${pending.length}`,
                kind: 'acknowledgement',
                occurredAt: entry.at + 1,
                labels: { alertId: output.alertId },
              }),
            });
          }
        }
        let tick = 0;
        const last = log.filter(({ type }) => type === 'tick').length;
        const sparse = log.filter((entry) => entry.type !== 'tick' || ++tick === last || tick === 1 || keep[tick % 30]);
        expect([...said(outputsOf([putOf(rule), ...sparse]))].sort()).toEqual(
          [...said(outputsOf([putOf(rule), ...log]))].sort(),
        );
      },
    ),
    { numRuns: 200 },
  );
});
