import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { schemas, subjectOf, topics } from '@resonant/contracts';
import { connectKafka } from '../src/index.ts';
import { codeOf } from './conformance/harness.ts';
import { released } from './released-schemas.ts';
import { stack } from './stack.ts';

const { registry } = connectKafka({ ...stack(), clientId: 'schemas' });

interface RecordSchema {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

test('every schema of this release is registered under its subjects, after all released versions', async () => {
  const subjects = topics.flatMap((topic) =>
    topic.records.map((record) => [subjectOf(topic.name, record), record] as const),
  );
  expect(new Set(subjects.map(([, record]) => record))).toEqual(new Set(Object.keys(schemas)));
  for (const [subject, record] of subjects) {
    for (const version of released.get(record) ?? []) await registry.register(subject, version);
    const id = await registry.register(subject, schemas[record]);
    expect(await registry.schemaById(id)).toEqual(schemas[record]);
  }
}, 60_000);

test('a change that a released version does not allow is refused for every record', async () => {
  const run = randomUUID().slice(0, 8);
  for (const [record, versions] of released) {
    const subject = subjectOf(`schemas.${run}`, record);
    for (const version of versions) await registry.register(subject, version);
    const current = schemas[record] as unknown as RecordSchema;
    const mandatory = { ...current, fields: [...current.fields, { name: 'mandatory', type: 'string' }] };
    expect([record, await codeOf(registry.register(subject, mandatory))]).toEqual([record, 'incompatible-schema']);
    const optional = { name: 'optional', type: ['null', 'string'], default: null, doc: 'added later' };
    const id = await registry.register(subject, { ...current, fields: [...current.fields, optional] });
    expect(id).toBeGreaterThan(0);
  }
}, 60_000);

test('the registry refuses by every earlier version, not just by the last', async () => {
  const response = await fetch(`${stack().registryUrl}/config`);
  expect(await response.json()).toMatchObject({ compatibilityLevel: 'BACKWARD_TRANSITIVE' });
});

test('those who register a new subject at the same time all get its one id', async () => {
  for (let round = 0; round < 5; round += 1) {
    const subject = subjectOf(`schemas.${randomUUID().slice(0, 8)}`, 'Tick');
    const ids = await Promise.all(Array.from({ length: 12 }, () => registry.register(subject, schemas.Tick)));
    expect(new Set(ids).size).toBe(1);
  }
}, 60_000);
