import { expect, test } from '@jest/globals';
import type { Signal } from '@resonant/contracts';
import { Engine, type LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule, parseTestLog } from '../src/index.ts';
import { outputsOf, putOf, signalOf } from './random-rules.ts';
import { slowRatio } from './slow-ratio.ts';

const minute = 60_000;
const start = Date.parse('2026-03-02T08:00:00Z');
const reps = Array.from({ length: 12 }, (_, n) => `r${n}`);

const ruleOf = (fields: object) => ({
  ...{ apiVersion: 'resonant/v1', id: 'any', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] },
  pattern: {
    ratio: {
      ...{ numerator: { when: "kind == 'a'" }, denominator: { when: "kind == 'b'" }, against: 'cohort', side: 'below' },
      ...{ cohort: { by: ['teamId'], minMembers: 2 }, window: '10m', every: '1m', deviation: 0.2, ...fields },
    },
  },
});

const signals = fc
  .array(
    fc.record({
      rep: fc.constantFrom(...reps),
      kind: fc.constantFrom('a', 'b', 'b'),
      at: fc.oneof(
        fc.integer({ min: 0, max: 60 * minute }),
        fc.integer({ min: 0, max: 60 }).map((n) => n * minute),
      ),
      delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 * minute })),
    }),
    { maxLength: 150 },
  )
  .map((list) =>
    list.map(({ rep, kind, at, delay }, n) => ({
      signal: signalOf({ id: `s${n}`, kind, occurredAt: start + at, repId: rep }),
      arrives: start + at + delay,
    })),
  );

/** A log in which every signal comes when it comes, with a tick each minute. */
function logOf(all: readonly { readonly signal: Signal; readonly arrives: number }[]): readonly LogEntry[] {
  const left = all.toSorted((a, b) => a.arrives - b.arrives);
  const log: LogEntry[] = [];
  for (let tick = start; tick <= start + 180 * minute; tick += minute) {
    while (left[0] !== undefined && left[0].arrives <= tick) {
      log.push({ type: 'signal', signal: (left.shift() as (typeof left)[0]).signal });
    }
    log.push({ type: 'tick', at: tick });
  }
  return log;
}

test('a cohort of twelve agrees with a slow evaluation of every instant', () => {
  fc.assert(
    fc.property(signals, fc.constantFrom(0, 4, 8), fc.integer({ min: 0, max: 2 }), (list, hold, minSamples) => {
      const document = ruleOf({ hold: `${hold}m`, minSamples, noData: { policy: 'pause', close: '20m' } });
      const inTime = list.map(({ signal }) => ({ signal, arrives: signal.occurredAt }));
      const said = outputsOf([putOf(document), ...logOf(inTime)]).map((output) =>
        output.type === 'alert'
          ? `${output.subject.repId} ${output.transition} ${output.state} ${new Date(output.at).toISOString()}`
          : '',
      );
      const slow = slowRatio(
        {
          ...{ window: 10 * minute, every: minute, cohortMembers: 2, number: 0, below: true, deviation: 0.2 },
          ...{ minSamples, hold: hold * minute, cooldown: 0, policy: 'pause', limit: null },
          ...{ close: 20 * minute, halfOpen: null },
        },
        list.map(({ signal }) => signal),
        start + 180 * minute,
      );
      expect(said.sort()).toEqual([...slow].sort());
    }),
    { numRuns: 60 },
  );
});

test('late signals leave every member of a cohort where it would be had they come in time', () => {
  fc.assert(
    fc.property(signals, fc.constantFrom('pause', 'reset', 'count'), fc.nat(180), (list, policy, at) => {
      // Nothing ever opens, so nothing that was said stands in the way of what is derived.
      const document = ruleOf({ hold: '1000h', minSamples: 1, noData: { policy } });
      const standing = (log: readonly LogEntry[]) => {
        const engine = new Engine({ compile: compileRule });
        for (const entry of [putOf(document), ...log]) engine.apply(entry);
        return reps.map((repId) => engine.explain('any', { teamId: 't1', repId }, start + at * minute));
      };
      const inTime = list.map(({ signal }) => ({ signal, arrives: signal.occurredAt }));
      expect(standing(logOf(list))).toEqual(standing(logOf(inTime)));
    }),
    { numRuns: 60 },
  );
});

test('an opening that a said one stood for is said when a correction parts them', () => {
  const log = parseTestLog(`
    2026-03-02T00:00:00Z tick
    2026-03-02T00:00:01Z a repId=r0 teamId=t1; b repId=r0 teamId=t1
    2026-03-01T23:58:00Z b repId=r1 teamId=t1
    2026-03-02T00:01:00Z tick
    2026-03-01T23:55:00Z a repId=r0 teamId=t1; b repId=r0 teamId=t1
    2026-03-02T00:01:01Z tick
    2026-03-01T23:59:00Z b repId=r0 teamId=t1
    2026-03-02T00:01:02Z tick
  `);
  const document = ruleOf({ window: '4m', deviation: 0, cohort: { by: ['teamId'] } });
  const said = outputsOf([putOf(document), ...log]).map((output) =>
    output.type === 'alert'
      ? `${output.subject.repId} ${output.transition} at ${new Date(output.at).toISOString().slice(11, 16)}`
      : '',
  );
  expect(said).toEqual(['r1 opened at 00:01', 'r1 opened at 23:59', 'r1 resolved at 00:00']);
});
