import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectKafka, type Log } from '@resonant/kafka';
import { offsetsSkipLostCommand } from '../src/commands/offsets-skip-lost.ts';
import { runCommand } from './replay-run.ts';

const group = `resonant-test-${randomUUID().slice(0, 8)}`;
const topic = `${group}.topic`;
let log: Log;

beforeAll(async () => {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
  if (!KAFKA_BROKERS || !SCHEMA_REGISTRY_URL) throw new Error('set KAFKA_BROKERS and SCHEMA_REGISTRY_URL');
  log = connectKafka({ brokers: [KAFKA_BROKERS], registryUrl: SCHEMA_REGISTRY_URL, clientId: 'test' });
  await (await log.admin()).ensureTopics([{ name: topic, records: [], cleanup: 'delete' }], 1);
  const producer = await log.transactionalProducer(group);
  await producer.commit({ records: [], offsets: { topic, partition: 0, offset: 5, group } });
  await producer.close();
}, 30_000);

afterAll(() => log?.close());

const skip = (...more: readonly string[]) =>
  runCommand(offsetsSkipLostCommand, ['--group', group, '--topic', topic, ...more], '', process.env);

test('what is lost is shown and left, then skipped when that is asked for, then gone', async () => {
  const told = `${topic}/0: read up to offset 5, and the log ends at 0: it is not the log that was read\n`;
  expect(await skip()).toEqual({
    code: 1,
    out: told,
    err: 'Nothing was changed; add --yes to go on without what is lost.\n',
  });
  expect(await skip('--yes')).toEqual({
    code: 0,
    out: `${told}${group} goes on at offset 0 of ${topic}/0\n`,
    err: '',
  });
  expect(await skip()).toEqual({
    code: 0,
    out: `${group} can go on where it is: nothing is lost\n`,
    err: '',
  });
});
