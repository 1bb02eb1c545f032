import { join } from 'node:path';
import { repository } from '@resonant/cli';
import { connectKafka, type Log } from '@resonant/kafka';
import { answersHttp, type Stack, startStack, until } from '@resonant/local';

interface Member {
  readonly url: string;
  readonly process: ReturnType<Stack['supervise']>;
}

/** What can be hit: the broker, or a process of a service. */
export interface Target {
  readonly name: string;
  /** Where a service answers HTTP; the broker does not. */
  readonly url?: string;
  pid(): number | undefined;
  /** Sends a signal; what dies of it is started again by itself. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, and started again. */
  restart(): Promise<void>;
}

/** A stack of its own with several processes of services/signals and services/processor. */
export interface Fleet {
  readonly stack: Stack;
  readonly log: Log;
  readonly targets: readonly Target[];
  /** Stops every process of a service with SIGTERM, for good. */
  stopServices(): Promise<void>;
  /** One processor more, which appends no ticks: it works off what stands in the log. */
  startLastOwner(): Promise<{ stop(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  /** Ports are counted from here. */
  readonly base: number;
  readonly signals: number;
  readonly processors: number;
  readonly onLine?: (line: string) => void;
}

/** Services count their ports from here on, behind those of the stack. */
const firstServicePort = 20;

/** Starts it on an empty folder and resolves once every process is ready. */
export async function startFleet({
  base,
  signals,
  processors,
  onLine = () => undefined,
}: FleetOptions): Promise<Fleet> {
  const folder = join(repository, '.resonant', 'faults', String(base));
  const stack = await startStack({ base, folder, fresh: true, onLine });
  let port = base + firstServicePort;
  const member = (service: 'signals' | 'processor', name: string, env: Readonly<Record<string, string>>): Member => {
    const url = `http://127.0.0.1:${++port}`;
    const supervised = stack.supervise(
      name,
      {
        command: process.execPath,
        args: ['--no-warnings', join(repository, 'services', service, 'src', 'main.ts')],
        ready: (signal) => until(name, () => answersHttp(`${url}/readyz`), { withinMs: 120_000, signal }),
        stopWithinMs: 27_000,
      },
      {
        ...stack.env,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        RESONANT_INSTANCE_ID: name,
        NODE_COMPILE_CACHE: join(repository, 'node_modules', '.cache', 'compile'),
        ...env,
      },
    );
    return { url, process: supervised };
  };
  const several = (service: 'signals' | 'processor', count: number): readonly Member[] =>
    Array.from({ length: count }, (_, index) => member(service, `${service}-${index + 1}`, {}));
  const members = [...several('signals', signals), ...several('processor', processors)];
  const log = connectKafka({
    brokers: [stack.env.KAFKA_BROKERS],
    registryUrl: stack.env.SCHEMA_REGISTRY_URL,
    clientId: 'faults',
  });
  const stopServices = async (): Promise<void> => {
    await Promise.all(members.map((one) => one.process.stop()));
  };
  const stop = async (): Promise<void> => {
    await log.close();
    await stopServices();
    await stack.stop();
  };
  try {
    await Promise.all(members.map((one) => one.process.start(4)));
  } catch (error) {
    await stop();
    throw error;
  }
  const broker: Target = {
    name: 'broker',
    pid: () => stack.pid('kafka'),
    kill: (signal) => stack.kill('kafka', signal),
    restart: () => stack.restart('kafka'),
  };
  return {
    stack,
    log,
    targets: [
      ...members.map(({ url, process: one }): Target => {
        return {
          name: one.name,
          url,
          pid: () => one.pid,
          kill: (signal) => one.kill(signal),
          restart: async () => {
            await one.stop();
            await one.start(Number.POSITIVE_INFINITY);
          },
        };
      }),
      broker,
    ],
    stopServices,
    startLastOwner: async () => {
      const { process: last } = member('processor', 'last-owner', { RESONANT_CLOCK: 'log' });
      await last.start();
      return last;
    },
    stop,
  };
}
