import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { repository } from '@resonant/cli';
import { type Keyspace, signalsTopic } from '@resonant/contracts';
import { connectKafka, type Log } from '@resonant/kafka';
import { startStack } from '@resonant/local';
import { latencies, putLatencyRule } from './latency.ts';
import { appendLoad, loadedKeyspaces } from './load.ts';
import { WorkerProcess } from './process.ts';
import { ruleLatencies } from './rules.ts';
import { takeover } from './takeover.ts';
import { stateTopicOf, type Work } from './worker.ts';

const help = `Measures the runtime on a stack of its own: Kafka and the processor's tasks, without HTTP.

  npm run bench:runtime -- [--signals 1000000] [--subjects 100000] [--rate 1000] [--seconds 30] [--base 7720]

Catching up through the transaction loop with the rules rep-new-policy-usage, resonance and lead-response, in one process
and in two, and the same without transactions; restore of the state of that many accounts, after an orderly end and
after SIGKILL; from a signal to its alert for a reader with read_committed, at that rate; from a rule that is put to
the log of every partition, fifty times; from SIGKILL to the next commit, of the same process started again and of
another one of its group. Also prints CPU seconds, which
say more than the clock where other work shares the machine.
`;

const { values } = parseArgs({
  options: {
    signals: { type: 'string', default: '1000000' },
    subjects: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    base: { type: 'string', default: '7720' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const [signals, subjects, rate, seconds, base] = [
  values.signals,
  values.subjects,
  values.rate,
  values.seconds,
  values.base,
].map((text) => {
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    process.stderr.write(`expected positive whole numbers, got ${text}\n${help}`);
    process.exit(2);
  }
  return Number(text);
}) as [number, number, number, number, number];

const partitions = 4;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const stack = await startStack({ base, folder: join(repository, '.resonant', 'bench', String(base)), fresh: true });
const log: Log = connectKafka({
  brokers: [stack.env.KAFKA_BROKERS],
  registryUrl: stack.env.SCHEMA_REGISTRY_URL,
  clientId: 'bench',
});
const admin = await log.admin();

const workOf = (name: string, options: Partial<Work> = {}): Work => ({
  brokers: stack.env.KAFKA_BROKERS,
  registry: stack.env.SCHEMA_REGISTRY_URL,
  name,
  keyspaces: loadedKeyspaces,
  clock: 'log',
  isExactlyOnce: true,
  ...options,
});

async function createStateTopics(name: string, keyspaces: readonly Keyspace[]): Promise<void> {
  await admin.ensureTopics(
    keyspaces.map((keyspace) => stateTopicOf(name, keyspace)),
    partitions,
  );
}

/** Next offsets of all partitions of the load. */
async function ends(): Promise<ReadonlyMap<string, number>> {
  const ranges = (await Promise.all(loadedKeyspaces.map((keyspace) => admin.offsets(signalsTopic(keyspace))))).flat();
  return new Map(ranges.map(({ topic, partition, latest }) => [`${topic}/${partition}`, latest]));
}

async function until(what: string, isTrue: () => boolean, withinMs = 600_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}

const positionsOf = (workers: readonly WorkerProcess[]): ReadonlyMap<string, number> => {
  const positions = new Map<string, number>();
  for (const { report } of workers) {
    for (const [id, position] of Object.entries(report?.positions ?? {})) {
      positions.set(id, Math.max(positions.get(id) ?? 0, position));
    }
  }
  return positions;
};
const cpuOf = (workers: readonly WorkerProcess[]): number =>
  workers.reduce((sum, { report }) => sum + (report?.cpuS ?? 0), 0);

/** Works off the whole log; the clock runs from when all partitions are owned to the last record. */
async function catchUp(
  title: string,
  name: string,
  processes: number,
  isExactlyOnce: boolean,
): Promise<WorkerProcess[]> {
  await createStateTopics(name, loadedKeyspaces);
  const goal = await ends();
  const workers = Array.from({ length: processes }, () => new WorkerProcess(workOf(name, { isExactlyOnce })));
  await until('all partitions to be owned', () => positionsOf(workers).size === goal.size);
  const total = [...goal.values()].reduce((sum, end) => sum + end, 0);
  const done = (): number => [...positionsOf(workers).values()].reduce((sum, position) => sum + position, 0);
  const [begun, startedAt, cpu] = [done(), performance.now(), cpuOf(workers)];
  await until('the end of the log', () => [...goal].every(([id, end]) => (positionsOf(workers).get(id) ?? 0) >= end));
  const tookS = (performance.now() - startedAt) / 1000;
  const cpuS = cpuOf(workers) - cpu;
  const snapshots = workers.reduce((sum, { report }) => sum + (report?.snapshots.bytes ?? 0), 0);
  const aborts = workers.flatMap(({ report }) => report?.aborts ?? []);
  const perS = (records: number, spanS: number): string =>
    records === 0 ? 'too few' : Math.round(records / spanS).toLocaleString('en');
  say(
    `${title.padEnd(44)} ${perS(total - begun, tookS).padStart(9)} records/s   ${perS(total - begun, cpuS).padStart(9)} per CPU second` +
      `   ${(snapshots / 1e6).toFixed(0)} MB of snapshots   load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const reason of new Set(aborts))
    say(`  ${aborts.filter((one) => one === reason).length} times begun again: ${reason}`);
  return workers;
}

async function restore(title: string, name: string): Promise<void> {
  const startedAt = performance.now();
  const worker = new WorkerProcess(workOf(name));
  await until('the restore', () => worker.report?.running === loadedKeyspaces.length * partitions);
  const tookS = (performance.now() - startedAt) / 1000;
  const restores = worker.report?.restores ?? [];
  const longest = Math.max(...restores.map(({ tookMs }) => tookMs)) / 1000;
  const replayed = restores.reduce((sum, { records }) => sum + records, 0);
  const usable = restores.filter(({ snapshotOffset }) => snapshotOffset !== null).length;
  const megabytes = ((worker.report?.residentBytes ?? 0) / 1e6).toFixed(0);
  say(
    `${title.padEnd(44)} longest ${longest.toFixed(2)} s, process start to running ${tookS.toFixed(1)} s; ` +
      `${usable} of ${restores.length} from a snapshot, ${replayed} records replayed; ${megabytes} MB resident`,
  );
  await worker.end('SIGKILL');
}

/** Each process has half of the partitions; the one that is left takes over the other half when the session ends. */
async function takeoverByStandby(): Promise<void> {
  const name = 'takeover-standby';
  await createStateTopics(name, ['region']);
  const member = (instanceId: string) => new WorkerProcess(workOf(name, { keyspaces: ['region'], instanceId }));
  const [owner, standby] = [member('first'), member('second')];
  const { firstS, allS } = await takeover(log, { name, partitions, owner, standby, next: () => standby });
  const label = 'SIGKILL, another of the group takes over (session of 10 s)'.padEnd(60);
  say(
    `${label} first commit ${firstS.toFixed(1)} s, its partitions ${allS.toFixed(1)} s   load ${loadavg()[0]?.toFixed(1)}`,
  );
  await standby.end('SIGKILL');
}

const shown = (values: readonly number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => `${Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN)} ms`;
  return `p50 ${at(0.5)}   p90 ${at(0.9)}   p99 ${at(0.99)}   max ${at(0.999999)}`;
};

try {
  const records = await appendLoad(log, { signals, subjects, partitions }, say);
  say(
    `${records} records: ${signals} signals, the rest ticks; ${subjects} accounts; ${partitions} partitions per keyspace`,
  );
  const [one] = (await catchUp('catching up, exactly once, one process', 'once', 1, true)) as [WorkerProcess];
  await one.end('SIGTERM');
  await restore('restore after an orderly end', 'once');
  await sleep(11_000); // the session of the killed process
  await restore('restore after SIGKILL', 'once');
  for (const worker of await catchUp('catching up, exactly once, two processes', 'twice', 2, true))
    await worker.end('SIGKILL');
  for (const worker of await catchUp('the same at least once, one process', 'least', 1, false))
    await worker.end('SIGKILL');

  await putLatencyRule(log);
  await createStateTopics('latency', ['region']);
  const worker = new WorkerProcess(workOf('latency', { keyspaces: ['region'], clock: 'wall' }));
  await until('the worker', () => worker.report?.running === partitions);
  const took = await latencies(log, rate, seconds, partitions);
  say(
    `signal appended → alert readable, ${rate}/s       ${shown(took)}   ${took.length} of ${rate * seconds}   load ${loadavg()[0]?.toFixed(1)}`,
  );
  const puts = await ruleLatencies(log, 50, partitions);
  say(
    `rule put → in the log of every partition     ${shown(puts)}   ${puts.length} versions   load ${loadavg()[0]?.toFixed(1)}`,
  );
  await worker.end('SIGTERM');

  for (const [title, instanceId] of [
    ['started again at once with its instance id', 'bench'],
    ['the same without one (session of 10 s)', undefined],
  ] as const) {
    const name = `takeover-${instanceId ?? 'none'}`;
    await createStateTopics(name, ['region']);
    const id = instanceId === undefined ? {} : { instanceId };
    const next = () => new WorkerProcess(workOf(name, { keyspaces: ['region'], ...id }));
    const { firstS, allS, worker: second } = await takeover(log, { name, partitions, owner: next(), next });
    const label = `SIGKILL, ${title}`.padEnd(52);
    say(`${label} first commit ${firstS.toFixed(1)} s, all partitions ${allS.toFixed(1)} s`);
    await second.end('SIGKILL');
  }
  await takeoverByStandby();
} finally {
  await log.close();
  await stack.stop();
}
process.exit(0);
