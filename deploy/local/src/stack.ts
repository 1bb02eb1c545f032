import { join, resolve } from 'node:path';
import { endpointsOf, isFree, type Ports, partsFolder, portsOf, portsProblem, repository } from '@resonant/cli';
import { ResonantError } from '@resonant/contracts';
import { type ClickHouseEnv, clickhouseProcess } from './clickhouse/start.ts';
import { emptyFolder, endLeftovers, takeFolder } from './data-folder.ts';
import { Guard } from './guard.ts';
import { kafkaProcess, prepareKafka } from './kafka.ts';
import { fetchParts } from './parts.ts';
import { redisProcess } from './redis.ts';
import { registryProcess } from './registry.ts';
import { type PartProcess, Supervised, unlessAborted } from './supervised.ts';
import { createTopics } from './topics.ts';

export const partNames = ['kafka', 'registry', 'redis', 'clickhouse'] as const;

export type PartName = (typeof partNames)[number];

/** Where processes find the parts. */
export type StackEnv = Readonly<Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'REDIS_URL', string>> & ClickHouseEnv;

export interface StackOptions {
  /** Ports are counted from here (see `portsOf`). */
  readonly base: number;
  /** All data and logs; made if missing. Only one stack at a time may use it. */
  readonly folder: string;
  /** Empties the folder first: what this product keeps in it, and nothing else. */
  readonly fresh?: boolean;
  /** Progress and events, a line each. Default: nowhere. */
  readonly onLine?: (line: string) => void;
  /** Aborted: what has begun is ended, and `startStack` rejects. A stack that stands is not touched. */
  readonly signal?: AbortSignal;
}

/** A running Kafka, schema registry, Redis and ClickHouse, watched over. */
export interface Stack {
  readonly base: number;
  readonly ports: Ports;
  readonly folder: string;
  /** `KAFKA_BROKERS`, `SCHEMA_REGISTRY_URL`, `REDIS_URL`, and `CLICKHOUSE_URL`, `_USER`, `_PASSWORD` of the writer. */
  readonly env: StackEnv;
  readonly onLine: (line: string) => void;
  /** Sends a signal; a part that dies of it is started again by itself. Resolves once it has died, if it does. */
  kill(part: PartName, signal: NodeJS.Signals): Promise<void>;
  /** Stops a part until `restart`: an outage as long as wanted. */
  halt(part: PartName): Promise<void>;
  /** Stops (if running) and starts a part; resolves once it serves. */
  restart(part: PartName): Promise<void>;
  /** Resolves once the part serves. */
  whenReady(part: PartName): Promise<void>;
  state(part: PartName): Supervised['state'];
  pid(part: PartName): number | undefined;
  /** A process beside the parts that is watched over in the same way (services). */
  supervise(name: string, process: PartProcess, env: Readonly<Record<string, string>>): Supervised;
  /** Stops everything in reverse order. */
  stop(): Promise<void>;
}

/**
 * Starts Kafka, the schema registry, Redis and ClickHouse on 127.0.0.1, creates the product's topics, and resolves once all serve.
 * Rejects with `invalid-configuration` and one sentence if the folder or a port is in use.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = resolve(options.folder);
  const onLine = options.onLine ?? (() => undefined);
  const ports = portsOf(options.base);
  const release = takeFolder(folder);
  const guard = new Guard();
  try {
    await endLeftovers(folder, onLine);
    await checkPorts(ports);
    if (options.fresh === true) emptyFolder(folder);
    const parts = await fetchParts(partsFolder, onLine, options.signal);
    await prepareKafka(parts, ports, folder);
    options.signal?.throwIfAborted();
    const registry = registryProcess(parts, ports, folder);
    const clickhouse = clickhouseProcess(ports.clickhouse, folder);
    const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, CLICKHOUSE_URL } = endpointsOf(ports);
    const env: StackEnv = { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, CLICKHOUSE_URL, ...clickhouse.user };
    const supervise: Stack['supervise'] = (name, spec, extra) =>
      new Supervised(
        {
          ...spec,
          name,
          env: { ...process.env, ...extra },
          cwd: repository,
          logFile: join(folder, 'logs', `${name}.log`),
          pidFile: join(folder, 'run', `${name}.pid`),
        },
        guard,
        onLine,
      );
    const byName = {
      kafka: supervise('kafka', kafkaProcess(parts, ports, folder), {}),
      registry: supervise('registry', registry.process, {}),
      redis: supervise('redis', redisProcess(parts, ports, folder), {}),
      clickhouse: supervise('clickhouse', clickhouse.process, clickhouse.env),
    } as const satisfies Record<PartName, Supervised>;
    await registry.gate.listen(ports.registry);
    const stop = async (): Promise<void> => {
      for (const part of [byName.clickhouse, byName.redis, byName.registry, byName.kafka]) await part.stop();
      await registry.gate.close();
      guard.close();
      release();
    };
    try {
      await unlessAborted(options.signal, Object.values(byName), () =>
        allOf(partNames.map((name) => byName[name].start().then(() => onLine(`${name} is ready`)))),
      );
      await createTopics(env, onLine);
      options.signal?.throwIfAborted();
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      base: options.base,
      ports,
      folder,
      env,
      onLine,
      kill: (part, signal) => byName[part].kill(signal),
      halt: (part) => byName[part].stop(),
      restart: (part) => byName[part].restart(),
      whenReady: (part) => byName[part].whenReady(),
      state: (part) => byName[part].state,
      pid: (part) => byName[part].pid,
      supervise,
      stop,
    };
  } catch (error) {
    guard.close();
    release();
    throw error;
  }
}

/** Waits for all, even if one fails: what has begun must be stoppable. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function checkPorts(ports: Ports): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) if (!(await isFree(port))) taken.push(`${port} (${name})`);
  if (taken.length === 0) return;
  throw new ResonantError('invalid-configuration', portsProblem(taken));
}
