import { expect, test } from '@jest/globals';
import { deadLettersTopic, topics, touchpointsTopic } from '@resonant/contracts';
import { deadLetterWriter, memoryLog } from '@resonant/kafka';
import { readDeadLetters, readWhole } from '../../src/dead-letters/book.ts';
import { destinationOf } from '../../src/dead-letters/destination.ts';

const topic = touchpointsTopic('crm');
const letter = {
  origin: `${topic}/2/7`,
  reason: 'undecodable-record',
  detail: 'the registry has no schema 65535',
  at: 1000,
  mediaType: 'application/octet-stream',
  key: Buffer.from('k'),
  headers: {},
  payload: Buffer.from([0, 0, 0, 255, 255]),
} as const;

test.each([
  [['signals', 'history'], 'signals', 'topic'],
  [['history', 'signals'], 'signals', 'topic'],
  [['history', 'history'], 'history', 'none'],
] as const)(
  'a record that %j put aside is one letter, of %s, which goes back to: %s',
  async (services, source, kind) => {
    const log = memoryLog();
    await (await log.admin()).ensureTopics(
      topics.filter(({ name }) => name === deadLettersTopic),
      2,
    );
    const writer = await deadLetterWriter(log);
    for (const [n, service] of services.entries()) {
      await writer.write({ ...letter, source: service, detail: `${service} ${n}` });
    }
    const { letters } = await readDeadLetters(log);
    const [id] = [...letters.keys()];
    expect([...letters.values()].map((kept) => [kept.letter.source, kept.state])).toEqual([[source, 'pending']]);
    const whole = await readWhole(log, new Set([id as string]));
    expect([...whole.values()].map((each) => [each.source, destinationOf(each).kind])).toEqual([[source, kind]]);
  },
);
