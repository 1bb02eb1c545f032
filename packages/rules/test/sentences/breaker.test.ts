import { describe } from '@jest/globals';
import { alertOf, type Case, pin } from './cases.ts';
import { cohort, ratio, threshold } from './rules.ts';

const rests = { noData: { close: '20m' }, cooldown: '40m' };

const breakers: readonly Case[] = [
  [
    '3.2-19 it trips again a cooldown after it resolved, inclusive',
    ratio({ cooldown: '40m' }),
    `08:55 call@r1; tick
     09:05 call@r1; hit@r1; tick
     09:15..09:55/10m call@r1; tick
     10:00 tick`,
    ['opened open 09:00', 'resolved closed 09:10', 'opened open 09:50'],
  ],
  [
    '3.2-19 without a cooldown at the very next breach',
    ratio({ window: '10s', every: '10s' }),
    `08:59:55 call@r1; tick
     09:00:05 call@r1; hit@r1; tick
     09:00:15 call@r1; tick
     09:00:20 tick`,
    ['opened open 09:00', 'resolved closed 09:00:10', 'opened open 09:00:20'],
  ],
  [
    '3.2-19 the clock runs while it rests: it trips with what it held',
    ratio({ cooldown: '41m', hold: '40m' }),
    `08:55..09:35/10m call@r1; tick
     09:45 call@r1; hit@r1; tick
     09:55..10:35/10m call@r1; tick
     10:40 tick`,
    // First breach 10:00, 40 min at 10:40; resolved at 09:50.
    ['opened open 09:40', 'resolved closed 09:50', 'opened open 10:40 values.heldMs=2400000'],
  ],
  [
    '3.2-19 also with no traffic when it ends',
    ratio({ window: '5h', cooldown: '40m' }),
    '08:55 call@r1; tick\n09:05 call@r1; hit@r1 *2; tick\n09:15 call@r1 *9; tick\n11:00 tick',
    ['opened open 09:00', 'resolved closed 09:10', 'opened open 09:50'],
  ],
  [
    '3.2-20 half-open after the given time, at that very ms, with the numbers of the last instant',
    ratio({ halfOpen: { after: '25m', trial: '60m' } }),
    '08:55 call@r1 *2; tick\n09:05 call@r1 *3; hit@r1; tick\n09:15 call@r1 *5; hit@r1 *2; tick\n09:25 tick',
    ['opened open 09:00', 'updated half-open 09:25 values={"n":2,"d":5,"value":0.4,"reference":0.5,"heldMs":1200000}'],
  ],
  [
    '3.2-20 also where that is the first, at the very ms of the first signal',
    threshold({ halfOpen: { after: '5m', trial: '60m' } }),
    '09:00 x@r1; tick\n09:05 tick',
    ['opened breached 09:00 values.n=0', 'updated half-open 09:05 values={"n":0,"value":0,"reference":1,"heldMs":0}'],
  ],
  [
    '3.2-20 without halfOpen it stays open',
    ratio({ noData: { close: '20h' } }),
    '08:55 call@r1; tick\n22:00 tick',
    ['opened open 09:00'],
  ],
  [
    '3.2-21 an acknowledgement makes it half-open at its own instant; labels.alertId alone matches it',
    ratio({ halfOpen: { after: '25m', trial: '60m' } }),
    `08:55 call@r1; tick
     09:05 call@r1; tick
     09:07 acknowledgement teamId=t9 repId=r2 alertId=${alertOf('09:00')}; tick
     09:08 acknowledgement alertId=${alertOf('09:00')}; tick
     09:10 tick`,
    ['opened open 09:00', 'updated half-open 09:07 decidedAt=09:07'],
  ],
  [
    '3.2-21 of another kind, of another alert, or before the opening it is none',
    ratio({ halfOpen: { after: '25m', trial: '60m' } }),
    `08:55 call@r1; tick
     08:59:59.999 acknowledgement alertId=${alertOf('09:00')}
     09:00 acknowledgement alertId=${alertOf('09:00')}
     09:00 tick
     09:01 acknowledged alertId=${alertOf('09:00')}
     09:01 acknowledgement alertId=${alertOf('09:10')}; tick
     09:24:59.999 tick`,
    ['opened open 09:00'],
  ],
  [
    '3.2-21 one that came when there was no such alert does not count where a late signal opens it',
    ratio({ halfOpen: { after: '5h', trial: '1h' } }),
    `08:55 call@r1; hit@r1; tick
     09:05 acknowledgement alertId=${alertOf('09:00')}; tick
     08:55 call@r1
     09:06 tick`,
    ['opened open 09:00 decidedAt=09:06'],
    { used: 3, unused: 1 },
  ],
  [
    '3.2-21 nor does one of an alert that ended make the next half-open, where one tick decides both',
    ratio({ halfOpen: { after: '5h', trial: '1h' } }),
    `08:55 call@r1; tick
     09:00 tick
     09:05 call@r1; hit@r1
     09:15 call@r1
     09:25 acknowledgement alertId=${alertOf('09:00')}
     09:30 tick`,
    ['opened open 09:00', 'resolved closed 09:10', 'opened open 09:20'],
  ],
  [
    '3.2-21 of several the earliest counts',
    ratio({ halfOpen: { after: '25m', trial: '60m' } }),
    `08:55 call@r1; tick
     09:05 call@r1; tick
     09:08 acknowledgement alertId=${alertOf('09:00')}
     09:07 acknowledgement alertId=${alertOf('09:00')}
     09:09 acknowledgement alertId=${alertOf('09:00')}; tick`,
    ['opened open 09:00', 'updated half-open 09:07 decidedAt=09:09'],
  ],
  [
    '3.2-21 a ms after the opening it is one',
    ratio({ halfOpen: { after: '25m', trial: '60m' } }),
    `08:55 call@r1; tick
     09:00:00.001 acknowledgement alertId=${alertOf('09:00')}
     09:01 tick`,
    ['opened open 09:00', 'updated half-open 09:00:00.001'],
  ],
  [
    '3.2-21 between instants nothing else is decided: what has recovered by then closes at the next',
    ratio({ halfOpen: { after: '25m', trial: '60m' } }),
    `08:55 call@r1; tick
     09:02 call@r1; hit@r1; tick
     09:07 acknowledgement alertId=${alertOf('09:00')}; tick
     09:10 tick`,
    // Of [08:57, 09:07) every call was a hit.
    ['opened open 09:00', 'updated half-open 09:07', 'resolved closed 09:10'],
  ],
  [
    '3.2-22 the first instant a trial after half-open opens it again, inclusive, in a breach',
    ratio({ halfOpen: { after: '10m', trial: '20m' } }),
    '08:55..09:25/10m call@r1; tick\n09:30 tick\n09:40 tick',
    // Half-open 20 min at 09:30; open again, ten minutes later half-open again.
    [
      'opened open 09:00',
      'updated half-open 09:10',
      'updated open 09:30 values.heldMs=1800000',
      'updated half-open 09:40 values.n=0 values.heldMs=1800000',
    ],
  ],
  [
    '3.2-22 with no traffic, in one tick',
    ratio({ window: '5h', halfOpen: { after: '15m', trial: '20m' } }),
    '08:55 call@r1; tick\n10:00 tick',
    ['opened open 09:00', 'updated half-open 09:15', 'updated open 09:40', 'updated half-open 09:55'],
  ],
  [
    '3.2-22 where the trial is 0, at the very instant of the acknowledgement',
    ratio({ window: '1h', halfOpen: { after: '5h', trial: '0s' } }),
    `08:55 call@r1; tick
     09:20 acknowledgement alertId=${alertOf('09:00')}; tick`,
    ['opened open 09:00', 'updated half-open 09:20', 'updated open 09:20'],
  ],
  [
    '3.2-22 not at an instant before it',
    ratio({ halfOpen: { after: '10m', trial: '1200001ms' } }),
    '08:55..09:35/10m call@r1; tick\n09:40 tick',
    ['opened open 09:00', 'updated half-open 09:10', 'updated open 09:40'],
  ],
  [
    '3.2-22 between the lines, too',
    ratio({ number: 1, deviation: 0.5, halfOpen: { after: '10m', trial: '20m' } }),
    '08:55..09:15/10m call@r1; tick\n09:25 call@r1 *4; hit@r1 *3; tick\n09:30 tick',
    ['opened open 09:00', 'updated half-open 09:10', 'updated open 09:30'],
  ],
  [
    '3.2-22 unknown prolongs the trial',
    ratio({ halfOpen: { after: '10m', trial: '20m' } }),
    '08:55..09:15/10m call@r1; tick\n09:45 call@r1; tick\n09:50 tick',
    ['opened open 09:00', 'updated half-open 09:10', 'updated open 09:50'],
  ],
  [
    '3.2-22 recovered closes it during the trial',
    ratio({ halfOpen: { after: '10m', trial: '20m' } }),
    '08:55 call@r1; tick\n09:05 call@r1; tick\n09:15 call@r1; hit@r1; tick\n09:20 tick',
    ['opened open 09:00', 'updated half-open 09:10', 'resolved closed 09:20'],
  ],
  [
    '3.2-23 an acknowledgement of what is half-open changes nothing: the trial goes on from its beginning',
    ratio({ halfOpen: { after: '10m', trial: '20m' } }),
    `08:55..09:25/10m call@r1; tick
     09:27 acknowledgement alertId=${alertOf('09:00')}; tick
     09:30 tick`,
    ['opened open 09:00', 'updated half-open 09:10', 'updated open 09:30'],
  ],
  [
    '3.2-23 nor does one where there is no half-open',
    ratio(),
    `08:55..09:25/10m call@r1; tick
     09:27 acknowledgement alertId=${alertOf('09:00')}; tick
     09:30 tick`,
    ['opened open 09:00'],
  ],
  [
    '3.2-24 unknown for as long as close, from the first unknown instant, resolves it there',
    ratio({ noData: { close: '20m' } }),
    '08:55 call@r1; tick\n09:29:59.999 tick\n09:30 tick',
    // Unknown at 09:10, 09:20, 09:30.
    ['opened open 09:00', 'resolved no-data 09:30 values={"n":0,"d":0,"reference":0.5,"heldMs":0}'],
  ],
  [
    '3.2-24 an instant with data begins the run anew, half-open or not',
    ratio({ noData: { close: '20m' }, halfOpen: { after: '25m', trial: '60m' } }),
    '08:55 call@r1; tick\n09:15 call@r1; tick\n09:50 tick',
    ['opened open 09:00', 'updated half-open 09:25', 'resolved no-data 09:50'],
  ],
  [
    '3.2-24 a day is the default',
    ratio(),
    '08:55 call@r1; tick\n03-03T09:00 tick\n03-03T09:10 tick',
    ['opened open 09:00', 'resolved no-data 03-03T09:10'],
  ],
  [
    '3.2-24 against a cohort its numbers are those of the others alone',
    cohort({ noData: { close: '20m' } }),
    // Unknown at 09:20, 09:30, 09:40.
    '09:05 call@r1; call@r9; hit@r9; tick\n09:35 call@r9; hit@r9; tick\n09:40 tick',
    [
      'opened open 09:10 values.members=2',
      'resolved no-data 09:40 values={"n":0,"d":0,"reference":1,"heldMs":0,"referenceN":1,"referenceD":1,"members":1}',
    ],
  ],
  [
    '3.2-25 that end starts the cooldown, too',
    ratio(rests),
    '08:55 call@r1; tick\n09:45..10:05/10m call@r1; tick\n10:10 tick',
    ['opened open 09:00', 'resolved no-data 09:30', 'opened open 10:10'],
  ],
  [
    '3.2-25 and clears the clock',
    ratio({ noData: { close: '20m' }, hold: '40m' }),
    '08:55..09:35/10m call@r1; tick\n10:15..10:55/10m call@r1; tick\n11:00 tick',
    // Breach 09:00 to 09:40; unknown from 09:50, ended at 10:10; breach from 10:20.
    ['opened open 09:40', 'resolved no-data 10:10', 'opened open 11:00 values.heldMs=2400000'],
  ],
  [
    '3.2-30 what does not exist is left out, and evidence is empty',
    cohort(),
    '09:05 call@r1 *2; call@r9; hit@r9; tick\n09:10 tick\n03-03T09:20 tick',
    [
      'opened open 09:10 values={"n":0,"d":2,"value":0,"reference":1,"heldMs":0,"referenceN":1,"referenceD":1,"members":2} evidence=[]',
      'resolved no-data 03-03T09:20 values={"n":0,"d":0,"heldMs":0,"members":0} evidence=[]',
    ],
  ],
];

describe('a breaker', () => pin(breakers));
