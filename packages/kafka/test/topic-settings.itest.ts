import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import type { Topic } from '@resonant/contracts';
import { connectKafka } from '../src/index.ts';
import { removeTopics, setTopic, settings } from './kafka-tools.ts';
import { stack } from './stack.ts';

const prefix = `settings.${randomUUID().slice(0, 8)}`;
const changes: string[] = [];
const log = connectKafka({
  ...stack(),
  clientId: 'settings',
  onLog: (level, message) => {
    if (level === 'info' && message.startsWith(prefix)) changes.push(message);
  },
});

afterAll(async () => {
  await log.close();
  await removeTopics(prefix);
});

const dayMs = 24 * 3600 * 1000;
const topic = (name: string): Topic => ({
  name: `${prefix}.${name}`,
  records: [],
  cleanup: 'delete',
  retentionMs: 14 * dayMs,
  stamps: 'append',
});

test('a topic that an earlier release made gets what it needs, and what its operator chose stays', async () => {
  const admin = await log.admin();
  const old = topic('old');
  await admin.ensureTopics([old], 1);
  const chosen = { 'retention.ms': String(30 * dayMs), 'min.cleanable.dirty.ratio': '0.3', 'cleanup.policy': 'delete' };
  await setTopic(old.name, { ...chosen, 'max.message.bytes': '1048588', 'compression.type': 'producer' });
  const created = topic('new');
  await admin.ensureTopics([old, created], 1);
  expect(await settings(old.name)).toEqual({
    ...chosen,
    'max.message.bytes': String(4 << 20),
    'compression.type': 'uncompressed',
    'message.timestamp.type': 'LogAppendTime',
  });
  expect(changes.sort()).toEqual([
    `${old.name}: compression.type was producer, is uncompressed now`,
    `${old.name}: max.message.bytes was 1048588, is ${4 << 20} now`,
    `${old.name}: message.timestamp.type was CreateTime, is LogAppendTime now`,
  ]);
  await admin.ensureTopics([old, created], 1);
  expect(changes).toHaveLength(3);
}, 30_000);

test('a topic whose operator lets it take larger records keeps that', async () => {
  const admin = await log.admin();
  const large = topic('large');
  await admin.ensureTopics([large], 1);
  const before = await settings(large.name);
  await setTopic(large.name, { ...before, 'max.message.bytes': String(16 << 20) });
  await admin.ensureTopics([large], 1);
  expect(await settings(large.name)).toEqual({ ...before, 'max.message.bytes': String(16 << 20) });
}, 30_000);
