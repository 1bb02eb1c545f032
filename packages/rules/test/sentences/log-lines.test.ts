import { describe, expect, test } from '@jest/globals';
import { alertOf, type Case, idOf, ms, pin, play, put, type Rule } from './cases.ts';
import { deadline, pair, ratio } from './rules.ts';

const warning = { type: 'warning', to: 'rep', on: 'opened' };
const late: Rule = deadline({}, { id: 'late' });
const subjectOf = (repId: string): string => `subject={"teamId":"t1","repId":"${repId}"}`;

const instants: readonly Case[] = [
  [
    '1-06 at is the deadline, not the entry that came next; 1-07 decidedAt is the tick that decided it',
    deadline(),
    `09:00 start@r1; tick
     10:30 other@r1
     11:00 tick`,
    ['opened overdue 10:00 decidedAt=11:00'],
  ],
  [
    "1-06 at is a crossing's own ms, between two ticks",
    pair(),
    `09:00 a@r1; b@r1; tick
     12:00 tick`,
    ['opened resonating 09:00 decidedAt=09:00', 'resolved expired 11:00 decidedAt=12:00'],
  ],
  [
    '1-08 five minutes after its instant a decision is not late',
    deadline(),
    `09:00 start@r1; tick
     10:05 tick`,
    ['opened overdue 10:00 late=false'],
  ],
  [
    '1-08 a ms more, and it is late',
    deadline(),
    `09:00 start@r1; tick
     10:05:00.001 tick`,
    ['opened overdue 10:00 late=true'],
  ],
];

const ids: readonly Case[] = [
  [
    '1-09 an alertId is made from rule, version, subject with sorted keys, and the opening in epoch ms',
    deadline({}, { version: 7 }),
    `09:00 start@r1; tick
     10:05 tick`,
    [`opened overdue 10:00 alertId=${idOf('r', 7, '{"repId":"r1","teamId":"t1"}', 1772445600000)}`],
  ],
  [
    '1-09 a label of the subject is named labels.x, and text stands as it is',
    deadline({}, { subject: ['teamId', 'labels.topic'] }),
    `09:00 start teamId=t1 topic=价格; tick
     10:05 tick`,
    [`opened overdue 10:00 alertId=${idOf('r', 1, '{"labels.topic":"价格","teamId":"t1"}', 1772445600000)}`],
  ],
  [
    '1-10 an alert keeps its id to its end, 1-12 counts its transitions from 1, and 1-13 names the version that decided each',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     ${put(deadline({}, { version: 2 }))}
     10:30 stop@r1; tick`,
    [
      `opened overdue 10:00 alertId=${alertOf('10:00')} seq=1 ruleVersion=1`,
      `resolved answered 10:30 alertId=${alertOf('10:00')} seq=2 ruleVersion=2`,
    ],
  ],
  [
    '1-11 an alertId opens once: of two starts with one deadline, the first withdrawn, the second is not said',
    deadline({}, { calendar: { from: '09:00', to: '17:00' } }),
    `18:00 start@r1; tick
     19:00 start@r1; tick
     03-03T10:00 tick
     18:30 stop@r1
     03-03T10:01 tick
     03-03T12:00 tick`,
    ['opened overdue 03-03T10:00', 'withdrawn overdue 03-03T10:00'],
  ],
  [
    '1-15 what is resolved is final: the next alert has an id of its own',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     10:30 stop@r1; tick
     10:40 stop@r1; tick
     10:50 start@r1; tick
     11:50 tick`,
    ['opened overdue 10:00', 'resolved answered 10:30', `opened overdue 11:50 seq=1 alertId=${alertOf('11:50')}`],
  ],
];

const order: readonly Case[] = [
  [
    '1-16 what one tick decides is ordered by instant, then rule, then subject',
    [deadline({}, { id: 'b' }), deadline({}, { id: 'a' })],
    `08:59 start@r3
     09:00 start@r2; start@r1; tick
     11:00 tick`,
    [
      `opened overdue 09:59 ruleId=a ${subjectOf('r3')}`,
      `opened overdue 09:59 ruleId=b ${subjectOf('r3')}`,
      `opened overdue 10:00 ruleId=a ${subjectOf('r1')}`,
      `opened overdue 10:00 ruleId=a ${subjectOf('r2')}`,
      `opened overdue 10:00 ruleId=b ${subjectOf('r1')}`,
      `opened overdue 10:00 ruleId=b ${subjectOf('r2')}`,
    ],
  ],
  [
    '1-16 two transitions of one instant are ordered by seq',
    ratio({ halfOpen: { after: '0s', trial: '60m' } }),
    `08:55 call@r1
     09:00 tick`,
    ['opened open 09:00 seq=1', 'updated half-open 09:00 seq=2'],
  ],
  [
    '1-17 strings compare by code unit: capitals first, and a surrogate before U+FF5A',
    [deadline({}, { id: 'r', subject: ['teamId', 'channel'] })],
    `09:00 start teamId=t1 channel=a; start teamId=t1 channel=B
     09:00 start teamId=t1 channel=ｚ; start teamId=t1 channel=😀; tick
     10:00 tick`,
    ['B', 'a', '😀', 'ｚ'].map((channel) => `opened overdue 10:00 subject={"teamId":"t1","channel":"${channel}"}`),
  ],
  [
    '1-18 the actions of a transition follow it directly, in the order of the rule',
    deadline({}, { actions: [warning, { ...warning, on: 'resolved' }, { ...warning, to: 'supervisor' }] }),
    `09:00 start@r1; start@r2; tick
     10:30 stop@r1; tick`,
    [
      'opened overdue 10:00 subject.repId=r1',
      'warning>rep 10:00 subject.repId=r1',
      'warning>supervisor 10:00 subject.repId=r1',
      'opened overdue 10:00 subject.repId=r2',
      'warning>rep 10:00 subject.repId=r2',
      'warning>supervisor 10:00 subject.repId=r2',
      'resolved answered 10:30 subject.repId=r1',
      'warning>rep 10:30 subject.repId=r1',
    ],
  ],
  [
    '1-19 an escalation stands at its due instant, by rule, subject and seq, after what is equal to it',
    deadline({}, { actions: [{ ...warning, due: '0s', escalateTo: 'director' }] }),
    `09:00 start@r1; start@r2; tick
     10:00 tick`,
    [
      'opened overdue 10:00 subject.repId=r1',
      'warning>rep 10:00 subject.repId=r1',
      'escalation>director 10:00 subject.repId=r1 seq=1',
      'opened overdue 10:00 subject.repId=r2',
      'warning>rep 10:00 subject.repId=r2',
      'escalation>director 10:00 subject.repId=r2 seq=1',
    ],
  ],
  [
    '1-19 and before a later transition of its alert',
    ratio(
      { halfOpen: { after: '25m', trial: '1h' } },
      { actions: [{ ...warning, due: '25m', escalateTo: 'director' }] },
    ),
    '08:55 call@r1; tick\n09:00 tick\n09:25 tick',
    [
      'opened open 09:00',
      'warning>rep 09:00 dueAt=09:25',
      'escalation>director 09:25 seq=1',
      'updated half-open 09:25 seq=2',
    ],
  ],
  [
    '1-19 an escalation comes before a later subject and after an earlier one',
    [deadline({}, { actions: [{ ...warning, due: '30m', escalateTo: 'director' }] }), late],
    `08:30 start@r2
     09:00 start@r1; start@r3; tick
     10:00 tick`,
    [
      'opened overdue 09:30 ruleId=late subject.repId=r2',
      'opened overdue 09:30 ruleId=r subject.repId=r2',
      'warning>rep 09:30 subject.repId=r2',
      'opened overdue 10:00 ruleId=late subject.repId=r1',
      'opened overdue 10:00 ruleId=late subject.repId=r3',
      'opened overdue 10:00 ruleId=r subject.repId=r1',
      'warning>rep 10:00 subject.repId=r1',
      // Its due counts from five minutes before the tick that decided it.
      'opened overdue 10:00 ruleId=r subject.repId=r3',
      'warning>rep 10:00 subject.repId=r3',
    ],
  ],
];

const numbers: readonly Case[] = [
  [
    '1-27 numbers print as doubles; strength and lift are rounded to nine decimals',
    pair({ strength: { residual: 0.1, at: '1h', fading: 0.5, expired: 0.05, lift: 3.2 } }),
    `09:00 a@r1; tick
     09:00:01 b@r1; tick
     10:00 tick`,
    [
      // 1 s is 1/60 of a minute.
      'opened resonating 09:00:01 values={"strength":1,"lift":3.2,"minutesBetween":0.016666666666666666}',
      // 3,600,000 · log10(2) = 1,083,707.984 ms, so 1,083,708; there 10^(−1,083,708 / 3,600,000) = 0.49999999500…
      'updated fading 09:18:04.708 values={"strength":0.499999995,"lift":2.099999989,"minutesBetween":0.016666666666666666}',
    ],
  ],
];

describe('instants of lines', () => pin(instants));
describe('ids, seq and versions', () => pin(ids));
describe('the order of lines', () => pin(order));
describe('numbers', () => pin(numbers));

describe('a line', () => {
  const rule = deadline({}, { actions: [{ ...warning, due: '1h' }] });
  const { outputs } = play([rule], '09:00 start@r1; tick\n10:00 tick');
  test('1-28 of an alert has its fields in the order shown', () => {
    expect(Object.keys(outputs[0] ?? {})).toEqual(
      'type alertId seq ruleId ruleVersion subject transition state at decidedAt values evidence late shadow'.split(
        ' ',
      ),
    );
    const items = outputs.flatMap(({ evidence }) => (evidence ?? []) as readonly object[]);
    expect(items.map((item) => Object.keys(item))).toEqual(['eventId signalId occurredAt role'.split(' ')]);
  });
  test('5-01 of an action has its fields in the order shown', () => {
    expect(outputs[1]).toEqual({
      ...{ type: 'action', action: 'warning', actionId: idOf(alertOf('10:00'), 1, 0, 'rep') },
      ...{ alertId: alertOf('10:00'), seq: 1, ruleId: 'r', ruleVersion: 1, subject: { teamId: 't1', repId: 'r1' } },
      ...{ to: 'rep', template: null, at: new Date(ms('10:00')).toISOString() },
      ...{ decidedAt: '2026-03-02T10:00:00.000Z', dueAt: '2026-03-02T11:00:00.000Z' },
    });
    expect(Object.keys(outputs[1] ?? {})).toEqual(
      'type action actionId alertId seq ruleId ruleVersion subject to template at decidedAt dueAt'.split(' '),
    );
  });
});
