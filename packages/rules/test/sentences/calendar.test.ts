import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { deadline, ratio, surge, threshold } from './rules.ts';

const never: readonly string[] = [];
/** Nine to five. */
const office = { calendar: { from: '09:00', to: '17:00' } };
const workdays = {
  calendar: { ...office.calendar, days: ['mon', 'tue', 'wed', 'thu', 'fri'], holidays: ['2026-03-09'] },
};
const shortCalls = 'call@r1; tick';

const instants: readonly Case[] = [
  [
    '3.2-26 an instant at from exists, one at to does not',
    ratio({}, office),
    `08:45 call@r2; tick
     08:55 call@r1; tick
     09:00 tick
     16:55 call@r3; tick
     03-03T09:00 tick`,
    ['opened open 09:00 subject.repId=r1'],
  ],
  [
    '3.2-26 instants are multiples of every, whenever it opens',
    ratio({}, { calendar: { from: '09:05', to: '17:00' } }),
    `08:58 call@r1; tick
     09:02 call@r2; tick
     09:10 tick`,
    ['opened open 09:10 subject.repId=r2'],
  ],
  [
    '3.2-26 windows are plain time: they reach back over the night',
    threshold({ window: '17h', side: 'above', value: 0 }, office),
    `16:15 x@r1; tick
     03-03T09:20 tick`,
    // [16:10, 09:10) of the next day still holds it, [16:20, 09:20) does not.
    ['opened breached 16:20', 'resolved met 03-03T09:20'],
  ],
  [
    '3.2-26 a surge has instants in opening hours only',
    surge({}, office),
    `16:45 x@r1 *3; tick
     03-03T09:30 tick`,
    never,
  ],
];

const sums: readonly Case[] = [
  [
    '3.2-27 a hold counts over a night: 30 min before five, ten after nine',
    ratio({ hold: '40m' }, office),
    // Breach at 16:30, 16:40, 16:50, 09:00, 09:10.
    `16:25..16:45/10m ${shortCalls}
     03-03T08:55..03-03T09:05/10m ${shortCalls}
     03-03T09:10 tick`,
    ['opened open 03-03T09:10 values.heldMs=2400000'],
  ],
  [
    '3.2-27 and over a weekend and a holiday',
    ratio({ hold: '40m' }, workdays),
    `03-06T16:25..03-06T16:45/10m ${shortCalls}
     03-07T10:05..03-07T11:05/10m ${shortCalls}
     03-09T10:05..03-09T11:05/10m ${shortCalls}
     03-10T08:55..03-10T09:05/10m ${shortCalls}
     03-10T09:10 tick`,
    ['opened open 03-10T09:10 values.heldMs=2400000'],
  ],
  [
    '3.2-27 limit: a run of unknown as long in opening hours clears the clock',
    ratio({ hold: '40m', noData: { limit: '20m' } }, office),
    // 10 min at 16:40; unknown at 16:50, 09:00, 09:10; 09:20 begins at 0.
    `16:25..16:35/10m ${shortCalls}
     03-03T09:15..03-03T09:55/10m ${shortCalls}
     03-03T10:00 tick`,
    ['opened open 03-03T10:00 values.heldMs=2400000'],
  ],
  [
    '3.2-27 limit: a shorter one keeps it',
    ratio({ hold: '40m', noData: { limit: '20m' } }, office),
    // 10 min at 16:40; unknown 16:50, 09:00; breach from 09:10.
    `16:25..16:35/10m ${shortCalls}
     03-03T09:05..03-03T09:35/10m ${shortCalls}
     03-03T09:40 tick`,
    ['opened open 03-03T09:40 values.heldMs=2400000'],
  ],
  [
    '3.2-27 a clock that stops has counted to the last instant, not to closing time',
    ratio({ hold: '40m' }, { calendar: { from: '09:00', to: '16:55' } }),
    // 10 min at 16:50; unknown at 09:00; breach from 09:10.
    `16:35..16:45/10m ${shortCalls}
     03-03T09:05..03-03T09:35/10m ${shortCalls}
     03-03T09:40 tick`,
    ['opened open 03-03T09:40 values.heldMs=2400000'],
  ],
  [
    '3.2-27 close: no data for as long in opening hours',
    ratio({ noData: { close: '20m' } }, office),
    `16:35 ${shortCalls}
     03-03T09:00 tick
     03-03T09:10 tick`,
    ['opened open 16:40', 'resolved no-data 03-03T09:10 decidedAt=03-03T09:10'],
  ],
  [
    '3.2-27 after: half-open ten minutes after nine, where 20 of 30 passed before five',
    ratio({ halfOpen: { after: '30m', trial: '1h' } }, office),
    `16:35 ${shortCalls}
     03-03T09:09 tick
     03-03T09:10 tick`,
    ['opened open 16:40', 'updated half-open 03-03T09:10'],
  ],
  [
    '3.2-28 a sum used up at closing time ends at closing time, with the numbers of the last instant',
    ratio({ halfOpen: { after: '20m', trial: '1h' } }, office),
    `16:35 ${shortCalls}
     16:45 call@r1 *3; tick
     17:00 tick`,
    ['opened open 16:40', 'updated half-open 17:00 values.d=3 values.heldMs=600000'],
  ],
  [
    '3.2-28 a ms longer, at nine and a ms',
    ratio({ halfOpen: { after: '1200001ms', trial: '1h' } }, office),
    `16:35 ${shortCalls}
     03-03T09:10 tick`,
    ['opened open 16:40', 'updated half-open 03-03T09:00:00.001'],
  ],
  [
    '3.2-27 trial counts in opening hours',
    ratio({ halfOpen: { after: '10m', trial: '20m' } }, office),
    // Half-open at 16:50.
    `16:35..16:45/10m ${shortCalls}
     03-03T08:55..03-03T09:05/10m ${shortCalls}
     03-03T09:10 tick`,
    ['opened open 16:40', 'updated half-open 16:50', 'updated open 03-03T09:10'],
  ],
  [
    '3.2-27 cooldown counts in opening hours',
    ratio({ cooldown: '20m' }, office),
    `16:35 ${shortCalls}
     16:45 call@r1; hit@r1; tick
     03-03T08:55..03-03T09:05/10m ${shortCalls}
     03-03T09:10 tick`,
    ['opened open 16:40', 'resolved closed 16:50', 'opened open 03-03T09:10'],
  ],
];

const berlin = (from: string, to: string) => ({ zone: 'Europe/Berlin', calendar: { from, to } });

const clocks: readonly Case[] = [
  [
    '3.2-29 an opening that the clock skips: the first instant after',
    deadline({}, berlin('02:30', '12:00')),
    // 29 March, 02:00 is followed by 03:00, which is 01:00 UTC.
    '03-29T00:00 start@r1; tick\n03-29T03:00 tick',
    ['opened overdue 03-29T02:00'],
  ],
  [
    '3.2-29 and a closing',
    deadline({}, berlin('00:00', '02:30')),
    // Half an hour from 00:30 to 01:00 UTC, the other from midnight in Berlin, 22:00 UTC.
    '03-29T00:30 start@r1; tick\n03-30T00:00 tick',
    ['opened overdue 03-29T22:30'],
  ],
  [
    '3.2-29 an opening that occurs twice: the first',
    deadline({}, berlin('02:30', '12:00')),
    // 25 October, 02:30 is 00:30 UTC, and once more 01:30 UTC.
    '10-25T00:00 start@r1; tick\n10-25T03:00 tick',
    ['opened overdue 10-25T01:30'],
  ],
  [
    '3.2-29 and a closing, too',
    deadline({}, berlin('00:00', '02:30')),
    // Half an hour from 00:00 to 00:30 UTC, the other from midnight in Berlin, 23:00 UTC.
    '10-25T00:00 start@r1; tick\n10-26T00:00 tick',
    ['opened overdue 10-25T23:30'],
  ],
  [
    '3.2-29 a day of 23 hours is as long as it is',
    deadline({ within: '24h' }, berlin('00:00', '24:00')),
    '03-28T23:00 start@r1; tick\n03-30T12:00 tick',
    ['opened overdue 03-29T23:00'],
  ],
];

describe('instants of a calendar', () => pin(instants));
describe('sums of opening hours', () => pin(sums));
describe('opening hours where clocks change', () => pin(clocks));
