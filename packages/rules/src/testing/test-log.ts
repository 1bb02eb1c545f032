import { ResonantError } from '@resonant/contracts';
import { type LogEntry, parseInstant, parseLine } from '@resonant/engine';
import { parseDuration } from '../durations.ts';

const textFields = new Set([
  'id',
  'channel',
  'accountId',
  'contactId',
  'repId',
  'teamId',
  'regionId',
  'leadId',
  'opportunityId',
  'eventId',
]);

/**
 * The log of a test: JSON lines as `resonant replay` reads them, or the short form, line by line.
 *
 *     2026-03-02T08:00:00Z tick
 *     2026-03-02T08:00:10Z lead-created leadId=l1
 *     2026-03-02T08:00:20Z sentiment accountId=acme channel=call polarity=-0.8 *3
 *     2026-03-02T08:00Z..2026-03-02T10:00Z/10m eligible-call repId=r1 teamId=t1 track=new-policy; tick
 *
 * A span `from..to/step` repeats what follows at every step, both ends included; `;` separates what happens at one
 * instant; `*3` makes three of it. A field of the signal keeps its name, a number is a measure, any other word a label.
 * Blank lines and lines that begin with # are passed over. Throws ResonantError `malformed-body` that names the line.
 */
export function parseTestLog(text: string): readonly LogEntry[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    return trimmed.startsWith('{') ? [parseLine(trimmed, index + 1)] : shortLine(trimmed, index + 1);
  });
}

function shortLine(line: string, number: number): readonly LogEntry[] {
  const fail = (expected: string): never => {
    throw new ResonantError('malformed-body', `line ${number}: expected ${expected}, got ${JSON.stringify(line)}`);
  };
  const space = line.indexOf(' ');
  if (space < 0) return fail('an instant and what happens then');
  const happenings = line
    .slice(space + 1)
    .split(';')
    .map((part) => part.trim().split(/\s+/));
  return instantsOf(line.slice(0, space), fail).flatMap((at, step) =>
    happenings.flatMap((words, place) => entriesOf(words, at, `${number}.${step}.${place}`, fail)),
  );
}

type Fail = (expected: string) => never;

function instantsOf(text: string, fail: Fail): readonly number[] {
  const [span = '', step] = text.split('/');
  const [first = '', last] = span.split('..');
  const from = parseInstant(first) ?? fail('an ISO 8601 instant');
  if (last === undefined) return [from];
  const to = parseInstant(last) ?? fail('an ISO 8601 instant after ..');
  const every = parseDuration(step ?? '') ?? 0;
  if (every === 0) return fail('a step such as /10m after from..to');
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every);
}

function entriesOf(words: readonly string[], at: number, id: string, fail: Fail): readonly LogEntry[] {
  const [kind = '', ...rest] = words;
  if (kind === 'tick') return [{ type: 'tick', at }];
  if (kind === '' || kind.includes('=')) return fail('tick or the kind of a signal');
  const fields: Record<string, unknown> = {};
  const measures: Record<string, number> = {};
  const labels: Record<string, string> = {};
  let copies = 1;
  for (const word of rest) {
    const [name = '', value] = splitOnce(word);
    if (/^\*\d+$/.test(word)) copies = Number(word.slice(1));
    else if (value === undefined) return fail(`name=value instead of ${word}`);
    else if (textFields.has(name)) fields[name] = value;
    else if (/^-?\d+(\.\d+)?$/.test(value)) measures[name] = Number(value);
    else labels[name] = value;
  }
  return Array.from({ length: copies }, (_, copy): LogEntry => {
    const signalId = copies === 1 ? id : `${id}.${copy}`;
    const signal = { id: signalId, eventId: `test:${signalId}`, ...fields, kind, measures, labels };
    const entry = { type: 'signal', occurredAt: new Date(at).toISOString(), ...signal };
    return parseLine(JSON.stringify(entry), 0);
  });
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}
