import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runReplay } from './replay-run.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly source: string;
  readonly rules: readonly Fields[];
  readonly log: readonly (Fields | string)[];
  readonly expect?: readonly Fields[];
  readonly expectLines?: readonly Fields[];
  readonly expectExit?: number;
  readonly expectStderr?: readonly string[];
  readonly expectStderrAll?: readonly (readonly string[])[];
  readonly expectQuarantined?: number;
  readonly expectDuplicates?: number;
  readonly expectLateDropped?: Fields;
  readonly expectSummary?: Fields;
  readonly expectExactValues?: boolean;
  readonly expectAbsent?: readonly string[];
  readonly same?: readonly (readonly (Fields | string)[])[];
}

const folder = new URL('../../rules/test/conformance/', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case);
const temporary = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const alertFields =
  'type alertId seq ruleId ruleVersion subject transition state at decidedAt values evidence late shadow'.split(' ');
const actionFields = 'type action actionId alertId seq ruleId ruleVersion subject to template at decidedAt dueAt'.split(
  ' ',
);

const near = (got: unknown, wanted: unknown): boolean =>
  typeof got === 'number' &&
  typeof wanted === 'number' &&
  Math.abs(got - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Equal, numbers to a billionth. */
const equal = (got: unknown, wanted: unknown): boolean =>
  got === wanted ||
  near(got, wanted) ||
  (isFields(got) &&
    isFields(wanted) &&
    Object.keys(got).length === Object.keys(wanted).length &&
    Object.keys(wanted).every((key) => equal(got[key], wanted[key])));

const nonZero = (counts: unknown): Fields =>
  Object.fromEntries(Object.entries(counts as Fields).filter(([, count]) => count !== 0));

const run = (each: Case, log: Case['log']) => {
  const files = each.rules.map((rule, i) => {
    const file = join(temporary, `${each.name}-${i}.json`);
    writeFileSync(file, JSON.stringify(rule));
    return file;
  });
  const text = log.map((item) => `${typeof item === 'string' ? item : JSON.stringify(item)}\n`).join('');
  const rules = files.length > 0 ? ['--rules', ...files] : [];
  return runReplay([...rules, '--summary', ...(each.expectLines === undefined ? ['--alerts-only'] : [])], text);
};

/** What of a line differs from what is expected of it. */
function differences(line: Fields, wanted: Fields, exactValues: boolean): string[] {
  const found: string[] = [];
  const check = (where: string, got: unknown, value: unknown): void => {
    if (!equal(got, value)) found.push(`${where}: ${JSON.stringify(got)} is not ${JSON.stringify(value)}`);
  };
  for (const [field, value] of Object.entries(wanted)) {
    if (field === 'values') {
      const values = line.values as Fields;
      for (const [name, number] of Object.entries(value as Fields)) {
        check(`values.${name}`, values[name], number === null ? undefined : number);
      }
      const named = Object.keys(value as Fields);
      if (exactValues)
        check(
          'names of values',
          Object.keys(values).filter((name) => !named.includes(name)),
          [],
        );
    } else if (field === 'evidence') {
      const items = line.evidence as readonly Fields[];
      check('evidence', items.length, (value as readonly Fields[]).length);
      (value as readonly Fields[]).forEach((item, i) => {
        for (const [name, text] of Object.entries(item)) check(`evidence.${i}.${name}`, items[i]?.[name], text);
      });
    } else if (value === null) check(field, line[field] ?? null, null);
    else check(field, line[field], value);
  }
  return found;
}

/** What every line keeps, whatever is expected of it. */
function expectWellFormed(text: string): void {
  const line = JSON.parse(text) as Fields;
  expect(JSON.stringify(line)).toBe(text);
  expect(Object.keys(line)).toEqual(line.type === 'alert' ? alertFields : actionFields);
  const [at, decidedAt] = [Date.parse(line.at as string), Date.parse(line.decidedAt as string)];
  expect(decidedAt).toBeGreaterThanOrEqual(at);
  if (line.type !== 'alert') return;
  expect(line.late).toBe(decidedAt - at > 5 * 60_000);
  const { strength, lift } = line.values as Readonly<Record<string, number | undefined>>;
  for (const number of [strength, lift]) if (number !== undefined) expect(number).toBe(Number(number.toFixed(9)));
}

describe('resonant replay', () => {
  test.each(cases.map((each) => [`${each.name}: ${each.source}`, each] as const))('%s', async (_, each) => {
    const { code, out, err } = await run(each, each.log);
    const lines = out.split('\n').filter((line) => line !== '');
    const wanted = each.expect ?? each.expectLines ?? [];
    const parsed = lines.map((line) => JSON.parse(line) as Fields);
    expect(wanted.flatMap((line, i) => differences(parsed[i] ?? {}, line, each.expectExactValues ?? false))).toEqual(
      [],
    );
    expect(lines).toHaveLength(wanted.length);
    for (const line of lines) expectWellFormed(line);
    expect(code).toBe(each.expectExit ?? 0);
    for (const texts of [...(each.expectStderr ? [each.expectStderr] : []), ...(each.expectStderrAll ?? [])]) {
      expect(texts.filter((text) => err.includes(text))).not.toEqual([]);
    }
    if (code === 0) {
      const summary = JSON.parse(err.split('\n').find((line) => line.startsWith('{')) ?? '{}') as Fields;
      if (each.expectQuarantined !== undefined) expect(summary.quarantined).toBe(each.expectQuarantined);
      if (each.expectDuplicates !== undefined) expect(summary.duplicates).toBe(each.expectDuplicates);
      if (each.expectLateDropped !== undefined) {
        expect(nonZero(summary.lateDropped)).toEqual(nonZero(each.expectLateDropped));
      }
      for (const [name, value] of Object.entries(each.expectSummary ?? {})) {
        expect(isFields(value) ? nonZero(summary[name]) : summary[name]).toEqual(
          isFields(value) ? nonZero(value) : value,
        );
      }
    }
    const actions = lines.filter((line) => line.startsWith('{"type":"action"'));
    for (const text of each.expectAbsent ?? []) expect(actions.filter((line) => line.includes(text))).toEqual([]);
    for (const log of each.same ?? []) expect((await run(each, log)).out).toBe(out);
  });
});
