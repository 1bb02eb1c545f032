import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { type Erasure, erasuresTopic, topics } from '@resonant/contracts';
import { erasureWriter, MemoryBroker, memoryLog } from '@resonant/kafka';
import { addressesOf } from '../../src/history/addresses.ts';
import { readErasures } from '../../src/history/erasures.ts';

test('an erasure that cannot be read is told with its place, and the others are taken', async () => {
  const broker = new MemoryBroker();
  for (const topic of topics) if (topic.name === erasuresTopic) broker.createTopic(topic, 1);
  const log = memoryLog({ broker });
  const erasure: Erasure = {
    ...{ erasureId: 'e1', part: 0, reason: 'ticket 88', erasedBy: 'dpo', erasedAt: 1_772_528_400_000 },
    keys: ['a'.repeat(64)],
  };
  await (await log.producer()).send({ topic: erasuresTopic, key: 'bad', value: Buffer.from('no Avro') });
  const writer = await erasureWriter(log);
  await writer.write(erasure);
  const stderr = new PassThrough();
  expect(await readErasures(log, { stderr })).toEqual([erasure]);
  stderr.end();
  expect(await text(stderr)).toMatch(
    /^resonant\.erasures\.v1\/0, offset 0 cannot be read: expected Confluent wire format.* Whom it names is not known as erased\.\n$/,
  );
  await log.close();
});

test.each([
  ['an e-mail address', { email: [' Ann@Acme.Example '] }, { emails: ['ann@acme.example'] }],
  ['a number as people write it', { phone: ['+49 (30) 12-34.56'] }, { phones: ['+4930123456'] }],
  ['a number with two zeros', { phone: ['0049 30/123456'] }, { phones: ['+4930123456'] }],
  ['a handle', { handle: ['GitHub:Octocat'] }, { handles: ['github:octocat'] }],
  ['nothing', {}, {}],
])('%s is written as ingest writes it', (_what, given, written) => {
  expect(addressesOf(given)).toEqual({ emails: [], phones: [], handles: [], ...written });
});
