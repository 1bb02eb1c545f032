import { describe } from '@jest/globals';
import { type Case, pin, put } from './cases.ts';
import { kind, pair } from './rules.ts';

const never: readonly string[] = [];
/** x fits both roles. */
const either = { a: { when: "kind in ['a', 'x']" }, b: { when: "kind in ['b', 'x']" } };
const both = { a: kind('x'), b: kind('x') };

const pairs: readonly Case[] = [
  ['3.1-01 one signal that fits both roles is no pair', pair(both), '09:00 x@r1; tick\n10:00 tick', never],
  ['3.1-01 nor are a and b of different subjects', pair(), `09:00 a@r1; b@r2; a teamId=t2 repId=r2; tick`, never],
  [
    '3.1-02 exactly 72 h apart is a pair, whichever comes first',
    pair({ within: '72h' }),
    `09:00 a@r1; b@r2; tick
     03-05T09:00 b@r1; a@r2; tick`,
    ['opened resonating 03-05T09:00 subject.repId=r1', 'opened resonating 03-05T09:00 subject.repId=r2'],
  ],
  [
    '3.1-02 72 h and a ms is none',
    pair({ within: '72h' }),
    `09:00 a@r1; b@r2; tick
     03-05T09:00:00.001 b@r1; a@r2; tick`,
    never,
  ],
  [
    '3.1-02 a ms less is one',
    pair({ within: '72h' }),
    `09:00 a@r1; tick
     03-05T08:59:59.999 b@r1; tick`,
    ['opened resonating 03-05T08:59:59.999'],
  ],
  [
    '3.1-03 a and b must differ in each field that is named',
    pair({ distinct: ['channel', 'labels.x'] }),
    `09:00 a@r1 channel=call x=p; a@r2 channel=call x=p; a@r3 channel=call x=p; tick
     09:30 b@r1 channel=call x=q; b@r2 channel=forum x=p; b@r3 channel=forum x=q; tick`,
    ['opened resonating 09:30 subject.repId=r3'],
  ],
  [
    '3.1-03 signals that are alike but for the value of a label differ in it',
    pair({
      ...{ a: { when: "kind == 'x' && labels.s == 'p'" }, b: { when: "kind == 'x' && labels.s == 'q'" } },
      distinct: ['labels.s'],
    }),
    '09:00 x@r1 s=p; tick\n09:30 x@r1 s=q; tick',
    ['opened resonating 09:30'],
  ],
  [
    '3.1-03 as do those of which one lacks it',
    pair({
      ...{ a: { when: "kind == 'x' && has(labels.t)" }, b: { when: "kind == 'x' && !has(labels.t)" } },
      distinct: ['labels.t'],
    }),
    '09:00 x@r1 s=p t=z; tick\n09:30 x@r1 s=p; tick',
    ['opened resonating 09:30'],
  ],
  [
    '3.1-03 both null is equal, one null is different',
    pair({ distinct: ['channel'] }),
    `09:00 a@r1; a@r2; tick
     09:30 b@r1; b@r2 channel=call; tick`,
    ['opened resonating 09:30 subject.repId=r2'],
  ],
  [
    '3.1-03 by default they need not differ',
    pair(),
    '09:00 a@r1 channel=call; tick\n09:30 b@r1 channel=call; tick',
    ['opened resonating 09:30'],
  ],
  [
    '3.1-03 kind, id and eventId may be named, too',
    ['kind', 'id', 'eventId'].map((field) => pair({ ...either, distinct: [field] }, { id: field.toLowerCase() })),
    `09:00 x@r1 id=1 eventId=e; tick
     09:30 x@r1 id=2 eventId=e; tick`,
    ['opened resonating 09:30 ruleId=id'],
  ],
  [
    '3.1-04 any order is the default',
    pair(),
    '09:00 b@r1; tick\n09:30 a@r1; tick',
    ['opened resonating 09:30 evidence.0.role=b evidence.1.role=a'],
  ],
  [
    '3.1-04 a-then-b: b before a is no pair, after it or at its ms it is',
    pair({ order: 'a-then-b' }),
    `08:59:59.999 b@r1
     09:00 a@r1; a@r3 id=2; b@r3 id=1; a@r2; tick
     09:00:00.001 b@r2; tick`,
    ['opened resonating 09:00 subject.repId=r3', 'opened resonating 09:00:00.001 subject.repId=r2'],
  ],
  [
    '3.1-04 and of several b at its ms one that is distinct',
    pair({ order: 'a-then-b', distinct: ['channel'] }),
    '09:00 b@r1 id=1 channel=mail; b@r1 id=2 channel=call; a@r1 id=3 channel=call; tick',
    ['opened resonating 09:00 evidence.0.signalId=1 evidence.0.role=b'],
  ],
  [
    '3.1-05 where both signals fit both roles, the earlier is a',
    pair({ ...both, order: 'a-then-b' }),
    '09:00 x@r1 id=2; tick\n09:30 x@r1 id=1; tick',
    ['opened resonating 09:30 evidence.0.signalId=2 evidence.0.role=a evidence.1.signalId=1 evidence.1.role=b'],
  ],
  [
    '3.1-05 where one fits both, the other takes its only role',
    pair(either),
    `09:00 a@r1; b@r2; x@r3; x@r4; tick
     09:30 x@r1; x@r2; a@r3; b@r4; tick`,
    [
      'opened resonating 09:30 subject.repId=r1 evidence.0.role=a evidence.1.role=b',
      'opened resonating 09:30 subject.repId=r2 evidence.0.role=b evidence.1.role=a',
      'opened resonating 09:30 subject.repId=r3 evidence.0.role=b evidence.1.role=a',
      'opened resonating 09:30 subject.repId=r4 evidence.0.role=a evidence.1.role=b',
    ],
  ],
  [
    '3.1-05 and in the order a-then-b it is no a after a b',
    pair({ ...either, order: 'a-then-b' }),
    `09:00 a@r1; b@r2; x@r3; x@r4; tick
     09:30 x@r1; x@r2; a@r3; b@r4; tick`,
    ['opened resonating 09:30 subject.repId=r1', 'opened resonating 09:30 subject.repId=r4'],
  ],
  [
    '3.1-06 of an a and a b that both fit, the latest is the partner',
    pair(either),
    `09:00 a@r1 id=1; b@r2 id=3
     09:10 b@r1 id=2; a@r2 id=4
     09:30 x@r1; x@r2; tick`,
    [
      'opened resonating 09:10 subject.repId=r1',
      'opened resonating 09:10 subject.repId=r2',
      'updated strengthened 09:30 subject.repId=r1 evidence.0.signalId=2 evidence.0.role=b',
      'updated strengthened 09:30 subject.repId=r2 evidence.0.signalId=4 evidence.0.role=a',
    ],
  ],
  [
    '3.1-06 a partner that comes late completes the pairs of all that are later, in order',
    pair(),
    `09:10 b@r1; tick
     09:20 b@r1; tick
     09:00 a@r1
     09:21 tick`,
    ['opened resonating 09:10 values.minutesBetween=10', 'updated strengthened 09:20 values.minutesBetween=20'],
  ],
  [
    '3.1-06 and takes no place from another',
    pair(),
    `09:10 a@r1 id=1; tick
     09:00 a@r1 id=2
     09:11 tick
     09:30 b@r1; tick`,
    ['opened resonating 09:30 evidence.0.signalId=1'],
  ],
  [
    '3.1-06 nor does a later signal',
    pair(),
    `09:30 b@r1 id=1; tick
     09:20 b@r1 id=2
     09:31 tick
     09:00 a@r1
     09:32 tick`,
    ['opened resonating 09:20 evidence.1.signalId=2', 'updated strengthened 09:30 evidence.1.signalId=1'],
  ],
  [
    '3.1-06 a later signal pairs with its latest partner',
    pair(),
    '09:00 a@r1 id=1; tick\n09:10 a@r1 id=2; tick\n09:30 b@r1; tick',
    ['opened resonating 09:30 evidence.0.signalId=2 values.minutesBetween=20'],
  ],
  [
    '3.1-06 of partners at one ms the larger id is the latest',
    pair(),
    '09:00 a@r1 id=2; a@r1 id=10; tick\n09:30 b@r1; tick',
    ['opened resonating 09:30 evidence.0.signalId=2'],
  ],
  [
    '3.1-06 a partner that is not distinct is passed over for an earlier one',
    pair({ distinct: ['channel'] }),
    '09:00 a@r1 id=1 channel=call; tick\n09:10 a@r1 id=2 channel=forum; tick\n09:30 b@r1 channel=forum; tick',
    ['opened resonating 09:30 evidence.0.signalId=1'],
  ],
  [
    '3.1-06 be it a or b',
    pair({ distinct: ['channel'] }),
    '09:00 b@r1 id=1 channel=call; tick\n09:10 b@r1 id=2 channel=forum; tick\n09:30 a@r1 channel=forum; tick',
    ['opened resonating 09:30 evidence.0.signalId=1'],
  ],
  [
    '3.1-06 also where partners of another channel have come since some were passed over',
    pair({ distinct: ['channel'], order: 'a-then-b' }),
    `09:00 a@r1 id=1 channel=mail; tick
     09:01 b@r1 channel=mail; tick
     09:02 a@r1 id=2 channel=call; tick
     09:03 b@r1 channel=call; tick`,
    ['opened resonating 09:03 evidence.0.signalId=1'],
  ],
  [
    '3.1-06 however many of them differ too little, each in another field',
    pair({ distinct: ['channel', 'labels.x'] }),
    `09:00 a@r1 id=1 channel=mail x=p; tick
     09:01 a@r1 id=2 channel=call x=q; tick
     09:02 a@r1 id=3 channel=chat x=r; tick
     09:03 b@r1 channel=call x=r; tick`,
    ['opened resonating 09:03 evidence.0.signalId=1'],
  ],
  [
    '3.1-06 and of b alike',
    pair({ distinct: ['channel', 'labels.x'] }),
    `09:00 b@r1 id=1 channel=mail x=p; tick
     09:01 b@r1 id=2 channel=call x=q; tick
     09:02 b@r1 id=3 channel=chat x=r; tick
     09:03 a@r1 channel=call x=r; tick`,
    ['opened resonating 09:03 evidence.0.signalId=1'],
  ],
  [
    '3.1-06 and where one has come late between those that were passed over',
    pair({ distinct: ['channel'] }),
    `09:00 a@r1 id=1 channel=mail; tick
     09:10 a@r1 id=2 channel=mail; tick
     09:11 b@r1 channel=mail; tick
     09:05 a@r1 id=3 channel=call
     09:12 tick
     09:13 b@r1 channel=mail; tick`,
    ['opened resonating 09:11 evidence.0.signalId=3', 'updated strengthened 09:13 evidence.0.signalId=3'],
  ],
  [
    '3.1-06 a signal at the same ms with a smaller id is earlier, so it can be a partner',
    pair(),
    '09:00 b@r1 id=2; a@r1 id=1; tick',
    ['opened resonating 09:00 evidence.0.signalId=1 evidence.0.role=a evidence.1.role=b values.minutesBetween=0'],
  ],
  [
    '3.1-06 a signal completes one pair only: a closer partner that comes late is no new evidence',
    pair(),
    '09:00 a@r1; tick\n09:30 b@r1; tick\n09:20 a@r1\n09:31 tick\n11:30 tick',
    ['opened resonating 09:30 values.minutesBetween=30', 'resolved expired 11:30 values.minutesBetween=30'],
  ],
  [
    '3.1-07 a pair whose instant is the lateness before the arrival of the one that came last is made',
    pair({}, { lateness: '1h' }),
    '10:00 a@r1; tick\n12:00 tick\n11:00 b@r1\n12:01 tick',
    ['opened resonating 11:00'],
  ],
  [
    '3.1-07 also where its subject was decided just before',
    pair({ order: 'a-then-b' }, { lateness: '1h' }),
    '10:00 a@r1 id=1; tick\n12:00 a@r1; tick\n11:00 b@r1\n12:01 tick',
    ['opened resonating 11:00 evidence.0.signalId=1'],
  ],
  [
    '3.1-07 one a ms older is not',
    pair({}, { lateness: '1h' }),
    '10:30 a@r1; tick\n12:00 tick\n10:59:59.999 b@r1\n12:01 tick',
    never,
  ],
  [
    '3.1-07 also where the earlier signal is the one that came last',
    pair({}, { lateness: '1h' }),
    '10:59:59.999 b@r1; b@r2 id=2; tick\n11:00 b@r2; tick\n12:00 tick\n10:30 a@r1; a@r2\n12:01 tick',
    ['opened resonating 11:00 subject.repId=r2'],
  ],
  [
    "3.1-08 a pair at the log time of the rule's put is not made, a ms later it is",
    [],
    `10:00 tick
     ${put(pair())}
     09:30 a@r1; a@r2
     10:00 b@r1
     10:00:00.001 b@r2
     10:01 tick`,
    ['opened resonating 10:00:00.001 subject.repId=r2'],
  ],
];

describe('a pair', () => pin(pairs));
