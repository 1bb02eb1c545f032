import { expect, test } from '@jest/globals';
import { topics, touchpointsTopic } from '@resonant/contracts';
import { memoryLog, type Producer } from '@resonant/kafka';
import { Intake } from '../src/intake.ts';
import { definitions } from '../src/sources/index.ts';
import { touchpointRecords } from '../src/touchpoint-records.ts';
import { arrival } from './arrival.ts';
import { TestClaims } from './http/harness.ts';

const touchpoint = (id: string) => {
  const event = { ...definitions.knowledge.example, id };
  return definitions.knowledge.touchpoint(event, arrival(JSON.stringify(event)));
};

async function intakeOn(producer: Pick<Producer, 'sendAll'>, maxUnderWay: number) {
  const log = memoryLog();
  await (await log.admin()).ensureTopics(topics, 1);
  const claims = new TestClaims();
  const whole: Producer = {
    send: async () => Promise.reject(new Error('not used')),
    close: async () => undefined,
    ...producer,
  };
  return {
    claims,
    intake: new Intake({
      claims,
      producer: whole,
      records: await touchpointRecords(log),
      maxUnderWay,
      counted: () => undefined,
    }),
  };
}

test('more events than may wait at once are turned away until the first are through', async () => {
  const gate = Promise.withResolvers<void>();
  const sendAll: Producer['sendAll'] = async (records) => {
    await gate.promise;
    return records.map(({ topic }, offset) => ({ topic, partition: 0, offset }));
  };
  const { intake } = await intakeOn({ sendAll }, 2);
  const first = intake.accept('knowledge', [touchpoint('a'), touchpoint('b')]);
  await expect(intake.accept('knowledge', [touchpoint('c')])).rejects.toMatchObject({ code: 'log-unavailable' });
  gate.resolve();
  expect(await first).toEqual([{ status: 'accepted' }, { status: 'accepted' }]);
  expect(await intake.accept('knowledge', [touchpoint('c')])).toEqual([{ status: 'accepted' }]);
});

test('a record carries key, CloudEvents headers and the trace', async () => {
  const sent: Parameters<Producer['sendAll']>[0][number][] = [];
  const sendAll: Producer['sendAll'] = async (records) => {
    sent.push(...records);
    return [];
  };
  const { intake } = await intakeOn({ sendAll }, 10);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await intake.accept('knowledge', [touchpoint('a')], traceparent);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({
    topic: touchpointsTopic('knowledge'),
    key: 'knowledge:a',
    headers: {
      ce_id: 'knowledge:a',
      ce_type: 'com.resonant.knowledge-touchpoint.v1',
      ce_source: '/services/ingest',
      traceparent,
    },
  });
});
