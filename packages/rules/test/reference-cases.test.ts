import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type LogEntry, parseLine } from '@resonant/engine';
import { putOf } from './random-rules.ts';
import { engineOver } from './reference/engine-over.ts';
import { foundLogs } from './reference/found-logs.ts';
import { referenceOver } from './reference/reference.ts';

interface Case {
  readonly name: string;
  readonly rules: readonly { readonly id: string }[];
  readonly log: readonly unknown[];
}

const folder = new URL('./conformance/', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case);

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
});
