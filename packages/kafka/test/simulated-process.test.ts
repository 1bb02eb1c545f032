import { describe, expect, test } from '@jest/globals';
import {
  type FaultKind,
  Faults,
  faultKinds,
  MemoryBroker,
  memoryLog,
  SimulatedProcess,
  seededRandom,
  VirtualTime,
} from '../src/index.ts';

const topic = { name: 't', records: [], cleanup: 'delete' } as const;
const value = (text: string) => ({ topic: 't', partition: 0, key: null, value: Buffer.from(text) });

/** A broker, and a process to which the faults of `kinds` happen at every step that can suffer them. */
function bench(kinds: readonly FaultKind[], seed = 1) {
  const time = new VirtualTime(0);
  const broker = new MemoryBroker(time);
  broker.createTopic(topic, 1);
  const random = seededRandom(seed);
  const lines: string[] = [];
  const process = (name: string, of: readonly FaultKind[], rate = 1) => {
    const faults = new Faults(random.fork(), of.length === 0 ? 0 : rate, of);
    const simulated = new SimulatedProcess({
      name,
      time,
      broker,
      random: random.fork(),
      faults,
      pauseMs: () => 20_000,
      rebalance: () => broker.group('g').rebalance(),
      died: () => lines.push(`${name} died`),
      trace: (line) => lines.push(line),
    });
    return { log: memoryLog({ broker, scheduler: simulated }), process: simulated, faults };
  };
  const stored = (isolation: 'read_committed' | 'read_uncommitted' = 'read_committed') =>
    broker
      .partition({ topic: 't', partition: 0 })
      .read(0, isolation, 100)
      .records.map((record) => String(record.value));
  const settle = async <T>(work: Promise<T>): Promise<T | string> =>
    time.during(work, 60_000, 'never').catch((error: Error) => error.message);
  return { time, broker, process, lines, stored, settle, faulty: () => process('faulty', kinds) };
}

/** What `commit` of one record comes to, and what stands in the log afterwards. */
async function committed(kind: FaultKind, point: string): Promise<readonly [string, readonly string[]]> {
  const { process, settle, stored } = bench([]);
  const calm = process('calm', []);
  const producer = await settle(calm.log.transactionalProducer('id'));
  if (typeof producer === 'string') throw new Error(producer);
  calm.faults.at = (at) => (at === point ? kind : undefined);
  const outcome = await settle(producer.commit({ records: [value('a')] }).then(() => 'committed'));
  return [outcome, stored()];
}

describe('a simulated process', () => {
  test.each([
    ['refusal', 'transaction.commit.request', 'refusal at transaction.commit.request', []],
    [
      'lost-acknowledgement',
      'transaction.commit.response',
      'lost-acknowledgement at transaction.commit.response',
      ['a'],
    ],
    ['abort', 'transaction.commit.request', 'abort at transaction.commit.request', []],
    ['fencing', 'transaction.commit.request', 'another producer has taken over id', []],
    ['fencing', 'transaction.commit.response', 'committed', ['a']],
    ['delay', 'transaction.commit.response', 'committed', ['a']],
    ['pause', 'transaction.send.response', 'another producer has taken over id', []],
    ['crash', 'transaction.commit.response', 'not within 60000 ms of the simulation: never', ['a']],
    ['crash', 'transaction.send.request', 'not within 60000 ms of the simulation: never', []],
  ] as const)('%s at %s: the caller hears "%s", the log holds %j', async (kind, point, outcome, stored) => {
    expect(await committed(kind, point)).toEqual([outcome, stored]);
  });

  test('what a dying process has sent may reach the log or not, and it hears of neither', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const { process, time, stored } = bench([], seed);
      const dying = process('dying', []);
      const opened = dying.log.producer();
      const producer = await time.during(opened, 1000, 'the producer');
      let heard = 'nothing';
      producer.send(value('last')).then(
        () => (heard = 'success'),
        () => (heard = 'failure'),
      );
      await time.run(time.now());
      dying.process.kill();
      await time.run(time.now() + 60_000);
      outcomes.add(`${stored().join()} ${heard}`);
    }
    expect(outcomes).toEqual(new Set([' nothing', 'last nothing']));
  });

  test('timers of a process that stands still fire when it goes on, in their order; those of a dead one never', async () => {
    const { process, time } = bench([]);
    const fired: string[] = [];
    const [paused, dead] = [process('paused', []), process('dead', [])];
    paused.process.after(2000, () => fired.push(`second at ${time.now()}`));
    paused.process.after(1000, () => fired.push(`first at ${time.now()}`));
    dead.process.after(1000, () => fired.push('dead'));
    paused.process.pause(5000);
    dead.process.kill();
    await time.run(20_000);
    expect(fired).toEqual(['first at 5000', 'second at 5000']);
  });

  test('a member that stands still longer than its session loses its partitions and joins again when it goes on', async () => {
    const { process, time } = bench([]);
    const calls: string[] = [];
    const handler = (name: string) => ({
      assigned: async () => {
        calls.push(`${name} assigned at ${Math.floor(time.now() / 1000)} s`);
        return 'earliest' as const;
      },
      records: async () => undefined,
      lost: () => void calls.push(`${name} lost at ${Math.floor(time.now() / 1000)} s`),
    });
    const [first, second] = [process('first', []), process('second', [])];
    void first.log.join({ group: 'g', topics: ['t'], handler: handler('first'), sessionTimeoutMs: 10_000 });
    await time.run(1000);
    void second.log.join({ group: 'g', topics: ['t'], handler: handler('second'), sessionTimeoutMs: 10_000 });
    await time.run(10_000);
    first.process.pause(30_000);
    await time.run(60_000);
    expect(calls).toEqual([
      'first assigned at 0 s',
      'first lost at 1 s',
      'first assigned at 1 s',
      'second assigned at 18 s',
      'first lost at 40 s',
      'second lost at 40 s',
      'second assigned at 40 s',
    ]);
  });

  test('a duplicate delivery hands over the same records once more', async () => {
    const { process, time } = bench([]);
    const twice = process('twice', []);
    const seen: string[] = [];
    let left = 1;
    twice.faults.duplicates = () => left-- > 0;
    const handler = {
      assigned: async () => 'earliest' as const,
      records: async (_: unknown, records: readonly { readonly value: Buffer | null }[]) =>
        void seen.push(...records.map((record) => String(record.value))),
      lost: () => undefined,
    };
    const joined = twice.log.join({ group: 'g', topics: ['t'], handler });
    await time.during(joined, 1000, 'joining');
    const producer = await time.during(twice.log.producer(), 1000, 'the producer');
    await time.during(producer.sendAll([value('a'), value('b')]), 1000, 'the records');
    await time.run(time.now() + 1000);
    await time.during(producer.send(value('c')), 1000, 'one more');
    await time.run(time.now() + 1000);
    expect(seen).toEqual(['a', 'b', 'a', 'b', 'c']);
    expect(twice.faults.injected.map(({ kind, point }) => [kind, point])).toEqual([['duplicate', 'deliver']]);
  });

  test.each([1, 2, 3])('seed %d gives the same steps and the same log twice', async (seed) => {
    const once = async () => {
      const { process, time, lines, stored } = bench([], seed);
      const shaken = process('shaken', faultKinds, 0.05);
      const work = async (): Promise<void> => {
        for (let index = 0; index < 20; index++) {
          const producer = await shaken.log.transactionalProducer('id').catch(() => undefined);
          await producer?.commit({ records: [value(String(index))] }).catch(() => undefined);
        }
      };
      void work();
      await time.run(600_000);
      return { lines, stored: stored('read_uncommitted'), faults: shaken.faults.injected };
    };
    const [first, second] = [await once(), await once()];
    expect(first.faults.length).toBeGreaterThan(0);
    expect(second).toEqual(first);
  });
});
