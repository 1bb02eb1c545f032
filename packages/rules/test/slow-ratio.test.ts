import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anySteps, entriesOf, outputsOf, putOf } from './random-rules.ts';
import { slowRatio } from './slow-ratio.ts';

const minute = 60_000;

const rules = fc.constantFrom(1, 2, 5, 10).chain((every) =>
  fc.record({
    window: fc.integer({ min: 1, max: 4 }).map((n) => n * every * minute),
    every: fc.constant(every * minute),
    cohortMembers: fc.constantFrom(null, 0, 1, 2),
    number: fc.constantFrom(0.5, 0.35, 0),
    below: fc.boolean(),
    deviation: fc.constantFrom(0, 0.2),
    minSamples: fc.integer({ min: 0, max: 2 }),
    hold: fc.constantFrom(0, 4, 8).map((n) => n * every * minute),
    cooldown: fc.constantFrom(0, 20 * minute),
    policy: fc.constantFrom<'pause' | 'reset' | 'count'>('pause', 'reset', 'count'),
    limit: fc.constantFrom(null, 0, 10 * minute, 30 * minute),
    close: fc.constantFrom(0, 20 * minute, 300 * minute),
    halfOpen: fc.option(
      fc.record({ after: fc.constantFrom(0, 7 * minute, 15 * minute), trial: fc.constantFrom(0, 20 * minute) }),
    ),
  }),
);

test('a ratio agrees with a slow evaluation of every instant', () => {
  fc.assert(
    fc.property(rules, anySteps(false), (rule, steps) => {
      const { window, every, cohortMembers, number, below, deviation, minSamples, hold, cooldown, halfOpen } = rule;
      const document = {
        ...{ apiVersion: 'resonant/v1', id: 'any', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] },
        pattern: {
          ratio: {
            numerator: { when: "kind == 'a'" },
            denominator: { when: "kind == 'b'" },
            window: `${window}ms`,
            every: `${every}ms`,
            against: cohortMembers === null ? 'number' : 'cohort',
            number,
            ...(cohortMembers === null ? {} : { cohort: { by: ['teamId'], minMembers: cohortMembers } }),
            side: below ? 'below' : 'above',
            ...{ deviation, minSamples, hold: `${hold}ms`, cooldown: `${cooldown}ms` },
            ...(halfOpen === null ? {} : { halfOpen: { after: `${halfOpen.after}ms`, trial: `${halfOpen.trial}ms` } }),
            noData: {
              policy: rule.policy,
              close: `${rule.close}ms`,
              ...(rule.limit === null ? {} : { limit: `${rule.limit}ms` }),
            },
          },
        },
      };
      const said = outputsOf([putOf(document), ...entriesOf(steps)]).map((output) =>
        output.type === 'alert'
          ? `${output.subject.repId} ${output.transition} ${output.state} ${new Date(output.at).toISOString()}`
          : '',
      );
      const slow = slowRatio(
        rule,
        steps.flatMap(({ signals }) => signals),
        steps.at(-1)?.tick ?? 0,
      );
      expect([...said].sort()).toEqual([...slow].sort());
    }),
    { numRuns: 100 },
  );
});
