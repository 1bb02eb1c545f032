import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import { compileRule } from '../../src/index.ts';
import type { referenceOver } from './reference.ts';

/** What the engine says and counts over a log. */
export function engineOver(entries: readonly LogEntry[]): ReturnType<typeof referenceOver> {
  const engine = new Engine({ compile: compileRule });
  const lines = entries.flatMap((entry) => engine.apply(entry)).map(formatOutput);
  const { unused: _unused, waiting: _waiting, ...counters } = engine.counters;
  return { lines, counters };
}
