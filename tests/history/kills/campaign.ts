import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouse, connectClickHouse, ledgerReader } from '@resonant/clickhouse';
import { connectKafka, type Log } from '@resonant/kafka';
import { type Stack, startStack } from '@resonant/local';
import { randomOf } from '../../support/random.ts';
import { Load, partitions, topic } from './load.ts';
import { type Spoiling, type SpoilingProxy, spoilings, startProxy } from './proxy.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { WriterProcess } from './writer-process.ts';

const group = 'resonant-history';
/** Longer than the session of ten seconds. */
const zombieMs = 14_000;
const doneWithinMs = 600_000;

export type FaultKind =
  | 'writer SIGKILL'
  | 'engine SIGKILL'
  | 'both SIGKILL'
  | 'writer SIGSTOP'
  | 'offsets back'
  | 'offsets ahead'
  | Spoiling;

/** One fault. */
export interface Hit {
  /** Seconds since the load began. */
  readonly atSeconds: number;
  readonly kind: FaultKind;
  readonly target: string;
  /** Records in the ledger then. */
  readonly stored: number;
}

export interface KillLoop {
  readonly seed: number;
  readonly hits: readonly Hit[];
  readonly kills: number;
  readonly verdict: Verdict;
  readonly seconds: number;
}

export interface KillLoopOptions {
  readonly base: number;
  readonly folder: string;
  readonly seed: number;
  /** SIGKILLs of writers and engine. */
  readonly kills: number;
  readonly records: number;
  readonly perSecond: number;
  readonly writers: number;
  readonly zombies: number;
  readonly onLine?: (line: string) => void;
}

/** Kills writers and engine, stops, rewinds and spoils while records stream in; then counts. */
export async function killLoop(options: KillLoopOptions): Promise<KillLoop> {
  const { base, folder, seed, onLine = () => undefined } = options;
  const stack = await startStack({ base, folder, fresh: true, onLine });
  const proxy = await startProxy(stack.env.CLICKHOUSE_URL);
  const log = connectKafka({
    brokers: [stack.env.KAFKA_BROKERS],
    registryUrl: stack.env.SCHEMA_REGISTRY_URL,
    clientId: 'kill-loop',
  });
  const clickHouse = connectClickHouse({
    url: stack.env.CLICKHOUSE_URL,
    user: stack.env.CLICKHOUSE_USER,
    password: stack.env.CLICKHOUSE_PASSWORD,
    application: 'kill-loop',
    timeoutMs: 300_000,
  });
  const writers = startWriters(stack, proxy, options.writers);
  const began = performance.now();
  try {
    const loop = { ...options, stack, proxy, log, clickHouse, writers, onLine };
    const hits = await strikeAll(loop, began);
    await stored(log, clickHouse, onLine);
    const codes = await Promise.all(writers.map((writer) => writer.stop()));
    const verdict = await verdictOf(log, clickHouse);
    const ended = codes.flatMap((code, index) => (code === 0 ? [] : [`writer ${index} ended with exit code ${code}`]));
    return {
      seed,
      hits,
      kills: hits.reduce((sum, { kind }) => sum + killsOf(kind), 0),
      verdict: { ...verdict, differences: [...verdict.differences, ...ended] },
      seconds: Math.round((performance.now() - began) / 1000),
    };
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
    await clickHouse.close();
    await log.close();
    await proxy.close();
    await stack.stop();
  }
}

const killsOf = (kind: FaultKind): number => (kind === 'both SIGKILL' ? 2 : kind.endsWith('SIGKILL') ? 1 : 0);

function startWriters(stack: Stack, proxy: SpoilingProxy, count: number): readonly WriterProcess[] {
  mkdirSync(join(stack.folder, 'logs'), { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const name = `writer-${index}`;
    const env = {
      ...stack.env,
      CLICKHOUSE_URL: proxy.url,
      CLICKHOUSE_FAMILY: 'embedded',
      HISTORY_MIGRATIONS: 'run',
      HISTORY_BATCH_MS: '100',
      PORT: '0',
      RESONANT_INSTANCE_ID: name,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    };
    return new WriterProcess(name, env, join(stack.folder, 'logs', `${name}.log`));
  });
}

interface Loop extends Omit<KillLoopOptions, 'writers'> {
  readonly stack: Stack;
  readonly proxy: SpoilingProxy;
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  readonly writers: readonly WriterProcess[];
  readonly onLine: (line: string) => void;
}

async function strikeAll(loop: Loop, began: number): Promise<readonly Hit[]> {
  const { seed, kills, zombies, records, perSecond, clickHouse, onLine, stack } = loop;
  const random = randomOf(seed);
  await progress(clickHouse, -1);
  const load = await Load.open(loop.log);
  const ended = new AbortController();
  const loading = load.run(records, perSecond, ended.signal);
  loading.catch(() => undefined);
  const hits: Hit[] = [];
  let done = 0;
  let paused = 0;
  try {
    while (done < kills || paused < zombies) {
      await sleep(random() * 600);
      const kind = pick(random, paused < zombies && done >= (paused + 1) * Math.floor(kills / (zombies + 1)));
      const before = await storedRecords(clickHouse).catch(() => -1);
      const target = await strike(loop, kind, random);
      if (kind === 'writer SIGSTOP') paused++;
      done += killsOf(kind);
      const hit = { atSeconds: Math.round((performance.now() - began) / 1000), kind, target, stored: before };
      hits.push(hit);
      onLine(`${hits.length}. ${describeHit(hit)} (${load.appended} appended)`);
      // by itself it would wait longer with each death
      if (kind === 'engine SIGKILL' || kind === 'both SIGKILL') await stack.restart('clickhouse');
      // something has to be stored between two faults, or nothing is ever under way
      if (killsOf(kind) > 0 && before < records) await progress(clickHouse, before);
    }
    await loading;
  } finally {
    ended.abort();
    await load.close().catch(() => undefined);
  }
  return hits;
}

/** Kills most often; what does not kill in between. */
function pick(random: () => number, isZombieDue: boolean): FaultKind {
  if (isZombieDue) return 'writer SIGSTOP';
  const at = random();
  if (at < 0.35) return 'writer SIGKILL';
  if (at < 0.6) return 'engine SIGKILL';
  if (at < 0.68) return 'both SIGKILL';
  if (at < 0.76) return 'offsets back';
  if (at < 0.8) return 'offsets ahead';
  return spoilings[Math.floor(random() * spoilings.length)] as Spoiling;
}

async function strike(loop: Loop, kind: FaultKind, random: () => number): Promise<string> {
  const { writers, stack, proxy } = loop;
  const writer = writers[Math.floor(random() * writers.length)] as WriterProcess;
  switch (kind) {
    case 'writer SIGKILL':
      await writer.kill();
      return writer.name;
    case 'engine SIGKILL':
      await stack.kill('clickhouse', 'SIGKILL');
      return 'engine';
    case 'both SIGKILL':
      await Promise.all([stack.kill('clickhouse', 'SIGKILL'), writer.kill()]);
      return `engine, ${writer.name}`;
    case 'writer SIGSTOP':
      writer.signal('SIGSTOP');
      await sleep(zombieMs);
      writer.signal('SIGCONT');
      return `${writer.name} for ${zombieMs} ms`;
    case 'offsets back':
    case 'offsets ahead':
      return moveOffsets(loop, kind, random);
    default:
      proxy.spoilNext(kind);
      return 'the next insert';
  }
}

/** What an operator does: with every writer dead the group's offset of each partition is set to another place. */
async function moveOffsets({ log, writers }: Loop, kind: FaultKind, random: () => number): Promise<string> {
  await Promise.all(writers.map((writer) => writer.kill()));
  const admin = await log.admin();
  const ends = await admin.offsets(topic);
  await admin.close();
  const producer = await log.transactionalProducer('kill-loop-offsets');
  const places: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const end = ends.find((range) => range.partition === partition)?.latest ?? 0;
    const offset = kind === 'offsets ahead' ? end : Math.floor(random() * end * (random() < 0.5 ? 0 : 1));
    await producer.commit({ records: [], offsets: { group, topic, partition, offset, metadata: '' } });
    places.push(`${partition}:${offset}`);
  }
  await producer.close();
  return `${places.join(' ')}, after SIGKILL of every writer`;
}

/** Resolves when the ledger holds more records than before. */
async function progress(clickHouse: ClickHouse, before: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  while ((await storedRecords(clickHouse).catch(() => -1)) <= before) {
    if (Date.now() > deadline) throw new Error('nothing was stored for two minutes');
    await sleep(50);
  }
}

async function storedRecords(clickHouse: ClickHouse): Promise<number> {
  const [row] = await clickHouse.query<{ n: number }>(
    'SELECT sum(n_records) AS n FROM resonant.ledger WHERE topic = {topic:String}',
    { params: { topic } },
  );
  return Number(row?.n ?? 0);
}

/** Resolves when the ledger of every partition ends where the log does, and nothing is pending. */
async function stored(log: Log, clickHouse: ClickHouse, onLine: (line: string) => void): Promise<void> {
  const reader = ledgerReader(clickHouse);
  const deadline = Date.now() + doneWithinMs;
  const admin = await log.admin();
  try {
    for (;;) {
      const ends = (await admin.offsets(topic)).filter(({ partition }) => partition < partitions);
      const committed = await admin.committed(group, topic);
      const lags = await Promise.all(
        ends.map(async ({ partition, latest }) => {
          const { next, behindGap } = await reader.stream({ topic, partition }, 0);
          const isPending =
            committed.find((known) => known.partition === partition)?.metadata?.includes('pending') === true;
          return latest - next + (behindGap === null ? 0 : 1) + (isPending ? 1 : 0);
        }),
      ).catch(() => [1]);
      if (lags.every((lag) => lag === 0)) return;
      if (Date.now() > deadline) throw new Error(`not stored within ${doneWithinMs} ms: ${lags.join(', ')} behind`);
      onLine(`${lags.join(', ')} behind`);
      await sleep(1000);
    }
  } finally {
    await admin.close();
  }
}

export const describeHit = ({ atSeconds, kind, target, stored: before }: Hit): string =>
  `${atSeconds} s  ${kind}: ${target}, with ${before} records stored`;
