import { ResonantError } from '@resonant/contracts';
import type { Log } from '../port.ts';
import { BrokerAdmin } from './admin.ts';
import { type BrokerOptions, type Client, type LogFunction, openClient } from './client.ts';
import { brokerFollower } from './follower.ts';
import { BrokerMember } from './member.ts';
import { BrokerProducer } from './producer.ts';
import { HttpRegistry } from './registry.ts';
import { BrokerTransactionalProducer } from './transactional-producer.ts';

/** Waits of producers and transactions before they give up, in ms. */
const defaultTimeoutMs = 10_000;

export interface ConnectOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[];
  /** Base of the registry's Confluent API. */
  readonly registryUrl: string;
  readonly clientId: string;
  /** What happens to connections and memberships; default: nothing is logged. */
  readonly onLog?: LogFunction;
}

/** The log on a Kafka cluster. Connects when something is opened; each part has connections of its own. */
export function connectKafka({ brokers, registryUrl, clientId, onLog = () => undefined }: ConnectOptions): Log {
  const options: BrokerOptions = { brokers, clientId, onLog };
  const open = (): Client => openClient(options);
  const closers = new Set<() => Promise<void>>();
  let closed = false;
  const opened = <T>(part: T, close: () => Promise<void>): T => {
    closers.add(close);
    return part;
  };
  const alive = (): void => {
    if (closed) throw new ResonantError('log-unavailable', 'this log is closed');
  };
  return {
    registry: new HttpRegistry(registryUrl),
    producer: async ({ clientId: own = clientId, timeoutMs = defaultTimeoutMs } = {}) => {
      alive();
      const producer = new BrokerProducer({ ...options, clientId: own }, timeoutMs);
      await producer.open();
      return opened(producer, () => producer.close());
    },
    transactionalProducer: async (id, { timeoutMs = defaultTimeoutMs } = {}) => {
      alive();
      const producer = new BrokerTransactionalProducer(options, id, timeoutMs);
      await producer.open();
      const close = (): Promise<void> => producer.close().finally(() => closers.delete(close));
      return opened({ commit: (transaction) => producer.commit(transaction), close }, close);
    },
    join: async (join) => {
      alive();
      const member = new BrokerMember(open, join, onLog);
      await member.start();
      return opened(member, () => member.leave());
    },
    follow: async (follow) => {
      alive();
      const follower = await brokerFollower(open, follow, onLog);
      return opened(follower, () => follower.stop());
    },
    admin: async () => {
      alive();
      const admin = new BrokerAdmin(open);
      await admin.open();
      return opened(admin, () => admin.close());
    },
    close: async () => {
      closed = true;
      // members first: they leave their groups while the rest still works
      await Promise.all([...closers].map((close) => close()));
      closers.clear();
    },
  };
}
