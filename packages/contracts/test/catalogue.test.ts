import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import {
  errorRegistry,
  eventHeaders,
  keyspaces,
  problemOf,
  ResonantError,
  schemas,
  sources,
  subjectOf,
  topics,
  traceparentOf,
} from '../src/index.ts';

interface Field {
  readonly name: string;
  readonly doc?: string;
  readonly type: unknown;
}

function* fieldsOf(schema: unknown): Generator<Field> {
  if (Array.isArray(schema)) for (const branch of schema) yield* fieldsOf(branch);
  if (typeof schema !== 'object' || schema === null) return;
  const { fields, items, type } = schema as { fields?: Field[]; items?: unknown; type?: unknown };
  for (const field of fields ?? []) {
    yield field;
    yield* fieldsOf(field.type);
  }
  yield* fieldsOf(items);
  if (typeof type === 'object') yield* fieldsOf(type);
}

test('every field of every record says what it is', () => {
  for (const [name, schema] of Object.entries(schemas)) {
    const silent = [...fieldsOf(schema)].filter((field) => !field.doc).map((field) => `${name}.${field.name}`);
    expect(silent).toEqual([]);
  }
});

test('the generated types are those of schemas/', () => {
  const script = fileURLToPath(new URL('../scripts/generate.ts', import.meta.url));
  expect(() => execFileSync(process.execPath, ['--no-warnings', script, '--check'], { stdio: 'pipe' })).not.toThrow();
});

test('the catalogue holds every topic of the architecture once', () => {
  const expected = [
    ...sources.flatMap((source) => [`resonant.touchpoints.${source}.v1`, `resonant.inbound.${source}.v1`]),
    ...keyspaces.flatMap((keyspace) => [`resonant.signals.${keyspace}.v1`, `resonant.state.${keyspace}.v1`]),
    ...['alerts', 'actions', 'deliveries', 'rules', 'directory', 'vocabulary', 'positions', 'seals', 'keys'].map(
      (name) => `resonant.${name}.v1`,
    ),
    'resonant.dead-letters.v1',
    // whom history has erased outlasts the loss of ClickHouse
    'resonant.erasures.v1',
  ];
  expect(topics.map((topic) => topic.name).sort()).toEqual(expected.sort());
});

test('every record type has a topic, and a deleting topic says how long it keeps', () => {
  const used = new Set(topics.flatMap((topic) => topic.records));
  expect(Object.keys(schemas).filter((name) => !used.has(name as keyof typeof schemas))).toEqual([]);
  expect(topics.filter((topic) => (topic.cleanup === 'delete') !== (topic.retentionMs !== undefined))).toEqual([]);
});

test('only the signals topics are stamped by the broker', () => {
  expect(topics.filter((topic) => topic.stamps === 'append').map((topic) => topic.name)).toEqual(
    keyspaces.map((keyspace) => `resonant.signals.${keyspace}.v1`),
  );
});

test('a subject is topic and record (TopicRecordNameStrategy)', () => {
  expect(subjectOf('resonant.alerts.v1', 'Alert')).toBe('resonant.alerts.v1-resonant.v1.Alert');
});

test('a problem document carries type, status, what to do and whether trying again helps', () => {
  const problem = problemOf(
    new ResonantError('conflict', 'id x is under way', { extra: { retryAfterMs: 1000 } }),
    '/v1/x',
  );
  expect(problem).toEqual({
    type: 'urn:resonant:error:conflict',
    title: errorRegistry.conflict.title,
    status: 409,
    detail: 'id x is under way',
    instance: '/v1/x',
    retryable: true,
    retryAfterMs: 1000,
  });
});

test('headers are CloudEvents 1.0 and hand the trace on', () => {
  const headers = eventHeaders({
    id: 'calls:1',
    type: 'touchpoint',
    source: '/services/ingest',
    time: 0,
    traceparent: '00-a-b-01',
  });
  expect(headers).toEqual({
    ce_specversion: '1.0',
    ce_id: 'calls:1',
    ce_type: 'com.resonant.touchpoint.v1',
    ce_source: '/services/ingest',
    ce_time: '1970-01-01T00:00:00.000Z',
    'content-type': 'application/avro',
    traceparent: '00-a-b-01',
  });
});

test('an event without a trace begins one, the same in every replay', () => {
  const of = (id: string, type = 'alert') => eventHeaders({ id, type, source: '/x', time: 0 }).traceparent;
  expect(of('a')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(of('a')).toBe(of('a'));
  expect(new Set([of('a'), of('b'), of('a', 'action')]).size).toBe(3);
});

test('events of one trace share its id and have a span each', () => {
  const trace = 'c'.repeat(32);
  const [one, two] = [traceparentOf(trace, 'c/1'), traceparentOf(trace, 'c/2')];
  expect([one.slice(0, 36), two.slice(0, 36)]).toEqual([`00-${trace}-`, `00-${trace}-`]);
  expect(one).not.toBe(two);
});
