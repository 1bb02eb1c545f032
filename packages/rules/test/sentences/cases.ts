import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Engine, formatOutput, type LogEntry, type Output } from '@resonant/engine';
import { compileRule, parseTestLog } from '../../src/index.ts';
import { putOf } from '../random-rules.ts';
import { engineOver } from '../reference/engine-over.ts';
import { referenceOver } from '../reference/reference.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A rule document. */
export type Rule = Fields & { readonly id: string };

/**
 * One case: its name begins with the sentence of SENTENCES.md that it pins; rules in force from the beginning; a log in
 * the short form (see `logOf`); what must be said, line by line and in order (see `render`); counters at the end.
 */
export type Case = readonly [
  name: string,
  rules: Rule | readonly Rule[],
  log: string,
  says: readonly string[],
  counts?: Fields,
];

/** Makes a test of each case. The reference says and counts the same. */
export const pin = (cases: readonly Case[]): void =>
  test.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, rules, log, says, counts]) => {
    const { outputs, counters } = play([rules].flat() as readonly Rule[], log);
    expect(outputs.map((line, i) => render(line, says[i] ?? ''))).toEqual(says);
    if (counts !== undefined) expect(counters).toMatchObject(counts);
    const entries = entriesOf([rules].flat() as readonly Rule[], log);
    expect(referenceOver(entries)).toEqual(engineOver(entries));
  });

/** What the engine says of a log, as printed, its counters at the end, and how many rules were refused. */
export function play(rules: readonly Rule[], log: string): { readonly outputs: readonly Fields[]; counters: Fields } {
  let refused = 0;
  const engine = new Engine({
    compile: compileRule,
    onRefusal: () => {
      refused++;
    },
  });
  const said: Output[] = entriesOf(rules, log).flatMap((entry) => [...engine.apply(entry)]);
  const { lateDropped, ...counters } = engine.counters;
  return {
    outputs: said.map((line) => JSON.parse(formatOutput(line)) as Fields),
    counters: { ...counters, refused, lateDropped: Object.fromEntries(lateDropped) },
  };
}

/** The puts of rules that are in force from the beginning, and the log. */
const entriesOf = (rules: readonly Rule[], log: string): readonly LogEntry[] => [
  ...rules.map(putOf),
  ...parseTestLog(logOf(log)),
];

/**
 * The short form of test logs, shorter still: `10:00` is an instant of 2026-03-02 (a Monday) in UTC, `03-09T10:00` one
 * of another day, `call@r1` a call of teamId t1 and repId r1. Rules come in as lines made by `put` and `del`.
 */
const logOf = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .map((line) =>
      line.startsWith('{')
        ? line
        : line
            .replace(/^\S+/, (span) =>
              span.replace(/(\d\d-\d\dT)?\d\d:\d\d(:\d\d(\.\d+)?)?/g, (instant) => `${isoOf(instant)}`),
            )
            .replace(/@(\w+)/g, ' teamId=t1 repId=$1'),
    )
    .join('\n');

const isoOf = (short: string): string => `2026-${short.includes('T') ? '' : '03-02T'}${short}Z`;

/** Epoch ms of an instant as the cases write it. */
export const ms = (short: string): number => Date.parse(isoOf(short));

/** A line of the log that puts a rule. */
export const put = (rule: Rule, revision?: number): string =>
  JSON.stringify({ type: 'rule', action: 'put', rule, ...(revision === undefined ? {} : { revision }) });

/** A line of the log that deletes a rule. */
export const del = (ruleId: string, revision?: number): string =>
  JSON.stringify({ type: 'rule', action: 'delete', ruleId, ...(revision === undefined ? {} : { revision }) });

/** First 32 hex digits of SHA-256 over the parts joined by line feeds, as rules.md makes ids. */
export const idOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** The id of an alert of rule r about r1 of t1, opened at an instant. */
export const alertOf = (opened: string, { id = 'r', version = 1, repId = 'r1' } = {}): string =>
  idOf(id, version, `{"repId":"${repId}","teamId":"t1"}`, ms(opened));

/** The id of an action of such an alert: `index` counts the rule's actions from 0. */
export const actionOf = (alertId: string, to: string, { seq = 1, index = 0 } = {}): string =>
  idOf(alertId, seq, index, to);

/**
 * A line as the cases write it: `opened open 10:00`, or `intervention>supervisor 10:00` for an action, then
 * `field=value` for each field that `wanted` names (`values.n=3`; `-` = not there). Instants are written as in the log,
 * zero seconds and ms left out.
 */
function render(line: Fields, wanted: string): string {
  const head = line.type === 'alert' ? `${line.transition} ${line.state}` : `${line.action}>${line.to}`;
  const names = wanted
    .split(' ')
    .filter((word) => word.includes('='))
    .map((word) => word.slice(0, word.indexOf('=')));
  return [`${head} ${shown(line.at)}`, ...names.map((name) => `${name}=${shown(fieldOf(line, name))}`)].join(' ');
}

const fieldOf = (line: Fields, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], line);

function shown(value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value !== 'string') return JSON.stringify(value);
  const match = /^2026-(\d\d-\d\dT)(\d\d:\d\d)(:\d\d\.\d{3})Z$/.exec(value);
  if (match === null) return value;
  const [, day, minute, rest = ''] = match;
  return `${day === '03-02T' ? '' : day}${minute}${rest === ':00.000' ? '' : rest.replace(/\.000$/, '')}`;
}
