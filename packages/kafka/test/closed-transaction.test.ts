import { expect, test } from '@jest/globals';
import { MemoryBroker, memoryLog, realScheduler } from '../src/index.ts';

test('a transaction whose producer is closed in the middle commits no offsets without its records', async () => {
  const broker = new MemoryBroker();
  const outside = memoryLog({ broker });
  const admin = await outside.admin();
  await admin.ensureTopics([{ name: 'closed', records: [], cleanup: 'delete', retentionMs: 3_600_000 }], 1);
  const reached = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  const step = async (point: string): Promise<void> => {
    if (point !== 'transaction.send.response') return;
    reached.resolve();
    await goesOn.promise;
  };
  const producer = await memoryLog({ broker, scheduler: { ...realScheduler, step } }).transactionalProducer('closing');
  const offsets = { group: 'group', topic: 'closed', partition: 0, offset: 1 };
  const records = [{ topic: 'closed', partition: 0, key: null, value: Buffer.from('a') }];
  const outcome = producer.commit({ records, offsets }).then(
    () => 'committed',
    () => 'refused',
  );
  await reached.promise;
  await producer.close();
  goesOn.resolve();
  expect(await outcome).toBe('refused');
  expect((await admin.committed('group', 'closed')).map(({ offset }) => offset)).toEqual([null]);
});
