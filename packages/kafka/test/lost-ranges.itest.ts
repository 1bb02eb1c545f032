import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectKafka, lostRanges, refuseLostRanges, skipLostMetadata, skipLostRanges } from '../src/index.ts';
import { deleteBefore, removeTopics } from './kafka-tools.ts';
import { stack } from './stack.ts';

const topic = `lost.${randomUUID().slice(0, 8)}`;
const log = connectKafka({ ...stack(), clientId: 'lost-ranges' });

beforeAll(async () => {
  await (await log.admin()).ensureTopics([{ name: topic, records: [], cleanup: 'delete' }], 3);
  const producer = await log.producer();
  const records = Array.from({ length: 30 }, (_, n) => ({
    topic,
    partition: n % 3,
    key: null,
    value: Buffer.from('v'),
  }));
  await producer.sendAll(records);
  await producer.close();
  await deleteBefore(topic, 0, 7);
}, 30_000);

afterAll(async () => {
  await log.close();
  await removeTopics(topic);
});

/** A group that has read partition 0 up to each of these offsets, and partition 1 to its end. */
async function groupAt(offset: number): Promise<string> {
  const group = `lost-${randomUUID().slice(0, 8)}`;
  const producer = await log.transactionalProducer(`${group}-test`);
  for (const [partition, at] of [offset, 10].entries()) {
    await producer.commit({ records: [], offsets: { topic, partition, offset: at, group } });
  }
  await producer.close();
  return group;
}

test.each([
  [3, `${topic}/0: offsets 3 to 6 are no longer kept and were never read`],
  [11, `${topic}/0: read up to offset 11, and the log ends at 10: it is not the log that was read`],
])(
  'a group that has read up to %i cannot go on: it is told why, and goes on once that is accepted',
  async (at, why) => {
    const group = await groupAt(at);
    await expect(refuseLostRanges(log, group, [topic])).rejects.toMatchObject({
      code: 'invalid-configuration',
      message: `${why}. Restore the topic from a backup, or go on without what is lost: resonant offsets skip-lost --group ${group} --topic ${topic}`,
    });
    const admin = await log.admin();
    const lost = await lostRanges(admin, group, [topic]);
    expect(lost).toEqual([
      {
        topic,
        partition: 0,
        reason: at < 7 ? 'no-longer-kept' : 'other-log',
        next: at,
        goOnAt: 7,
        earliest: 7,
        latest: 10,
      },
    ]);
    await skipLostRanges(log, group, lost);
    await refuseLostRanges(log, group, [topic]);
    const committed = await admin.committed(group, topic);
    expect(committed.map(({ offset, metadata }) => [offset, metadata])).toEqual([
      [7, skipLostMetadata],
      [10, ''],
      [null, ''],
    ]);
  },
);

test.each([7, 10])('a group that has read up to %i goes on', async (at) => {
  await expect(refuseLostRanges(log, await groupAt(at), [topic])).resolves.toBeUndefined();
});

test('a group that has read nothing cannot begin where the beginning is gone', async () => {
  const lost = await lostRanges(await log.admin(), `lost-${randomUUID()}`, [topic]);
  expect(lost).toEqual([
    { topic, partition: 0, reason: 'no-longer-kept', next: 0, goOnAt: 7, earliest: 7, latest: 10 },
  ]);
});

test('a group that is known to have read goes on there when its offsets are gone', async () => {
  const group = `lost-${randomUUID().slice(0, 8)}`;
  const reached = ({ partition }: { readonly partition: number }) => [8, 4, 11][partition];
  await expect(refuseLostRanges(log, group, [topic], reached)).rejects.toThrow(
    'committed offset is gone: to begin at 7 would say everything again; ',
  );
  const admin = await log.admin();
  await skipLostRanges(log, group, await lostRanges(admin, group, [topic], reached));
  // the third partition is another log than the one that was read up to 11: a new one
  expect((await admin.committed(group, topic)).map(({ offset }) => offset)).toEqual([8, 4, null]);
  await refuseLostRanges(log, group, [topic], reached);
});
