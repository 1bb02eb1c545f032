import { describe } from '@jest/globals';
import { alertOf, type Case, pin, put } from './cases.ts';
import { cohort, deadline, kind, pair, ratio, strength, threshold } from './rules.ts';

const v2 = { version: 2 };

const kept: readonly Case[] = [
  [
    '4-04 keep is the default and carries a hold clock over',
    ratio({ hold: '40m' }),
    `08:55..09:15/10m call@r1; tick
     09:25 call@r1; tick
     ${put(ratio({ hold: '40m' }, v2))}
     09:35 call@r1; tick
     09:40 tick`,
    ['opened open 09:40 ruleVersion=2 values.heldMs=2400000'],
  ],
  [
    '4-04 and counts it on by the calendar of the new version',
    ratio({ hold: '40m' }),
    // 10 min by 08:50, none until nine.
    `08:35..08:45/10m call@r1; tick
     08:52 tick
     ${put(ratio({ hold: '40m' }, { ...v2, calendar: { from: '09:00', to: '17:00' } }))}
     08:55..09:25/10m call@r1; tick
     09:30 tick`,
    ['opened open 09:30 values.heldMs=2400000'],
  ],
  [
    '4-04 from what it held at the last instant before, also where nothing had changed for long',
    ratio({ window: '2h', hold: '1h' }),
    // 40 min by 08:50, none until nine.
    `08:05 call@r1; tick
     08:52 tick
     ${put(ratio({ window: '2h', hold: '1h' }, { ...v2, calendar: { from: '09:00', to: '17:00' } }))}
     09:20 tick`,
    ['opened open 09:20 values.heldMs=3600000'],
  ],
  [
    '4-04 an open alert, which keeps its id, and its cooldown',
    ratio({ cooldown: '40m' }),
    `08:55 call@r1; tick
     09:00 tick
     ${put(ratio({ cooldown: '40m' }, v2))}
     09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({ cooldown: '40m' }, { version: 3 }))}
     09:35..09:45/10m call@r1; tick
     09:50 tick`,
    [
      'opened open 09:00 ruleVersion=1',
      `resolved closed 09:10 ruleVersion=2 seq=2 alertId=${alertOf('09:00')}`,
      `opened open 09:50 ruleVersion=3 alertId=${alertOf('09:50', { version: 3 })}`,
    ],
  ],
  [
    '4-04 an episode',
    pair(),
    `09:00 a@r1; b@r1; tick
     ${put(pair({}, v2))}
     09:30 b@r1; tick
     11:30 tick`,
    [
      'opened resonating 09:00',
      `updated strengthened 09:30 seq=2 ruleVersion=2 alertId=${alertOf('09:00')}`,
      `resolved expired 11:30 seq=3 ruleVersion=2 alertId=${alertOf('09:00')}`,
    ],
  ],
  [
    '4-04 what a cohort adds up to, and how many of it have data',
    cohort({ window: '20m' }),
    `09:05..09:07/2m call@r9; hit@r9
     09:08 call@r1; tick
     ${put(cohort({ window: '20m' }, v2))}
     09:10 tick`,
    ['opened open 09:10 subject.repId=r1 values.referenceN=2 values.referenceD=2 values.members=2'],
  ],
  [
    '4-04 by its own window, also where it changes with no traffic',
    cohort(),
    // Of [09:00, 09:20) the other has 1 of 2, of [09:10, 09:30) 0 of 1, which is healthy.
    `09:02 call@r9; hit@r9
     09:15 call@r1; call@r9; tick
     ${put(cohort({ window: '20m' }, v2))}
     09:20 tick
     09:30 tick`,
    ['opened open 09:20 subject.repId=r1', 'resolved closed 09:30 subject.repId=r1'],
  ],
  [
    '4-05 a crossing that new numbers put at or before the log time of the put is said a ms after it',
    pair({ strength: { ...strength, fading: 0.4 } }),
    `09:00 a@r1; b@r1; tick
     10:00 tick
     ${put(pair({ strength: { ...strength, fading: 0.5 } }, v2))}
     10:30 tick`,
    ['opened resonating 09:00', 'updated fading 10:00:00.001 ruleVersion=2'],
  ],
  [
    '4-05 of several puts it is the last',
    pair(),
    `09:00 a@r1; b@r1; tick
     09:30 tick
     ${put(pair({}, v2))}
     10:00 tick
     ${put(pair({ strength: { ...strength, expired: 0.9 } }, { version: 3 }))}
     10:30 tick`,
    ['opened resonating 09:00', 'resolved expired 10:00:00.001 ruleVersion=3'],
  ],
  [
    '4-05 and an end',
    pair(),
    `09:00 a@r1; b@r1; tick
     10:00 tick
     ${put(pair({ strength: { ...strength, expired: 0.9 } }, v2))}
     10:30 tick`,
    ['opened resonating 09:00', 'resolved expired 10:00:00.001 ruleVersion=2'],
  ],
  [
    '4-05 and a timer',
    ratio({ halfOpen: { after: '5h', trial: '1h' } }),
    `08:55 call@r1; tick
     09:35 tick
     ${put(ratio({ halfOpen: { after: '10m', trial: '1h' } }, v2))}
     09:40 tick`,
    ['opened open 09:00', 'updated half-open 09:35:00.001 ruleVersion=2'],
  ],
  [
    '4-06 the curve since the last return follows the numbers of the version that decides',
    pair(),
    `09:00 a@r1; b@r1; tick
     10:30 tick
     ${put(pair({ strength: { ...strength, at: '2h' } }, v2))}
     13:00 tick`,
    ['opened resonating 09:00', 'resolved expired 13:00 values.strength=0.25'],
  ],
  [
    '4-07 a start keeps the within of the version that took it, the next has the new one',
    deadline(),
    `09:00 start@r1; tick
     09:20 tick
     ${put(deadline({ within: '10m' }, v2))}
     09:21 start@r2; tick
     10:00 tick`,
    ['opened overdue 09:31 subject.repId=r2', 'opened overdue 10:00 subject.repId=r1 ruleVersion=2'],
  ],
  [
    '4-08 kept signals keep their roles: a pair',
    pair(),
    `09:00 a@r1; tick
     ${put(pair({ a: kind('c') }, v2))}
     09:30 b@r1; a@r2; tick
     09:40 b@r2; tick`,
    ['opened resonating 09:30 subject.repId=r1'],
  ],
  [
    '4-08 and a ratio',
    ratio({ window: '20m', number: 0.4 }),
    `09:05 call@r1 *2; hit@r1; tick
     ${put(ratio({ window: '20m', number: 0.4, numerator: kind('other') }, v2))}
     09:12 call@r1 *3; other@r1; hit@r1 *9; tick
     09:20 tick`,
    ['opened open 09:20 values.n=2 values.d=5'],
  ],
  [
    '4-08 counts are kept where every changes, too',
    [ratio(), threshold({ side: 'above', value: 5 }, { id: 'x' })],
    // Instants of the new versions are multiples of 90 s: 09:09, 09:10:30.
    `09:08 call@r1; x@r1; tick
     09:08:30 tick
     ${put(ratio({ window: '3m', every: '90s' }, v2))}
     ${put(threshold({ side: 'above', value: 0, window: '3m', every: '90s' }, { ...v2, id: 'x' }))}
     09:09 tick`,
    ['opened open 09:09 ruleId=r values.d=1', 'opened breached 09:09 ruleId=x values.n=1'],
  ],
  [
    '4-12 a half-open alert whose new version has no halfOpen stays half-open until it recovers',
    ratio({ halfOpen: { after: '10m', trial: '10m' } }),
    `08:55..09:05/10m call@r1; tick
     09:12 tick
     ${put(ratio({}, v2))}
     09:15..09:35/10m call@r1; tick
     09:45 call@r1; hit@r1; tick
     09:50 tick`,
    ['opened open 09:00', 'updated half-open 09:10', 'resolved closed 09:50 ruleVersion=2'],
  ],
  [
    '4-12 or ends for want of data',
    ratio({ halfOpen: { after: '10m', trial: '10m' } }),
    `08:55..09:05/10m call@r1; tick
     09:12 tick
     ${put(ratio({ noData: { close: '20m' } }, v2))}
     09:40 tick`,
    ['opened open 09:00', 'updated half-open 09:10', 'resolved no-data 09:40 ruleVersion=2'],
  ],
];

/** The mean of a measure in half an hour, above five. */
const mean = (measure: string, rule: object = {}) =>
  threshold({ aggregate: 'mean', measure, side: 'above', value: 5, window: '30m', minSamples: 2 }, rule);

const count = (fields: object, rule: object = {}) =>
  threshold({ aggregate: 'count', side: 'above', window: '30m', minSamples: 1, ...fields }, rule);

const measures: readonly Case[] = [
  [
    '4-08 signals of another measure lack the one that the new version reads',
    mean('v'),
    // Of [09:10, 09:40) the call of 09:15 would be a third.
    `09:05..09:15/10m x@r1 v=1 w=9; tick
     ${put(mean('w', v2))}
     09:20 tick
     09:25 x@r1 w=9; tick
     09:30 tick
     09:32 x@r1 w=9; tick
     09:40 tick`,
    ['opened breached 09:40 ruleVersion=2 values.n=2 values.value=9'],
  ],
  [
    '4-08 which ends no alert: it ends by the new measure',
    mean('v'),
    `09:05 x@r1 v=9 w=1; x@r1 v=9 w=1; tick
     09:10 tick
     ${put(mean('w', v2))}
     09:20 tick
     09:25 x@r1 w=1; x@r1 w=1; tick
     09:30 tick`,
    ['opened breached 09:10', `resolved met 09:30 ruleVersion=2 values.n=2 alertId=${alertOf('09:10')}`],
  ],
  [
    '4-08 instants before the change are read by the measure of their time, and signals taken later lack it',
    mean('v'),
    `09:05 x@r1 v=9; x@r1 v=9; tick
     09:10 tick
     ${put(mean('w', v2))}
     09:06 x@r1 v=0 w=0; x@r1 v=0 w=0
     09:11 tick
     09:20 tick`,
    ['opened breached 09:10', 'resolved met 09:20 values.n=2 values.value=0'],
  ],
  [
    '4-08 a count of no measure takes them all, and a measure that is read again those that were taken for it',
    count({ measure: 'v', value: 9 }),
    `09:05 x@r1 v=1; tick
     09:10 tick
     ${put(count({ value: 2 }, v2))}
     09:12 x@r1 v=1; x@r1; tick
     09:20 tick
     ${put(count({ measure: 'v', value: 2 }, { version: 3 }))}
     09:25 x@r1 v=1; tick
     09:30 tick`,
    ['opened breached 09:20 values.n=3', 'resolved met 09:30 ruleVersion=3 values.n=2'],
  ],
];

describe('what a new version keeps', () => pin(kept));
describe('what a new version keeps where it reads another measure', () => pin(measures));
