import { ResonantError } from '@resonant/contracts';

/** Parameters of a statement, `{name:Type}`, by name; quotes and comments are passed over. */
export function placeholdersOf(statement: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const token = /'(?:[^'\\]|\\.|'')*'|`[^`]*`|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*(\w+)\s*:\s*/g;
  for (const match of statement.matchAll(token)) {
    const name = match[1];
    if (name === undefined || found.has(name)) continue;
    const from = match.index + match[0].length;
    const end = statement.indexOf('}', from);
    if (end !== -1) found.set(name, statement.slice(from, end).trim());
  }
  return found;
}

/**
 * Values for a statement's parameters from texts: instants in ISO 8601, `now` or a span back (`-90m`, `-24h`, `-7d`) for
 * dates and times, a list with commas or a JSON list for arrays, all else as it is. `now` is epoch ms. Throws
 * `invalid-request` for a parameter that the statement does not have, one that is missing and one that cannot be read.
 */
export function parameterValues(
  types: ReadonlyMap<string, string>,
  given: Readonly<Record<string, string>>,
  now: number,
): Readonly<Record<string, unknown>> {
  const known = [...types.keys()];
  const unknown = Object.keys(given).find((name) => !types.has(name));
  if (unknown !== undefined) {
    const has = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new ResonantError('invalid-request', `the statement has no parameter ${unknown}: ${has}`);
  }
  const missing = known.find((name) => !Object.hasOwn(given, name));
  if (missing !== undefined) {
    throw new ResonantError('invalid-request', `parameter ${missing} (${types.get(missing)}) is not given`);
  }
  return Object.fromEntries(
    known.map((name) => [name, valueFrom(name, types.get(name) as string, given[name] as string, now)]),
  );
}

function valueFrom(name: string, type: string, text: string, now: number): unknown {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1] ?? type;
  if (/^Date(Time)?(64|32)?\b/.test(inner)) return instantText(name, inner, text, now);
  if (inner.startsWith('Array(')) return listOf(name, text);
  const problem = integerProblem(type, text);
  if (problem !== undefined) throw new ResonantError('invalid-request', `parameter ${name}: ${problem}`);
  return text;
}

/**
 * What is wrong with a text as the value of a parameter of an integer type; undefined = nothing, or another type.
 * ClickHouse takes a number that is too large modulo the type's range, and says nothing.
 */
export function integerProblem(type: string, text: string): string | undefined {
  const [, sign, bits] = /^(?:Nullable\(|LowCardinality\()*(U?)Int(8|16|32|64|128|256)\)*$/.exec(type) ?? [];
  if (bits === undefined) return undefined;
  const span = 2n ** BigInt(bits);
  const least = sign === 'U' ? 0n : -span / 2n;
  const value = /^-?\d{1,80}$/.test(text) ? BigInt(text) : undefined;
  if (value !== undefined && value >= least && value < least + span) return undefined;
  return `expected a whole number from ${least} to ${least + span - 1n} (${type}), got ${text.slice(0, 100)}`;
}

const spanMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function instantText(name: string, type: string, text: string, now: number): string {
  const [, count, unit] = /^-(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const plain = /^\d{4}-\d\d-\d\d(?: \d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?)?$/;
  const instant =
    text === 'now'
      ? now
      : count !== undefined
        ? now - Number(count) * (spanMs[unit as string] as number)
        : plain.test(text)
          ? Date.parse(
              `${text.length === 10 ? `${text}T00:00` : text.length === 13 ? `${text.replace(' ', 'T')}:00` : text.replace(' ', 'T')}Z`,
            )
          : /(Z|[+-]\d\d:?\d\d)$/.test(text)
            ? Date.parse(text)
            : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new ResonantError(
      'invalid-request',
      `parameter ${name}: expected an instant such as 2026-03-03T09:00:00Z, 2026-03-03 (UTC), now or -24h, got ${text}`,
    );
  }
  const utc = new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
  return type.startsWith('DateTime64') ? utc : type.startsWith('DateTime') ? utc.slice(0, 19) : utc.slice(0, 10);
}

function listOf(name: string, text: string): readonly unknown[] {
  if (!text.trim().startsWith('[')) return text === '' ? [] : text.split(',').map((item) => item.trim());
  try {
    return JSON.parse(text) as unknown[];
  } catch (cause) {
    throw new ResonantError('invalid-request', `parameter ${name}: expected a,b,c or a JSON list, got ${text}`, {
      cause,
    });
  }
}
