import { describe, expect, test } from '@jest/globals';
import { alertOf, type Case, ms, pin, play, put } from './cases.ts';
import { daily, deadline, kind, pair, ratio, threshold } from './rules.ts';

const never: readonly string[] = [];

const ticks: readonly Case[] = [
  [
    '2-01 a tick at or before log time is ignored: it judges and decides nothing',
    deadline(),
    `11:00 tick
     11:05:00.001 start@r1
     11:00 tick
     10:00 tick
     11:00:01 tick
     12:05:00.001 tick`,
    ['opened overdue 12:05:00.001 decidedAt=12:05:00.001'],
    { quarantined: 0 },
  ],
  [
    '2-02 a signal never moves log time: it decides nothing, and others are no older for it',
    deadline({}, { lateness: '0s' }),
    `09:00 tick
     09:05 other@r1
     08:00 start@r1
     08:59 stop@r1`,
    never,
    { waiting: 3 },
  ],
  [
    '2-02 the age of what arrives after a later signal is that of the last tick',
    deadline({}, { lateness: '0s' }),
    `09:00 tick
     11:00 other@r1
     08:00 start@r1
     11:00 tick`,
    ['opened overdue 09:00'],
    { lateDropped: {} },
  ],
  [
    '2-03 a signal ahead of log time waits for the first tick that reaches it',
    deadline(),
    `09:00 start@r1; tick
     09:04 stop@r1
     09:03:59.999 tick`,
    never,
    { used: 1, waiting: 1 },
  ],
  [
    '2-03 and that tick takes it',
    deadline(),
    '09:00 start@r1; tick\n09:04 stop@r1; tick',
    never,
    { used: 2, waiting: 0 },
  ],
  [
    '2-03 one that waited, too, at its very ms',
    deadline({ within: '4m' }),
    '09:00 start@r1; tick\n09:04 stop@r1\n09:01 tick\n09:04 tick',
    never,
    { used: 2, waiting: 0 },
  ],
  [
    '2-03 of several that wait each is taken in its turn, whatever its id and its place in the log',
    deadline({ within: '2m' }),
    '09:00 start@r1; start@r2\n09:04 other@r2 id=a\n09:01 stop@r1 id=z\n09:00 tick\n09:02 tick',
    ['opened overdue 09:02 subject.repId=r2'],
    { waiting: 1 },
  ],
  [
    '2-03 a signal behind log time is taken by the first tick after it arrived, not before',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     09:30 stop@r1
     10:00 tick
     10:02 tick`,
    ['opened overdue 10:00 decidedAt=10:00', 'withdrawn overdue 10:00 decidedAt=10:02'],
  ],
  [
    '2-04 signals of one tick are taken by instant, then id',
    pair({ a: kind('x'), b: kind('x') }),
    `09:00 x@r1 id=k2; x@r1 id=k1
     08:59 x@r2 id=late
     08:58 x@r2 id=soon
     09:00 tick`,
    [
      'opened resonating 08:59 evidence.0.signalId=soon evidence.1.signalId=late',
      'opened resonating 09:00 evidence.0.signalId=k1 evidence.1.signalId=k2',
    ],
  ],
  [
    '2-05 a signal entry decides nothing by itself',
    deadline({ within: '0s' }),
    '09:00 tick\n08:00 start@r1',
    never,
    { alerts: { opened: 0, updated: 0, resolved: 0, withdrawn: 0 } },
  ],
  [
    '2-06 the first tick decides every instant that the signals before it reach',
    deadline(),
    `09:00 start@r1
     11:00 start@r2
     11:30 stop@r1
     12:00 tick`,
    ['opened overdue 10:00 subject.repId=r1', 'resolved answered 11:30', 'opened overdue 12:00 subject.repId=r2'],
  ],
  [
    '2-06 the first tick judges what came before it: at reach and lateness it is taken',
    deadline({}, { lateness: '2h' }),
    '09:00 start@r1\n12:00 tick',
    ['opened overdue 10:00'],
    { lateDropped: {} },
  ],
  [
    '2-06 a ms older is dropped',
    deadline({}, { lateness: '2h' }),
    '08:59:59.999 start@r1\n12:00 tick',
    never,
    { lateDropped: { r: 1 } },
  ],
  [
    '2-06 a signal more than five minutes ahead of the first tick is quarantined',
    deadline(),
    '09:05:00.001 start@r1; start@r2\n09:05 start@r3\n09:00 tick',
    never,
    { quarantined: 2, waiting: 1 },
  ],
  [
    '2-07 nothing before the first tick is late: a pair older than the lateness is made',
    pair({ within: '2h' }, { lateness: '0s' }),
    `09:00 a@r1
     09:30 b@r1
     11:00 tick`,
    ['opened resonating 09:30'],
  ],
  [
    '2-08 the first instant of a subject is the one at its first signal',
    threshold(),
    `09:00 x@r1; tick
     09:20 tick`,
    ['opened breached 09:00 values.n=0', 'resolved met 09:10 values.n=1', 'opened breached 09:20 values.n=0'],
  ],
  [
    '2-08 also where it is the end of a day',
    daily({ aggregate: 'count', side: 'below', value: 1, minSamples: 0 }),
    '00:00 x@r1 v=1; tick\n03-03T00:00 tick',
    ['opened breached 00:00 values.n=0', 'resolved met 03-03T00:00 values.n=1'],
  ],
  [
    '2-08 and none before it',
    threshold(),
    `08:00 tick
     09:00:00.001 x@r1
     09:20 tick`,
    ['opened breached 09:20 values.n=0'],
  ],
  [
    '2-27 a tick that jumps decides every instant in order, each stamped with its own',
    threshold({ side: 'above', value: 0 }),
    `09:05 x@r1
     09:25 x@r2
     09:55 tick`,
    [
      'opened breached 09:10 decidedAt=09:55',
      'resolved met 09:20 decidedAt=09:55',
      'opened breached 09:30 subject.repId=r2',
      'resolved met 09:40 subject.repId=r2',
    ],
  ],
];

const breaker = ratio({ halfOpen: { after: '20m', trial: '60m' } });
const open = '08:55 call@r1; tick\n09:00 tick\n09:05 call@r1; tick\n';

const sameMillisecond: readonly Case[] = [
  [
    '2-28 an acknowledgement comes before the evaluation of its ms',
    breaker,
    `${open} 09:05 hit@r1
     09:10 acknowledgement alertId=${alertOf('09:00')}; tick`,
    [
      'opened open 09:00',
      // With the numbers of the instant before.
      'updated half-open 09:10 values.n=0 values.d=1',
      'resolved closed 09:10 values.n=1 values.d=1',
    ],
  ],
  [
    '2-28 and so it does where the timer would fall into that ms, too',
    breaker,
    `${open} 09:15 call@r1; hit@r1
     09:20 acknowledgement alertId=${alertOf('09:00')}; tick`,
    ['opened open 09:00', 'updated half-open 09:20', 'resolved closed 09:20'],
  ],
  [
    '2-28 an evaluation comes before a timer of its ms',
    breaker,
    `${open} 09:15 call@r1; hit@r1
     09:20 tick
     09:40 tick`,
    ['opened open 09:00', 'resolved closed 09:20'],
  ],
  [
    '2-28 and the timer follows where the evaluation leaves it open',
    breaker,
    `${open} 09:15 call@r1
     09:20 tick`,
    ['opened open 09:00', 'updated half-open 09:20'],
  ],
  [
    '2-28 a signal comes before a deadline and before a crossing of its ms',
    [deadline(), pair({}, { id: 'p' })],
    `09:00 start@r1; a@r2; b@r2; tick
     10:00 stop@r1; tick
     10:30 a@r2
     11:00 b@r2; tick`,
    ['opened resonating 09:00', 'updated strengthened 11:00'],
  ],
];

const edges: readonly Case[] = [
  [
    '2-30 within is inclusive',
    pair(),
    `09:00 a@r1; tick
     10:00 b@r1; tick`,
    ['opened resonating 10:00'],
  ],
  ['2-30 and ends there', pair(), '09:00 a@r1; tick\n10:00:00.001 b@r1; tick', never],
  [
    '2-31 hold is inclusive',
    ratio({ hold: '40m' }),
    `08:55..09:35/10m call@r1; tick
     09:40 tick`,
    ['opened open 09:40'],
  ],
  [
    '2-32 a window begins with its first ms and ends before its last',
    threshold({ side: 'above', value: 0 }),
    `09:10 x@r1; tick
     09:40 tick`,
    ['opened breached 09:20 values.n=1', 'resolved met 09:30 values.n=0'],
  ],
  [
    '2-33 a rule knows what arrives after its put, not what came before it, taken or not',
    [],
    `09:00 start@r1; tick
     09:04 start@r2
     ${put(deadline())}
     09:03 start@r3
     09:05 tick
     10:30 tick`,
    ['opened overdue 10:03 subject.repId=r3'],
  ],
  [
    '2-34 a rule decides no instant up to the log time of its put',
    [],
    `10:00 tick
     ${put(deadline())}
     09:00 start@r1
     09:00:00.001 start@r2
     10:30 tick`,
    ['opened overdue 10:00:00.001 subject.repId=r2'],
  ],
  [
    '2-34 nor an evaluation',
    [],
    `10:00 tick
     ${put(threshold({ window: '30m' }))}
     09:20 x@r1
     10:10 tick`,
    ['opened breached 10:10 values.n=0'],
  ],
];

describe('ticks and signals', () => pin(ticks));
describe('one millisecond', () => pin(sameMillisecond));
describe('edges', () => pin(edges));

describe('2-29 durations are read as written', () => {
  test.each([
    ['500ms', '09:00:00.500'],
    ['90s', '09:01:30'],
    ['15m', '09:15'],
    ['2h', '11:00'],
    ['28d', '03-30T09:00'],
  ])('%s after nine', (within, at) => {
    const { outputs } = play([deadline({ within })], '09:00 start@r1; tick\n04-30T00:00 tick');
    expect(outputs.map((line) => Date.parse(String(line.at)))).toEqual([ms(at)]);
  });
});
