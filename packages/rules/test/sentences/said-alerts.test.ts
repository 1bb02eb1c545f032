import { describe } from '@jest/globals';
import { alertOf, type Case, pin } from './cases.ts';
import { ratio } from './rules.ts';

const hour = (fields: object = {}, rule: object = {}) => ratio(fields, { lateness: '1h', ...rule });

const ended: readonly Case[] = [
  [
    '3.6-07 a resolved alert stays said when its opening falls',
    ratio(),
    '09:05 call@r1; tick\n09:15 call@r1; hit@r1; tick\n09:20 tick\n09:05 hit@r1\n09:21 tick',
    ['opened open 09:10', 'resolved closed 09:20'],
  ],
  [
    '3.6-07 no newly derived alert that overlaps it is said, where it opens before',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; tick
     09:25 call@r1; hit@r1; tick
     09:30 tick
     09:05 call@r1
     09:31 tick`,
    ['opened open 09:20', 'resolved closed 09:30'],
  ],
  [
    '3.6-07 nor where it would end at its very opening',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; tick
     09:25 call@r1; hit@r1; tick
     09:30 tick
     09:05 call@r1
     09:15 hit@r1
     09:31 tick`,
    // A breach of 09:10 alone now: [09:10, 09:20]; [09:20, 09:30] is said.
    ['opened open 09:20', 'resolved closed 09:30'],
  ],
  [
    '3.6-07 nor where it would last beyond its end: free time begins after it',
    ratio(),
    `09:05 call@r1; tick
     09:15 call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:35 call@r1; hit@r1; tick
     09:40 tick
     09:15 call@r1
     09:41 tick`,
    // Of 09:20 there is a breach now: one alert from 09:10 to 09:40; [09:10, 09:20] and [09:30, 09:40] are said.
    ['opened open 09:10', 'resolved closed 09:20', 'opened open 09:30', 'resolved closed 09:40'],
  ],
  [
    '3.6-07 after its end the subject is closed, as said: a breach that follows opens anew',
    ratio(),
    `09:05 call@r1; tick
     09:15 call@r1; hit@r1; tick
     09:25 call@r1; hit@r1; tick
     09:30 tick
     09:15 call@r1
     09:25 call@r1
     09:31 tick`,
    ['opened open 09:10', 'resolved closed 09:20', `opened open 09:30 seq=1 alertId=${alertOf('09:30')}`],
  ],
  [
    '3.6-07 as long as its end can be corrected',
    hour(),
    // The call comes an hour after 09:20, and counts there alone: 1 of 2.
    `09:05 call@r1; tick
     09:15 call@r1; hit@r1; tick
     09:20 tick
     10:20 tick
     09:15 call@r1
     10:21 tick
     10:25 call@r1; tick
     10:30 tick`,
    ['opened open 09:10', 'resolved closed 09:20', `opened open 10:30 alertId=${alertOf('10:30')}`],
  ],
  [
    '3.6-08 its end starts the cooldown, though by the new decisions there was none',
    ratio({ cooldown: '40m' }),
    `09:05 call@r1; tick
     09:15 call@r1; hit@r1; tick
     09:20 tick
     09:05 hit@r1
     09:21 tick
     09:45..09:55/10m call@r1; tick
     10:00 tick`,
    ['opened open 09:10', 'resolved closed 09:20', 'opened open 10:00'],
  ],
  [
    '3.6-08 and after no-data clears the clock',
    ratio({ hold: '40m', noData: { close: '20m' } }),
    `08:55..09:35/10m call@r1; tick
     10:10 tick
     09:05 hit@r1
     10:11 tick
     10:15..10:55/10m call@r1; tick
     11:00 tick`,
    // Trips at 09:40, unknown from 09:50, ends at 10:10. The hit breaks the breach of 09:10; 10:20 begins at 0.
    ['opened open 09:40', 'resolved no-data 10:10', 'opened open 11:00 values.heldMs=2400000'],
  ],
  [
    '3.6-08 where it would last longer by the new decisions, too',
    ratio({ cooldown: '40m', noData: { close: '20m' } }),
    // Unknown from 09:20 to 09:40; with the late call from 09:30.
    `09:05 call@r1; tick
     09:40 tick
     09:15 call@r1
     09:41 tick
     10:05..10:15/10m call@r1; tick
     10:20 tick`,
    ['opened open 09:10', 'resolved no-data 09:40', 'opened open 10:20'],
  ],
  [
    '3.6-08 a withdrawal is no end: it starts no cooldown',
    ratio({ cooldown: '40m' }),
    '09:05 call@r1; tick\n09:10 tick\n09:05 hit@r1\n09:11 tick\n09:15 call@r1; tick\n09:20 tick',
    ['opened open 09:10', 'withdrawn open 09:10', 'opened open 09:20'],
  ],
  [
    '3.6-09 an opening in free time is said with its own instant, and resolved at once if that is past',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:15 call@r1; hit@r1; tick
     09:30 tick
     09:05 call@r1
     09:31 tick`,
    ['opened open 09:10 decidedAt=09:31 late=true', 'resolved closed 09:20 decidedAt=09:31'],
  ],
  [
    '3.6-09 beside one that is open and later, which stays so',
    ratio(),
    `09:05..09:15/10m call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:30 tick
     09:05 call@r1
     09:31 tick
     09:35 call@r1; hit@r1; tick
     09:40 tick`,
    [
      'opened open 09:30',
      'opened open 09:10 decidedAt=09:31',
      'resolved closed 09:20 decidedAt=09:31',
      `resolved closed 09:40 seq=2 alertId=${alertOf('09:30')}`,
    ],
  ],
  [
    '3.6-09 and half-open on the way, though the one that ended is later',
    ratio({ halfOpen: { after: '5m', trial: '1h' } }),
    `09:05..09:15/10m call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:35 call@r1; hit@r1; tick
     09:40 tick
     09:05 call@r1
     09:41 tick`,
    [
      'opened open 09:30',
      'updated half-open 09:35',
      'resolved closed 09:40',
      'opened open 09:10 decidedAt=09:41',
      'updated half-open 09:15 decidedAt=09:41',
      'resolved closed 09:20 decidedAt=09:41',
    ],
  ],
  [
    '3.6-09 not by an acknowledgement that came while one that ended hid it: that matched nothing open',
    ratio({ halfOpen: { after: '5h', trial: '1h' } }),
    `09:05..09:15/10m call@r1; hit@r1; tick
     09:25 call@r1; tick
     09:35 call@r1; hit@r1; tick
     09:40 tick
     09:05..09:15/10m call@r1
     09:15 acknowledgement alertId=${alertOf('09:10')}
     09:41 tick
     09:15 hit@r1
     09:42 tick`,
    // At 09:41 one alert would last from 09:10 to 09:40; [09:30, 09:40] is said. At 09:42 it ends at 09:20.
    ['opened open 09:30', 'resolved closed 09:40', 'opened open 09:10 decidedAt=09:42', 'resolved closed 09:20'],
    { unused: 1 },
  ],
  [
    '3.6-09 or left open',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:30 tick
     09:05 call@r1
     09:31 tick`,
    ['opened open 09:10 decidedAt=09:31'],
  ],
];

const updates: readonly Case[] = [
  [
    '3.6-10 a said update is not taken back, and a new one before it is not said; what follows from it is',
    ratio({ halfOpen: { after: '10m', trial: '15m' } }),
    // Half-open at 09:20, as said; since 09:15 by the acknowledgement that came late: the trial ends by 09:30, not 09:40.
    `09:05 call@r1; tick
     09:15 call@r1; tick
     09:20 tick
     09:15 acknowledgement alertId=${alertOf('09:10')}
     09:21 tick
     09:25 call@r1; tick
     09:30 tick`,
    ['opened open 09:10', 'updated half-open 09:20', 'updated open 09:30 seq=3'],
  ],
  [
    '3.6-10 what was said is not said again when it is derived again',
    ratio({ halfOpen: { after: '15m', trial: '15m' } }),
    `09:05..09:35/10m call@r1; tick
     09:40 tick
     09:05 call@r1
     09:41 tick`,
    ['opened open 09:10', 'updated half-open 09:25', 'updated open 09:40'],
  ],
  [
    '3.6-10 nor where that is the last instant of all',
    ratio({ halfOpen: { after: '15m', trial: '15m' } }),
    '09:05..09:35/10m call@r1; tick\n09:40 tick\n09:35 call@r1\n09:41 tick',
    ['opened open 09:10', 'updated half-open 09:25', 'updated open 09:40'],
  ],
  [
    '3.6-10 a new one that is later than the last is said',
    ratio({ halfOpen: { after: '1h', trial: '15m' } }),
    `09:05 call@r1; tick
     09:20 tick
     09:15 acknowledgement alertId=${alertOf('09:10')}
     09:21 tick`,
    ['opened open 09:10', 'updated half-open 09:15 decidedAt=09:21'],
  ],
];

describe('an alert that ended', () => pin(ended));
describe('updates', () => pin(updates));
