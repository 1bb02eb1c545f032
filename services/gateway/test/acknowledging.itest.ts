import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Signal, signalsTopic } from '@resonant/contracts';
import { decoderFor, partitionOfKey } from '@resonant/kafka';
import { alertIdOf } from './support/alerts.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { account, admin, closeOffice, emea, gateway, listed, north, openOffice, stack } from './support/office.ts';
import { eventually, StreamClient } from './support/stream-client.ts';

beforeAll(openOffice, 60_000);
afterAll(closeOffice, 60_000);

describe('acknowledging', () => {
  test('lands once per request id in the partition that decided the alert, and shows in its history', async () => {
    const id = await account('acknowledged', 'rep-07');
    const partition = (partitionOfKey(Buffer.from(id), 4) + 1) % 4;
    await stack.alerts(id, 1, { partition });
    const alertId = alertIdOf(`${id}/0`);
    await eventually(
      () => listed(emea, `accountId=${id}`),
      ({ length }) => length === 1,
    );
    const client = await StreamClient.connect(gateway.url, { key: emea });
    for (const request of ['r-1', 'r-1', 'r-2'])
      client.send({ type: 'acknowledge', id: request, alertId, note: 'called' });
    await client.until(() => client.ofType('acknowledged').length >= 3);
    const answers = client.ofType('acknowledged') as unknown as {
      signalId: string;
      partition: number;
      offset: number;
    }[];
    expect(new Set(answers.map(({ signalId }) => signalId)).size).toBe(2);
    const signals: [number, string | undefined, Signal][] = [];
    const follower = await stack.log.follow({
      topic: signalsTopic('account'),
      partitions: [partition],
      from: { offsets: new Map([[partition, answers[0]?.offset ?? 0]]) },
      onRecords: async (at, records) => {
        for (const { key, value } of records) {
          const decoded = await decoderFor(stack.log).read(value as Buffer);
          if (decoded.type === 'Signal' && decoded.value.labels.alertId === alertId) {
            signals.push([at, key?.toString(), decoded.value]);
          }
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
    expect(signals.length).toBe(3);
    expect(signals[0]).toMatchObject([
      partition,
      id,
      { kind: 'acknowledgement', accountId: id, labels: { note: 'called' } },
    ]);
    const shown = async () => (await gateway.get(`/v1/alerts/${alertId}`, emea)).acknowledgements ?? [];
    expect((await eventually<unknown[]>(shown, ({ length }) => length === 2)).length).toBe(2);

    client.send({ type: 'acknowledge', id: 'r-3', alertId: alertIdOf('nothing') });
    client.send({ type: 'acknowledge', id: 'r-4', alertId, actionId: alertIdOf('no action') });
    await client.until(() => client.ofType('error').length >= 2);
    expect(client.ofType('error').map(({ id: request, problem }) => [request, problem])).toEqual([
      ['r-3', 'urn:resonant:error:not-found'],
      ['r-4', 'urn:resonant:error:not-found'],
    ]);
    const reader = await StreamClient.connect(gateway.url, { key: north });
    reader.send({ type: 'acknowledge', id: 'r-5', alertId });
    expect((await reader.frame(({ type }) => type === 'error')).problem).toBe('urn:resonant:error:forbidden');
    const posted = await gateway.request('POST', `/v1/alerts/${alertId}/acknowledgements`, { key: emea, body: {} });
    expect(posted.status).toBe(201);
    const withKey = (key: string) =>
      gateway.request('POST', `/v1/alerts/${alertId}/acknowledgements`, {
        key: emea,
        body: {},
        headers: { 'idempotency-key': key },
      });
    const repeats = [await withKey('a'.repeat(200)), await withKey('a'.repeat(200))].map((answer) => answer.json());
    const [one, again] = (await Promise.all(repeats)) as { signalId: string }[];
    expect(again?.signalId).toBe(one?.signalId);
    const tooLong = await withKey('a'.repeat(201));
    expect([tooLong.status, ((await tooLong.json()) as { detail: string }).detail]).toEqual([
      400,
      'Idempotency-Key: expected at most 200 characters, got 201',
    ]);
    client.close();
    reader.close();
  });

  test('takes the last tick of the partition as its instant on the log’s clock', async () => {
    const at = Date.parse('2001-01-01T00:00:00.000Z');
    const partition = 2;
    // The shared log has ticks of its own: T is the largest of them.
    await stack.write(signalsTopic('region'), 'Tick', [{ key: 'tick', partition, value: { at } }]);
    const own = await GatewayProcess.start({ RESONANT_CLOCK: 'log' });
    const regionId = stack.id('emea');
    await stack.alerts(regionId, 1, { subject: { regionId }, keyspace: 'region', partition });
    const client = await StreamClient.connect(own.url, { key: admin });
    await client.subscribe('a', { filter: { regionId }, from: '15m' });
    await client.until(() => client.alertIds().length >= 1);
    client.send({ type: 'acknowledge', alertId: alertIdOf(`${regionId}/0`) });
    const answer = await client.frame(({ type }) => type === 'acknowledged');
    let last = 0;
    const follower = await stack.log.follow({
      topic: signalsTopic('region'),
      partitions: [partition],
      onRecords: async (_at, records) => {
        for (const { value } of records) {
          const decoded = await decoderFor(stack.log).read(value as Buffer);
          if (decoded.type === 'Tick') last = Math.max(last, decoded.value.at);
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
    expect(answer).toMatchObject({ id: null, partition, occurredAt: new Date(last).toISOString() });
    client.close();
    await own.stop();
  }, 60_000);
});
