import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { kind, pair, strength } from './rules.ts';

const fading = { ...strength, fading: 0.5, lift: 3 };
const neglected = { ...strength, neglectFactor: 2, touch: kind('touch') };

const episodes: readonly Case[] = [
  [
    '3.1-09 the first pair opens an episode at its instant, the later of the two',
    pair({ strength: fading }),
    '09:00 a@r1; tick\n09:30:30 b@r1; tick',
    ['opened resonating 09:30:30 values={"strength":1,"lift":3,"minutesBetween":30.5}'],
  ],
  [
    '3.1-09 what one tick completes opens one episode, with the first pair',
    pair({ renotify: '1h' }),
    '09:00 a@r1\n09:10 b@r1\n09:20 b@r1\n10:00 tick',
    ['opened resonating 09:10 decidedAt=10:00'],
  ],
  [
    '3.1-10 a pair at the ms at which the last episode ended opens nothing, a ms later it does',
    pair(),
    `09:00 a@r1; b@r1; a@r2; b@r2; tick
     10:30 a@r1; a@r2; tick
     12:31 tick
     11:00 b@r1
     11:00:00.001 b@r2
     12:31:01 tick`,
    [
      'opened resonating 09:00 subject.repId=r1',
      'opened resonating 09:00 subject.repId=r2',
      'resolved expired 11:00 subject.repId=r1',
      'resolved expired 11:00 subject.repId=r2',
      'opened resonating 11:00:00.001 subject.repId=r2',
    ],
  ],
  [
    '3.1-10 one tick ends an episode and opens the next',
    pair(),
    '09:00 a@r1; b@r1\n11:00:00.001 a@r1; b@r1\n14:00 tick',
    [
      'opened resonating 09:00',
      'resolved expired 11:00',
      'opened resonating 11:00:00.001',
      'resolved expired 13:00:00.001',
    ],
  ],
  [
    '3.1-11 a later pair is new evidence: strength returns to 1 at its instant',
    pair(),
    '09:00 a@r1; b@r1; tick\n09:30 b@r1; tick\n11:29:59.999 tick\n11:30 tick',
    [
      'opened resonating 09:00',
      'updated strengthened 09:30 values.strength=1',
      'resolved expired 11:30 decidedAt=11:30',
    ],
  ],
  [
    '3.1-11 a pair at the instant of the last return changes nothing',
    pair(),
    '09:00 a@r1 id=1; b@r1 id=2; tick\n09:00 b@r1 id=3\n09:01 tick\n11:00 tick',
    ['opened resonating 09:00', 'resolved expired 11:00 evidence.1.signalId=2'],
  ],
  [
    '3.1-11 nor does one before it',
    pair(),
    '09:00 a@r1 id=1; tick\n09:30 b@r1 id=2; tick\n09:10 b@r1\n09:31 tick\n11:30 tick',
    ['opened resonating 09:30', 'resolved expired 11:30 evidence.1.signalId=2'],
  ],
  [
    '3.1-12 renotify after the last that was said, it is said again',
    pair({ renotify: '30m' }),
    '09:00 a@r1; b@r1; tick\n09:30 b@r1; tick\n10:00 b@r1; tick',
    ['opened resonating 09:00', 'updated strengthened 09:30', 'updated strengthened 10:00'],
  ],
  [
    '3.1-12 a ms less is silent, but strength returns to 1; and what is silent does not put off the next',
    pair({ renotify: '30m' }),
    '09:00 a@r1; b@r1; tick\n09:29:59.999 b@r1; tick\n09:30 b@r1; tick\n09:59:59.999 b@r1; tick\n12:00 tick',
    ['opened resonating 09:00', 'updated strengthened 09:30', 'resolved expired 11:59:59.999'],
  ],
];

const curves: readonly Case[] = [
  [
    '3.1-13 strength falls to the residual in the given time',
    pair({ strength: { ...fading, expired: 0.3 } }),
    '09:00 a@r1; b@r1; tick\n10:00 tick',
    ['opened resonating 09:00', 'updated fading 10:00 values.strength=0.5 values.lift=2'],
  ],
  [
    '3.1-13 neither faster nor of any lift by default',
    pair(),
    '09:00 a@r1; b@r1; tick\n11:00 tick',
    ['opened resonating 09:00 values.lift=1', 'resolved expired 11:00 values.lift=1'],
  ],
  [
    '3.1-14 neglected it falls as many times as fast',
    pair({ strength: neglected }),
    '09:00 a@r1; b@r1; tick\n09:59:59.999 tick\n10:00 tick',
    ['opened resonating 09:00', 'resolved expired 10:00 decidedAt=10:00 values.strength=0.25'],
  ],
  [
    '3.1-14 from the first touch on it falls slowly, a second changes nothing',
    pair({ strength: neglected }),
    // Half an hour neglected is one halving, the other takes an hour.
    '09:00 a@r1; b@r1; tick\n09:30 touch@r1; tick\n09:40 touch@r1; tick\n12:00 tick',
    ['opened resonating 09:00', 'resolved expired 10:30'],
  ],
  [
    '3.1-14 and for the rest of the episode, after new evidence, too',
    pair({ strength: neglected }),
    '09:00 a@r1; b@r1; tick\n09:30 touch@r1; tick\n10:00 b@r1; tick\n13:00 tick',
    ['opened resonating 09:00', 'updated strengthened 10:00', 'resolved expired 12:00'],
  ],
  [
    '3.1-14 the next episode is neglected anew',
    pair({ strength: neglected }),
    '09:00 a@r1; b@r1; touch@r1; tick\n11:00 tick\n11:10 a@r1; b@r1; tick\n13:00 tick',
    ['opened resonating 09:00', 'resolved expired 11:00', 'opened resonating 11:10', 'resolved expired 12:10'],
  ],
  [
    '3.1-15 a touch at the earlier signal of the opening pair counts: slow from the start',
    pair({ strength: neglected }),
    '09:00 a@r1; touch@r1; tick\n09:30 b@r1; tick\n12:00 tick',
    ['opened resonating 09:30', 'resolved expired 11:30'],
  ],
  [
    '3.1-15 a ms before it does not',
    pair({ strength: neglected }),
    '08:59:59.999 touch@r1\n09:00 a@r1; tick\n09:30 b@r1; tick\n12:00 tick',
    ['opened resonating 09:30', 'resolved expired 10:30'],
  ],
  [
    '3.1-15 the first of several counts, in whatever order they came',
    pair({ strength: neglected }),
    '09:40 touch@r1\n09:20 touch@r1\n09:10 a@r1\n09:30 b@r1\n09:40 tick\n12:00 tick',
    ['opened resonating 09:30', 'resolved expired 11:30'],
  ],
  [
    '3.1-15 one before the earlier signal takes no place from a later one',
    pair({ strength: neglected }),
    // Ten minutes neglected are a third of a halving, the others take 100.
    '09:10 a@r1; tick\n09:40 touch@r1; tick\n09:00 touch@r1\n09:41 tick\n09:30 b@r1\n09:42 tick\n12:00 tick',
    ['opened resonating 09:30', 'resolved expired 11:20'],
  ],
  [
    '3.1-15 also where it is as old as the earlier signal of a pair can be',
    pair({ strength: neglected }, { lateness: '1h' }),
    '10:00 a@r1; touch@r1; tick\n12:00 tick\n11:00 b@r1\n12:01 tick\n14:00 tick',
    ['opened resonating 11:00', 'resolved expired 13:00'],
  ],
  [
    '3.1-15 and where its subject was decided just before',
    pair({ order: 'a-then-b', strength: neglected }, { lateness: '1h' }),
    '10:00 a@r1; touch@r1; tick\n12:00 a@r1; tick\n11:00 b@r1\n12:01 tick\n14:00 tick',
    ['opened resonating 11:00', 'resolved expired 13:00'],
  ],
  [
    '3.1-16 fading is said once per return to 1',
    pair({ strength: fading }),
    '09:00 a@r1; b@r1; tick\n10:30 tick\n10:40 a@r1; b@r1; tick\n12:30 tick\n12:40 tick',
    [
      'opened resonating 09:00',
      'updated fading 10:00',
      'updated strengthened 10:40',
      'updated fading 11:40',
      'resolved expired 12:40 values.strength=0.25 values.lift=1.5',
    ],
  ],
  [
    '3.1-16 one tick says both, each at its own instant',
    pair({ strength: fading }),
    '09:00 a@r1; b@r1; tick\n12:00 tick',
    ['opened resonating 09:00', 'updated fading 10:00 decidedAt=12:00', 'resolved expired 11:00 decidedAt=12:00'],
  ],
  [
    '3.1-16 where both fall into one ms it fades, and expires',
    // −log2(0.9) = 0.15 ms and −log2(0.6) = 0.74 ms.
    pair({ strength: { residual: 0.5, at: '1ms', fading: 0.9, expired: 0.6 } }),
    '09:00 a@r1; b@r1; tick\n09:01 tick',
    ['opened resonating 09:00', 'updated fading 09:00:00.001', 'resolved expired 09:00:00.001'],
  ],
  [
    '3.1-17 a crossing is rounded up to the ms, and decided by the first tick that reaches it',
    // 3,600,000 · log10(20) = 4,683,707.984 ms.
    pair({ strength: { residual: 0.1, at: '1h', expired: 0.05 } }),
    '09:00 a@r1; b@r1; tick\n10:18:03.707 tick\n10:18:03.708 tick',
    ['opened resonating 09:00', 'resolved expired 10:18:03.708 decidedAt=10:18:03.708'],
  ],
  [
    '3.1-17 but not where it is a whole ms in the formula and a billionth more in doubles',
    // Two halvings; ln 4 / (ln 2 / 60,000) in doubles is 120,000.00000000001.
    pair({ strength: { residual: 0.5, at: '1m', expired: 0.25 } }),
    '09:00 a@r1; b@r1; tick\n09:02 tick\n10:00 tick',
    ['opened resonating 09:00', 'resolved expired 09:02 decidedAt=09:02'],
  ],
  [
    '3.1-18 a late touch derives the curve again; what was said stays said',
    pair({ strength: { ...neglected, fading: 0.5 } }),
    // Neglected it fades at 09:30; touched at 09:15 (1/√2) it would at 09:45, and is gone at 10:45.
    '09:00 a@r1; b@r1; tick\n09:40 tick\n09:15 touch@r1\n09:41 tick\n12:00 tick',
    ['opened resonating 09:00', 'updated fading 09:30', 'resolved expired 10:45'],
  ],
  [
    '3.1-18 late evidence returns strength to 1 at its own instant',
    pair(),
    '09:00 a@r1; b@r1; tick\n10:00 tick\n09:30 b@r1\n10:01 tick\n12:00 tick',
    ['opened resonating 09:00', 'updated strengthened 09:30 decidedAt=10:01', 'resolved expired 11:30'],
  ],
  [
    '3.1-18 an earlier touch that comes late counts as the first',
    pair({ strength: neglected }),
    // A quarter of an hour neglected is half a halving; one and a half take 90 minutes.
    '09:00 a@r1; b@r1; tick\n09:30 touch@r1; tick\n09:15 touch@r1\n09:31 tick\n12:00 tick',
    ['opened resonating 09:00', 'resolved expired 10:45'],
  ],
  [
    '3.1-18 one that comes late counts from the earlier signal of the opening pair on',
    pair({ strength: neglected }),
    '09:00 a@r1; tick\n09:30 b@r1; tick\n09:00 touch@r1\n09:31 tick\n12:00 tick',
    ['opened resonating 09:30', 'resolved expired 11:30'],
  ],
  [
    '3.1-18 a ms before that it does not',
    pair({ strength: neglected }),
    '09:00 a@r1; tick\n09:30 b@r1; tick\n08:59:59.999 touch@r1\n09:31 tick\n12:00 tick',
    ['opened resonating 09:30', 'resolved expired 10:30'],
  ],
  [
    '3.1-19 evidence is the pair of the last return, by instant and signal id',
    pair({ strength: fading, renotify: '5h' }),
    '09:00 b@r1 id=2; a@r1 id=3; tick\n09:30 b@r1 id=1; tick\n12:00 tick',
    [
      'opened resonating 09:00 evidence.0.signalId=2 evidence.0.role=b evidence.1.signalId=3 evidence.1.role=a',
      'updated fading 10:30 evidence.0.signalId=3 evidence.1.signalId=1 values.minutesBetween=30',
      'resolved expired 11:30 evidence.0.signalId=3 evidence.1.signalId=1 values.minutesBetween=30',
    ],
  ],
];

describe('an episode', () => pin(episodes));
describe('the strength of an episode', () => pin(curves));
