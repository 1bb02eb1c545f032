import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { cohort, ratio } from './rules.ts';

const never: readonly string[] = [];
const good = 'call@r9 *10; hit@r9 *10';

const counts: readonly Case[] = [
  [
    '3.2-01 n and d are the signals of [t − window, t)',
    ratio({ window: '20m' }),
    // 09:00 is in the window of 09:20 and no more in that of 09:30; 09:20 is not in that of 09:20.
    `09:00 call@r1; hit@r1; tick
     09:10 call@r1 *3; hit@r1
     09:20 call@r1 *5; tick
     09:30 tick`,
    ['opened open 09:20 values.n=2 values.d=4 values.value=0.5'],
  ],
  [
    '3.2-01 a signal that fits both counts in both',
    ratio({ numerator: { when: "kind == 'call' && labels.by == 'x'" } }),
    '09:05 call@r1 by=x; call@r1 *2; tick\n09:10 tick',
    ['opened open 09:10 values.n=1 values.d=3'],
  ],
  [
    '3.2-01 instants are whole multiples of every since the epoch',
    // 09:07 is one of 7 min.
    ratio({ window: '7m', every: '7m' }),
    '09:01 call@r1 *3; hit@r1; tick\n09:13 tick',
    ['opened open 09:07 values={"n":1,"d":3,"value":0.3333333333333333,"reference":0.5,"heldMs":0}'],
  ],
  [
    '3.2-02 against a number: equality is a breach',
    ratio(),
    '09:05 call@r1 *2; hit@r1; tick\n09:10 tick',
    ['opened open 09:10'],
  ],
  ['3.2-02 a call less it is none', ratio(), '09:05 call@r1 *199; hit@r1 *100; tick\n09:10 tick', never],
  [
    '3.2-02 above: at the number and over it, not under',
    ratio({ side: 'above' }),
    '09:05 call@r1 *2; hit@r1; call@r2 *200; hit@r2 *99; tick\n09:10 tick',
    ['opened open 09:10 subject.repId=r1'],
  ],
];

const lines: readonly Case[] = [
  [
    '3.2-03 exactly twenty percent under is a breach',
    cohort({ deviation: 0.2 }),
    '09:05 call@r1 *100; hit@r1 *80; call@r9 *100; hit@r9 *100; tick\n09:10 tick',
    ['opened open 09:10 subject.repId=r1 values.value=0.8 values.reference=1'],
  ],
  [
    '3.2-03 a hit more is none',
    cohort({ deviation: 0.2 }),
    '09:05 call@r1 *100; hit@r1 *81; call@r9 *100; hit@r9 *100; tick\n09:10 tick',
    never,
  ],
  [
    '3.2-03 a hit less is one',
    cohort({ deviation: 0.2 }),
    '09:05 call@r1 *100; hit@r1 *79; call@r9 *100; hit@r9 *100; tick\n09:10 tick',
    ['opened open 09:10 subject.repId=r1'],
  ],
  [
    '3.2-03 comparisons are exact where doubles are not: 7/25 is 80 % of 0.35',
    ratio({ number: 0.35, deviation: 0.2 }),
    '09:05 call@r1 *25; hit@r1 *7; tick\n09:10 tick',
    ['opened open 09:10'],
  ],
  [
    '3.2-03 above: 77/100 is 110 % of 0.7',
    ratio({ number: 0.7, deviation: 0.1, side: 'above' }),
    '09:05 call@r1 *100; hit@r1 *77; call@r2 *100; hit@r2 *76; tick\n09:10 tick',
    ['opened open 09:10 subject.repId=r1'],
  ],
  [
    '3.2-04 exactly at the recover line it recovers, a unit under it does not',
    ratio({ number: 1, deviation: 0.2, recover: 0.1 }),
    `09:05 call@r1 *10; call@r2 *100; tick
     09:15 call@r1 *10; hit@r1 *9; call@r2 *100; hit@r2 *89; tick
     09:20 tick`,
    [
      'opened open 09:10 subject.repId=r1',
      'opened open 09:10 subject.repId=r2',
      'resolved closed 09:20 subject.repId=r1',
    ],
  ],
  [
    '3.2-04 above: exactly 110 % recovers, a hit more does not',
    ratio({ number: 1, deviation: 0.2, recover: 0.1, side: 'above' }),
    `09:05 call@r1; hit@r1 *2; call@r2; hit@r2 *2; tick
     09:15 call@r1 *10; hit@r1 *11; call@r2 *100; hit@r2 *111; tick
     09:20 tick`,
    [
      'opened open 09:10 subject.repId=r1',
      'opened open 09:10 subject.repId=r2',
      'resolved closed 09:20 subject.repId=r1',
    ],
  ],
  [
    '3.2-04 by default it recovers at the reference itself',
    ratio({ number: 1, deviation: 0.2 }),
    `09:05 call@r1; tick
     09:15 call@r1 *100; hit@r1 *99; tick
     09:25 call@r1; hit@r1; tick
     09:30 tick`,
    ['opened open 09:10', 'resolved closed 09:30'],
  ],
  [
    '3.2-05 breach comes first where both lines meet',
    ratio(),
    '09:05 call@r1; tick\n09:15 call@r1 *2; hit@r1; tick\n09:20 tick\n09:25 call@r1 *2; hit@r1 *2; tick\n09:30 tick',
    ['opened open 09:10', 'resolved closed 09:30'],
  ],
  [
    '3.2-06 too few samples are unknown, 3 of 3 are enough',
    ratio({ minSamples: 3 }),
    '09:05 call@r1 *2; call@r2 *3; tick\n09:10 tick',
    ['opened open 09:10 subject.repId=r2'],
  ],
  [
    '3.2-06 no call at all is unknown, where no samples are asked for, too',
    ratio({ minSamples: 0, side: 'above' }),
    '09:05 hit@r1; tick\n09:30 tick',
    never,
  ],
  [
    '3.2-06 one sample is the default, a hit without a call is none',
    ratio(),
    '09:05 call@r1; hit@r2; tick\n09:10 tick',
    ['opened open 09:10 subject.repId=r1'],
  ],
  [
    '3.2-07 a reference of 0 is healthy, and closes what is open',
    cohort({ deviation: 0.5 }),
    `09:05 call@r1 *2; hit@r9; call@r9; tick
     09:15 call@r1; call@r9; tick
     09:20 tick`,
    ['opened open 09:10 subject.repId=r1', 'resolved closed 09:20 values.reference=0'],
  ],
  [
    '3.2-07 also above, where any value would be a breach',
    cohort({ side: 'above' }),
    '09:05 call@r1; hit@r1; call@r9; tick\n09:10 tick',
    never,
  ],
];

const cohorts: readonly Case[] = [
  [
    '3.2-08 the cohort is the others of the team, together: not the subject, not another team',
    cohort({ deviation: 0.5 }),
    // Of the others: 8 of 10. With the subject it would be 9 of 14, with the other team 8 of 30.
    `09:05 call@r1 *4; hit@r1 *1; call@r2 *4; hit@r2 *4; call@r3 *6; hit@r3 *4; call teamId=t2 repId=r1 *20; tick
     09:10 tick`,
    [
      'opened open 09:10 subject.repId=r1 values={"n":1,"d":4,"value":0.25,"reference":0.8,"heldMs":0,"referenceN":8,"referenceD":10,"members":3}',
    ],
  ],
  [
    '3.2-08 hits of one who has no calls count in the sum',
    cohort(),
    `09:05 call@r1 *4; hit@r1 *2; call@r9 *4; hit@r9; hit@r8; tick
     09:10 tick`,
    [
      'opened open 09:10 subject.repId=r1 values.reference=0.5 values.referenceN=2 values.members=2',
      'opened open 09:10 subject.repId=r9',
    ],
  ],
  [
    '3.2-08 a cohort that is not asked for counts for nothing',
    ratio({ cohort: { by: ['teamId'] } }),
    '09:05 call@r1 *2; hit@r1; call@r9 *4; hit@r9; tick\n09:10 tick',
    [
      'opened open 09:10 subject.repId=r1 values.reference=0.5 values.members=-',
      'opened open 09:10 subject.repId=r9 values.reference=0.5 values.members=-',
    ],
  ],
  [
    '3.2-09 minMembers of them must have data',
    cohort({ cohort: { by: ['teamId'], minMembers: 2 } }),
    `09:05 call@r1; ${good}; tick
     09:15 call@r1; ${good}; call@r8; tick
     09:20 tick`,
    // At 09:20 r8, too, lies under the others; a hit alone is no data.
    ['opened open 09:20 subject.repId=r1 values.members=3', 'opened open 09:20 subject.repId=r8'],
  ],
  [
    '3.2-09 a member with hits alone has no data; one is the default',
    cohort(),
    `09:05 call@r1; hit@r9; tick
     09:15 call@r1; ${good}; tick
     09:20 tick`,
    ['opened open 09:20 subject.repId=r1 values.members=2'],
  ],
  [
    '3.2-08 the others are those that share each field it goes by',
    cohort({ cohort: { by: ['teamId', 'regionId'] } }, { subject: ['teamId', 'regionId', 'repId'] }),
    `09:05 call@r1 regionId=east *2; hit@r1 regionId=east; call@r9 regionId=east; hit@r9 regionId=east
     09:05 call@r8 regionId=west *9
     09:10 tick`,
    ['opened open 09:10 subject.repId=r1 values.referenceN=1 values.referenceD=1 values.members=2'],
  ],
  [
    '3.2-08 it is what changes, where the subject itself is quiet',
    cohort({ window: '1h', deviation: 0.2 }),
    // Of r9: 2 of 4 at 09:10, 8 of 10 at 09:20.
    '09:05 call@r1 *2; hit@r1; call@r9 *4; hit@r9 *2\n09:15 call@r9 *6; hit@r9 *6\n09:40 tick',
    ['opened open 09:20 subject.repId=r1 values.reference=0.8'],
  ],
  [
    '3.2-10 where no samples and no members are asked for, still one call',
    cohort({ minSamples: 0, cohort: { by: ['teamId'], minMembers: 0 } }),
    '09:05 call@r1; hit@r9; tick\n09:10 tick',
    never,
  ],
  [
    '3.2-10 together they need minSamples',
    cohort({ minSamples: 3 }),
    `09:05 call@r1 *3; call@r9 *2; hit@r9 *2; tick
     09:15 call@r1 *3; call@r9 *2; hit@r9 *2; call@r8; hit@r8; tick
     09:20 tick`,
    ['opened open 09:20 subject.repId=r1 values.referenceD=3'],
  ],
];

describe('counts', () => pin(counts));
describe('lines and status', () => pin(lines));
describe('a cohort', () => pin(cohorts));
