import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { daily, threshold } from './rules.ts';

const never: readonly string[] = [];
const sum = (fields: object, rule: object = {}) => threshold({ aggregate: 'sum', measure: 'v', ...fields }, rule);
const above = (fields: object) => sum({ side: 'above', minSamples: 1, ...fields });

/** Of 1, 2 and 6. */
const aggregates = { count: 3, sum: 9, mean: 3, min: 1, max: 6 };

const values: readonly Case[] = [
  ...Object.entries(aggregates).flatMap(([aggregate, value]): Case[] => [
    [
      `3.4-01 ${aggregate}: just above a number is a breach`,
      above({ aggregate, value: value - 0.000001 }),
      '09:05 x@r1 v=1; x@r1 v=6; x@r1 v=2; tick\n09:10 tick',
      [`opened breached 09:10 values={"n":3,"value":${value},"reference":${value - 0.000001},"heldMs":0}`],
    ],
    [
      `3.4-04 ${aggregate}: equality is no breach, above or below`,
      [above({ aggregate, value }), { ...above({ aggregate, value, side: 'below' }), id: 'below' }],
      '09:05 x@r1 v=1; x@r1 v=6; x@r1 v=2; tick\n09:10 tick',
      never,
    ],
  ]),
  [
    '3.4-01 below: a unit less is a breach',
    above({ side: 'below', value: 9.000001 }),
    '09:05 x@r1 v=9; tick\n09:10 tick',
    ['opened breached 09:10'],
  ],
  [
    '3.4-02 signals that lack the measure do not count, in a count neither',
    above({ aggregate: 'count', value: 0 }),
    '09:05 x@r1 v=1; x@r1 w=1; x@r2; tick\n09:10 tick',
    ['opened breached 09:10 subject.repId=r1 values.n=1'],
  ],
  [
    '3.4-02 a count without a measure takes them all',
    threshold({ side: 'above', value: 1 }),
    '09:05 x@r1 v=1; x@r1; tick\n09:10 tick',
    ['opened breached 09:10 values.n=2'],
  ],
  [
    '3.4-02 nor do signals that the condition leaves out',
    above({ value: 0, when: "kind == 'x' && labels.by == 'y'" }),
    '09:05 x@r1 v=1 by=y; x@r1 v=1 by=z; x@r1 v=1; tick\n09:10 tick',
    ['opened breached 09:10 values.n=1'],
  ],
  [
    '3.4-03 sums are exact: a tenth and two tenths are not above three tenths',
    above({ value: 0.3 }),
    '09:05 x@r1 v=0.1; x@r1 v=0.2; tick\n09:10 tick',
    never,
  ],
  [
    '3.4-03 of decimals of any length, in any order',
    [above({ value: 1.36 }), { ...above({ value: 1.36, side: 'below' }), id: 'below' }],
    '09:05 x@r1 v=0.11; x@r1 v=1; x@r1 v=0.25; x@r2 v=0.25; x@r2 v=0.11; x@r2 v=1; tick\n09:10 tick',
    never,
  ],
  [
    '3.4-03 means, too: of three times a tenth it is a tenth',
    [
      above({ aggregate: 'mean', value: 0.1 }),
      { ...above({ aggregate: 'mean', value: 0.1, side: 'below' }), id: 'below' },
    ],
    '09:05 x@r1 v=0.1 *3; tick\n09:10 tick',
    never,
  ],
  [
    '3.4-03 a mean that no double can tell from the number is below it nevertheless',
    above({ aggregate: 'mean', value: 217, side: 'below' }),
    '09:05 x@r1 v=217 *2; x@r1 v=216.99999999999997; x@r2 v=217 *3; tick\n09:10 tick',
    ['opened breached 09:10 subject.repId=r1 values.value=217 values.reference=217'],
  ],
  [
    '3.4-05 fewer than minSamples are unknown, as many are enough',
    above({ value: 0, minSamples: 3 }),
    '09:05 x@r1 v=9 *2; x@r2 v=1 *3; tick\n09:10 tick',
    ['opened breached 09:10 subject.repId=r2'],
  ],
  [
    '3.4-05 one is the default: an empty day is unknown',
    daily({ aggregate: 'count', side: 'below', value: 1 }),
    '09:05 x@r1 v=1; tick\n03-05T00:00 tick',
    never,
  ],
  ...['mean', 'min', 'max'].map(
    (aggregate): Case => [
      `3.4-06 an empty ${aggregate} is unknown: it neither opens nor ends`,
      sum({ aggregate, value: 5 }),
      '09:05 x@r1 v=9; x@r2 v=1; tick\n09:30 tick',
      ['opened breached 09:10 subject.repId=r2 values.value=1'],
    ],
  ),
  [
    '3.4-06 an empty sum is 0 where no samples are asked for',
    sum({ value: 5 }),
    '09:05 x@r1 v=9; tick\n09:30 tick',
    ['opened breached 09:20 values={"n":0,"value":0,"reference":5,"heldMs":0}'],
  ],
];

const periods: readonly Case[] = [
  [
    '3.4-07 a day is decided once, at its end: breach opens unless open, no breach resolves, unknown changes nothing',
    daily(),
    `09:05 x@r1 v=11; tick
     18:00 tick
     03-03T09:05 x@r1 v=12; tick
     03-05T09:05 x@r1 v=10; tick
     03-06T09:05 x@r1 v=1; tick
     03-07T09:05 x@r1 v=11; tick
     03-08T00:00 tick`,
    [
      'opened breached 03-03T00:00 values={"n":1,"value":11,"reference":10,"heldMs":0}',
      'resolved met 03-06T00:00 values.value=10',
      'opened breached 03-08T00:00 decidedAt=03-08T00:00',
    ],
  ],
  [
    '3.4-07 a day begins with its first ms',
    daily({ aggregate: 'count', value: 1 }),
    `03-01T23:59:59.999 x@r1 v=1; x@r2 v=1
     00:00 x@r1 v=1; tick
     23:59:59.999 x@r1 v=1; tick
     03-03T00:00 x@r2 v=1; tick`,
    ['opened breached 03-03T00:00 subject.repId=r1'],
  ],
  [
    '3.4-08 a week begins on Monday',
    daily({ window: 'week', aggregate: 'count', value: 1 }),
    `03-01T12:00 x@r2 v=1
     03-02T00:00 x@r1 v=1; x@r2 v=1; tick
     03-08T23:59:59.999 x@r1 v=1; tick
     03-16T00:00 tick`,
    ['opened breached 03-09T00:00 subject.repId=r1'],
  ],
  [
    '3.4-08 a month with its first day',
    daily({ window: 'month', aggregate: 'count', value: 1 }),
    `02-28T23:59:59.999 x@r2 v=1; tick
     03-01T00:00 x@r1 v=1; x@r2 v=1; tick
     03-31T23:59:59.999 x@r1 v=1; tick
     04-01T00:00 tick`,
    ['opened breached 04-01T00:00 subject.repId=r1'],
  ],
  [
    "3.4-08 in the rule's zone",
    daily({}, { zone: 'Asia/Shanghai' }),
    '15:59:59.999 x@r1 v=6; tick\n16:00 x@r1 v=6; x@r2 v=11; tick\n03-03T16:00 tick',
    ['opened breached 03-03T16:00 subject.repId=r2'],
  ],
  [
    '3.4-08 a day of 23 hours, and one of 25',
    daily({ aggregate: 'count', value: 1 }, { zone: 'Europe/Berlin' }),
    `03-28T23:00 x@r1 v=1; tick
     03-29T21:59:59.999 x@r1 v=1; tick
     03-29T22:00 x@r2 v=1; tick
     03-30T21:59:59.999 tick
     10-24T22:00 x@r3 v=1; tick
     10-25T22:59:59.999 x@r3 v=1; tick
     10-25T23:00 tick`,
    ['opened breached 03-29T22:00 subject.repId=r1', 'opened breached 10-25T23:00 subject.repId=r3'],
  ],
];

const sliding: readonly Case[] = [
  [
    '3.4-09 below: it recovers at the number given for it, not between',
    sum({ value: 10, recover: 12, minSamples: 1 }),
    `09:05 x@r1 v=9; tick
     09:15 x@r1 v=11.999999; tick
     09:25 x@r1 v=12; tick
     09:30 tick`,
    ['opened breached 09:10', 'resolved met 09:30'],
  ],
  [
    '3.4-09 above: likewise',
    above({ value: 10, recover: 8 }),
    `09:05 x@r1 v=11; tick
     09:15 x@r1 v=8.000001; tick
     09:25 x@r1 v=8; tick
     09:30 tick`,
    ['opened breached 09:10', 'resolved met 09:30'],
  ],
  [
    '3.4-09 by default at the value itself',
    above({ value: 10 }),
    '09:05 x@r1 v=11; tick\n09:15 x@r1 v=10; tick\n09:20 tick',
    ['opened breached 09:10', 'resolved met 09:20'],
  ],
  [
    '3.4-10 it is corrected as a ratio is',
    above({ value: 10 }),
    '09:15 x@r1 v=1; tick\n09:25 x@r1 v=11; tick\n09:30 tick\n09:05 x@r1 v=12\n09:31 tick',
    [
      'opened breached 09:30 values.value=11',
      'opened breached 09:10 values.value=12',
      'resolved met 09:20 values.value=1',
    ],
  ],
  [
    '3.4-10 it holds as a ratio does',
    above({ value: 10, hold: '40m' }),
    '08:55..09:35/10m x@r1 v=11; tick\n09:40 tick',
    ['opened breached 09:40 values.heldMs=2400000'],
  ],
  [
    '3.4-10 is half-open, and breached again',
    above({ value: 10, halfOpen: { after: '15m', trial: '20m' } }),
    '08:55..09:35/10m x@r1 v=11; tick\n09:40 tick',
    ['opened breached 09:00', 'updated half-open 09:15', 'updated breached 09:40'],
  ],
  [
    '3.4-10 ends for want of data, and rests',
    above({ value: 10, noData: { close: '20m' }, cooldown: '40m' }),
    '08:55 x@r1 v=11; tick\n09:45..10:05/10m x@r1 v=11; tick\n10:10 tick',
    ['opened breached 09:00', 'resolved no-data 09:30', 'opened breached 10:10'],
  ],
];

describe('an aggregate', () => pin(values));
describe('a day, a week, a month', () => pin(periods));
describe('a sliding window', () => pin(sliding));
