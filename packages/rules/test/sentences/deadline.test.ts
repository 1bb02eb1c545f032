import { describe } from '@jest/globals';
import { type Case, pin, put } from './cases.ts';
import { deadline } from './rules.ts';

const never: readonly string[] = [];

const starts: readonly Case[] = [
  [
    '3.3-01 the first start counts: a repeated one changes nothing',
    deadline(),
    '09:00 start@r1 id=1; tick\n09:30 start@r1 id=2; tick\n11:00 tick',
    ['opened overdue 10:00 evidence.0.signalId=1'],
  ],
  [
    '3.3-01 nor after the opening',
    deadline(),
    '09:00 start@r1 id=1; tick\n10:10 start@r1 id=2; tick\n10:20 stop@r1; tick\n12:00 tick',
    ['opened overdue 10:00', 'resolved answered 10:20 values.elapsedMs=4800000 evidence.0.signalId=1'],
  ],
  [
    '3.3-02 a start at the ms of the stop changes nothing, a ms later it counts',
    deadline(),
    `09:00 start@r1; start@r2; tick
     09:30 stop@r1; stop@r2; start@r1; tick
     09:30:00.001 start@r2; tick
     11:00 tick`,
    ['opened overdue 10:30:00.001 subject.repId=r2'],
  ],
  [
    '3.3-02 also at the ms of the stop of what was overdue',
    deadline(),
    `09:00 start@r1; start@r2; tick
     10:30 stop@r1; stop@r2; start@r1; tick
     10:30:00.001 start@r2; tick
     12:00 tick`,
    [
      'opened overdue 10:00',
      'opened overdue 10:00',
      'resolved answered 10:30',
      'resolved answered 10:30',
      'opened overdue 11:30:00.001 subject.repId=r2',
    ],
  ],
  [
    '3.3-03 of several stops the earliest counts',
    deadline(),
    '09:00 start@r1; tick\n10:30 stop@r1\n10:20 stop@r1\n10:30 tick',
    ['opened overdue 10:00', 'resolved answered 10:20'],
  ],
  [
    '3.3-03 of several starts that come together the earliest',
    deadline(),
    '09:30 start@r1 id=2\n09:00 start@r1 id=1\n09:30 tick\n11:00 tick',
    ['opened overdue 10:00 evidence.0.signalId=1'],
  ],
  [
    '3.3-03 one that comes late takes no place from a later one',
    deadline(),
    '09:40 start@r1 id=2; tick\n09:00 start@r1 id=1\n09:30 stop@r1\n09:41 tick\n11:00 tick',
    ['opened overdue 10:40 evidence.0.signalId=2'],
  ],
  [
    '3.3-03 of two starts at one ms the smaller id, whichever came first',
    deadline(),
    '09:00 start@r1 id=2; tick\n09:00 start@r1 id=1\n09:01 tick\n10:00 tick',
    ['opened overdue 10:00 evidence.0.signalId=1'],
  ],
  [
    '3.3-03 and of two stops',
    deadline(),
    '10:30 stop@r1 id=2; tick\n10:30 stop@r1 id=1\n10:31 tick\n09:00 start@r1\n10:32 tick',
    ['opened overdue 10:00', 'resolved answered 10:30 evidence.1.signalId=1'],
  ],
  [
    '3.3-03 a start and its stop that come late are decided on their own, before the start that waits',
    deadline(),
    '10:00 start@r1; tick\n08:00 start@r1\n09:30 stop@r1\n10:01 tick\n11:00 tick',
    ['opened overdue 09:00 decidedAt=10:01', 'resolved answered 09:30', 'opened overdue 11:00 decidedAt=11:00'],
  ],
  [
    '3.3-04 a subject of its own for each',
    deadline(),
    '09:00 start@r1; tick\n09:30 stop@r2; tick\n10:00 tick',
    ['opened overdue 10:00 subject.repId=r1'],
  ],
];

const stops: readonly Case[] = [
  ['3.3-05 a stop at the ms of the start counts', deadline(), '09:00 stop@r1; start@r1; tick\n11:00 tick', never],
  [
    '3.3-05 also where the start comes after it',
    deadline(),
    '09:30 stop@r1; tick\n09:00 start@r1\n09:31 tick\n11:00 tick',
    never,
  ],
  [
    '3.3-05 one before it does not',
    deadline(),
    '08:59:59.999 stop@r1\n09:00 start@r1; tick\n11:00 tick',
    ['opened overdue 10:00'],
  ],
  [
    '3.3-06 it is overdue at start + within, with no traffic, without values',
    deadline({ within: '90s' }),
    '09:00 start@r1 id=s; tick\n09:01:29.999 tick\n09:01:30 tick',
    [
      'opened overdue 09:01:30 decidedAt=09:01:30 values={} evidence=[{"eventId":"test:1.0.0","signalId":"s","occurredAt":"2026-03-02T09:00:00.000Z","role":"start"}]',
    ],
  ],
  [
    '3.3-07 a stop at +90.000 s is in time',
    deadline({ within: '90s' }),
    '09:00 start@r1; tick\n09:01:30 stop@r1; tick\n10:00 tick',
    never,
  ],
  [
    '3.3-07 one at +90.001 s is not',
    deadline({ within: '90s' }),
    '09:00 start@r1; tick\n09:01:30.001 stop@r1; tick',
    ['opened overdue 09:01:30', 'resolved answered 09:01:30.001 values={"elapsedMs":90001}'],
  ],
  [
    '3.3-08 a later stop answers it at its own instant, with the evidence of both',
    deadline(),
    '09:00 start@r1; tick\n10:20 stop@r1\n10:40 tick',
    [
      'opened overdue 10:00',
      'resolved answered 10:20 decidedAt=10:40 values={"elapsedMs":4800000} evidence.0.role=start evidence.1.role=stop evidence.1.occurredAt=10:20',
    ],
  ],
  [
    '3.3-09 a stop in time that arrives at the end of the lateness withdraws it: at and state of its opening',
    deadline({}, { lateness: '2h' }),
    '09:00 start@r1; tick\n12:00 tick\n09:30 stop@r1\n12:01 tick',
    [
      'opened overdue 10:00',
      'withdrawn overdue 10:00 decidedAt=12:01 values={"elapsedMs":1800000} evidence.1.role=stop',
    ],
  ],
  [
    '3.3-09 one that arrives a ms later resolves it at its own instant',
    deadline({}, { lateness: '2h' }),
    '09:00 start@r1; tick\n12:00:00.001 tick\n09:30 stop@r1\n12:01 tick',
    ['opened overdue 10:00', 'resolved answered 09:30 decidedAt=12:01 values={"elapsedMs":1800000}'],
  ],
  [
    '3.3-09 a stop at the ms of the start, and one at the deadline, are in time, late as they are',
    deadline(),
    '09:00 start@r1; start@r2; start@r3; tick\n10:00 tick\n09:00 stop@r1\n10:00 stop@r2\n10:00:00.001 stop@r3\n10:01 tick',
    [
      'opened overdue 10:00',
      'opened overdue 10:00',
      'opened overdue 10:00',
      'withdrawn overdue 10:00 subject.repId=r1 values.elapsedMs=0',
      'withdrawn overdue 10:00 subject.repId=r2 values.elapsedMs=3600000',
      'resolved answered 10:00:00.001 subject.repId=r3',
    ],
  ],
  [
    '3.3-10 with a calendar within counts opening hours, over a night, and elapsedMs plain time',
    deadline({}, { calendar: { from: '09:00', to: '17:00' } }),
    '16:30 start@r1; tick\n03-03T09:31 stop@r1; tick',
    ['opened overdue 03-03T09:30', 'resolved answered 03-03T09:31 values.elapsedMs=61260000'],
  ],
  [
    '3.3-10 an hour used up at five ends at five',
    deadline({}, { calendar: { from: '09:00', to: '17:00' } }),
    '16:00 start@r1; start@r2; tick\n17:00 stop@r2; tick\n17:00:01 tick',
    ['opened overdue 17:00 subject.repId=r1'],
  ],
  [
    '3.3-10 no time at all has passed at once, at night, too',
    deadline({ within: '0s' }, { calendar: { from: '09:00', to: '17:00' } }),
    '20:00 start@r1; tick',
    ['opened overdue 20:00'],
  ],
  [
    '3.3-10 and a start at night begins at nine',
    deadline({}, { calendar: { from: '09:00', to: '17:00' } }),
    '20:00 start@r1; tick\n03-03T09:59:59.999 tick\n03-03T10:00 tick',
    ['opened overdue 03-03T10:00 decidedAt=03-03T10:00'],
  ],
];

/** Overdue from 09:00 to 10:20, said. */
const said = '09:00 start@r1; tick\n10:00 tick\n10:20 stop@r1; tick\n';
const saidLines = ['opened overdue 10:00', 'resolved answered 10:20'];

const owned: readonly Case[] = [
  [
    '3.3-11 a late start inside a said alert says nothing, at its end neither',
    deadline(),
    `${said} 09:10 start@r1\n10:20 start@r1\n10:21 tick\n12:00 tick`,
    saidLines,
  ],
  [
    '3.3-11 a ms after its end it counts',
    deadline(),
    `${said} 10:20:00.001 start@r1\n10:21 tick\n12:00 tick`,
    [...saidLines, 'opened overdue 11:20:00.001'],
  ],
  [
    '3.3-12 an obligation that would reach into one says nothing',
    deadline(),
    `${said} 07:30 start@r1\n10:21 tick\n12:00 tick`,
    saidLines,
  ],
  [
    '3.3-12 nor one that ends at its very start',
    deadline(),
    `${said} 07:30 start@r1\n09:00 stop@r1\n10:21 tick\n12:00 tick`,
    saidLines,
  ],
  [
    '3.3-12 one that ends before it is said',
    deadline(),
    `${said} 07:30 start@r1\n08:59:59.999 stop@r1\n10:21 tick\n12:00 tick`,
    [...saidLines, 'opened overdue 08:30 decidedAt=10:21', 'resolved answered 08:59:59.999'],
  ],
  [
    '3.3-12 also where the alert is open',
    deadline(),
    '09:00 start@r1; tick\n10:00 tick\n07:30 start@r1\n10:21 tick\n10:30 stop@r1; tick',
    ['opened overdue 10:00', 'resolved answered 10:30 values.elapsedMs=5400000'],
  ],
  [
    '3.3-13 after a withdrawal a later start counts anew, and may be overdue late',
    deadline(),
    '09:00 start@r1; tick\n09:40 start@r1; tick\n10:00 tick\n11:00 tick\n09:30 stop@r1\n11:01 tick',
    ['opened overdue 10:00', 'withdrawn overdue 10:00', 'opened overdue 10:40 decidedAt=11:01'],
  ],
  [
    '3.3-13 unless that one is answered in time',
    deadline(),
    '09:00 start@r1; tick\n09:40 start@r1; tick\n10:00 tick\n10:40 stop@r1\n09:30 stop@r1\n11:01 tick',
    ['opened overdue 10:00', 'withdrawn overdue 10:00'],
  ],
  [
    '3.3-11 what was answered stays so, whatever comes late',
    deadline(),
    `${said} 09:30 stop@r1\n10:21 tick\n12:00 tick`,
    saidLines,
  ],
  [
    "3.3-14 a start whose deadline is at or before the log time of the rule's put counts, unsaid, until its stop",
    [],
    `10:00 tick
     ${put(deadline())}
     09:00 start@r1
     10:01 tick
     10:10 start@r1; tick
     11:20 stop@r1; tick
     11:30 start@r1; tick
     12:30 tick`,
    ['opened overdue 12:30'],
  ],
  [
    '3.3-14 and a stop of it that comes late lets a repeated start count',
    [],
    `10:00 tick
     ${put(deadline())}
     08:00 start@r1
     09:30 start@r1
     12:00 stop@r1; tick
     09:00 stop@r1
     12:01 tick`,
    ['opened overdue 10:30 decidedAt=12:01', 'resolved answered 12:00'],
  ],
];

describe('starts', () => pin(starts));
describe('stops', () => pin(stops));
describe('what was said', () => pin(owned));
