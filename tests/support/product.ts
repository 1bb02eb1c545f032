import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository, type ServiceName, serviceNames } from '@resonant/cli';
import { connectKafka, type Log } from '@resonant/kafka';
import {
  type Api,
  type Clock,
  githubSecret,
  keyIsKnown,
  loadShippedRules,
  operatorKey,
  type Services,
  type Stack,
  startServices,
  startStack,
} from '@resonant/local';

/** The whole product on a stack of its own, with the shipped rules and an operator's key. */
export interface Product {
  readonly stack: Stack;
  readonly services: Services;
  readonly log: Log;
  readonly api: Api;
  readonly githubSecret: string;
  /** Runs `resonant …` against it as a process of its own. */
  resonant(args: readonly string[], stdin?: string): Promise<{ code: number; stdout: string; stderr: string }>;
  stop(): Promise<void>;
}

/** Every service but the one that writes history: for tests that ask nothing of it. */
export const withoutHistory: readonly ServiceName[] = serviceNames.filter((name) => name !== 'history');

/** Starts it, or the services that are named, on an empty folder; ports are counted from `base`. */
export async function startProduct(
  base: number,
  clock: Clock,
  names: readonly ServiceName[] = serviceNames,
): Promise<Product> {
  const folder = join(repository, '.resonant', 'e2e', String(base));
  const stack = await startStack({ base, folder, fresh: true });
  const secret = githubSecret(folder);
  let services: Services | undefined;
  const log = connectKafka({
    brokers: [stack.env.KAFKA_BROKERS],
    registryUrl: stack.env.SCHEMA_REGISTRY_URL,
    clientId: 'e2e',
  });
  const stop = async (): Promise<void> => {
    await log.close();
    await services?.stop();
    await stack.stop();
  };
  try {
    const key = await operatorKey(log, folder, Date.now());
    services = await startServices(stack, {
      clock,
      names,
      env: { ingest: { GITHUB_WEBHOOK_SECRETS: `community=${secret}` } },
    });
    const api = { url: services.urls.gateway, key };
    await keyIsKnown(api);
    await loadShippedRules(api, folder);
    const env = {
      ...stack.env,
      RESONANT_INGEST_URL: services.urls.ingest,
      RESONANT_GATEWAY_URL: services.urls.gateway,
      RESONANT_SIGNALS_URL: services.urls.signals,
      RESONANT_PROCESSOR_URL: services.urls.processor,
      RESONANT_HISTORY_URL: services.urls.history,
      RESONANT_API_KEY: key,
      RESONANT_GITHUB_SECRET: secret,
    };
    return { stack, services, log, api, githubSecret: secret, resonant: (args, stdin) => run(args, env, stdin), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const executable = join(repository, 'packages', 'cli', 'bin', 'resonant');

function run(args: readonly string[], env: Readonly<Record<string, string>>, stdin = '') {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(executable, args, { env: { ...process.env, ...env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.end(stdin);
  });
}
