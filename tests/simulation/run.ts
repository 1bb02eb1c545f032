import { createHash } from 'node:crypto';
import { actionsTopic, alertsTopic, signalsTopic, sources, touchpointsTopic } from '@resonant/contracts';
import {
  type FaultKind,
  Faults,
  type InjectedFault,
  MemoryBroker,
  memoryLog,
  SimulatedProcess,
  seededRandom,
  VirtualTime,
} from '@resonant/kafka';
import { processorGroup, signalsGroup, type TaskObserver } from '@resonant/stream';
import { audit, type Books } from './books.ts';
import { Cluster } from './cluster.ts';
import { acknowledgeSome, prepare } from './people.ts';
import { calmMs, type Scenario, scenarioOf, startAt, troubleMs } from './scenario.ts';
import { Senders } from './senders.ts';
import { startProcessor, type Tamper } from './services.ts';

/** What the state topics saw of the processors' tasks. */
export interface StateCounts {
  /** Snapshots that came to their end, by whether the log could go on while they were written. */
  readonly inOnePiece: number;
  readonly inSeveral: number;
  /** Restores by what they began with: a snapshot, or the log. */
  readonly fromSnapshot: number;
  readonly fromBeginning: number;
  /** Restores that found records of a snapshot which had not come to its end. */
  readonly besideUnfinished: number;
}

/** What a seed led to. The same seed gives the same report, `digest` included. */
export interface Report extends Books {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly faults: readonly InjectedFault[];
  /** SHA-256 over every step of every process with its fault, and over the alerts and actions. */
  readonly digest: string;
  readonly states: StateCounts;
  readonly simulatedMs: number;
}

export interface RunOptions {
  /** A defect to find. */
  readonly tamper?: Tamper;
  /** Hears every step, and every start and end of a process. */
  readonly trace?: (line: string) => void;
}

/** Waits of the end, in ms of the simulation: longer means that something never comes. */
const patienceMs = 300_000;

/** What senders suffer: they answer for what was acknowledged, so they neither die nor stand still. */
const senderFaults: readonly FaultKind[] = ['delay', 'refusal', 'lost-acknowledgement'];

/**
 * Runs one seed: ten minutes of trouble, calm, a last owner that works off the log, then the books. Rejects, and names
 * the seed, if the run itself broke.
 */
export async function simulate(seed: number, options: RunOptions = {}): Promise<Report> {
  try {
    return await run(seed, options);
  } catch (error) {
    throw new Error(`seed ${seed} broke: ${(error as Error).message}; ${replayCommand(seed)}`, { cause: error });
  }
}

/** How a seed is run again. */
export const replayCommand = (seed: number): string => `npm run simulate -- --seed ${seed} --trace`;

async function run(seed: number, { tamper, trace }: RunOptions): Promise<Report> {
  const random = seededRandom(seed);
  const scenario = scenarioOf(random);
  const { keyspaces } = scenario;
  const time = new VirtualTime(startAt);
  const broker = new MemoryBroker(time);
  const outside = memoryLog({ broker });
  const hash = createHash('sha256');
  let lines = '';
  const note = (line: string): void => {
    lines += `${line}\n`;
    // in one go: a hash is slow to begin with
    trace?.(line);
    if (lines.length < 65_536) return;
    hash.update(lines);
    lines = '';
  };
  const groups = [signalsGroup, ...keyspaces.map(processorGroup)];
  const launch = (name: string, faults: Faults, died = (): void => undefined): SimulatedProcess =>
    new SimulatedProcess({
      name,
      time,
      broker,
      random: random.fork(),
      faults,
      pauseMs: () => random.between(11_000, 40_000),
      rebalance: () => broker.group(random.pick(groups)).rebalance(),
      died,
      trace: note,
    });

  await prepare(outside, scenario);
  const faults = new Faults(random.fork(), scenario.faultRate);
  const process = (name: string, died: () => void) => launch(name, faults, died);
  const states = { inOnePiece: 0, inSeveral: 0, fromSnapshot: 0, fromBeginning: 0, besideUnfinished: 0 };
  const observer: TaskObserver = {
    snapshotted: (_, { pieces }) => void states[pieces === 1 ? 'inOnePiece' : 'inSeveral']++,
    restored: (_, { snapshotOffset, unfinished }) => {
      states[snapshotOffset === null ? 'fromBeginning' : 'fromSnapshot']++;
      if (unfinished > 0) states.besideUnfinished++;
    },
  };
  const { snapshotLimits, restoreStepMs } = scenario;
  const common = { observer, limits: { snapshotLimits, restoreStepMs }, ...(tamper && { tamper }) };
  const cluster = new Cluster({ scenario, time, broker, random, faults, process, note, ...common });

  const faultsOfSenders = new Faults(random.fork(), scenario.faultRate, senderFaults);
  const sender = launch('senders', faultsOfSenders);
  const log = memoryLog({ broker, scheduler: sender });
  const opening = Senders.open(log, { process: sender, random: random.fork(), scenario });
  const senders = await time.during(opening, patienceMs, 'the senders');
  const troubleEnds = startAt + troubleMs;
  senders.begin(troubleEnds);
  await acknowledgeSome(outside, senders, random.fork());
  cluster.shake(troubleEnds);
  await time.run(troubleEnds);

  faults.calm();
  faultsOfSenders.calm();
  const problems: string[] = [];
  /** What never comes is a problem like any other; the books are checked all the same. */
  const expected = (what: string, work: Promise<unknown>): Promise<unknown> =>
    time.during(work, patienceMs, what).catch((error: Error) => problems.push(error.message));
  const workedOff = async (group: string, topics: readonly string[]): Promise<void> => {
    while (!topics.every((topic) => isWorkedOff(broker, group, topic))) await pass(500);
  };
  const pass = (ms: number): Promise<void> => new Promise((resolve) => time.after(ms, resolve));
  await expected('every touchpoint acknowledged', senders.done());
  await expected('every touchpoint committed', workedOff(signalsGroup, sources.map(touchpointsTopic)));
  await time.run(time.now() + calmMs);
  await expected('every process stopped', cluster.close());

  // a last owner without a clock of its own takes what the stopped ones had not yet taken
  const last = { broker, process: launch('last', faults), instanceId: undefined };
  const owner = startProcessor(last, { keyspaces, mode: 'log', holdsTime: false, ...common });
  for (const keyspace of keyspaces) {
    await expected(`${keyspace} committed`, workedOff(processorGroup(keyspace), [signalsTopic(keyspace)]));
  }
  await expected(
    'the last owner stopped',
    owner.then((service) => service.stop()),
  );

  const books = await time.during(audit(outside, keyspaces, senders.acknowledged), patienceMs, 'the books');
  hash.update(lines);
  for (const partition of [alertsTopic, actionsTopic].flatMap((topic) => broker.partitions(topic))) {
    const { records } = partition.read(0, 'read_committed', Number.POSITIVE_INFINITY);
    for (const { key, value } of records) hash.update(key ?? '').update(value ?? '');
  }
  return {
    ...books,
    problems: [...problems, ...books.problems],
    seed,
    scenario,
    faults: [...faults.injected, ...faultsOfSenders.injected],
    states,
    digest: hash.digest('hex'),
    simulatedMs: time.now() - startAt,
  };
}

const isWorkedOff = (broker: MemoryBroker, group: string, topic: string): boolean =>
  broker
    .partitions(topic)
    .every(({ at, earliest, latest }) => (broker.committed(group, at)?.offset ?? earliest) === latest);
