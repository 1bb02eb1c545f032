import { describe, expect, test } from '@jest/globals';
import { signalsTopic, topics } from '@resonant/contracts';
import { decoderFor, memoryLog } from '@resonant/kafka';
import { Acknowledger, acknowledgementSignal } from '../../src/alerts/acknowledger.ts';
import { Encoders } from '../../src/writing/encoders.ts';
import { alertIdOf, alertOf } from '../support/alerts.ts';

const request = { alert: alertOf(), actionId: null, note: null, requestId: 'r-1', keyId: 'k1' };

describe('acknowledgements', () => {
  test('of the same request of the same key have the same id', () => {
    const { id } = acknowledgementSignal(request, 1);
    expect(acknowledgementSignal(request, 2).id).toBe(id);
    expect(acknowledgementSignal({ ...request, requestId: 'r-2' }, 1).id).not.toBe(id);
    expect(acknowledgementSignal({ ...request, keyId: 'k2' }, 1).id).not.toBe(id);
    expect(acknowledgementSignal({ ...request, actionId: alertIdOf('action') }, 1).id).not.toBe(id);
  });

  test('without a request id count each', () => {
    const own = { ...request, requestId: null };
    expect(acknowledgementSignal(own, 1).id).not.toBe(acknowledgementSignal(own, 1).id);
  });

  test('stand in the partition that the alert names, not in the one that the key would choose', async () => {
    const log = memoryLog();
    const admin = await log.admin();
    await admin.ensureTopics(topics, 4);
    const acknowledger = new Acknowledger(new Encoders(log), await log.producer(), () => 1234);
    for (const partition of [0, 1, 2, 3]) {
      const alert = alertOf({ keyspace: 'team', partitionKey: 'north', partition });
      const actionId = alertIdOf('action');
      const { topic, ...at } = await acknowledger.acknowledge({ ...request, alert, actionId, note: 'called back' });
      expect({ topic, partition: at.partition, offset: at.offset }).toEqual({
        topic: signalsTopic('team'),
        partition,
        offset: 0,
      });
    }
    const read: unknown[] = [];
    const follower = await log.follow({
      topic: signalsTopic('team'),
      onRecords: async (partition, records) => {
        for (const { key, value } of records) {
          const decoded = await decoderFor(log).read(value as Buffer);
          read.push([partition, key?.toString(), decoded.value]);
        }
      },
    });
    await follower.caughtUp;
    await log.close();
    expect(read.length).toBe(4);
    expect(read[0]).toMatchObject([
      0,
      'north',
      {
        kind: 'acknowledgement',
        occurredAt: 1234,
        teamId: 'north',
        accountId: null,
        eventId: null,
        labels: {
          alertId: alertIdOf('acme'),
          actionId: alertIdOf('action'),
          note: 'called back',
          acknowledgedBy: 'k1',
        },
      },
    ]);
  });

  test('wait for a tick where log time is not known', async () => {
    const log = memoryLog();
    await (await log.admin()).ensureTopics(topics, 1);
    const acknowledger = new Acknowledger(new Encoders(log), await log.producer(), () => undefined);
    await expect(acknowledger.acknowledge(request)).rejects.toMatchObject({ code: 'not-ready' });
    await log.close();
  });
});
