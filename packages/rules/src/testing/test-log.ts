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

/** An entry of a test's log, and the line of the text that it comes from, counted from 1. */
export interface PlacedEntry {
  readonly entry: LogEntry;
  readonly line: number;
}

/** Entries that one line of the short form may make. */
const mostEntries = 100_000;
/** Entries of one log: some seconds of replay. */
const mostOfLog = 1_000_000;

/**
 * The log of a test: JSON lines as `resonant replay` reads them, or the short form, line by line.
 *
 *     2026-03-02T08:00:00Z tick
 *     2026-03-02T08:00:10Z lead-created leadId=l1
 *     2026-03-02T08:00:20Z sentiment accountId=acme channel=call polarity=-0.8 *3
 *     2026-03-02T08:00Z..2026-03-02T10:00Z/10m eligible-call repId=r1 teamId=t1 track=new-policy; tick
 *
 * A span `from..to/step` repeats what follows at every step, both ends included; `;` separates what happens at one
 * instant; `*3` makes three of it, each with an id of its own, or duplicates if the line names an `id`. A field of the
 * signal keeps its name, a number such as -0.5 is a measure, any other word a label. Blank lines and lines that begin with # are
 * passed over. A line makes at most 100,000 entries, a log a million. Throws ResonantError `malformed-body` that names the line.
 */
export const parseTestLog = (text: string): readonly LogEntry[] => placedEntries(text).map(({ entry }) => entry);

/** `parseTestLog`, with the line of each entry. */
export function placedEntries(text: string): readonly PlacedEntry[] {
  const placed: PlacedEntry[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1;
    const trimmed = whole.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    for (const entry of trimmed.startsWith('{') ? [parseLine(trimmed, line)] : shortLine(trimmed, line)) {
      placed.push({ entry, line });
    }
    if (placed.length > mostOfLog) {
      const detail = `line ${line}: expected at most ${mostOfLog} entries of one log, got more`;
      throw new ResonantError('malformed-body', detail, { extra: { line } });
    }
  }
  return placed;
}

function shortLine(line: string, number: number): readonly LogEntry[] {
  const fail = (expected: string): never => {
    throw new ResonantError('malformed-body', `line ${number}: expected ${expected}, got ${JSON.stringify(line)}`);
  };
  const space = line.indexOf(' ');
  if (space < 0) return fail('an instant and what happens then');
  const instants = instantsOf(line.slice(0, space), fail);
  const happenings = line
    .slice(space + 1)
    .split(';')
    .map((part) => happeningOf(part.trim().split(/\s+/), fail));
  const count = instants.length * happenings.reduce((sum, { copies }) => sum + copies, 0);
  if (count > mostEntries) return fail(`at most ${mostEntries} entries of one line`);
  return instants.flatMap((at, step) =>
    happenings.flatMap((happening, place) => entriesOf(happening, at, `${number}.${step}.${place}`, number)),
  );
}

type Fail = (expected: string) => never;

function instantsOf(text: string, fail: Fail): readonly number[] {
  const [span = '', step] = text.split('/');
  const [first = '', last] = span.split('..');
  const from = parseInstant(first) ?? fail('an ISO 8601 instant');
  if (last === undefined) return step === undefined ? [from] : fail('from..to before a step');
  const to = parseInstant(last) ?? fail('an ISO 8601 instant after ..');
  if (to < from) return fail('a span that does not end before it begins');
  const every = parseDuration(step ?? '') ?? 0;
  if (every === 0) return fail('a step such as /10m after from..to');
  const count = Math.floor((to - from) / every) + 1;
  if (count > mostEntries) return fail(`at most ${mostEntries} entries of one line`);
  return Array.from({ length: count }, (_, i) => from + i * every);
}

/** What happens at an instant: a tick, or copies of a signal. */
interface Happening {
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly measures: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly copies: number;
}

function happeningOf(words: readonly string[], fail: Fail): Happening {
  const [kind = '', ...rest] = words;
  if (kind === '' || kind.includes('=')) return fail('tick or the kind of a signal');
  if (kind === 'tick' && rest.length > 0) return fail(`nothing after tick instead of ${rest[0]}`);
  const fields: Record<string, string> = {};
  const measures: Record<string, number> = {};
  const labels: Record<string, string> = {};
  let copies = 1;
  for (const word of rest) {
    const [name = '', value] = splitOnce(word);
    if (/^\*[1-9]\d*$/.test(word)) copies = Number(word.slice(1));
    else if (value === undefined) return fail(`name=value, or *N for copies, instead of ${word}`);
    else if (textFields.has(name)) fields[name] = value;
    else if (/^-?\d+(\.\d+)?$/.test(value)) measures[name] = Number(value);
    else if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
      return fail(`a number such as -0.5 instead of ${word}`);
    else labels[name] = value;
  }
  return { kind, fields, measures, labels, copies };
}

function entriesOf(happening: Happening, at: number, id: string, line: number): readonly LogEntry[] {
  const { kind, fields, measures, labels, copies } = happening;
  if (kind === 'tick') return [{ type: 'tick', at }];
  return Array.from({ length: copies }, (_, copy): LogEntry => {
    const signalId = copies === 1 ? id : `${id}.${copy}`;
    const signal = { id: signalId, eventId: `test:${signalId}`, ...fields, kind, measures, labels };
    const entry = { type: 'signal', occurredAt: new Date(at).toISOString(), ...signal };
    return parseLine(JSON.stringify(entry), line);
  });
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}
