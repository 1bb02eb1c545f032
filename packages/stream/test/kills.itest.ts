import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connectKafka, type Log, type Producer } from '@resonant/kafka';
import { committedIn, type Lane, laneOf, numbers, sumsOf, until } from './support/running-sum.ts';

jest.setTimeout(180_000);

const { KAFKA_BROKERS = '', SCHEMA_REGISTRY_URL = '' } = process.env;
const partitions = [0, 1, 2, 3];
let log: Log;
let producer: Producer;
const children: Runner[] = [];

beforeAll(async () => {
  if (KAFKA_BROKERS === '' || SCHEMA_REGISTRY_URL === '') {
    throw new Error(
      'set KAFKA_BROKERS and SCHEMA_REGISTRY_URL: these tests run on the real stack (npm test starts it)',
    );
  }
  log = connectKafka({ brokers: KAFKA_BROKERS.split(','), registryUrl: SCHEMA_REGISTRY_URL, clientId: 'kills' });
  producer = await log.producer();
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.end('SIGKILL')));
});
afterAll(() => log.close());

/** A process of its own with the tasks of a lane. */
class Runner {
  readonly child: ChildProcess;
  output = '';

  constructor(lane: Lane, more: Readonly<Record<string, string>> = {}) {
    const main = join(import.meta.dirname, 'support/running-sum-process.ts');
    const env = {
      PATH: process.env.PATH,
      LANE: JSON.stringify(lane),
      BROKERS: KAFKA_BROKERS,
      REGISTRY: SCHEMA_REGISTRY_URL,
      ...more,
    };
    this.child = spawn(process.execPath, ['--no-warnings', main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.output += String(chunk);
    });
    children.push(this);
  }

  committed(): number {
    return this.output.match(/^committed/gm)?.length ?? 0;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    return ((await exit) as [number | null])[0];
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

const append = (lane: Lane, from: number, to: number): Promise<unknown> =>
  producer.sendAll(partitions.flatMap((partition) => numbers(lane, partition, range(from, to))));

const outputs = async (lane: Lane): Promise<number> => (await committedIn(log, lane.output)).flat().length;

async function expectAll(lane: Lane, count: number): Promise<void> {
  await until(async () => (await outputs(lane)) >= count * 4, `${count} outputs per partition`, 60_000);
  expect(await committedIn(log, lane.output)).toEqual(
    partitions.map((partition) => sumsOf(partition, range(0, count))),
  );
}

const laneFor = (name: string): Promise<Lane> => laneOf(log, `${name}.${randomUUID().slice(0, 8)}`, 4);

describe('on the real broker', () => {
  test('processes killed in mid-flight: every output once under read_committed', async () => {
    const lane = await laneFor('kill');
    let sent = 0;
    for (let round = 0; round < 3; round++) {
      const runner = new Runner(lane);
      await append(lane, sent, sent + 500);
      sent += 500;
      await until(() => runner.committed() >= 4, 'transactions of the new process', 60_000);
      const before = runner.committed();
      // records stream in while it dies
      const streaming = append(lane, sent, sent + 2000);
      sent += 2000;
      await until(() => runner.committed() > before, 'more transactions', 30_000);
      await runner.end('SIGKILL');
      await streaming;
    }
    const last = new Runner(lane);
    await expectAll(lane, sent);
    expect(await last.end('SIGTERM')).toBe(0);
  });

  test('a process started again under its id has its partitions long before the old session ends', async () => {
    const lane = await laneFor('static');
    // ten minutes: whoever had to wait for the session would wait in vain
    const settings = (instance: string) => ({ INSTANCE: instance, SESSION_MS: '600000' });
    const other = new Runner(lane, settings('process-1'));
    await append(lane, 0, 100);
    await until(async () => (await outputs(lane)) === 400, 'the first outputs', 60_000);
    let killed = new Runner(lane, settings('process-2'));
    await until(() => killed.output.includes('restored'), 'the second process to have a share', 30_000);
    for (let round = 1; round <= 3; round++) {
      const streaming = append(lane, 100 * round, 100 * round + 100);
      await killed.end('SIGKILL');
      await streaming;
      killed = new Runner(lane, settings('process-2'));
      await expectAll(lane, 100 * round + 100);
    }
    expect(other.output).not.toMatch(/^(restored|aborted)/m);
    expect(await Promise.all([killed.end('SIGTERM'), other.end('SIGTERM')])).toEqual([0, 0]);
  });

  test('a process that slept through its session wakes up and says nothing twice', async () => {
    const lane = await laneFor('sleep');
    const sleeper = new Runner(lane);
    await append(lane, 0, 200);
    await until(async () => (await outputs(lane)) === 800, 'the first outputs', 60_000);
    const streaming = append(lane, 200, 1200);
    sleeper.child.kill('SIGSTOP');
    await streaming;
    const other = new Runner(lane);
    await until(async () => (await outputs(lane)) === 4800, 'the outputs of the new owner', 60_000);
    sleeper.child.kill('SIGCONT');
    await append(lane, 1200, 1300);
    await expectAll(lane, 1300);
    expect(await Promise.all([sleeper.end('SIGTERM'), other.end('SIGTERM')])).toEqual([0, 0]);
    await expectAll(lane, 1300);
  });

  test('two processes share the partitions, one leaves, and the other has all of them within seconds', async () => {
    const lane = await laneFor('share');
    const first = new Runner(lane);
    await append(lane, 0, 100);
    await until(async () => (await outputs(lane)) === 400, 'the first outputs', 60_000);
    const second = new Runner(lane);
    await until(() => second.output.includes('restored'), 'the second process to have a share', 30_000);
    await append(lane, 100, 200);
    await expectAll(lane, 200);
    expect(await first.end('SIGTERM')).toBe(0);
    const leftAt = Date.now();
    await append(lane, 200, 300);
    await expectAll(lane, 300);
    expect(Date.now() - leftAt).toBeLessThan(10_000);
  });
});
