import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '@resonant/local';

/** What the local ClickHouse endpoint costs: start, memory, latency of small requests, throughput of large ones. */
const folder = mkdtempSync(join(tmpdir(), 'resonant-bench-clickhouse-'));
const began = performance.now();
const clickhouse = await startClickHouse({ folder, port: 9559 });
const say = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(44)} ${value}\n`);

const ask = async (user: 'writer' | 'analyst', query: string, body?: Buffer): Promise<ReadableStream<Uint8Array>> => {
  const response = await fetch(`${clickhouse.url}/?${new URLSearchParams({ query })}`, {
    method: 'POST',
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': clickhouse.passwords[user] },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  if (!response.ok || response.body === null) throw new Error(await response.text());
  return response.body;
};

const drain = async (stream: ReadableStream<Uint8Array>): Promise<number> => {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
};

const memory = (): string =>
  `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${clickhouse.pid()}/status`, 'utf8'))?.[1]) / 1024)} MB`;

async function latency(what: string, n: number, work: () => Promise<unknown>): Promise<void> {
  for (let warm = 0; warm < 20; warm++) await work();
  const took: number[] = [];
  for (let at = 0; at < n; at++) {
    const start = performance.now();
    await work();
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  const quantile = (q: number): string => (took[Math.floor(n * q)] as number).toFixed(1);
  say(what, `p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms`);
}

try {
  say('load average at the start', loadavg()[0]?.toFixed(1) ?? '');
  say('start until ready', `${Math.round(performance.now() - began)} ms`);
  say('memory at rest', memory());
  await drain(await ask('writer', 'CREATE DATABASE own'));
  await drain(await ask('writer', 'CREATE TABLE own.bench (a UInt64, s String) ENGINE = MergeTree ORDER BY a'));
  await latency('SELECT 1, writer', 500, async () => drain(await ask('writer', 'SELECT 1')));
  await latency('SELECT 1, analyst', 500, async () => drain(await ask('analyst', 'SELECT 1')));
  const rows = Buffer.from(Array.from({ length: 5000 }, (_, a) => `${a}\t${'x'.repeat(200)}\n`).join(''));
  const insert = 'INSERT INTO own.bench FORMAT TSV';
  await latency('insert of 5,000 rows, 1 MB', 50, async () => drain(await ask('writer', insert, rows)));
  await latency('insert of one row', 100, async () => drain(await ask('writer', insert, Buffer.from('1\tx\n'))));
  const start = performance.now();
  const bytes = await drain(
    await ask('writer', 'SELECT number, toString(number) FROM numbers(50000000) FORMAT RowBinary'),
  );
  const seconds = (performance.now() - start) / 1000;
  say('answer of 0.8 GB', `${Math.round(bytes / 1e6 / seconds)} MB/s, memory then ${memory()}`);
  const crowd = performance.now();
  const count = async (): Promise<number> => drain(await ask('analyst', 'SELECT count(), max(a) FROM own.bench'));
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let at = 0; at < 25; at++) await count();
    }),
  );
  say(
    '32 clients, 800 small queries',
    `${Math.round(800 / ((performance.now() - crowd) / 1000))}/s, memory then ${memory()}`,
  );
} finally {
  await clickhouse.stop();
  rmSync(folder, { recursive: true, force: true });
}
