import { expect, test } from '@jest/globals';
import { type Erasure, encode, erasuresTopic, schemas, topics } from '@resonant/contracts';
import { encoderFor, erasureWriter, MemoryBroker, memoryLog, publishedErasures } from '../src/index.ts';

function erasuresBroker(partitions: number): MemoryBroker {
  const broker = new MemoryBroker();
  for (const topic of topics.filter(({ name }) => name === erasuresTopic)) broker.createTopic(topic, partitions);
  return broker;
}

const part = (erasureId: string, number: number): Erasure => ({
  ...{ erasureId, part: number, reason: 'ticket 88', erasedBy: 'dpo', erasedAt: 1_772_528_400_000 },
  keys: ['a'.repeat(64), `${number}`.repeat(64)],
});

test('parts of erasures are read as they were written, each once under its id and number', async () => {
  const broker = erasuresBroker(4);
  const log = memoryLog({ broker });
  expect(await publishedErasures(log)).toEqual({ erasures: [], damaged: [] });
  const writer = await erasureWriter(log);
  const written = [part('e1', 0), part('e1', 1), part('e2', 0)];
  for (const one of written) await writer.write(one);
  await writer.close();
  const { erasures, damaged } = await publishedErasures(log);
  expect(erasures).toEqual(expect.arrayContaining(written));
  expect(erasures).toHaveLength(3);
  expect(damaged).toEqual([]);
  const keys = broker
    .partitions(erasuresTopic)
    .flatMap((partition) => partition.read(0, 'read_committed', Number.POSITIVE_INFINITY).records)
    .map(({ key }) => String(key));
  expect(keys.sort()).toEqual(['e1/0', 'e1/1', 'e2/0']);
  await log.close();
});

const good = part('good', 0);

test.each<[string, Buffer, string, string]>([
  ['other bytes', Buffer.from('no Avro'), 'undecodable-record', 'expected Confluent wire format'],
  ['nothing', Buffer.alloc(0), 'undecodable-record', 'expected Confluent wire format'],
  ['a schema that there is not', encode('Erasure', good, 999), 'undecodable-record', 'the registry has no schema 999'],
  ['half a record', encode('Erasure', good, 1).subarray(0, 40), 'undecodable-record', 'Erasure under schema 1'],
  ['another record', encode('Tick', { at: 1 }, 2), 'undecodable-record', 'expected Erasure, got Tick'],
  ['a record of a newer release', encode('Tick', { at: 1 }, 3), 'unknown-record-type', 'upgrade this release'],
  ['no id', encode('Erasure', { ...good, erasureId: '' }, 1), 'unstorable-record', 'erasureId: expected an id'],
  ['no reason', encode('Erasure', { ...good, reason: '' }, 1), 'unstorable-record', 'reason: expected a text'],
  [
    'an instant before all',
    encode('Erasure', { ...good, erasedAt: -1 }, 1),
    'unstorable-record',
    'erasedAt: expected 0',
  ],
  ['one after all', encode('Erasure', { ...good, erasedAt: 1e14 }, 1), 'unstorable-record', 'erasedAt: expected 0'],
  ['a word as key', encode('Erasure', { ...good, keys: ['ann@acme.example'] }, 1), 'unstorable-record', 'got 16 char'],
])('a record with %s is told with its place, and the others are read', async (_what, value, reason, detail) => {
  const log = memoryLog({ broker: erasuresBroker(1) });
  const encodeErasure = await encoderFor(log, erasuresTopic, 'Erasure');
  await encoderFor(log, erasuresTopic, 'Tick');
  const newer = { ...schemas.Tick, name: 'ErasureOfNext' };
  expect(await log.registry.register('x', newer)).toBe(3);
  const producer = await log.producer();
  const send = (key: string, bytes: Buffer | null) => producer.send({ topic: erasuresTopic, key, value: bytes });
  await send('good/0', encodeErasure(good));
  await send('bad/0', value);
  await send('later/0', encodeErasure(part('later', 0)));
  const { erasures, damaged } = await publishedErasures(log);
  expect(erasures).toEqual([good, part('later', 0)]);
  expect(damaged).toEqual([
    {
      record: expect.objectContaining({ topic: erasuresTopic, partition: 0, offset: 1, value }),
      ...{ reason, detail: expect.stringContaining(detail) },
    },
  ]);
  // what is gone once the topic is compacted is gone now
  await send('bad/0', null);
  expect((await publishedErasures(log)).damaged).toEqual([]);
  await log.close();
});
