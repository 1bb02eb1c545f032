import { randomBytes } from 'node:crypto';
import {
  type Alert,
  alertsTopic,
  eventHeaders,
  keysTopic,
  type RecordName,
  type Records,
  topics,
} from '@resonant/contracts';
import { connectKafka, encoderFor, type Log, type NewRecord, type Producer } from '@resonant/kafka';
import { makeKey } from '@resonant/service';
import { alertIdOf, alertOf } from './alerts.ts';

const needed = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'REDIS_URL'] as const;

/** The real stack of the environment. Throws if it is not named there. */
export function stackEnv(): Record<(typeof needed)[number], string> {
  const missing = needed.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`these tests need a running stack; not set: ${missing.join(', ')}`);
  return Object.fromEntries(needed.map((name) => [name, process.env[name]])) as Record<(typeof needed)[number], string>;
}

/** What tests put into the log themselves, in place of the other services. */
export class Stack {
  readonly log: Log;
  readonly #producer: Producer;
  readonly run = randomBytes(5).toString('hex');

  private constructor(log: Log, producer: Producer) {
    this.log = log;
    this.#producer = producer;
  }

  static async open(): Promise<Stack> {
    const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = stackEnv();
    const log = connectKafka({
      brokers: KAFKA_BROKERS.split(','),
      registryUrl: SCHEMA_REGISTRY_URL,
      clientId: 'gateway-tests',
    });
    const admin = await log.admin();
    await admin.ensureTopics(topics, await admin.partitionCount(alertsTopic));
    await admin.close();
    return new Stack(log, await log.producer());
  }

  async close(): Promise<void> {
    await this.#producer.close();
    await this.log.close();
  }

  /** An id that no other run has. */
  id(words: string): string {
    return `${words}-${this.run}`;
  }

  async write<N extends RecordName>(
    topic: string,
    name: N,
    values: readonly { readonly key: string; readonly value: Records[N]; readonly partition?: number }[],
  ) {
    const encode = await encoderFor(this.log, topic, name);
    const records = values.map(({ key, value, partition }): NewRecord => {
      const headers =
        name === 'Tick' ? {} : eventHeaders({ id: key, type: name.toLowerCase(), source: '/tests', time: 0 });
      return { topic, key, value: encode(value), headers, ...(partition === undefined ? {} : { partition }) };
    });
    return this.#producer.sendAll(records);
  }

  /** A new API key; its text. */
  async key(scopes: readonly string[], expiresInMs: number | null = null): Promise<string> {
    const now = Date.now();
    const { text, record } = makeKey({
      name: this.id('test'),
      scopes,
      expiresAt: expiresInMs === null ? null : now + expiresInMs,
      now,
      randomBytes,
    });
    await this.write(keysTopic, 'ApiKey', [{ key: record.keyId, value: record }]);
    return text;
  }

  /** `count` openings about one account, numbered in their alert ids from `from` on. */
  async alerts(account: string, count: number, changes: Partial<Alert> = {}, from = 0): Promise<readonly Alert[]> {
    const alerts = Array.from({ length: count }, (_, n) =>
      alertOf({
        alertId: alertIdOf(`${account}/${from + n}`),
        subject: { accountId: account },
        partitionKey: account,
        openedAt: Date.now(),
        evidence: [],
        ...changes,
      }),
    );
    await this.write(
      alertsTopic,
      'Alert',
      alerts.map((value, n) => ({ key: `${account}/${n}`, value })),
    );
    return alerts;
  }
}
