import { describe, expect, test } from '@jest/globals';
import { compileRule } from '../../src/index.ts';
import { alertOf, type Case, del, pin, put } from './cases.ts';
import { cohort, daily, deadline, pair, ratio, surge, threshold } from './rules.ts';

const never: readonly string[] = [];
const overdue = '09:00 start@r1; tick\n10:00 tick';

const versions: readonly Case[] = [
  [
    '3-04 a put with the version in force, or an earlier one, is ignored',
    deadline({}, { version: 3 }),
    `${put(deadline({ within: '1m' }, { version: 3 }))}
     ${put(deadline({ within: '2m' }, { version: 2 }))}
     ${overdue}`,
    ['opened overdue 10:00 ruleVersion=3'],
  ],
  [
    '3-04 a later one takes over',
    deadline({}, { version: 3 }),
    `${put(deadline({ within: '1m' }, { version: 4 }))}\n${overdue}`,
    ['opened overdue 09:01 ruleVersion=4'],
  ],
  [
    '3-05 after a delete any version may come',
    deadline({}, { version: 3 }),
    `${del('r')}\n${put(deadline({ within: '1m' }))}\n${overdue}`,
    ['opened overdue 09:01 ruleVersion=1'],
  ],
  [
    '3-06 a put whose revision is the last one seen, or an earlier one, is ignored',
    [],
    `${put(deadline(), 7)}
     ${put(deadline({ within: '1m' }, { version: 2 }), 7)}
     ${put(deadline({ within: '2m' }, { version: 3 }), 6)}
     ${overdue}`,
    ['opened overdue 10:00 ruleVersion=1'],
  ],
  [
    '3-06 a delete, too, and a put across a delete',
    [],
    `${put(deadline(), 7)}
     ${del('r', 7)}
     09:00 start@r1; tick
     10:00 tick
     ${del('r', 8)}
     ${put(deadline({ within: '1m' }, { version: 2 }), 8)}
     10:10 start@r1; tick
     11:30 tick`,
    ['opened overdue 10:00', 'resolved rule-deleted 10:00'],
  ],
  [
    '3-06 revisions are those of one rule each, and an entry without one is taken',
    [],
    `${put(deadline({}, { id: 'other' }), 9)}
     ${put(deadline(), 7)}
     ${put(deadline({ within: '1m' }, { version: 2 }))}
     ${put(deadline({ within: '2m' }, { version: 3 }), 8)}
     ${overdue}`,
    ['opened overdue 09:02 ruleId=r ruleVersion=3', 'opened overdue 10:00 ruleId=other'],
  ],
  [
    '3-06 a refused document, and an ignored version, use up their revision',
    [],
    `${put(deadline({}, { version: 2 }), 7)}
     ${put(deadline({}, { version: 1 }), 8)}
     ${put(deadline({ within: '1m' }, { version: 3 }), 8)}
     ${put(deadline({ within: 90 }, { version: 3 }), 9)}
     ${put(deadline({ within: '1m' }, { version: 3 }), 9)}
     ${overdue}`,
    ['opened overdue 10:00 ruleVersion=2'],
  ],
  [
    '3-30 of a refused put nothing remains, and the version in force stays',
    deadline(),
    `${put(deadline({ within: 90 }, { version: 2 }))}\n${overdue}`,
    ['opened overdue 10:00 ruleVersion=1'],
    { refused: 1 },
  ],
];

const ids: readonly Case[] = [
  [
    '3-30 a put whose id is none is refused once, and a delete of it changes nothing',
    deadline(),
    `${put(deadline({ within: '1m' }, { id: 'R', version: 2 }), 7)}\n${del('R', 8)}\n${overdue}`,
    ['opened overdue 10:00 ruleVersion=1'],
    { refused: 1 },
  ],
];

const modes: readonly Case[] = [
  ['3-07 live is the default', deadline(), overdue, ['opened overdue 10:00 shadow=false']],
  [
    '3-07 shadow marks its lines and asks for nothing',
    deadline({}, { mode: 'shadow', actions: [{ type: 'warning', to: 'rep', on: 'opened' }] }),
    overdue,
    ['opened overdue 10:00 shadow=true'],
  ],
  ['3-07 off says nothing', deadline({}, { mode: 'off' }), overdue, never, { used: 0 }],
  [
    '3-10 a signal without a field of the subject does not concern the rule',
    deadline({}, { subject: ['teamId', 'repId', 'labels.topic'] }),
    `09:00 start@r1; start teamId=t1 topic=x; start repId=r1 topic=x; start@r1 topic=y; tick
     10:00 tick`,
    ['opened overdue 10:00 subject={"teamId":"t1","repId":"r1","labels.topic":"y"}'],
    { used: 1, unused: 3 },
  ],
];

const alone: readonly Case[] = [
  [
    '3-10 nor one without the only field of it',
    deadline({}, { subject: ['teamId'] }),
    '09:00 start@r1; start repId=r1; tick\n10:00 tick',
    ['opened overdue 10:00 subject={"teamId":"t1"}'],
    { used: 1, unused: 1 },
  ],
];

const anyKind: readonly Case[] = [
  [
    '3-21 a condition that names no kind sees signals of every kind, whatever other rules name',
    [
      threshold({ side: 'above', when: "labels.by == 'y'" }, { id: 'every' }),
      threshold({ side: 'above' }, { id: 'only' }),
    ],
    '09:05 x@r1 by=y *2; z@r1 by=y; tick\n09:10 tick',
    ['opened breached 09:10 ruleId=every values.n=3', 'opened breached 09:10 ruleId=only values.n=2'],
  ],
];

const yes = (name: string) => ({ when: `kind == '${name}' && labels.ok == 'yes'` });

const noRole: readonly Case[] = [
  pair({ a: yes('a'), b: yes('b') }),
  ratio({ numerator: yes('hit'), denominator: yes('call') }),
  deadline({ start: yes('start'), stop: yes('stop') }),
  threshold({ side: 'above', value: 0, when: yes('x').when }),
  surge({ when: yes('x').when }),
].map(
  (rule): Case => [
    `3-10 nor do signals that fit no role: ${Object.keys(rule.pattern as object)[0]}`,
    rule,
    `09:00 a@r1; b@r1; call@r1; start@r1; x@r1; tick
   12:00 tick`,
    never,
    { used: 0, unused: 5, lateDropped: {} },
  ],
);

const nobody: readonly Case[] = [
  pair(),
  ratio(),
  cohort(),
  deadline(),
  threshold({ side: 'above', value: 0 }),
  surge(),
].map(
  (rule): Case => [
    `3-10 signals without a rep make nothing: ${Object.keys(rule.pattern as object)[0]}`,
    rule,
    `09:00 a teamId=t1; b teamId=t1; call teamId=t1; start teamId=t1; x teamId=t1; tick
   12:00 tick`,
    never,
    { used: 0, unused: 5 },
  ],
);

const breaker = ratio({ halfOpen: { after: '15m', trial: '1h' } }, { grace: '2m', lateness: '2m' });

const graces: readonly Case[] = [
  [
    '3-16 an instant is decided by the first tick at or after its grace',
    ratio({}, { grace: '2m' }),
    '09:05 call@r1; tick\n09:11:59.999 tick\n09:12 tick',
    ['opened open 09:10 decidedAt=09:12'],
  ],
  [
    '3-16 what comes until then counts, without a correction',
    ratio({}, { grace: '2m' }),
    '09:05 call@r1; tick\n09:11:59.999 tick\n09:05 hit@r1\n09:12 tick',
    never,
  ],
  [
    '3-16 a timer, too',
    breaker,
    '08:55 call@r1; tick\n09:02 tick\n09:16:59.999 tick\n09:17 tick',
    ['opened open 09:00', 'updated half-open 09:15 decidedAt=09:17'],
  ],
  [
    '3-16 and an acknowledgement',
    breaker,
    `08:55 call@r1; tick
     09:02 tick
     09:05 acknowledgement alertId=${alertOf('09:00')}
     09:06:59.999 tick
     09:07 tick`,
    ['opened open 09:00', 'updated half-open 09:05 decidedAt=09:07'],
  ],
  [
    '3-16 a window of a day and a surge',
    [daily({}, { grace: '2m' }), surge({}, { id: 's', grace: '2m' })],
    '09:00 x@r1 v=11; tick\n10:01:59.999 tick\n10:02 tick\n03-03T00:01:59.999 tick\n03-03T00:02 tick',
    [
      'opened surging 10:00 decidedAt=10:02',
      'resolved normal 10:30',
      'opened breached 03-03T00:00 decidedAt=03-03T00:02',
    ],
  ],
  ['3-16 none is the default', ratio(), '09:05 call@r1; tick\n09:10 tick', ['opened open 09:10 decidedAt=09:10']],
  [
    '3-17 a day is the default of the lateness',
    ratio(),
    '09:05 call@r1; tick\n09:10 tick\n03-03T09:10 tick\n09:05 hit@r1\n03-03T09:11 tick',
    ['opened open 09:10', 'withdrawn open 09:10'],
  ],
  [
    '3-17 and no ms more',
    ratio(),
    '09:05 call@r1; tick\n09:10 tick\n03-03T09:10:00.001 tick\n09:05 hit@r1\n03-03T09:11 tick',
    ['opened open 09:10'],
  ],
];

describe('versions and revisions', () => pin([...versions, ...ids]));
describe('mode and subject', () => pin([...modes, ...alone, ...anyKind, ...nobody, ...noRole]));
describe('grace and lateness', () => pin(graces));

const compiled = (rule: object) => compileRule(rule);

describe('defaults', () => {
  test('3-11 severity is high, 3-12 texts may be left out', () => {
    expect(compiled(deadline())).toMatchObject({ severity: 'high', title: {} });
    expect(compiled(deadline({}, { severity: 'info', title: { en: 'x' } }))).toMatchObject({
      severity: 'info',
      title: { en: 'x' },
    });
    const chinese = { title: { zh: '线索' }, description: { zh: '未响应' } };
    expect(compiled(deadline({}, chinese))).toMatchObject({ title: chinese.title });
    expect(compiled(deadline({}, { title: {}, description: { en: 'x' } }))).toMatchObject({ title: {} });
  });

  test('3-14 the zone is UTC', () => {
    expect(compiled(daily()).zone).toBe('UTC');
  });

  test('3-15 a calendar is open every day, all day, without holidays', () => {
    expect(compiled(deadline({}, { calendar: {} })).calendar).toEqual({
      days: [0, 1, 2, 3, 4, 5, 6],
      from: 0,
      to: 86_400_000,
      holidays: [],
    });
  });

  test('3-18 onChange is keep, 3-19 actions and tests are empty', () => {
    expect(compiled(deadline())).toMatchObject({ onChange: 'keep', actions: [] });
  });
});
