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
  /** Keeps a part's `close` until it is called; what opens while the log closes is closed as well. */
  const opened = async (close: () => Promise<void>): Promise<() => Promise<void>> => {
    const closer = (): Promise<void> => {
      closers.delete(closer);
      return close();
    };
    if (closed) await closer();
    alive();
    closers.add(closer);
    return closer;
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
      const close = await opened(() => producer.close());
      return { send: (record) => producer.send(record), sendAll: (records) => producer.sendAll(records), close };
    },
    transactionalProducer: async (id, { timeoutMs = defaultTimeoutMs } = {}) => {
      alive();
      const producer = new BrokerTransactionalProducer(options, id, timeoutMs);
      await producer.open();
      const close = await opened(() => producer.close());
      return { commit: (transaction) => producer.commit(transaction), close };
    },
    join: async (join) => {
      alive();
      const member = new BrokerMember(open, join, onLog);
      await member.start();
      const leave = await opened(() => member.leave());
      return {
        failed: member.failed,
        commit: (offset) => member.commit(offset),
        restart: (partition) => member.restart(partition),
        proveMembership: () => member.proveMembership(),
        leave,
      };
    },
    follow: async (follow) => {
      alive();
      const follower = await brokerFollower(open, follow, onLog);
      return { ...follower, stop: await opened(() => follower.stop()) };
    },
    admin: async () => {
      alive();
      const admin = new BrokerAdmin(open, onLog);
      await admin.open();
      await opened(() => admin.close());
      return admin;
    },
    close: async () => {
      closed = true;
      // members first: they leave their groups while the rest still works
      await Promise.all([...closers].map((close) => close()));
      closers.clear();
    },
  };
}
