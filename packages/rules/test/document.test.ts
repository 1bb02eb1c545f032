import { describe, expect, test } from '@jest/globals';
import { isResonantError } from '@resonant/contracts';
import { compileRule, loadRuleDocument } from '../src/index.ts';

const base = { apiVersion: 'resonant/v1', id: 'x', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] };
const ratioFields = {
  numerator: { when: "kind == 'hit'" },
  denominator: { when: "kind == 'call'" },
  window: '60m',
  every: '10m',
  against: 'number',
  number: 0.5,
  side: 'below',
};
const ratio = (fields: object, rule: object = {}): object => ({
  ...base,
  ...rule,
  pattern: { ratio: { ...ratioFields, ...fields } },
});
const strength = { residual: 0.1, at: '72h', expired: 0.05 };
const pair = (fields: object, rule: object = {}): object => ({
  ...base,
  ...rule,
  pattern: { pair: { a: { when: 'true' }, b: { when: 'true' }, within: '72h', strength, ...fields } },
});
const threshold = (fields: object, rule: object = {}): object => ({
  ...base,
  ...rule,
  pattern: { threshold: { when: 'true', aggregate: 'count', window: 'week', side: 'below', value: 3, ...fields } },
});
const surge = (fields: object): object => ({
  ...base,
  pattern: { surge: { when: 'true', window: '1h', every: '15m', against: '4h', factor: 3, ...fields } },
});
const deadline = { start: { when: 'true' }, stop: { when: 'true' }, within: '90s' };
const baseline = { against: 'baseline', baseline: { weeks: 1, fallback: '60m' } };
const attaching = (serviceRecords: number): object => ({
  type: 'talk-track-pack',
  to: 'account-owner',
  on: 'opened',
  attach: { serviceRecords },
});
const action = { type: 'board-mark', to: 'team-board', on: 'opened' };

const problemsOf = (document: unknown): readonly string[] => {
  try {
    compileRule(document);
    return [];
  } catch (error) {
    if (!isResonantError(error, 'invalid-rule')) throw error;
    return (error.extra.errors as readonly { path: string }[]).map(({ path }) => path);
  }
};

const messageOf = (refused: () => unknown): string => {
  try {
    refused();
    return '';
  } catch (error) {
    if (!isResonantError(error, 'invalid-rule')) throw error;
    return error.message;
  }
};

describe('a rule document', () => {
  test.each<[string, unknown]>([
    ['a ratio at its bounds', ratio({ hold: '40m', deviation: 0.2, recover: 0.2 })],
    ['a baseline whose every divides an hour', ratio({ against: 'baseline', baseline: { weeks: 1, fallback: '10m' } })],
    ['an exact six places', ratio({ deviation: 0.123456 })],
    ['a pair without a touch', pair({})],
    ['a count of a week without a measure', threshold({})],
    ['a sliding threshold', threshold({ window: '1h', every: '10m', hold: '40m', recover: 4 })],
    ['a surge', surge({})],
    ['a window of 1 ms', threshold({ window: '1ms', every: '1ms' })],
    ['a field twice in distinct', pair({ distinct: ['channel', 'channel'] })],
    ['an attachment of one service record', ratio({}, { actions: [attaching(1)] })],
    ['labels in the subject', { ...surge({}), subject: ['teamId', 'labels.competitor'] }],
    ['a lateness equal to its grace', ratio({}, { grace: '2m', lateness: '2m' })],
    ['a calendar on a deadline', { ...base, calendar: { from: '09:00', to: '24:00' }, pattern: { deadline } }],
  ])('accepts %s', (_, document) => {
    expect(problemsOf(document)).toEqual([]);
  });

  test.each<[string, unknown, readonly string[]]>([
    ['nothing at all', null, ['']],
    ['an unknown field', ratio({}, { colour: 'red' }), ['colour']],
    ['an unknown field inside', ratio({ holdd: '1h' }), ['pattern.ratio.holdd']],
    ['a missing field', ratio({ side: undefined }), ['pattern.ratio.side']],
    ['an id of other letters', ratio({}, { id: 'Big Rule' }), ['id']],
    ['a version of 0', ratio({}, { version: 0 }), ['version']],
    ['a duration without a unit', ratio({ hold: '90' }), ['pattern.ratio.hold']],
    ['a window of 0', ratio({ window: '0m' }), ['pattern.ratio.window']],
    ['a window that is no multiple of every', ratio({ window: '65m' }), ['pattern.ratio.window']],
    ['an every above a quarter of hold', ratio({ hold: '39m' }), ['pattern.ratio.every']],
    ['seven places', ratio({ deviation: 0.1234567 }), ['pattern.ratio.deviation']],
    ['an every of 0, once', ratio({ ...baseline, every: '0m' }), ['pattern.ratio.every']],
    ['a hold of 1 ms', ratio({ window: '1ms', every: '1ms', hold: '1ms' }), ['pattern.ratio.every']],
    ['a comparison that there is not', ratio({ against: 'median' }), ['pattern.ratio.against']],
    ['a comparison that is no text', ratio({ against: 1 }), ['pattern.ratio.against']],
    ['a recover above the deviation', ratio({ deviation: 0.1, recover: 0.2 }), ['pattern.ratio.recover']],
    ['a cohort that is not described', ratio({ against: 'cohort' }), ['pattern.ratio.cohort']],
    [
      'a cohort outside the subject',
      ratio({ cohort: { by: ['regionId'] } }),
      ['pattern.ratio.cohort.by', 'pattern.ratio.cohort.by'],
    ],
    [
      'a baseline with an every of 25m',
      ratio({ every: '25m', window: '50m', against: 'baseline', baseline: { weeks: 1, fallback: '50m' } }),
      ['pattern.ratio.every'],
    ],
    ['a subject without the field of the keyspace', ratio({}, { keyspace: 'region' }), ['subject']],
    ['a field twice in the subject', ratio({}, { subject: ['teamId', 'teamId'] }), ['subject']],
    [
      'five fields in the subject',
      ratio({}, { subject: ['teamId', 'repId', 'leadId', 'channel', 'accountId'] }),
      ['subject'],
    ],
    ['two patterns', { ...base, pattern: { deadline, ...(surge({}) as { pattern: object }).pattern } }, ['pattern']],
    ['no pattern', { ...base, pattern: {} }, ['pattern']],
    ['no pattern, whatever the grace', { ...base, grace: '1m', pattern: {} }, ['pattern']],
    [
      'a due of more than 36500 days',
      ratio(
        {},
        {
          actions: [
            { ...action, due: '876000h', escalateTo: 'director' },
            { ...action, due: '876001h' },
          ],
        },
      ),
      ['actions.1.due'],
    ],
    ['an attachment of no service record', ratio({}, { actions: [attaching(0)] }), ['actions.0.attach.serviceRecords']],
    ['a grace on a pair', pair({}, { grace: '0s' }), ['grace']],
    ['a lateness below the grace', ratio({}, { grace: '3m', lateness: '2m' }), ['lateness']],
    ['a calendar on a pair', pair({}, { calendar: {} }), ['calendar']],
    ['a calendar on a week', threshold({}, { calendar: {} }), ['calendar']],
    [
      'a calendar that closes before it opens',
      ratio({}, { calendar: { from: '18:00', to: '09:00' } }),
      ['calendar.from'],
    ],
    ['a calendar without days', ratio({}, { calendar: { days: [] } }), ['calendar.days']],
    ['a holiday that is no date', ratio({}, { calendar: { holidays: ['2026-02-30'] } }), ['calendar.holidays.0']],
    ['a zone that is none', ratio({}, { zone: 'Mars/Base' }), ['zone']],
    ['a fading not above expired', pair({ strength: { ...strength, fading: 0.05 } }), ['pattern.pair.strength.fading']],
    ['a residual of 1', pair({ strength: { ...strength, residual: 1 } }), ['pattern.pair.strength.residual']],
    ['a sum of no measure', threshold({ aggregate: 'sum' }), ['pattern.threshold.measure']],
    ['an every with a week', threshold({ every: '1h' }), ['pattern.threshold.every']],
    ['a duration without an every', threshold({ window: '1h' }), ['pattern.threshold.every']],
    ['a surge of no mentions', surge({ minCount: 0 }), ['pattern.surge.minCount']],
    ['an against that is no multiple of every', surge({ against: '100m' }), ['pattern.surge.against']],
    [
      'a fallback that is no multiple of every, also where another reference is asked for',
      ratio({ baseline: { weeks: 1, fallback: '15m' } }),
      ['pattern.ratio.baseline.fallback'],
    ],
    ['an every of 0', ratio({ every: '0m' }), ['pattern.ratio.every']],
    ['a surge against 0', surge({ against: '0h' }), ['pattern.surge.against']],
    [
      'durations of more than a century, behind which an instant may be none',
      ratio(
        {
          window: '36600d',
          cooldown: '36501d',
          noData: { close: '9999999d' },
          halfOpen: { after: '1h', trial: '876001h' },
        },
        { lateness: '100000000d' },
      ),
      [
        'pattern.ratio.window',
        'pattern.ratio.noData.close',
        'pattern.ratio.halfOpen.trial',
        'pattern.ratio.cooldown',
        'lateness',
      ],
    ],
    ['a window of more than a century', threshold({ window: '36501d', every: '1d' }), ['pattern.threshold.window']],
    [
      'a baseline of more than a century',
      ratio({ against: 'baseline', baseline: { weeks: 5201, fallback: '60m' } }),
      ['pattern.ratio.baseline.weeks'],
    ],
    ['a strength at 0', pair({ strength: { ...strength, at: '0h' } }), ['pattern.pair.strength.at']],
    ['an expired of 0', pair({ strength: { ...strength, expired: 0 } }), ['pattern.pair.strength.expired']],
    [
      'a neglect factor of 0',
      pair({ strength: { ...strength, neglectFactor: 0 } }),
      ['pattern.pair.strength.neglectFactor'],
    ],
    [
      'a baseline of no weeks and no points',
      ratio({ against: 'baseline', baseline: { weeks: 0, minPoints: 0, fallback: '10m' } }),
      ['pattern.ratio.baseline.weeks', 'pattern.ratio.baseline.minPoints'],
    ],
    ['samples below 0', ratio({ minSamples: -1 }), ['pattern.ratio.minSamples']],
    ['members below 0', ratio({ cohort: { by: ['teamId'], minMembers: -1 } }), ['pattern.ratio.cohort.minMembers']],
    [
      'a group below 0',
      ratio(
        { against: 'cohort', cohort: { by: ['teamId'] } },
        { actions: [{ ...action, anonymous: true, minGroup: -1 }] },
      ),
      ['actions.0.minGroup'],
    ],
    [
      'a due on what is anonymous',
      ratio(
        { against: 'cohort', cohort: { by: ['teamId'] } },
        { actions: [{ ...action, anonymous: true, minGroup: 2, due: '5m' }] },
      ),
      ['actions.0.due'],
    ],
    [
      'a group without anonymous',
      ratio({ against: 'cohort', cohort: { by: ['teamId'] } }, { actions: [{ ...action, minGroup: 2 }] }),
      ['actions.0'],
    ],
    ['a cohort without the field of the keyspace', ratio({ cohort: { by: ['repId'] } }), ['pattern.ratio.cohort.by']],
    ['a hold with a day', threshold({ window: 'day', hold: '4h' }), ['pattern.threshold.hold']],
    ['a grace on a deadline', { ...base, grace: '1m', pattern: { deadline } }, ['grace']],
    ['an empty subject', ratio({}, { subject: [] }), ['subject', 'subject']],
    [
      'a subject of five fields, two of them none',
      ratio({}, { subject: ['teamId', 'x', 'y', 'repId', 'channel'] }),
      ['subject.1', 'subject.2', 'subject'],
    ],
    ['a subject that is no list', ratio({}, { subject: 'teamId' }), ['subject']],
    [
      'a cohort by nothing',
      ratio({ against: 'cohort', cohort: { by: [] } }),
      ['pattern.ratio.cohort.by', 'pattern.ratio.cohort.by'],
    ],
    ['a calendar without days', ratio({}, { calendar: { days: [] } }), ['calendar.days']],
    ['a subject of no such field', ratio({}, { subject: ['teamId', 'mood'] }), ['subject.1']],
    ['another apiVersion', ratio({}, { apiVersion: 'resonant/v2' }), ['apiVersion']],
    ['text in a third language', ratio({}, { title: { fr: 'x' } }), ['title.fr']],
    ['an action of an unknown type', ratio({}, { actions: [{ ...action, type: 'e-mail' }] }), ['actions.0.type']],
    [
      'anonymous without a group',
      ratio({}, { actions: [{ ...action, anonymous: true }] }),
      ['actions.0', 'actions.0.anonymous'],
    ],
    [
      'a condition over what a signal does not have',
      ratio({ numerator: { when: 'polarity > 0.5' } }),
      ['pattern.ratio.numerator.when'],
    ],
  ])('refuses %s', (_, document, paths) => {
    expect(problemsOf(document)).toEqual(paths);
  });

  test('lists every problem, each with what was expected and what came', () => {
    const document = ratio({ window: '65m', side: 'under', holdd: 1 }, { version: 'one', keyspace: 'region' });
    expect(problemsOf(document).toSorted()).toEqual([
      'pattern.ratio.holdd',
      'pattern.ratio.side',
      'pattern.ratio.window',
      'subject',
      'version',
    ]);
    expect(() => compileRule(document)).toThrow(/pattern\.ratio\.side: expected one of below, above, got "under"/);
  });

  test.each<[string, string, string]>([
    [
      'a key that stands twice',
      'a: 1\na: 2',
      'line 2, column 1: expected no key twice, got one that stands there before',
    ],
    ['one of JSON', '{"a": 1, "a": 2}', 'line 1, column 10: expected no key twice, got one that stands there before'],
    ['a second document', 'a: 1\n---\na: 2', 'line 2, column 1: expected one document, got a second one'],
    [
      'a tag that YAML does not have',
      'a: !within 1h',
      'line 1, column 4: expected YAML or JSON, got Unresolved tag: !within',
    ],
    [
      'a tab as indentation',
      'a:\n\tb: 1',
      'line 2, column 1: expected YAML or JSON, got Tabs are not allowed as indentation',
    ],
    ['nesting without end', '['.repeat(20_000), 'line 1, column N: expected at most 64 levels of nesting, got more'],
    ['more than a megabyte', `# ${'x'.repeat(1 << 20)}`, 'document: expected at most 1048576 bytes, got 1048578'],
    [
      'an alias of nothing',
      'a: *b',
      'document: expected aliases of what stands before them, at most 100 times, got Unresolved alias (the anchor must be set before the alias): b',
    ],
    [
      'aliases of aliases that grow without bound',
      `a: &a [1, 1, 1]\n${['b', 'c', 'd', 'e'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcd'[i]}`)}]`).join('\n')}`,
      'document: expected aliases of what stands before them, at most 100 times, got Excessive alias count indicates a resource exhaustion attack',
    ],
  ])('cannot be read with %s', (_, text, detail) => {
    expect(messageOf(() => loadRuleDocument(text)).replace(/(?<=column )\d{3,}/, 'N')).toBe(detail);
  });

  test('is read from bytes in UTF-8, with and without a byte order mark, and from no others', () => {
    const text = 'title: {zh: 高流失风险}';
    expect(loadRuleDocument(Buffer.from(`\ufeff${text}`))).toEqual(loadRuleDocument(text));
    const gbk = Buffer.from([0x61, 0x3a, 0x20, 0xb8, 0xdf, 0xc1, 0xf7]);
    for (const bytes of [gbk, Buffer.from(text, 'utf16le')]) {
      expect(messageOf(() => loadRuleDocument(bytes))).toBe('document: expected text in UTF-8, got other bytes');
    }
  });

  test('names at most twenty places that cannot be read', () => {
    const lines = Array.from({ length: 50 }, () => 'a: 1').join('\n');
    expect(messageOf(() => loadRuleDocument(lines)).match(/line \d+/g)).toHaveLength(20);
  });

  test.each<[string, () => unknown]>([
    ['holds itself', () => loadRuleDocument('title: &a [*a]')],
    [
      'is nested without end where there is a field',
      () => JSON.parse(`{"title":${'['.repeat(9999)}${']'.repeat(9999)}}`),
    ],
    [
      'is nested without end where its tests may say anything',
      () => ({ tests: [{ name: 'x', log: '', expect: [JSON.parse(`${'{"a":'.repeat(9999)}1${'}'.repeat(9999)}`)] }] }),
    ],
  ])('is refused if it %s', (_, document) => {
    expect(messageOf(() => compileRule(document()))).toBe('document: expected at most 64 levels of nesting, got more');
  });

  test('may name a part of itself', () => {
    expect(loadRuleDocument('a: &part {b: 1}\nc: *part')).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });

  test('shows numbers that are none, and what stands under a key with dots', () => {
    const document = ratio({ number: Number.POSITIVE_INFINITY }, { version: Number.NaN, 'a.b': 5 });
    expect(messageOf(() => compileRule(document))).toBe(
      'version: expected an integer ≥ 1, got NaN; pattern.ratio.number: expected a number, got Infinity; a.b: expected no such field, got 5',
    );
  });

  test('shows what came in full up to 80 characters', () => {
    const gotOf = (id: string): string => {
      try {
        compileRule(ratio({}, { id }));
        return '';
      } catch (error) {
        if (!isResonantError(error, 'invalid-rule')) throw error;
        return (error.extra.errors as readonly { got: string }[]).map(({ got }) => got).join();
      }
    };
    expect(gotOf('X'.repeat(78))).toBe(`"${'X'.repeat(78)}"`);
    expect(gotOf('X'.repeat(79))).toBe(`"${'X'.repeat(76)}…`);
  });

  test('reads YAML and JSON alike, and names the line that is neither', () => {
    expect(loadRuleDocument('a: [1, two]')).toEqual(loadRuleDocument('{"a": [1, "two"]}'));
    expect(() => loadRuleDocument('a: [1\nb: 2')).toThrow(
      /^line 2, column 1: expected YAML or JSON, got Flow sequence .+ and end with a \]$/,
    );
  });
});
