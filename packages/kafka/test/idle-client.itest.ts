import { randomUUID } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { connectKafka } from '../src/index.ts';
import { removeTopics } from './kafka-tools.ts';
import { stack } from './stack.ts';

test('an idle client rests: a second of it arms a few timers, not a thousand', async () => {
  const log = connectKafka({ ...stack(), clientId: 'idle' });
  const name = `idle.${randomUUID().slice(0, 8)}`;
  await (await log.admin()).ensureTopics([{ name, records: [], cleanup: 'delete' }], 4);
  await (await log.producer()).send({ topic: name, key: 'k', value: null });
  await log.transactionalProducer(name);
  const armed = jest.spyOn(globalThis, 'setTimeout');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const count = armed.mock.calls.length;
  armed.mockRestore();
  await log.close();
  await removeTopics(name);
  // unpatched, each of the connections polls every millisecond
  expect(count).toBeLessThan(20);
}, 20_000);
