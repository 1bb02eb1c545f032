import type { Socket } from 'node:net';
import { type ISocketFactory, Kafka, type LogEntry, logLevel, type RetryOptions } from 'kafkajs';
import { type Cluster, isolationLevel, WireCluster } from './internals.ts';
import { openSocket } from './socket.ts';

export type LogFunction = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

export interface BrokerOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly onLog: LogFunction;
}

/** Waits between attempts of the client itself; what takes longer is decided by the caller. */
const defaultRetry: RetryOptions = { initialRetryTime: 50, maxRetryTime: 1000, retries: 5 };

export const requestTimeoutMs = 10_000;

/**
 * A client that can be thrown away for good: `dispose` cuts its connections and lets it make no new ones, so nothing
 * that it still retries inside can reach the log later.
 */
export interface Client {
  readonly kafka: Kafka;
  cluster(isolation: keyof typeof isolationLevel): Cluster;
  dispose(): void;
}

export function openClient(options: BrokerOptions, retry: RetryOptions = defaultRetry): Client {
  const sockets = new Set<Socket>();
  let disposed = false;
  const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    if (disposed) throw new Error('the client was thrown away');
    const socket = openSocket({ host, port, onConnect });
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const common = {
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: 3000,
    requestTimeout: requestTimeoutMs,
    socketFactory,
    retry,
  };
  const kafka = new Kafka({ ...common, logLevel: logLevel.WARN, logCreator: () => forward(options.onLog) });
  return {
    kafka,
    cluster: (isolation) =>
      new WireCluster({
        ...common,
        logger: kafka.logger(),
        enforceRequestTimeout: true,
        metadataMaxAge: 300_000,
        allowAutoTopicCreation: false,
        maxInFlightRequests: null,
        isolationLevel: isolationLevel[isolation],
      }),
    dispose: () => {
      disposed = true;
      // with an error, for the client overlooks a mere close and would wait for answers
      for (const socket of sockets) socket.destroy(new Error('the client was thrown away'));
    },
  };
}

/** What the client logs as an error it mostly retries: whoever has to give up says so with an error of its own. */
const forward =
  (onLog: LogFunction) =>
  ({ namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }: LogEntry): void =>
    onLog('debug', message, { part: `kafkajs ${namespace}`, ...fields });
