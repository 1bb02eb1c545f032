import { ResonantError, type Signal } from '@resonant/contracts';
import type { LogEntry } from './log.ts';

const isoPattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?(Z|[+-]\d{2}(?::?\d{2})?)$/;
const textFields = [
  'channel',
  'accountId',
  'contactId',
  'repId',
  'teamId',
  'regionId',
  'leadId',
  'opportunityId',
  'eventId',
] as const;

const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

type Fields = Readonly<Record<string, unknown>>;

/** Epoch ms of an ISO 8601 instant with `Z` or an offset, truncated to ms; undefined for anything else. */
export function parseInstant(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [, date, time, seconds = '00', fraction = '', zone = 'Z'] = match;
  const wall = Date.parse(`${date}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  if (Number.isNaN(wall)) return undefined;
  // A day that its month does not have would be read as one of the next month.
  if (/-(29|30|31)$/.test(date as string) && isoDay(Date.parse(`${date}T00:00Z`)) !== date) return undefined;
  if (zone === 'Z') return wall;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))];
  if (hours > 23 || minutes > 59) return undefined;
  return wall - (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * A line of rules.md section 1 as an entry of the log. Throws ResonantError `malformed-body` that names the line
 * (`number`, counted from 1) for a blank line, an unknown type, a missing or mistyped field.
 */
export function parseLine(line: string, number: number): LogEntry {
  const failed = (expected: string, got: string): never => {
    throw new ResonantError('malformed-body', `line ${number}: expected ${expected}, got ${got}`, {
      extra: { line: number },
    });
  };
  const fail = (expected: string, got: unknown): never => failed(expected, shown(got));
  if (line.trim() === '') return failed('a JSON object', 'a blank line');
  if (line.startsWith('\ufeff')) return failed('a JSON object', 'a byte order mark before it');
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return fail('a JSON object', line);
  }
  if (!isObject(fields)) return fail('a JSON object', fields);
  const instant = (name: string): number => {
    const value = fields[name];
    return (
      (typeof value === 'string' ? parseInstant(value) : undefined) ?? fail(`${name} as an ISO 8601 instant`, value)
    );
  };
  switch (fields.type) {
    case 'tick':
      return { type: 'tick', at: instant('at') };
    case 'signal':
      return { type: 'signal', signal: signalOf(fields, instant('occurredAt'), fail) };
    case 'rule':
      return ruleOf(fields, fail);
    default:
      return fail('type tick, signal or rule', fields.type);
  }
}

type Fail = (expected: string, got: unknown) => never;

/** What came, up to 80 characters; what is nested deep, only by its kind. */
function shown(got: unknown): string {
  if (got === undefined) return 'nothing';
  if (typeof got === 'number') return String(got);
  if (Array.isArray(got) && got.length > 0) return 'a list';
  if (isObject(got) && Object.keys(got).length > 0) return 'an object';
  return (JSON.stringify(got) as string).slice(0, 80);
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function signalOf(fields: Fields, occurredAt: number, fail: Fail): Signal {
  const { id, kind } = fields;
  const texts: Partial<Record<(typeof textFields)[number], string | null>> = {};
  for (const name of textFields) {
    const value = fields[name] ?? null;
    if (value !== null && typeof value !== 'string') return fail(`${name} as a text or null`, value);
    texts[name] = value;
  }
  return {
    id: typeof id === 'string' ? id : fail('id as a text', id),
    kind: typeof kind === 'string' ? kind : fail('kind as a text', kind),
    occurredAt,
    ...(texts as Record<(typeof textFields)[number], string | null>),
    measures: mapOf(
      fields,
      'measures',
      (value) => typeof value === 'number' && Number.isFinite(value),
      'a finite number',
      fail,
    ) as Record<string, number>,
    labels: mapOf(fields, 'labels', (value) => typeof value === 'string', 'a text', fail) as Record<string, string>,
  };
}

function mapOf(fields: Fields, name: string, fits: (value: unknown) => boolean, word: string, fail: Fail): Fields {
  const map = fields[name] ?? {};
  if (!isObject(map)) return fail(`${name} as an object`, map);
  for (const [key, value] of Object.entries(map)) if (!fits(value)) return fail(`${name}.${key} as ${word}`, value);
  return map;
}

function ruleOf(fields: Fields, fail: Fail): LogEntry {
  const revision = fields.revision ?? null;
  if (revision !== null && !Number.isSafeInteger(revision)) return fail('revision as an integer', revision);
  const { action, rule, ruleId } = fields;
  if (action === 'put') {
    if (!isObject(rule)) return fail('rule as an object', rule);
    const id = typeof rule.id === 'string' ? rule.id : '';
    return { type: 'rule', action, ruleId: id, document: rule, revision: revision as number | null };
  }
  if (action === 'delete') {
    if (typeof ruleId !== 'string') return fail('ruleId as a text', ruleId);
    return { type: 'rule', action, ruleId, document: null, revision: revision as number | null };
  }
  return fail('action put or delete', action);
}
