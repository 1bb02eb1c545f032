import { expect, test } from '@jest/globals';
import { erasuresTopic, topics } from '@resonant/contracts';
import { erasureWriter, MemoryBroker, memoryLog, publishedErasures } from '../src/index.ts';

test('parts of erasures are read as they were written, each once under its id and number', async () => {
  const broker = new MemoryBroker();
  for (const topic of topics.filter(({ name }) => name === erasuresTopic)) broker.createTopic(topic, 4);
  const log = memoryLog({ broker });
  expect(await publishedErasures(log)).toEqual([]);
  const part = (erasureId: string, number: number) => ({
    ...{ erasureId, part: number, reason: 'ticket 88', erasedBy: 'dpo', erasedAt: 1_772_528_400_000 },
    keys: ['a'.repeat(64), `${number}`.repeat(64)],
  });
  const writer = await erasureWriter(log);
  const written = [part('e1', 0), part('e1', 1), part('e2', 0)];
  for (const one of written) await writer.write(one);
  await writer.close();
  const read = await publishedErasures(log);
  expect(read).toEqual(expect.arrayContaining(written));
  expect(read).toHaveLength(3);
  const keys = broker
    .partitions(erasuresTopic)
    .flatMap((partition) => partition.read(0, 'read_committed', Number.POSITIVE_INFINITY).records)
    .map(({ key }) => String(key));
  expect(keys.sort()).toEqual(['e1/0', 'e1/1', 'e2/0']);
  await log.close();
});
