import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Engine, formatOutput, type LogEntry, parseLine } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../src/index.ts';
import { putOf } from './random-rules.ts';
import { foundLogs } from './reference/found-logs.ts';
import type { Kind } from './reference/random-documents.ts';
import { logs } from './reference/random-logs.ts';
import { referenceOver } from './reference/reference.ts';
import { widens } from './reference/widened.ts';

interface Case {
  readonly name: string;
  readonly rules: readonly { readonly id: string }[];
  readonly log: readonly unknown[];
}

/** The same cases each time; REFERENCE_SEED asks for others, REFERENCE_TIMES for so many times as many. */
const seed = Number(process.env.REFERENCE_SEED ?? 1);
const times = Number(process.env.REFERENCE_TIMES ?? 1);

const folder = new URL('./conformance/', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case);

/** What the engine says and counts over a log. */
function engineOver(entries: readonly LogEntry[]): ReturnType<typeof referenceOver> {
  const engine = new Engine({ compile: compileRule });
  const lines = entries.flatMap((entry) => engine.apply(entry)).map(formatOutput);
  const { unused: _unused, waiting: _waiting, ...counters } = engine.counters;
  return { lines, counters };
}

/** The entries of a case, up to a line that is malformed. */
function entriesOf({ rules, log }: Case): readonly LogEntry[] {
  const entries = rules.map(putOf);
  for (const [i, item] of log.entries()) {
    try {
      entries.push(parseLine(typeof item === 'string' ? item : JSON.stringify(item), i + 1));
    } catch {
      break;
    }
  }
  return entries;
}

describe('the reference, which decides everything anew at each tick, and the engine say the same', () => {
  test.each(cases.map((each) => [each.name, each] as const))('in the case %s', (_, each) => {
    const entries = entriesOf(each);
    expect(engineOver(entries)).toEqual(referenceOver(entries));
  });

  test.each(Object.entries(foundLogs))('over %s', (_, entries) => {
    expect(engineOver(entries)).toEqual(referenceOver(entries));
  });

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
