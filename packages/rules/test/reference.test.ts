import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { engineOver } from './reference/engine-over.ts';
import type { Kind } from './reference/random-documents.ts';
import { logs } from './reference/random-logs.ts';
import { referenceOver } from './reference/reference.ts';
import { widens } from './reference/widened.ts';

/** The same cases each time; REFERENCE_SEED asks for others, REFERENCE_TIMES for so many times as many. */
const seed = Number(process.env.REFERENCE_SEED ?? 1);
const times = Number(process.env.REFERENCE_TIMES ?? 1);

describe('the reference, which decides everything anew at each tick, and the engine say the same', () => {
  test.each<readonly [string, readonly Kind[], number]>([
    ['pair', ['pair'], 800],
    ['ratio', ['ratio'], 150],
    ['deadline', ['deadline'], 1200],
    ['threshold of a sliding window', ['threshold'], 250],
    ['threshold of a day, week or month', ['period'], 600],
    ['surge', ['surge'], 250],
  ])('over random logs and rules of the pattern %s, put, changed and deleted', (_, kinds, numRuns) => {
    fc.assert(
      fc.property(logs({ kinds }), (entries) => {
        fc.pre(!widens(entries));
        expect(engineOver(entries)).toEqual(referenceOver(entries));
      }),
      { numRuns: numRuns * times, seed },
    );
  });
});
