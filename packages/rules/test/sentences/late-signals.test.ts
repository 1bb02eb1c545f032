import { describe } from '@jest/globals';
import { alertOf, type Case, pin } from './cases.ts';
import { cohort, ratio, surge, threshold } from './rules.ts';

const lateness = { lateness: '1h' };
const hour = (fields: object = {}, rule: object = {}) => ratio(fields, { lateness: '1h', ...rule });

const arrival: readonly Case[] = [
  [
    '3.6-01 a signal that arrives at the end of the lateness counts at an instant',
    hour(),
    '09:05 call@r1; tick\n09:10 tick\n10:10 tick\n09:05 hit@r1\n10:11 tick',
    ['opened open 09:10', 'withdrawn open 09:10 decidedAt=10:11'],
  ],
  [
    '3.6-01 a ms later it does not',
    hour(),
    '09:05 call@r1; tick\n09:10 tick\n10:10:00.001 tick\n09:05 hit@r1\n10:11 tick',
    ['opened open 09:10'],
    { used: 2 },
  ],
  [
    '3.6-01 it may count at a later instant of its window alone',
    hour({ window: '20m' }),
    // The hit of 09:05 comes in time for 09:20, too late for 09:10, which stays open.
    '09:05 call@r1; tick\n09:10 tick\n10:20 tick\n09:05 hit@r1\n10:21 tick',
    ['opened open 09:10', 'resolved closed 09:20 decidedAt=10:21'],
  ],
  [
    '3.6-01 also where the first of them is the last before the lateness',
    hour({ window: '20m' }),
    '09:05 call@r1; tick\n09:10 tick\n10:15 tick\n09:05 hit@r1\n10:16 tick',
    ['opened open 09:10', 'resolved closed 09:20 decidedAt=10:16'],
  ],
  [
    '3.6-01 in the sums of the others it counts at the same instants',
    cohort({ window: '20m' }, lateness),
    // 1/2 against 1/1; with the late calls against 1/10.
    `09:05 call@r1 *2; hit@r1; call@r9; hit@r9; tick
     09:10 tick
     10:15 tick
     09:05 call@r9 *9
     10:16 tick`,
    [
      'opened open 09:10 subject.repId=r1 values.reference=1',
      'resolved closed 09:20 subject.repId=r1 values.referenceN=1 values.referenceD=10 values.members=2',
      'opened open 09:20 subject.repId=r9 values.value=0.1 values.reference=0.5',
    ],
  ],
  [
    '3.6-01 as does a member that has nothing else',
    cohort({ window: '20m' }, lateness),
    `09:05 call@r1 *2; hit@r1; call@r9; hit@r9; tick
     09:10 tick
     10:15 tick
     09:05 call@r8 *8
     10:16 tick`,
    [
      'opened open 09:10 subject.repId=r1 values.members=2',
      'resolved closed 09:20 subject.repId=r1 values.referenceN=1 values.referenceD=9 values.members=3',
      'opened open 09:20 subject.repId=r8 values.referenceN=2 values.referenceD=3 values.members=3',
    ],
  ],
  [
    '3.6-01 and the history of a surge begins with it there',
    surge({}, lateness),
    // 10:00: c = 1, b = 1, known since 09:10.
    '09:10 x@r1; tick\n10:45 tick\n08:10 x@r1\n10:46 tick',
    ['opened surging 10:00 decidedAt=10:46 values={"n":1,"referenceN":1}', 'resolved normal 10:30 decidedAt=10:46'],
  ],
  [
    '3.6-01 nor does it stand among the numbers of that instant where half-open says them late',
    hour({ halfOpen: { after: '5h', trial: '1h' } }),
    `09:05 call@r1; tick
     09:10 tick
     10:15 tick
     09:05 hit@r1
     09:16 acknowledgement alertId=${alertOf('09:10')}
     10:16 tick`,
    ['opened open 09:10', 'updated half-open 09:16 decidedAt=10:16 values.n=0 values.d=1'],
  ],
  [
    '3.6-01 what came before an instant was decided counts, however late that was',
    ratio({}, { lateness: '0s' }),
    '09:00 tick\n09:05 call@r1; hit@r1\n12:00 tick',
    [],
  ],
];

/** The oldest signal of the oldest instant that can be corrected is known. */
const memory: readonly Case[] = [
  [
    '3.6-01 a window is whole as long as its instant can be corrected: ratio',
    ratio({}, lateness),
    '09:00 hit@r1; tick\n10:10 tick\n09:09 call@r1 *2\n10:11 tick',
    ['opened open 09:10 values.n=1 values.d=2'],
  ],
  [
    '3.6-01 a window is whole as long as its instant can be corrected: threshold',
    threshold({ side: 'above', minSamples: 1 }, lateness),
    '09:00 x@r1; tick\n10:10 tick\n09:09 x@r1\n10:11 tick',
    ['opened breached 09:10 values.n=2'],
  ],
  [
    '3.6-01 a window is whole as long as its instant can be corrected: surge',
    surge({}, lateness),
    // 10:00: c = 1, b = 5 of [07:00, 09:00); 10:30: c = 1, b = 0.
    '07:00 x@r1 *5; tick\n11:00 tick\n09:30 x@r1\n11:01 tick',
    ['opened surging 08:00', 'resolved normal 08:30', 'opened surging 10:30 decidedAt=11:01', 'resolved normal 11:00'],
  ],
];

const apart: readonly Case[] = [
  [
    '3.6-01 what the others sent too late for one instant counts at the next, and at those after that one is out of reach',
    cohort({ window: '1h', halfOpen: { after: '25m', trial: '1h' } }, { lateness: '5m' }),
    `09:15 call@r1; tick
     09:16 tick
     09:05 call@r9; hit@r9
     09:17 tick
     09:20 tick
     09:26 tick
     09:45 tick`,
    [
      'opened open 09:20 subject.repId=r1 values.referenceD=1 values.members=2',
      'updated half-open 09:45 values.referenceD=1 values.members=2',
    ],
  ],
];

describe('late signals', () => pin(arrival));
describe('what late signals need', () => pin(memory));
describe('what lay apart', () => pin(apart));
