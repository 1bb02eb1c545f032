import { join } from 'node:path';
import { endpointsOf, repository, type ServiceName, serviceNames } from '@resonant/cli';
import { clickhousePasswords } from './clickhouse/start.ts';
import { sealKey } from './home.ts';
import { answersHttp, until } from './probe.ts';
import type { Stack } from './stack.ts';
import { type Supervised, unlessAborted } from './supervised.ts';

/** What moves time in the processor and the gateway: the wall, or a player that appends ticks. */
export type Clock = 'wall' | 'log';

export interface ServicesOptions {
  readonly clock: Clock;
  /** Default: all. */
  readonly names?: readonly ServiceName[];
  /** More environment for single services. */
  readonly env?: Partial<Readonly<Record<ServiceName, Readonly<Record<string, string>>>>>;
  /** Aborted while they start: they are stopped, and `startServices` rejects. */
  readonly signal?: AbortSignal;
}

/** The product's services on a stack, watched over like its parts. */
export interface Services {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** Sends a signal; a service that dies of it is started again. Resolves once it has died, if it does. */
  kill(name: ServiceName, signal: NodeJS.Signals): Promise<void>;
  /** Stops a service until `restart`. */
  halt(name: ServiceName): Promise<void>;
  /** Stops (if running) and starts a service, with another clock if one is given; resolves once it is ready. */
  restart(name: ServiceName, clock?: Clock): Promise<void>;
  whenReady(name: ServiceName): Promise<void>;
  state(name: ServiceName): Supervised['state'];
  pid(name: ServiceName): number | undefined;
  stop(): Promise<void>;
}

/** The gateway hands statements of others to ClickHouse, so it comes as the user who only reads. */
const analystEnv = (folder: string) => ({
  CLICKHOUSE_USER: 'analyst',
  CLICKHOUSE_PASSWORD: clickhousePasswords(folder).analyst,
});

/** A broker that has just started may refuse for a moment what it takes a second later. */
const startAttempts = 4;

/** Starts services and resolves once all are ready; if one cannot start, stops the others and rejects. */
export async function startServices(stack: Stack, options: ServicesOptions): Promise<Services> {
  const names = options.names ?? serviceNames;
  const endpoints = endpointsOf(stack.ports);
  const supervise = (name: ServiceName, clock: Clock): Supervised => {
    const url = `http://127.0.0.1:${stack.ports[name]}`;
    return stack.supervise(
      name,
      {
        command: process.execPath,
        args: [join(repository, 'services', name, 'src', 'main.ts')],
        ready: (signal) => until(name, () => answersHttp(`${url}/readyz`), { withinMs: 60_000, signal }),
        stopWithinMs: 27_000,
      },
      {
        ...endpoints,
        ...stack.env,
        ...(name === 'gateway' && analystEnv(stack.folder)),
        ...(name === 'history' && { HISTORY_SEAL_KEY: sealKey(stack.folder) }),
        HOST: '127.0.0.1',
        PORT: String(stack.ports[name]),
        RESONANT_CLOCK: clock,
        // On one machine no load balancer takes requests away from who is not ready, so readiness may say all it knows.
        READINESS: 'strict',
        RESONANT_INSTANCE_ID: 'local',
        CLICKHOUSE_FAMILY: 'embedded',
        HISTORY_MIGRATIONS: 'run',
        NODE_COMPILE_CACHE: join(repository, 'node_modules', '.cache', 'compile'),
        ...options.env?.[name],
      },
    );
  };
  const running = new Map(names.map((name) => [name, supervise(name, options.clock)]));
  const of = (name: ServiceName): Supervised => {
    const service = running.get(name);
    if (service === undefined) throw new Error(`${name} was not started here`);
    return service;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...running.values()].map((service) => service.stop()));
  };
  const starts = await unlessAborted(options.signal, [...running.values()], () =>
    Promise.allSettled(
      [...running].map(async ([name, service]) => {
        await service.start(startAttempts);
        stack.onLine(`${name} is ready`);
      }),
    ),
  );
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return {
    urls: {
      ingest: endpoints.RESONANT_INGEST_URL,
      signals: endpoints.RESONANT_SIGNALS_URL,
      processor: endpoints.RESONANT_PROCESSOR_URL,
      history: endpoints.RESONANT_HISTORY_URL,
      gateway: endpoints.RESONANT_GATEWAY_URL,
    },
    kill: (name, signal) => of(name).kill(signal),
    halt: (name) => of(name).stop(),
    restart: async (name, clock) => {
      await of(name).stop();
      if (clock !== undefined) running.set(name, supervise(name, clock));
      // It ran before: whatever keeps it from starting now is tried again, and ends nothing else.
      await of(name).start(Number.POSITIVE_INFINITY);
    },
    whenReady: (name) => of(name).whenReady(),
    state: (name) => of(name).state,
    pid: (name) => of(name).pid,
    stop,
  };
}
