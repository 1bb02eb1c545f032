import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { cohort, ratio } from './rules.ts';

const never: readonly string[] = [];
const good = 'call@r9 *10; hit@r9 *10';

const holds: readonly Case[] = [
  [
    '3.2-13 exactly two hours after the first breach instant it trips',
    ratio({ hold: '2h' }),
    '08:55..10:55/10m call@r1; tick\n11:00 tick',
    ['opened open 11:00 values.heldMs=7200000'],
  ],
  [
    '3.2-13 an instant less, and it does not',
    ratio({ hold: '2h' }),
    '08:55..10:45/10m call@r1; tick\n10:55 call@r1; hit@r1; tick\n11:00 tick',
    never,
  ],
  [
    '3.2-13 two hours and a ms trip at the next instant',
    ratio({ hold: '7200001ms' }),
    '08:55..11:05/10m call@r1; tick\n11:10 tick',
    ['opened open 11:10 values.heldMs=7800000'],
  ],
  [
    '3.2-13 also with no traffic, in one tick',
    ratio({ window: '5h', hold: '2h' }),
    '08:55 call@r1; tick\n13:00 tick',
    ['opened open 11:00 values.heldMs=7200000'],
  ],
  [
    '3.2-13 no hold trips at the first breach',
    ratio(),
    '08:55 call@r1; tick\n09:00 tick',
    ['opened open 09:00 values.heldMs=0'],
  ],
  [
    '3.2-14 pause: unknown adds nothing and keeps the clock, and the breach after it adds nothing',
    ratio({ hold: '40m' }),
    // Breach at 09:00, 09:10; unknown 09:20, 09:30; breach from 09:40: 10 + 0 + 10 + 10 + 10.
    '08:55..09:05/10m call@r1; tick\n09:35..10:15/10m call@r1; tick\n10:20 tick',
    ['opened open 10:10 values.heldMs=2400000'],
  ],
  [
    '3.2-14 and it goes on where it stood with no traffic, too',
    ratio({ window: '1h', hold: '2h' }),
    // 50 min from 09:00 to 09:50, 70 from 10:30 to 11:40.
    '08:55 call@r1\n10:25 call@r1\n11:15 call@r1\n12:00 tick',
    ['opened open 11:40 values.heldMs=7200000'],
  ],
  [
    '3.2-15 a run of unknown that has lasted the limit clears the clock',
    ratio({ hold: '40m', noData: { limit: '20m' } }),
    // 10 min at 09:10; unknown at 09:20, 09:30, 09:40: 20 min since the first. 09:50 begins at 0.
    '08:55..09:05/10m call@r1; tick\n09:45..10:25/10m call@r1; tick\n10:30 tick',
    ['opened open 10:30 values.heldMs=2400000'],
  ],
  [
    '3.2-15 also where no tick falls into it',
    ratio({ hold: '40m', noData: { limit: '20m' } }),
    '08:55..09:05/10m call@r1\n09:45..10:25/10m call@r1\n10:30 tick',
    ['opened open 10:30 values.heldMs=2400000'],
  ],
  [
    '3.2-15 a shorter one does not, be it by a ms',
    ratio({ hold: '40m', noData: { limit: '1200001ms' } }),
    // 10 min are kept: 10 + 0 at 09:50, 40 at 10:20.
    '08:55..09:05/10m call@r1; tick\n09:45..10:25/10m call@r1; tick\n10:30 tick',
    ['opened open 10:20 values.heldMs=2400000'],
  ],
  [
    '3.2-15 and without a limit none does',
    ratio({ hold: '40m' }),
    '08:55..09:05/10m call@r1; tick\n15:45..16:25/10m call@r1; tick\n16:30 tick',
    ['opened open 16:20 values.heldMs=2400000'],
  ],
  [
    '3.2-16 reset: unknown clears it',
    ratio({ hold: '40m', noData: { policy: 'reset' } }),
    '08:55..09:25/10m call@r1; tick\n09:45..10:25/10m call@r1; tick\n10:30 tick',
    ['opened open 10:30'],
  ],
  [
    '3.2-17 count: unknown after a breach adds time, as the breach after it does, but never trips',
    ratio({ hold: '40m', noData: { policy: 'count', limit: '10m' } }),
    // Breach at 09:00; unknown 09:10 to 09:50, 50 min; breach at 10:00.
    '08:55 call@r1; tick\n09:55 call@r1; tick\n10:00 tick',
    ['opened open 10:00 values.heldMs=3600000'],
  ],
  [
    '3.2-17 however long, and also where something comes that leaves it unknown',
    ratio({ hold: '40m', noData: { policy: 'count', limit: '10m' } }),
    '08:55 call@r1; tick\n09:15 hit@r1; tick\n09:55 call@r1; tick\n10:00 tick',
    ['opened open 10:00 values.heldMs=3600000'],
  ],
  [
    '3.2-17 unknown before the first breach adds none',
    ratio({ hold: '40m', noData: { policy: 'count' } }),
    '08:25 hit@r1; tick\n08:55..09:35/10m call@r1; tick\n09:40 tick',
    ['opened open 09:40 values.heldMs=2400000'],
  ],
  [
    '3.2-18 between the lines clears the clock',
    ratio({ number: 1, deviation: 0.5, hold: '40m' }),
    '08:55..09:25/10m call@r1; tick\n09:35 call@r1 *4; hit@r1 *3; tick\n09:45..10:25/10m call@r1; tick\n10:30 tick',
    ['opened open 10:30'],
  ],
  [
    '3.2-18 recovered clears the clock',
    ratio({ hold: '40m' }),
    '08:55..09:25/10m call@r1; tick\n09:35 call@r1; hit@r1; tick\n09:45..10:25/10m call@r1; tick\n10:30 tick',
    ['opened open 10:30'],
  ],
  [
    '3.2-18 also one that stands still',
    ratio({ hold: '40m' }),
    // 10 min at 09:10, unknown at 09:20, recovered at 09:30; 09:40 begins at 0.
    '08:55..09:05/10m call@r1; tick\n09:25 call@r1; hit@r1; tick\n09:35..10:15/10m call@r1; tick\n10:20 tick',
    ['opened open 10:20 values.heldMs=2400000'],
  ],
  [
    '3.2-18 and so does healthy',
    cohort({ deviation: 0.5, hold: '40m' }),
    `08:55..09:25/10m call@r1; ${good}; tick
     09:35 call@r1; call@r9; tick
     09:45..10:25/10m call@r1; ${good}; tick
     10:30 tick`,
    ['opened open 10:30 subject.repId=r1'],
  ],
];

describe('the hold clock', () => pin(holds));
