import type { Signal } from '@resonant/contracts';
import { Engine, formatOutput, type LogEntry, type Output } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../src/index.ts';

const minute = 60_000;
const start = Date.parse('2026-03-02T00:00:00Z');

export const signalOf = (fields: Partial<Signal> & Pick<Signal, 'id' | 'kind' | 'occurredAt'>): Signal => ({
  channel: null,
  accountId: null,
  contactId: null,
  repId: null,
  teamId: 't1',
  regionId: null,
  leadId: null,
  opportunityId: null,
  measures: {},
  labels: {},
  eventId: null,
  ...fields,
});

const minutes = (...list: number[]) => fc.constantFrom(...list).map((n) => `${n}m`);

const breaker = (every: number) =>
  fc.record(
    {
      hold: minutes(0, 4 * every, 8 * every),
      cooldown: minutes(0, 20),
      halfOpen: fc.record({ after: minutes(7, 15), trial: minutes(5, 20) }),
      noData: fc.record(
        { policy: fc.constantFrom('pause', 'reset', 'count'), limit: minutes(10, 30), close: minutes(20, 40) },
        { requiredKeys: ['policy'] },
      ),
    },
    { requiredKeys: ['hold', 'noData'] },
  );

const ratio = fc.constantFrom(1, 2, 5).chain((every) =>
  fc.record({
    numerator: fc.constant({ when: "kind == 'a'" }),
    denominator: fc.constant({ when: "kind == 'b'" }),
    window: fc.integer({ min: 1, max: 4 }).map((n) => `${n * every}m`),
    every: fc.constant(`${every}m`),
    against: fc.constantFrom('cohort', 'baseline', 'number'),
    cohort: fc.record({ by: fc.constant(['teamId']), minMembers: fc.integer({ min: 0, max: 2 }) }),
    baseline: fc.constant({ weeks: 1, fallback: `${4 * every}m` }),
    number: fc.constantFrom(0.5, 0.35),
    side: fc.constantFrom('below', 'above'),
    deviation: fc.constantFrom(0, 0.2),
    minSamples: fc.integer({ min: 0, max: 2 }),
    breaker: breaker(every),
  }),
);

const threshold = fc.constantFrom(1, 2, 5).chain((every) =>
  fc.record({
    when: fc.constant("kind == 'b'"),
    measure: fc.constant('x'),
    aggregate: fc.constantFrom('count', 'sum', 'mean', 'min', 'max'),
    window: fc.integer({ min: 1, max: 4 }).map((n) => `${n * every}m`),
    every: fc.constant(`${every}m`),
    side: fc.constantFrom('below', 'above'),
    value: fc.constantFrom(1, 1.5, 2),
    minSamples: fc.integer({ min: 0, max: 2 }),
    breaker: breaker(every),
  }),
);

const surge = fc.constantFrom(1, 2, 5).chain((every) =>
  fc.record({
    when: fc.constant("kind == 'b'"),
    window: fc.integer({ min: 1, max: 3 }).map((n) => `${n * every}m`),
    every: fc.constant(`${every}m`),
    against: fc.integer({ min: 1, max: 6 }).map((n) => `${n * every}m`),
    factor: fc.constantFrom(1, 1.5, 2),
    minCount: fc.integer({ min: 1, max: 3 }),
  }),
);

const pair = fc.record({
  a: fc.constant({ when: "kind == 'a'" }),
  b: fc.constantFrom({ when: "kind == 'b'" }, { when: "kind in ['a', 'b']" }),
  within: minutes(1, 5, 30),
  distinct: fc.constantFrom([], ['channel']),
  order: fc.constantFrom('any', 'a-then-b'),
  renotify: minutes(0, 3),
  strength: fc.constantFrom(
    { residual: 0.1, at: '10m', expired: 0.05, fading: 0.3, neglectFactor: 5, touch: { when: "kind == 'c'" } },
    { residual: 0.5, at: '3m', expired: 0.2 },
  ),
});

const deadline = fc.record({
  start: fc.constant({ when: "kind == 'a'" }),
  stop: fc.constantFrom({ when: "kind == 'b'" }, { when: "kind in ['a', 'c']" }),
  within: minutes(0, 1, 3, 10),
});

const flat = (pattern: { readonly breaker?: object }) => {
  const { breaker: fields, ...rest } = pattern;
  return { ...rest, ...fields };
};

/** A rule of any pattern over teamId and repId. */
export const anyRule = fc
  .record({
    pattern: fc.oneof(
      ratio.map((it) => ({ ratio: flat(it) })),
      threshold.map((it) => ({ threshold: flat(it) })),
      surge.map((it) => ({ surge: it })),
      pair.map((it) => ({ pair: it })),
      deadline.map((it) => ({ deadline: it })),
    ),
    lateness: minutes(10, 60),
  })
  .map((fields) => ({
    apiVersion: 'resonant/v1',
    id: 'any',
    version: 1,
    keyspace: 'team',
    subject: ['teamId', 'repId'],
    ...fields,
  }));

/** Signals and ticks; a step is what happens between two ticks. */
export interface Step {
  readonly signals: readonly Signal[];
  readonly tick: number;
}

const draw = fc.record({
  kind: fc.constantFrom('a', 'b', 'b', 'c'),
  rep: fc.constantFrom('r1', 'r2', 'r3'),
  channel: fc.constantFrom('call', 'forum', null),
  x: fc.integer({ min: 0, max: 3 }),
  /** Ms after the tick before; negative is late. */
  offset: fc.oneof(
    fc.integer({ min: 0, max: 5 }).map((n) => n * minute),
    fc.integer({ min: 0, max: 5 * minute }),
    fc.integer({ min: -40, max: 0 }).map((n) => n * minute),
  ),
});

/** A log of up to 25 ticks, some of them far apart; `late` = with signals that come after their time. */
export const anySteps = (late: boolean) =>
  fc
    .array(
      fc.record({
        draws: fc.array(draw, { maxLength: 5 }),
        pause: fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: 1, max: 6 * minute }) },
          { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }).map((n) => n * minute) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }).map((n) => n * minute) },
        ),
      }),
      { minLength: 1, maxLength: 25 },
    )
    .map((list) => {
      let now = start;
      const steps: Step[] = list.map(({ draws, pause }, step) => {
        const before = now;
        now += pause;
        const signals = draws.map(({ kind, rep, channel, x, offset }, n) =>
          signalOf({
            id: `s${step}-${n}`,
            kind,
            occurredAt: late ? before + offset : before + 1 + (Math.abs(offset) % pause),
            repId: rep,
            channel,
            measures: { x },
          }),
        );
        return { signals, tick: now };
      });
      return [...steps, { signals: [], tick: now + 600 * minute }];
    });

export const entriesOf = (steps: readonly Step[]): readonly LogEntry[] =>
  steps.flatMap(({ signals, tick }) => [
    ...signals.map((signal): LogEntry => ({ type: 'signal', signal })),
    { type: 'tick', at: tick } as const,
  ]);

export const putOf = (document: { readonly id: string }): LogEntry => ({
  type: 'rule',
  action: 'put',
  ruleId: document.id,
  document,
  revision: null,
});

/** What an engine says over a log. */
export function outputsOf(entries: readonly LogEntry[]): readonly Output[] {
  const engine = new Engine({ compile: compileRule });
  return entries.flatMap((entry) => engine.apply(entry));
}

export const linesOf = (entries: readonly LogEntry[]): readonly string[] => outputsOf(entries).map(formatOutput);
