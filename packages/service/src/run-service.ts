import type { z } from 'zod';
import { type Component, Components } from './components.ts';
import { describeConfig, type Env, loadConfig } from './config.ts';
import { Health, type Readiness } from './health.ts';
import { createLogger, type Logger } from './logger.ts';
import { Metrics } from './metrics.ts';

const drainMs = 25_000;

/** What a service is wired with. */
export interface Wiring<C> {
  readonly config: C;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Handed to `httpComponent`, which answers /readyz from it. */
  readonly health: Health;
  /** Starts a component and gives its value; everything started is stopped in reverse order at the end. */
  start<T>(component: Component<T>): Promise<T>;
}

/** A service: what it is called, what it reads from the environment, what it is made of. */
export interface ServiceDefinition<S extends z.ZodObject> {
  readonly name: string;
  readonly config: S;
  /** Starts the components in order. A rejection stops what had started and exits with 1. */
  wire(wiring: Wiring<z.output<S>>): Promise<void>;
  /** Rejects, saying what is wrong, if a dependency cannot be used. Asked by `--check` only. */
  check?(wiring: { readonly config: z.output<S>; readonly logger: Logger }): Promise<void>;
}

/** The process as `runService` sees it; tests hand in their own. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Env;
  write(stream: 'stdout' | 'stderr', text: string): void;
  onSignal(listener: (signal: string) => void): void;
  exit(code: number): void;
}

const processHost: Host = {
  argv: process.argv.slice(2),
  env: process.env,
  write: (stream, text) => void process[stream].write(text),
  onSignal: (listener) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, listener);
  },
  exit: (code) => process.exit(code),
};

/**
 * Runs a service until SIGTERM or SIGINT (exit 0 after draining, within 25 s) or until a component fails (exit 1).
 * `--help` prints the configuration, `--check` validates configuration and dependencies; wrong configuration or an
 * unknown argument exits with 2.
 *
 * @example await runService({ name: 'ingest', config: configSchema, wire: async (w) => { … } });
 */
export async function runService<S extends z.ZodObject>(
  service: ServiceDefinition<S>,
  host: Host = processHost,
): Promise<void> {
  const unknown = host.argv.find((arg) => arg !== '--help' && arg !== '--check');
  if (unknown !== undefined) {
    host.write('stderr', `${service.name}: unknown argument ${unknown}; expected --help or --check\n`);
    return host.exit(2);
  }
  if (host.argv.includes('--help')) {
    host.write('stdout', helpOf(service));
    return host.exit(0);
  }
  let config: z.output<S>;
  try {
    config = loadConfig(service.config, host.env);
  } catch (error) {
    host.write('stderr', `${service.name}: the configuration is not valid\n${(error as Error).message}\n`);
    return host.exit(2);
  }
  const level = (config as { LOG_LEVEL?: string }).LOG_LEVEL ?? 'info';
  const logger = createLogger(service.name, host.argv.includes('--check') ? 'fatal' : level);
  if (host.argv.includes('--check')) return check(service, config, logger, host);
  host.exit(await run(service, config, logger, host));
}

const helpOf = (service: ServiceDefinition<z.ZodObject>): string =>
  `${service.name}: runs until SIGTERM.\n\n  --check  validate configuration and dependencies, then exit\n  --help   print this\n\nEnvironment:\n${describeConfig(service.config)}\n`;

async function check<S extends z.ZodObject>(
  service: ServiceDefinition<S>,
  config: z.output<S>,
  logger: Logger,
  host: Host,
): Promise<void> {
  try {
    await service.check?.({ config, logger });
  } catch (error) {
    host.write('stderr', `${service.name}: a dependency cannot be used: ${(error as Error).message}\n`);
    return host.exit(1);
  }
  host.write('stdout', `${service.name}: configuration and dependencies are fine\n`);
  host.exit(0);
}

type Ending = { readonly signal: string } | { readonly error: Error };

async function run<S extends z.ZodObject>(
  service: ServiceDefinition<S>,
  config: z.output<S>,
  logger: Logger,
  host: Host,
): Promise<number> {
  const health = new Health((config as { READINESS?: Readiness }).READINESS);
  const metrics = new Metrics();
  metrics.collectProcess();
  const components = new Components(health, logger);
  const signalled = new Promise<Ending>((resolve) => host.onSignal((signal) => resolve({ signal })));
  const failed = components.failure.then((error): Ending => ({ error }));
  const wired = service
    .wire({ config, logger, metrics, health, start: (component) => components.start(component) })
    .then(
      () => undefined,
      (error: unknown): Ending => ({ error: error as Error }),
    );

  const early = await Promise.race([wired, signalled, failed]);
  if (early === undefined) logger.info('running');
  const ending = early ?? (await Promise.race([signalled, failed]));
  if ('error' in ending) logger.fatal({ err: ending.error }, 'stopping: cannot go on');
  else logger.info({ signal: ending.signal }, 'stopping');
  health.drain();
  const clean = await within(drainMs, async () => {
    await wired;
    return stopAll(components, logger);
  });
  if (clean === undefined) logger.fatal(`not drained after ${drainMs} ms, leaving`);
  return clean === true && !('error' in ending) ? 0 : 1;
}

async function stopAll(components: Components, logger: Logger): Promise<boolean> {
  const errors = await components.stop();
  for (const err of errors) logger.error({ err }, 'did not stop cleanly');
  return errors.length === 0;
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work(), bound]);
  } finally {
    clearTimeout(timer);
  }
}
