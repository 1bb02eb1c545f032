import { expect, test } from '@jest/globals';
import { encoderFor, memoryLog, readTopic } from '../src/index.ts';

const topic = { name: 'read-topic', records: [], cleanup: 'delete' } as const;

test('a topic is read as it stands: committed records in order, tombstones left out, nothing that comes later', async () => {
  const log = memoryLog();
  await (await log.admin()).ensureTopics([topic], 1);
  const encode = await encoderFor(log, topic.name, 'Tick');
  const producer = await log.producer();
  const send = (value: Buffer | null) => producer.send({ topic: topic.name, key: 'k', value });
  expect(await readTopic(log, topic.name)).toEqual([]);
  await send(encode({ at: 1 }));
  await send(null);
  await send(encode({ at: 2 }));
  const found = await readTopic(log, topic.name);
  await send(encode({ at: 3 }));
  expect(found).toEqual([
    { type: 'Tick', value: { at: 1 } },
    { type: 'Tick', value: { at: 2 } },
  ]);
});

test('reading bytes that no schema fits rejects instead of leaving them out', async () => {
  const log = memoryLog();
  await (await log.admin()).ensureTopics([topic], 1);
  await (await log.producer()).send({ topic: topic.name, key: 'k', value: Buffer.from('no Avro') });
  await expect(readTopic(log, topic.name)).rejects.toMatchObject({ code: 'undecodable-record' });
});
