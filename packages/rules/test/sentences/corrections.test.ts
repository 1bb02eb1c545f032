import { describe } from '@jest/globals';
import { alertOf, type Case, pin } from './cases.ts';
import { cohort, ratio, surge } from './rules.ts';

/** Breaches at 09:10 and 09:20, recovered at 09:30 and 10:00, breaches from 10:10 on. */
const broken = `09:05..09:15/10m call@r1
  09:25 call@r1; hit@r1
  09:55 call@r1; hit@r1
  10:05..10:45/10m call@r1
  10:50 tick\n`;

const outcomes: readonly Case[] = [
  [
    '3.6-02 instants after it are decided again from the state before: the hold clock of late breaches counts',
    ratio({ hold: '40m' }),
    '08:25 call@r1; hit@r1; tick\n09:15..09:35/10m call@r1; tick\n09:55 tick\n08:55 call@r1\n09:05 call@r1\n10:00 tick',
    ['opened open 09:40 decidedAt=10:00 values.heldMs=2400000'],
  ],
  [
    '3.6-02 what a late signal does not reach stays as it was: an open alert',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     10:05 call@r1; tick
     10:10 tick
     09:05 hit@r1
     10:11 tick
     10:15 call@r1; hit@r1; tick
     10:20 tick`,
    ['opened open 10:10', 'resolved closed 10:20'],
  ],
  [
    '3.6-02 where nothing has happened',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:30 tick
     09:05 call@r1; hit@r1
     09:31 tick
     09:35 call@r1; tick
     09:40 tick`,
    ['opened open 09:40'],
  ],
  [
    '3.6-02 a hold clock that runs',
    ratio({ hold: '40m' }),
    `09:05 call@r1; hit@r1; tick
     09:55..10:05/10m call@r1; tick
     09:05 hit@r1
     10:11 tick
     10:15..10:35/10m call@r1; tick
     10:40 tick`,
    ['opened open 10:40 values.heldMs=2400000'],
  ],
  [
    '3.6-02 and one that began after it',
    ratio({ hold: '40m' }),
    // The calls make a breach of 09:10, which 09:20 ends.
    `09:05..09:15/10m call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:30 tick
     09:05 call@r1 *9
     09:31 tick
     09:35..10:05/10m call@r1; tick
     10:10 tick`,
    ['opened open 10:10 values.heldMs=2400000'],
  ],
  [
    '3.6-02 also by what comes later still, after one that changed nothing: a clock that ran before it',
    ratio({ hold: '40m' }),
    `${broken} 09:35 hit@r1
     10:51 tick
     09:25 call@r1 *2
     09:35 call@r1 *9
     09:45 call@r1
     10:52 tick`,
    [
      'opened open 10:50 values.heldMs=2400000',
      'opened open 09:50 decidedAt=10:52 values.heldMs=2400000',
      'resolved closed 10:00 decidedAt=10:52',
    ],
  ],
  [
    '3.6-02 and one that runs behind it',
    ratio({ hold: '40m' }),
    `${broken} 09:35 hit@r1
     10:51 tick
     10:15 call@r1
     10:52 tick
     10:55 call@r1; hit@r1; tick
     11:00 tick`,
    ['opened open 10:50', 'resolved closed 11:00'],
  ],
  [
    '3.6-02 a late breach where the clock was cleared lets it run on',
    ratio({ hold: '40m' }),
    `09:05..09:15/10m call@r1
     09:25 call@r1; hit@r1
     09:35..09:45/10m call@r1
     09:55 call@r1; hit@r1
     10:00 tick
     09:25 call@r1 *2
     10:01 tick`,
    ['opened open 09:50 decidedAt=10:01 values.heldMs=2400000', 'resolved closed 10:00 decidedAt=10:01'],
  ],
  [
    '3.6-02 of several late signals of a cohort in one tick, each where it belongs',
    cohort({ deviation: 0.5 }),
    // 9 of 10 against 10 of 10; with the late calls 9 of 30, at both instants.
    `09:05 call@r1 *10; hit@r1 *9; call@r9 *10; hit@r9 *10; tick
     09:15 call@r1 *10; hit@r1 *9; call@r9 *10; hit@r9 *10; tick
     09:20 tick
     09:15 call@r1 *20
     09:05 call@r1 *20
     09:21 tick`,
    ['opened open 09:10 subject.repId=r1 values.value=0.3 decidedAt=09:21'],
  ],
  [
    '3.6-02 in a cohort also where only what the others have changes',
    cohort({ window: '20m' }),
    // Of [09:00, 09:20) the other has 1 of 2, of [09:10, 09:30) 0 of 1, which is healthy.
    `09:02 call@r9; hit@r9
     09:15 call@r9; tick
     09:40 tick
     09:12 call@r1
     09:41 tick`,
    ['opened open 09:20 subject.repId=r1 decidedAt=09:41', 'resolved closed 09:30 decidedAt=09:41'],
  ],
  [
    '3.6-02 as do instants that are decided first, where what the others had before it is what they have again',
    cohort({ window: '20m' }),
    `09:15 call@r1; call@r9; tick
     09:21 tick
     09:02 call@r9; hit@r9
     09:22 tick
     09:30 tick`,
    ['opened open 09:20 subject.repId=r1 decidedAt=09:22', 'resolved closed 09:30 decidedAt=09:30'],
  ],
  [
    '3.6-02 a late call puts off the end for want of data',
    ratio({ noData: { close: '30m' } }),
    `09:05 call@r1; tick
     09:40 tick
     09:15 call@r1
     09:41 tick
     09:59:59.999 tick
     10:00 tick`,
    ['opened open 09:10', 'resolved no-data 10:00 decidedAt=10:00'],
  ],
  [
    '3.6-02 and a late breach starts the clock of those that follow',
    ratio({ hold: '40m' }),
    `09:05 call@r1; hit@r1; tick
     09:15..09:35/10m call@r1; tick
     09:41 tick
     09:05 call@r1
     09:42 tick
     09:45 call@r1; tick
     09:50 tick`,
    ['opened open 09:50 values.heldMs=2400000'],
  ],
  [
    '3.6-03 an open alert stays as said if the subject is open at its instant by the new decisions, even from earlier on',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; tick
     09:20 tick
     09:05 call@r1
     09:21 tick
     09:25 call@r1; hit@r1; tick
     09:30 tick`,
    ['opened open 09:20', `resolved closed 09:30 seq=2 alertId=${alertOf('09:20')}`],
  ],
  [
    '3.6-03 and is acknowledged by the id that was said',
    ratio({ halfOpen: { after: '5h', trial: '1h' } }),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; tick
     09:20 tick
     09:05 call@r1
     09:21 tick
     09:25 acknowledgement alertId=${alertOf('09:20')}; tick`,
    ['opened open 09:20', 'updated half-open 09:25'],
  ],
  [
    '3.6-04 otherwise it is withdrawn: at and state of its opening, the new numbers and the said ones',
    ratio({ halfOpen: { after: '15m', trial: '1h' } }),
    '09:05 call@r1; tick\n09:30 tick\n09:05 hit@r1\n09:31 tick',
    [
      'opened open 09:10',
      'updated half-open 09:25',
      'withdrawn open 09:10 seq=3 values={"n":1,"d":1,"value":1,"reference":0.5,"heldMs":0,"saidValue":0,"saidReference":0.5}',
    ],
  ],
  [
    '3.6-04 also where the others changed',
    cohort({ deviation: 0.2 }),
    '09:05 call@r1 *10; hit@r1 *5; call@r9 *10; hit@r9 *10; tick\n09:10 tick\n09:05 call@r9 *10\n09:11 tick',
    [
      'opened open 09:10 values.reference=1',
      'withdrawn open 09:10 subject.repId=r1 values.value=0.5 values.reference=0.5 values.saidValue=0.5 values.saidReference=1',
    ],
  ],
  [
    '3.6-05 a surge is withdrawn with the numbers as newly counted',
    surge({ minHistory: '3h' }),
    '06:00 x@r1; tick\n09:30 x@r1 *2; tick\n10:00 tick\n08:00 x@r1 *5\n10:01 tick',
    ['opened surging 10:00 values={"n":2,"referenceN":0}', 'withdrawn surging 10:00 values={"n":2,"referenceN":5}'],
  ],
  [
    '3.6-04 and the earlier opening that it had taken the place of is said',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:30 tick
     09:15 call@r1
     09:31 tick
     09:25 hit@r1
     09:32 tick`,
    [
      'opened open 09:30',
      'opened open 09:20 decidedAt=09:32 values.value=0.5',
      `resolved closed 09:30 seq=2 alertId=${alertOf('09:20')}`,
      `withdrawn open 09:30 seq=2 alertId=${alertOf('09:30')}`,
    ],
  ],
  [
    '3.6-04 also where something came late in between that changed nothing',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:30 tick
     09:15 call@r1
     09:31 tick
     09:05 call@r1; hit@r1
     09:32 tick
     09:25 hit@r1
     09:33 tick`,
    ['opened open 09:30', 'opened open 09:20 decidedAt=09:33', 'resolved closed 09:30', 'withdrawn open 09:30'],
  ],
  [
    '3.6-04 with what had followed it',
    ratio({ halfOpen: { after: '5m', trial: '1h' } }),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:30 tick
     09:15 call@r1
     09:31 tick
     09:25 hit@r1
     09:32 tick`,
    [
      'opened open 09:30',
      'opened open 09:20 decidedAt=09:32',
      'updated half-open 09:25 decidedAt=09:32',
      `withdrawn open 09:30 seq=2 alertId=${alertOf('09:30')}`,
      `resolved closed 09:30 seq=3 alertId=${alertOf('09:20')}`,
    ],
  ],
  [
    '3.6-06 the instant of a withdrawn alert never opens again, a later one may',
    ratio(),
    `09:05 call@r1; tick
     09:10 tick
     09:05 hit@r1
     09:11 tick
     09:05 call@r1 *3
     09:12 tick
     09:25 call@r1; tick
     09:30 tick`,
    ['opened open 09:10', 'withdrawn open 09:10', `opened open 09:30 alertId=${alertOf('09:30')}`],
  ],
  [
    '3.6-06 as long as it can be corrected',
    ratio({}, { lateness: '1h' }),
    '09:05 call@r1; tick\n09:10 tick\n09:05 hit@r1\n09:11 tick\n10:10 tick\n09:05 call@r1 *3\n10:11 tick',
    ['opened open 09:10', 'withdrawn open 09:10'],
  ],
  [
    '3.6-06 and may follow in the same tick',
    ratio(),
    '09:05 call@r1; tick\n09:15 call@r1; tick\n09:20 tick\n09:05 hit@r1\n09:21 tick',
    ['opened open 09:10', 'withdrawn open 09:10', 'opened open 09:20 decidedAt=09:21 seq=1'],
  ],
];

describe('an open alert', () => pin(outcomes));
