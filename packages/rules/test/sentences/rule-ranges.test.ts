import { describe, expect, test } from '@jest/globals';
import { Engine } from '@resonant/engine';
import { compileRule } from '../../src/index.ts';
import type { Rule } from './cases.ts';
import { cohort, daily, deadline, kind, pair, ratio, surge, threshold } from './rules.ts';

const bare = { apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] };
const mark = { type: 'board-mark', to: 'team-board', on: 'opened', anonymous: true, minGroup: 3 };

type Fields = Readonly<Record<string, unknown>>;

/** The paths of what is refused. */
const problemsOf = (document: Fields): readonly string[] => refusalsOf(document).map(([path]) => path);

/** Path, what was expected and what came. */
function refusalsOf(document: Fields): readonly (readonly [string, string, string])[] {
  const refused: (readonly [string, string, string])[] = [];
  const engine = new Engine({
    compile: compileRule,
    onRefusal: ({ errors }) => refused.push(...errors.map(({ path, expected, got }) => [path, expected, got] as const)),
  });
  engine.apply({ type: 'rule', action: 'put', ruleId: String(document.id), document, revision: null });
  return refused;
}

/** Fields without a default, each with a document that lacks it. */
const required: readonly (readonly [string, Rule])[] = [
  ...Object.keys(bare).map((name) => [name, deadline({}, { [name]: undefined })] as const),
  ['pattern', bare],
  ...['a', 'b', 'within', 'strength'].map((name) => [`pattern.pair.${name}`, pair({ [name]: undefined })] as const),
  ...['residual', 'at', 'expired'].map(
    (name) =>
      [
        `pattern.pair.strength.${name}`,
        pair({ strength: { residual: 0.5, at: '1h', expired: 0.25, [name]: undefined } }),
      ] as const,
  ),
  ...['numerator', 'denominator', 'window', 'every', 'against', 'side'].map(
    (name) => [`pattern.ratio.${name}`, ratio({ [name]: undefined })] as const,
  ),
  ['pattern.ratio.number', ratio({ number: undefined })],
  ['pattern.ratio.cohort', cohort({ cohort: undefined })],
  ['pattern.ratio.cohort.by', cohort({ cohort: {} })],
  ['pattern.ratio.baseline', ratio({ against: 'baseline' })],
  ['pattern.ratio.baseline.weeks', ratio({ baseline: { fallback: '1h' } })],
  ['pattern.ratio.baseline.fallback', ratio({ baseline: { weeks: 1 } })],
  ['pattern.ratio.halfOpen.after', ratio({ halfOpen: { trial: '1h' } })],
  ['pattern.ratio.halfOpen.trial', ratio({ halfOpen: { after: '1h' } })],
  ...['start', 'stop', 'within'].map((name) => [`pattern.deadline.${name}`, deadline({ [name]: undefined })] as const),
  ...['when', 'aggregate', 'window', 'side', 'value', 'every'].map(
    (name) => [`pattern.threshold.${name}`, threshold({ [name]: undefined })] as const,
  ),
  ['pattern.threshold.measure', threshold({ aggregate: 'sum' })],
  ...['when', 'window', 'every', 'against', 'factor'].map(
    (name) => [`pattern.surge.${name}`, surge({ [name]: undefined })] as const,
  ),
  ...['type', 'to', 'on'].map(
    (name) =>
      [
        `actions.0.${name}`,
        deadline({}, { actions: [{ type: 'warning', to: 'rep', on: 'opened', [name]: undefined }] }),
      ] as const,
  ),
];

describe('3-27 a field without a default is required', () => {
  test.each(required)('%s', (path, document) => {
    expect(problemsOf(JSON.parse(JSON.stringify(document)))).toEqual([path]);
  });
});

/** Each range: the path, documents that are just inside and just outside of it. */
const ranges: readonly (readonly [path: string, inside: readonly Rule[], outside: readonly Rule[]])[] = [
  ['version', [deadline({}, { version: 1 })], [0, 1.5, '1'].map((version) => deadline({}, { version }))],
  ['id', [deadline({}, { id: 'a-z.0' })], ['', 'A', 'a_b', 'a b'].map((id) => deadline({}, { id }))],
  ['apiVersion', [deadline()], [deadline({}, { apiVersion: 'resonant/v2' })]],
  ['mode', ['live', 'shadow', 'off'].map((mode) => deadline({}, { mode })), [deadline({}, { mode: 'on' })]],
  [
    'severity',
    ['info', 'low', 'high', 'critical'].map((severity) => deadline({}, { severity })),
    [deadline({}, { severity: 'medium' })],
  ],
  ['onChange', ['keep', 'reset'].map((onChange) => deadline({}, { onChange })), [deadline({}, { onChange: 'drop' })]],
  ['pattern.ratio.window', [ratio({ window: '10m' })], [ratio({ window: '15m' }), ratio({ window: '0m' })]],
  ['pattern.ratio.every', [ratio({ every: '1ms' }), ratio({ hold: '40m' })], [ratio({ hold: '39m' })]],
  ['pattern.ratio.deviation', [0, 0.123456].map((n) => ratio({ deviation: n })), [ratio({ deviation: 0.1234567 })]],
  [
    'pattern.ratio.recover',
    [ratio({ deviation: 0.2, recover: 0.2 })],
    [ratio({ deviation: 0.2, recover: 0.200001 }), ratio({ recover: 0.1 })],
  ],
  ['pattern.ratio.minSamples', [ratio({ minSamples: 0 })], [-1, 0.5].map((n) => ratio({ minSamples: n }))],
  [
    'pattern.ratio.cohort.minMembers',
    [cohort({ cohort: { by: ['teamId'], minMembers: 0 } })],
    [cohort({ cohort: { by: ['teamId'], minMembers: -1 } })],
  ],
  [
    'pattern.ratio.cohort.by',
    [
      ['teamId', 'repId'],
      ['teamId', 'teamId'],
    ].map((by) => cohort({ cohort: { by } })),
    [['repId'], ['teamId', 'regionId'], []].map((by) => cohort({ cohort: { by } })),
  ],
  [
    'pattern.ratio.noData.policy',
    ['pause', 'reset', 'count'].map((policy) => ratio({ noData: { policy } })),
    [ratio({ noData: { policy: 'skip' } })],
  ],
  ...['weeks', 'minPoints'].map(
    (name) =>
      [
        `pattern.ratio.baseline.${name}`,
        [ratio({ baseline: { weeks: 1, fallback: '1h', [name]: 1 } })],
        [ratio({ baseline: { weeks: 1, fallback: '1h', [name]: 0 } })],
      ] as const,
  ),
  [
    'pattern.ratio.baseline.fallback',
    [ratio({ baseline: { weeks: 1, fallback: '20m' } })],
    [ratio({ baseline: { weeks: 1, fallback: '25m' } })],
  ],
  [
    'pattern.threshold.window',
    [threshold({ window: '20m' })],
    ['25m', '0m', 'year'].map((w) => threshold({ window: w })),
  ],
  ['pattern.threshold.every', [threshold({ hold: '40m' })], [threshold({ hold: '39m' }), daily({ every: '1h' })]],
  ['pattern.threshold.hold', [daily()], [daily({ hold: '4h' })]],
  ['pattern.surge.window', [surge({ window: '30m' })], [surge({ window: '45m' }), surge({ window: '0m' })]],
  ['pattern.surge.against', [surge({ against: '30m' })], [surge({ against: '45m' }), surge({ against: '0m' })]],
  ['pattern.surge.minCount', [surge({ minCount: 1 })], [surge({ minCount: 0 })]],
  ['pattern.pair.strength.at', [strengthOf({ at: '1ms' })], [strengthOf({ at: '0ms' })]],
  ...['residual', 'expired'].map(
    (name) =>
      [
        `pattern.pair.strength.${name}`,
        [0.000001, 0.999999].map((n) => strengthOf({ [name]: n })),
        [0, 1].map((n) => strengthOf({ [name]: n })),
      ] as const,
  ),
  [
    'pattern.pair.distinct.1',
    [['channel', 'labels.x', 'id', 'kind', 'eventId', 'repId'], ['channel', 'channel'], []].map((distinct) =>
      pair({ distinct }),
    ),
    ['measures', 'labels.', 'occurredAt'].map((name) => pair({ distinct: ['channel', name] })),
  ],
  ['pattern.pair.within', ['0s', '1ms'].map((within) => pair({ within })), [pair({ within: '1' })]],
  ['pattern.pair.order', ['any', 'a-then-b'].map((order) => pair({ order })), [pair({ order: 'b-then-a' })]],
  [
    'zone',
    ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'PRC', 'EST', 'asia/shanghai'].map((zone) => deadline({}, { zone })),
    ['Mars/Base', '+08:00', '', 'Asia/Beijing', 'CST', 'ist', 'BST', 'SystemV/EST5', 'US/Pacific-New'].map((zone) =>
      deadline({}, { zone }),
    ),
  ],
  [
    'pattern.pair.strength.fading',
    [strengthOf({ fading: 0.250001 })],
    [strengthOf({ fading: 0.25 }), strengthOf({ fading: 1 })],
  ],
  [
    'pattern.pair.strength.neglectFactor',
    [strengthOf({ neglectFactor: 0.000001 })],
    [strengthOf({ neglectFactor: 0 })],
  ],
  [
    'lateness',
    [ratio({}, { grace: '2m', lateness: '2m' }), ratio({}, { grace: '24h' })],
    [ratio({}, { grace: '2m', lateness: '119999ms' }), ratio({}, { grace: '25h' })],
  ],
  [
    'grace',
    [ratio, threshold, surge].map((of) => of({}, { grace: '1m' })),
    [pair, deadline].map((of) => of({}, { grace: '0s' })),
  ],
  [
    'calendar',
    [deadline, ratio, surge, threshold].map((of) => of({}, { calendar: {} })),
    [pair({}, { calendar: {} }), ...['day', 'week', 'month'].map((window) => daily({ window }, { calendar: {} }))],
  ],
  ['calendar.days', [deadline({}, { calendar: { days: ['sun'] } })], [deadline({}, { calendar: { days: [] } })]],
  [
    'calendar.from',
    [deadline({}, { calendar: { from: '09:00', to: '09:01' } })],
    [deadline({}, { calendar: { from: '09:00', to: '09:00' } })],
  ],
  [
    'calendar.holidays.0',
    [deadline({}, { calendar: { holidays: ['2028-02-29'] } })],
    [deadline({}, { calendar: { holidays: ['2026-02-29'] } })],
  ],
  [
    'subject',
    [['teamId'], ['teamId', 'repId', 'channel', 'labels.x']].map((subject) => deadline({}, { subject })),
    [['repId'], ['teamId', 'teamId'], ['teamId', 'repId', 'channel', 'labels.x', 'labels.y']].map((subject) =>
      deadline({}, { subject }),
    ),
  ],
  [
    'pattern',
    [deadline()],
    [
      { ...bare, pattern: {} },
      { ...bare, pattern: { ...patternOf(deadline()), ...patternOf(surge()) } },
    ],
  ],
  ['actions.0.due', [cohort({}, { actions: [mark] })], [cohort({}, { actions: [{ ...mark, due: '5m' }] })]],
  [
    'actions.0.minGroup',
    [cohort({}, { actions: [{ ...mark, minGroup: 0 }] })],
    [cohort({}, { actions: [{ ...mark, minGroup: -1 }] })],
  ],
  [
    'actions.0',
    [cohort({}, { actions: [mark] })],
    [
      cohort({}, { actions: [{ ...mark, anonymous: undefined }] }),
      cohort({}, { actions: [{ ...mark, minGroup: undefined }] }),
    ],
  ],
  [
    'actions.0.anonymous',
    [cohort({}, { actions: [mark] })],
    [ratio({}, { actions: [mark] }), deadline({}, { actions: [mark] })],
  ],
];

function strengthOf(fields: object): Rule {
  return pair({ strength: { residual: 0.5, at: '1h', expired: 0.25, ...fields } });
}

function patternOf(rule: Rule): object {
  return rule.pattern as object;
}

describe('3-28 ranges', () => {
  test.each(ranges)('%s is taken inside its range and refused outside', (path, inside, outside) => {
    expect(inside.map((document) => problemsOf(JSON.parse(JSON.stringify(document))))).toEqual(inside.map(() => []));
    const refusals = outside.map((document) => [...new Set(problemsOf(JSON.parse(JSON.stringify(document))))]);
    expect(refusals).toEqual(outside.map(() => [path]));
  });

  test('every divides an hour where a baseline is asked for', () => {
    const against = { against: 'baseline', window: '50m' };
    const baseline = (every: string, fallback: string) =>
      ratio({ ...against, every, baseline: { weeks: 1, fallback } });
    expect(problemsOf(baseline('10m', '50m'))).toEqual([]);
    expect(problemsOf(baseline('25m', '50m'))).toEqual(['pattern.ratio.every']);
  });

  test('5-01 actions take the types, roles and transitions that are listed', () => {
    const lists = {
      type: ['learning-card', 'intervention', 'board-mark', 'talk-track-pack', 'knowledge-push', 'warning'],
      to: ['rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region'],
      escalateTo: ['rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region'],
      on: ['opened', 'updated', 'resolved', 'withdrawn'],
    };
    for (const [name, words] of Object.entries(lists)) {
      const rule = (word: string): Rule =>
        deadline({}, { actions: [{ type: 'warning', to: 'rep', on: 'opened', [name]: word }] });
      expect(words.flatMap((word) => problemsOf(rule(word)))).toEqual([]);
      expect(problemsOf(rule('other'))).toEqual([`actions.0.${name}`]);
    }
  });

  test('3-08 each keyspace asks for its field', () => {
    const fields = { account: 'accountId', team: 'teamId', region: 'regionId', lead: 'leadId' };
    for (const [keyspace, field] of Object.entries(fields)) {
      expect(problemsOf(deadline({}, { keyspace, subject: [field] }))).toEqual([]);
      expect(problemsOf(deadline({}, { keyspace, subject: ['channel'] }))).toEqual(['subject']);
    }
    expect(problemsOf(deadline({}, { keyspace: 'rep' }))).toEqual(['keyspace']);
  });

  test('3-09 each field may be one of the subject, and no other', () => {
    const fields = 'accountId contactId repId regionId leadId opportunityId channel labels.x'.split(' ');
    for (const field of fields) expect(problemsOf(deadline({}, { subject: ['teamId', field] }))).toEqual([]);
    for (const field of ['kind', 'labels', 'measures.x']) {
      expect(problemsOf(deadline({}, { subject: ['teamId', field] }))).toEqual(['subject.1']);
    }
  });

  test('3-13 each pattern is taken alone', () => {
    expect([pair(), ratio(), cohort(), deadline(), threshold(), daily(), surge()].flatMap(problemsOf)).toEqual([]);
    expect(problemsOf({ ...bare, pattern: { drift: { when: kind('x') } } })).toEqual(['pattern.drift']);
  });
});

test('3-29 a refusal lists every problem: its path, what was expected and what came', () => {
  const document = {
    ...ratio({ side: 'under', holdd: 1, number: 'x', window: '15m', every: undefined }),
    ...{ apiVersion: 'v0', version: 0, colour: 'red', subject: ['repId'], zone: 7 },
  };
  expect(refusalsOf(JSON.parse(JSON.stringify(document)))).toEqual([
    ['apiVersion', 'resonant/v1', '"v0"'],
    ['version', 'an integer ≥ 1', '0'],
    ['pattern.ratio.every', 'a duration such as 90s, 15m, 2h, 28d', 'nothing'],
    ['pattern.ratio.number', 'a number', '"x"'],
    ['pattern.ratio.side', 'one of below, above', '"under"'],
    ['pattern.ratio.holdd', 'no such field', '1'],
    ['zone', 'a text', '7'],
    ['colour', 'no such field', '"red"'],
    ['subject', 'teamId, the field of the keyspace, among its fields', '["repId"]'],
  ]);
});
