import { setTimeout as sleep } from 'node:timers/promises';
import { type Alert, alertsTopic, signalsTopic, touchpointsTopic } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';
import { processorGroup, signalsGroup } from '@resonant/stream';
import { randomOf } from '../support/random.ts';
import { type Audit, audit } from './audit.ts';
import { type Fleet, startFleet, type Target } from './fleet.ts';
import { decidedAfterMs, Load, ruleId } from './load.ts';

/** One fault and how long it was felt. */
export interface Hit {
  /** Seconds since the load began. */
  readonly atSeconds: number;
  readonly target: string;
  readonly fault: 'SIGKILL' | 'SIGSTOP' | 'rolling restart';
  /** Length of the pause; 0 for others. */
  readonly pausedMs: number;
  /** From the fault until every partition has said an alert that was decided after it. */
  readonly recoveredMs: number;
}

export interface Campaign {
  readonly seed: number;
  readonly hits: readonly Hit[];
  readonly audit: Audit;
  readonly seconds: number;
}

export interface CampaignOptions {
  readonly base: number;
  readonly seed: number;
  /** Ends when there were so many faults and so many touchpoints were acknowledged. */
  readonly faults: number;
  readonly touchpoints: number;
  readonly perSecond: number;
  readonly signals: number;
  readonly processors: number;
  readonly onLine?: (line: string) => void;
}

/** Longer than the session of ten seconds. */
const pauseMs = { least: 11_000, spread: 6000 };
const recoveryLimitMs = 600_000;
const workedOffLimitMs = 600_000;

/** Hits processes and broker at random moments while leads stream in, then compares with the replay. */
export async function campaign(options: CampaignOptions): Promise<Campaign> {
  const { seed, onLine = () => undefined } = options;
  const random = randomOf(seed);
  const fleet = await startFleet({ ...options, onLine });
  try {
    const { log } = fleet;
    const load = await Load.open(log);
    const decisions = await followDecisions(log);
    load.begin(options.perSecond, options.touchpoints);
    const startedAt = Date.now();
    await decisions.allAfter(startedAt, recoveryLimitMs);
    const hits: Hit[] = [];
    while (hits.length < options.faults || load.acknowledged.size < options.touchpoints) {
      if (hits.length >= options.faults) {
        await sleep(1000);
        continue;
      }
      await sleep(random() * 2000);
      const at = Date.now();
      const done = await strike(fleet, random);
      const recoveredMs = (await decisions.allAfter(at, recoveryLimitMs)) - at;
      const hit = { atSeconds: Math.round((at - startedAt) / 1000), ...done, recoveredMs };
      hits.push(hit);
      onLine(`${hits.length}. ${describeHit(hit)}`);
    }
    await load.stop();
    await sleep(decidedAfterMs);
    await workedOff(log, signalsGroup, touchpointsTopic('crm'));
    await sleep(decidedAfterMs);
    await decisions.stop();
    await fleet.stopServices();
    const last = await fleet.startLastOwner();
    await workedOff(log, processorGroup('lead'), signalsTopic('lead'));
    await last.stop();
    const found = await audit(fleet.stack, log, load.acknowledged);
    return { seed, hits, audit: found, seconds: Math.round((Date.now() - startedAt) / 1000) };
  } finally {
    await fleet.stop();
  }
}

export const describeHit = ({ atSeconds, target, fault, pausedMs, recoveredMs }: Hit): string =>
  `${atSeconds} s: ${fault}${pausedMs > 0 ? ` for ${pausedMs} ms` : ''} of ${target}, recovered after ${recoveredMs} ms`;

type Struck = Pick<Hit, 'target' | 'fault' | 'pausedMs'>;

async function strike(fleet: Fleet, random: () => number): Promise<Struck> {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const services = fleet.targets.filter(({ name }) => name !== 'broker');
  const roll = random();
  if (roll < 0.06) {
    for (const target of services) await target.restart();
    return { target: 'all services', fault: 'rolling restart', pausedMs: 0 };
  }
  const target = roll < 0.15 ? (fleet.targets.at(-1) as Target) : pick(services);
  if (random() < 0.65) {
    await target.kill('SIGKILL');
    return { target: target.name, fault: 'SIGKILL', pausedMs: 0 };
  }
  const pausedMs = Math.round(pauseMs.least + random() * pauseMs.spread);
  await target.kill('SIGSTOP');
  await sleep(pausedMs);
  await target.kill('SIGCONT');
  return { target: target.name, fault: 'SIGSTOP', pausedMs };
}

/** Follows the alerts: `allAfter` resolves with the epoch ms at which each partition had said one decided after `at`. */
export async function followDecisions(log: Log) {
  const decoder = decoderFor(log);
  const decided = new Map<number, number>();
  const admin = await log.admin();
  const partitions = await admin.partitionCount(signalsTopic('lead'));
  const follower = await log.follow({
    topic: alertsTopic,
    from: 'latest',
    onRecords: async (_, records) => {
      await decoder.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const alert = decoder.decode(value as Buffer).value as Alert;
        if (alert.ruleId === ruleId)
          decided.set(alert.partition, Math.max(decided.get(alert.partition) ?? 0, alert.decidedAt));
      }
    },
  });
  return {
    allAfter: async (at: number, withinMs: number): Promise<number> => {
      const deadline = Date.now() + withinMs;
      const isOver = (): boolean => decided.size === partitions && [...decided.values()].every((last) => last > at);
      while (!isOver()) {
        if (Date.now() > deadline) {
          throw new Error(`not every partition said an alert within ${withinMs} ms: ${JSON.stringify([...decided])}`);
        }
        await sleep(20);
      }
      return Date.now();
    },
    stop: () => follower.stop(),
  };
}

/** Resolves when a group has committed everything that stands in a topic. */
export async function workedOff(log: Log, group: string, topic: string): Promise<void> {
  const admin = await log.admin();
  const deadline = Date.now() + workedOffLimitMs;
  for (;;) {
    const committed = await admin.committed(group, topic);
    const behind = (await admin.offsets(topic)).filter(({ partition, earliest, latest }) => {
      const offset = committed.find((entry) => entry.partition === partition)?.offset ?? earliest;
      return offset < latest;
    });
    if (behind.length === 0) break;
    if (Date.now() > deadline) throw new Error(`${group} is behind in ${topic}: ${JSON.stringify(behind)}`);
    await sleep(200);
  }
  await admin.close();
}
