import { setTimeout as sleep } from 'node:timers/promises';
import { alertsTopic, type Signal, signalsTopic } from '@resonant/contracts';
import { decoderFor, encoderFor, type Log } from '@resonant/kafka';
import { putRule } from './load.ts';

/** Opens an alert for each intent, at the next tick. Its keyspace is that of no other measurement. */
export const latencyRule = {
  ...{
    apiVersion: 'resonant/v1',
    id: 'bench-latency',
    version: 1,
    keyspace: 'region',
    subject: ['regionId', 'accountId'],
  },
  pattern: {
    pair: {
      a: { when: "kind == 'sentiment'" },
      b: { when: "kind == 'intent'" },
      within: '72h',
      strength: { residual: 0.1, at: '72h', expired: 0.05 },
    },
  },
};

/** Puts the rule; call it before the worker starts. */
export const putLatencyRule = (log: Log): Promise<number> =>
  putRule(log, latencyRule.id, 'region', JSON.stringify(latencyRule));

/**
 * Appends one signal after another at a steady rate, each of which opens an alert, and gives for each the ms from the
 * call that appends it to the alert in the hands of a reader with `read_committed`.
 */
export async function latencies(
  log: Log,
  rate: number,
  seconds: number,
  partitions: number,
): Promise<readonly number[]> {
  const topic = signalsTopic('region');
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  const decoder = decoderFor(log);
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  const follower = await log.follow({
    topic: alertsTopic,
    from: 'latest',
    onRecords: async (_, records) => {
      const now = performance.now();
      await decoder.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const decoded = value === null ? undefined : decoder.decode(value);
        const sent = decoded?.type === 'Alert' ? sentAt.get(decoded.value.subject.accountId ?? '') : undefined;
        if (sent !== undefined) took.push(now - sent);
      }
    },
  });
  await follower.caughtUp;
  const signalOf = (kind: string, n: number): Signal => ({
    ...{
      id: `${kind}-${n}`,
      kind,
      occurredAt: Date.now(),
      channel: kind,
      accountId: `a-${n}`,
      contactId: null,
      repId: null,
    },
    ...{ teamId: null, regionId: 'r', leadId: null, opportunityId: null, measures: {}, labels: {}, eventId: null },
  });
  const send = (kind: string, n: number) =>
    producer.send({ topic, partition: n % partitions, key: 'k', value: encode(signalOf(kind, n)) });
  const count = rate * seconds;
  for (let n = 0; n < count; n += 1000) {
    await Promise.all(Array.from({ length: Math.min(1000, count - n) }, (_, k) => send('sentiment', n + k)));
  }
  await sleep(3000);
  const started = performance.now();
  for (let n = 0; n < count; n++) {
    const due = started + (n * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    sentAt.set(`a-${n}`, performance.now());
    void send('intent', n);
  }
  const deadline = performance.now() + 20_000;
  while (took.length < count && performance.now() < deadline) await sleep(50);
  await follower.stop();
  await producer.close();
  return took;
}
