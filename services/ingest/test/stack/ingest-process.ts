import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ApiKey, type Decoded, keysTopic } from '@resonant/contracts';
import { connectKafka, decoderFor, encoderFor, type Log, type LogRecord } from '@resonant/kafka';
import { makeKey } from '@resonant/service';

/** What tests on the real stack need to know; throws a message that says so if it is missing. */
export function stackEnv(): Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'REDIS_URL', string> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL } = process.env;
  if (KAFKA_BROKERS === undefined || SCHEMA_REGISTRY_URL === undefined || REDIS_URL === undefined) {
    throw new Error('KAFKA_BROKERS, SCHEMA_REGISTRY_URL and REDIS_URL must point at a running local stack');
  }
  return { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL };
}

/** A connection of the test's own. */
export function testLog(): Log {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = stackEnv();
  return connectKafka({ brokers: KAFKA_BROKERS.split(','), registryUrl: SCHEMA_REGISTRY_URL, clientId: 'ingest-test' });
}

/** A running services/ingest. */
export interface IngestProcess {
  readonly url: string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the service as it is started in production, on a free port; resolves once it is ready. */
export async function startIngest(env: Readonly<Record<string, string>> = {}): Promise<IngestProcess> {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...stackEnv(), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await Promise.race([
    listeningAt(child),
    exited.then((code) => Promise.reject(new Error(`ingest exited with ${code}`))),
  ]);
  await until(async () => (await fetch(`${url}/readyz`)).ok);
  return {
    url,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

async function listeningAt({ stdout, stderr }: ChildProcess): Promise<string> {
  if (stdout === null || stderr === null) throw new Error('the process has no output');
  stderr.resume();
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg !== 'listening' || url === undefined) continue;
    lines.close();
    stdout.resume();
    return url;
  }
  throw new Error('ingest ended without listening');
}

/** Polls until the condition holds; throws after a while. */
export async function until(condition: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Makes a key and puts its record, changed as `over` says, into the topic of keys. */
export async function putKey(log: Log, scopes: readonly string[], over: Partial<ApiKey> = {}): Promise<string> {
  const { text, record } = makeKey({ name: 'test', scopes, expiresAt: null, now: Date.now(), randomBytes });
  const encode = await encoderFor(log, keysTopic, 'ApiKey');
  const producer = await log.producer();
  await producer.send({ topic: keysTopic, key: record.keyId, value: encode({ ...record, ...over }) });
  await producer.close();
  return text;
}

/** A place in a topic, to count from. */
export type Mark = ReadonlyMap<number, number>;

export async function markOf(log: Log, topic: string): Promise<Mark> {
  const admin = await log.admin();
  const ranges = await admin.offsets(topic);
  await admin.close();
  return new Map(ranges.map(({ partition, latest }) => [partition, latest]));
}

/** A record with its decoded value. */
export interface Found {
  readonly record: LogRecord;
  readonly value: Decoded['value'];
}

/** Everything that readers of committed records find behind the mark, in no order across partitions. */
export async function recordsSince(log: Log, topic: string, mark: Mark): Promise<readonly Found[]> {
  const records: LogRecord[] = [];
  const follower = await log.follow({
    topic,
    from: { offsets: mark },
    onRecords: (_partition, batch) => void records.push(...batch),
  });
  await follower.caughtUp;
  await follower.stop();
  const decoder = decoderFor(log);
  return Promise.all(
    records.map(async (record) => ({ record, value: (await decoder.read(record.value ?? Buffer.alloc(0))).value })),
  );
}
