import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { alertsTopic, deadLettersTopic } from '@resonant/contracts';
import { connectKafka, type Log } from '@resonant/kafka';
import { livingPid } from '../src/identity.ts';
import { partNames, portsOf, type Stack, startStack, until } from '../src/index.ts';

const base = 7720;
const folder = mkdtempSync(join(tmpdir(), 'resonant-stack-'));
const lines: string[] = [];
let stack: Stack;

const start = (): Promise<Stack> => startStack({ base, folder, onLine: (line) => lines.push(line) });

const logOf = ({ env }: Stack): Log =>
  connectKafka({ brokers: [env.KAFKA_BROKERS], registryUrl: env.SCHEMA_REGISTRY_URL, clientId: 'stack-test' });

async function withLog<T>(work: (log: Log) => Promise<T>): Promise<T> {
  const log = logOf(stack);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

const append = (value: string): Promise<number> =>
  withLog(async (log) => {
    const producer = await log.producer();
    const { offset } = await producer.send({
      topic: deadLettersTopic,
      partition: 0,
      key: null,
      value: Buffer.from(value),
    });
    await producer.close();
    return offset;
  });

const stored = (): Promise<readonly string[]> =>
  withLog(async (log) => {
    const values: string[] = [];
    const follower = await log.follow({
      topic: deadLettersTopic,
      onRecords: (_partition, records) => void values.push(...records.map(({ value }) => String(value))),
    });
    await follower.caughtUp;
    await follower.stop();
    return values;
  });

const schemaOf = (name: string) => ({ type: 'record', name, fields: [{ name: 'n', type: 'int' }] });

const register = (name: string): Promise<number> =>
  withLog((log) => log.registry.register(`test-${name}`, schemaOf(name)));

/** One command to Redis in its inline form; the whole first answer. */
async function redis(command: string): Promise<string> {
  const socket = connect(portsOf(base).redis, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString().trim();
}

/** A statement as the product's user. */
async function clickhouse(statement: string): Promise<string> {
  const { CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = stack.env;
  const response = await fetch(CLICKHOUSE_URL, {
    method: 'POST',
    body: statement,
    headers: { 'x-clickhouse-user': CLICKHOUSE_USER, 'x-clickhouse-key': CLICKHOUSE_PASSWORD },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

beforeAll(async () => {
  stack = await start();
}, 120_000);

afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('a part that is killed', () => {
  test('Kafka comes back by itself with what was stored', async () => {
    const offset = await append('before the kill');
    const pid = stack.pid('kafka');
    await stack.kill('kafka', 'SIGKILL');
    await stack.whenReady('kafka');
    expect(stack.pid('kafka')).not.toBe(pid);
    // A broker that answers may still be taking its partitions over: whoever reads tries again.
    expect(await until('the partition', stored, { withinMs: 30_000 })).toEqual(['before the kill']);
    expect(await append('after it')).toBe(offset + 1);
  }, 90_000);

  test('the registry comes back with the same ids, and gives none twice', async () => {
    const id = await register('First');
    await stack.kill('registry', 'SIGKILL');
    await stack.whenReady('registry');
    expect(await withLog((log) => log.registry.schemaById(id))).toMatchObject({ name: 'First' });
    expect(await register('First')).toBe(id);
    expect(await register('Second')).toBeGreaterThan(id);
  }, 90_000);

  test('Redis comes back with what was stored', async () => {
    expect(await redis('SET stack-test kept')).toBe('+OK');
    await stack.kill('redis', 'SIGKILL');
    await stack.whenReady('redis');
    expect(await redis('GET stack-test')).toMatch(/kept$/);
  }, 60_000);

  test('ClickHouse comes back with what was stored', async () => {
    await clickhouse('CREATE TABLE resonant.stack_test (a UInt8) ENGINE = MergeTree ORDER BY a');
    await clickhouse('INSERT INTO resonant.stack_test VALUES (7)');
    await stack.kill('clickhouse', 'SIGKILL');
    await stack.whenReady('clickhouse');
    expect(await clickhouse('SELECT a FROM resonant.stack_test')).toBe('7\n');
  }, 60_000);

  test('is said to have ended and to be back', () => {
    for (const name of partNames) {
      expect(
        lines.filter((line) => line.startsWith(`${name} ended unexpectedly (SIGKILL); starting it again`)),
      ).toHaveLength(1);
      expect(lines.filter((line) => line === `${name} is back`)).toHaveLength(1);
    }
  });
});

test('a part that is halted stays away until it is restarted', async () => {
  await stack.halt('redis');
  expect(stack.state('redis')).toBe('stopped');
  await expect(redis('PING')).rejects.toThrow('ECONNREFUSED');
  await stack.restart('redis');
  expect(await redis('PING')).toBe('+PONG');
}, 30_000);

test('an incompatible schema is refused', async () => {
  await register('Strict');
  const changed = { ...schemaOf('Strict'), fields: [{ name: 'other', type: 'string' }] };
  await expect(withLog((log) => log.registry.register('test-Strict', changed))).rejects.toMatchObject({
    code: 'incompatible-schema',
  });
});

describe('a second stack', () => {
  test('on the same folder is refused in one sentence', async () => {
    await expect(startStack({ base: base + 100, folder })).rejects.toThrow(
      `The data folder ${folder} is in use by process ${process.pid}: stop that one, or choose another folder with --data.`,
    );
  });

  test('on a port that another program holds is refused in one sentence', async () => {
    const other = createServer().listen(portsOf(7760).kafka, '127.0.0.1');
    await once(other, 'listening');
    const data = mkdtempSync(join(tmpdir(), 'resonant-ports-'));
    await expect(startStack({ base: 7760, folder: data })).rejects.toThrow(
      'Port 7770 (kafka) is in use by another program: stop it, or choose other ports with --base PORT.',
    );
    other.close();
  });
});

test('a stop and a start keep records, ids, Redis and ClickHouse; fresh keeps nothing', async () => {
  const id = await register('First');
  const before = await stored();
  await stack.stop();
  expect(existsSync(join(folder, 'run', 'lock'))).toBe(false);
  stack = await start();
  expect(await stored()).toEqual(before);
  expect(await register('First')).toBe(id);
  expect(await redis('GET stack-test')).toMatch(/kept$/);
  expect(await clickhouse('SELECT a FROM resonant.stack_test')).toBe('7\n');

  await stack.stop();
  stack = await startStack({ base, folder, fresh: true });
  expect(await stored()).toEqual([]);
  expect(await redis('GET stack-test')).toBe('$-1');
  expect(await clickhouse('EXISTS resonant.stack_test')).toBe('0\n');
  expect(await withLog(async (log) => (await log.admin()).partitionCount(alertsTopic))).toBe(4);
}, 180_000);

test('a stack whose process is killed leaves no process behind', async () => {
  const data = mkdtempSync(join(tmpdir(), 'resonant-orphans-'));
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '..', 'src', 'stack-command.ts'), '--base', '7780', '--data', data],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the stack ended by itself');
  });
  const ready = until(
    'the stack',
    async () => {
      if (!said.includes('CLICKHOUSE_PASSWORD')) throw new Error(said);
    },
    { withinMs: 90_000 },
  );
  await Promise.race([ready, ended]);
  const parts = partNames.map((name) => readFileSync(join(data, 'run', `${name}.pid`), 'utf8'));
  expect(parts.map((identity) => livingPid(identity) !== undefined)).toEqual([true, true, true, true]);
  ended.catch(() => undefined);
  child.kill('SIGKILL');
  await until(
    'the end of the parts',
    async () => {
      if (parts.some((identity) => livingPid(identity) !== undefined)) throw new Error('some still run');
    },
    { withinMs: 20_000 },
  );
  rmSync(data, { recursive: true, force: true });
}, 120_000);
