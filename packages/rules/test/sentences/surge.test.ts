import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { surge } from './rules.ts';

const never: readonly string[] = [];
/** Decides nothing before ten where the first signal is of six. */
const late = (fields: object = {}) => surge({ minHistory: '3h', ...fields });

const cases: readonly Case[] = [
  [
    '3.5-01 c is counted in [t − window, t), b in [t − window − against, t − window)',
    late(),
    // At 10:00: c of [09:00, 10:00), b of [07:00, 09:00).
    `06:00 x@r1
     06:59:59.999 x@r1 *5; tick
     07:00 x@r1
     08:59:59.999 x@r1; tick
     09:00 x@r1
     09:59:59.999 x@r1; tick
     10:00 x@r1 *9; tick`,
    ['opened surging 10:00 values={"n":2,"referenceN":2}'],
  ],
  [
    '3.5-01 of the signals that the condition names',
    late({ when: "kind == 'x' && labels.by == 'y'" }),
    '06:00 x@r1 by=y; tick\n08:30 x@r1 *9; tick\n09:30 x@r1 by=y; x@r1 by=z; tick\n10:00 tick',
    ['opened surging 10:00 values={"n":1,"referenceN":0}'],
  ],
  [
    '3.5-02 exactly the factor is a breach',
    late({ factor: 3 }),
    '06:00 x@r1; tick\n08:00 x@r1 *2; tick\n09:30 x@r1 *3; tick\n10:00 tick',
    ['opened surging 10:00 values.n=3 values.referenceN=2'],
  ],
  [
    '3.5-02 one less is none',
    late({ factor: 3 }),
    '06:00 x@r1; tick\n08:00 x@r1 *2; tick\n09:30 x@r1 *2; tick\n10:00 tick',
    never,
  ],
  [
    '3.5-02 exact where doubles are not: 11 is 1.1 times 10',
    late({ factor: 1.1, against: '1h', minHistory: '3h' }),
    '06:00 x@r1; tick\n08:30 x@r1 *10; tick\n09:30 x@r1 *11; tick\n10:00 tick',
    ['opened surging 10:00'],
  ],
  [
    '3.5-02 also where it is the past that changes, with no traffic',
    surge(),
    // 09:30: c = 1, b = 5 of [06:30, 08:30); 10:00: b = 0 of [07:00, 09:00).
    '05:00 x@r1\n06:50 x@r1 *5; tick\n08:40 tick\n09:20 x@r1; tick\n10:30 tick',
    [
      'opened surging 06:00',
      'resolved normal 06:30',
      'opened surging 07:00',
      'resolved normal 08:00',
      'opened surging 10:00 values={"n":1,"referenceN":0}',
      'resolved normal 10:30',
    ],
  ],
  [
    '3.5-03 minCount of them are needed, inclusive',
    late({ minCount: 3 }),
    `06:00 x@r1; x@r2; tick
     09:30 x@r1 *3; x@r2 *2; tick
     10:00 tick`,
    ['opened surging 10:00 subject.repId=r1'],
  ],
  [
    '3.5-03 one is the default: nothing against nothing is no surge',
    surge(),
    '06:00 x@r1; tick\n07:00 tick\n12:00 tick',
    ['opened surging 07:00', 'resolved normal 07:30'],
  ],
  [
    '3.5-04 before the first signal + window + minHistory it is unknown, from there on it counts',
    late(),
    `06:00 x@r1; tick
     06:00:00.001 x@r2; tick
     09:20 x@r1; x@r2; tick
     10:00 tick
     10:30 tick`,
    // 09:20 is in the window of 10:00, the first of r1, and no more in that of 10:30, the first of r2.
    ['opened surging 10:00 subject.repId=r1', 'resolved normal 10:30'],
  ],
  [
    '3.5-04 without minHistory a window after the first signal',
    surge(),
    '06:00 x@r1; tick\n06:29 x@r1; tick\n07:00 tick',
    ['opened surging 07:00 values={"n":2,"referenceN":0}'],
  ],
  [
    '3.5-05 it is normal again at the first instant that is no breach',
    late(),
    `06:00 x@r1; tick
     09:30 x@r1 *4; tick
     10:20 x@r1 *2; tick
     11:30 tick`,
    // 10:30: c = 4 + 2 − those of [09:00, 09:30) = 6, b = 0; 11:00: c = 2, b = 4: 2 · 2 < 2 · 4.
    ['opened surging 10:00', 'resolved normal 11:00 values={"n":2,"referenceN":4}'],
  ],
];

describe('a surge', () => pin(cases));
