import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { alertsTopic, type Position, positionsTopic, signalsTopic, touchpointsTopic } from '@resonant/contracts';
import { Engine } from '@resonant/engine';
import { encoderFor, type Log, type MemoryLog, memoryLog } from '@resonant/kafka';
import { compileRule } from '@resonant/rules';
import {
  EngineTask,
  engineTaskCodecs,
  followHeldTime,
  followRules,
  type HeldTime,
  positionKey,
  publishPositions,
  runTasks,
  Sequencer,
  sequencerSettings,
  type TaskProcessor,
} from '../src/index.ts';
import { ManualClock, schedulerOn } from './support/manual-clock.ts';
import { changeRule, productLog, readTopic, signal } from './support/partition-log.ts';
import { range, until } from './support/running-sum.ts';

const start0 = Date.UTC(2026, 2, 2, 8);
const topic = touchpointsTopic('crm');
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.stop();
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

async function held(
  log: Log,
  clock: ManualClock,
  failed: (error: Error) => void = () => undefined,
  asked: (topic: string) => Promise<void> = async () => undefined,
): Promise<HeldTime> {
  const real = await log.admin();
  const offsets = async (name: string) => {
    const ranges = await real.offsets(name);
    await asked(name);
    return ranges;
  };
  const admin = { ...real, offsets };
  const time = await followHeldTime({ log, admin, topics: [topic, touchpointsTopic('calls')], clock, failed });
  open.push(time);
  return time;
}

/** Appends touchpoints that happen now. */
async function touchpoints(log: Log, count: number): Promise<void> {
  const producer = await log.producer();
  await producer.sendAll(
    Array.from({ length: count }, () => ({ topic, partition: 0, key: 'k', value: Buffer.from('x') })),
  );
}

async function publish(log: Log, position: Partial<Position>): Promise<void> {
  const encode = await encoderFor(log, positionsTopic, 'Position');
  const producer = await log.producer();
  const value = { topic, partition: 0, offset: 0, oldestWaitingAt: null, publishedAt: 0, ...position };
  await producer.send({ topic: positionsTopic, key: positionKey(value), value: encode(value) });
  // so that whoever follows the positions has it
  await turns(30);
}

/** Lets a second pass, with what happens in it. */
async function second(clock: ManualClock): Promise<void> {
  clock.set(clock.now() + 1000);
  await turns(30);
}

describe('what time waits for', () => {
  test('is nothing while every touchpoint is signals within five seconds', async () => {
    const clock = new ManualClock(start0);
    const log = await productLog(1, schedulerOn(clock));
    const time = await held(log, clock);
    for (let count = 1; count <= 20; count++) {
      await touchpoints(log, 1);
      await second(clock);
      if (count > 4) await publish(log, { offset: count - 4 });
      expect(time.oldestArrival(clock.now())).toBeUndefined();
    }
  });

  test('is the oldest touchpoint behind the published position, from five seconds after it arrived on', async () => {
    const clock = new ManualClock(start0);
    const log = await productLog(1, schedulerOn(clock));
    const time = await held(log, clock);
    await touchpoints(log, 2);
    await publish(log, { offset: 2 });
    await second(clock);
    await touchpoints(log, 1); // at +1 s, and nothing is published any more
    const seen: (number | undefined)[] = [];
    for (let at = 2; at <= 8; at++) {
      await second(clock);
      const oldest = time.oldestArrival(clock.now());
      seen.push(oldest === undefined ? undefined : oldest - start0);
    }
    expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined, 1000, 1000]);
    expect(time.waitingFor(clock.now())).toEqual({ topic, partition: 0, offset: 2, arrivedAt: start0 + 1000 });
    await publish(log, { offset: 3 });
    await second(clock);
    expect(time.oldestArrival(clock.now())).toBeUndefined();
  });

  test('is known at once to a process that starts while touchpoints wait, also without any position', async () => {
    const clock = new ManualClock(start0);
    const log = await productLog(1, schedulerOn(clock));
    await touchpoints(log, 3);
    clock.set(start0 + 600_000);
    const time = await held(log, clock);
    expect(time.oldestArrival(clock.now())).toBe(start0);
    log.deleteBefore(topic, 0, 3);
    await second(clock);
    expect(time.oldestArrival(clock.now())).toBeUndefined();
  });

  test('is nothing though touchpoints come and become signals while the ends of the log are asked for', async () => {
    const clock = new ManualClock(start0);
    const log = await productLog(1, schedulerOn(clock));
    await touchpoints(log, 3);
    await publish(log, { offset: 3 });
    clock.set(start0 + 600_000);
    let count = 3;
    const time = await held(log, clock, undefined, async (asked) => {
      if (asked !== topic) return;
      await touchpoints(log, 2);
      count += 2;
      await publish(log, { offset: count });
      await turns(30);
    });
    for (let looks = 0; looks < 8; looks++) {
      expect(time.oldestArrival(clock.now())).toBeUndefined();
      await second(clock);
    }
    expect(count).toBeGreaterThan(10);
  });

  test('is what services/signals says that waits while it works off a backlog', async () => {
    const clock = new ManualClock(start0);
    const log = await productLog(1, schedulerOn(clock));
    await touchpoints(log, 3);
    const time = await held(log, clock);
    clock.set(start0 + 60_000);
    await publish(log, { offset: 1, oldestWaitingAt: start0 + 7 });
    await second(clock);
    expect(time.oldestArrival(clock.now())).toBe(start0 + 7);
  });

  test('is whatever came since the log could be asked last', async () => {
    const clock = new ManualClock(start0);
    let isAway = false;
    const scheduler = schedulerOn(clock);
    const step = async (point: string): Promise<void> => {
      await scheduler.step(point);
      if (isAway && point === 'admin') throw new Error('away');
    };
    const log = await productLog(1, { ...scheduler, step });
    const errors: string[] = [];
    const time = await held(log, clock, (error) => errors.push(error.message));
    await second(clock);
    isAway = true;
    for (let count = 0; count < 10; count++) await second(clock);
    expect(time.oldestArrival(clock.now())).toBe(start0 + 1000);
    expect(errors).toEqual(Array(10).fill('away'));
    isAway = false;
    await second(clock);
    expect(time.oldestArrival(clock.now())).toBeUndefined();
  });
});

const rule = {
  apiVersion: 'resonant/v1',
  id: 'lead-response',
  version: 1,
  keyspace: 'lead',
  subject: ['leadId'],
  pattern: {
    deadline: { start: { when: "kind == 'lead-created'" }, stop: { when: "kind == 'lead-response'" }, within: '90s' },
  },
};

/** The processor's tasks of keyspace lead, on the wall clock. */
async function processor(log: Log, clock: ManualClock, time: HeldTime | undefined): Promise<Sequencer[]> {
  const sequencers: Sequencer[] = [];
  const [admin, book, codecs] = [await log.admin(), await followRules(log), await engineTaskCodecs(log)];
  const settings = await sequencerSettings({
    ...{ log, keyspace: 'lead', admin, book, clock, mode: 'wall' },
    failed: () => undefined,
    ...(time === undefined ? {} : { held: time }),
  });
  const tasks = await runTasks({
    log,
    clock,
    group: 'resonant-processor-lead',
    topics: [signalsTopic('lead')],
    transactionalIdPrefix: 'resonant-lead',
    task: (at) => {
      const sequencer = new Sequencer(settings, at);
      sequencers.push(sequencer);
      return new EngineTask({ engine: () => new Engine({ compile: compileRule }), sequencer, codecs, clock });
    },
  });
  open.push(book, tasks);
  return sequencers;
}

/** What services/signals is to the processor: touchpoints (signals, here) become signals, positions are published. */
async function signalsService(log: Log, clock: ManualClock): Promise<{ stop(): Promise<void> }> {
  const task: TaskProcessor = {
    restore: 'none',
    process: (records) =>
      records.map(({ key, value }) => ({ topic: signalsTopic('lead'), partition: 0, key: String(key), value })),
  };
  const tasks = await runTasks({
    log,
    clock,
    group: 'resonant-signals',
    topics: [topic],
    transactionalIdPrefix: 'resonant-signals-crm',
    task: () => task,
  });
  const positions = await publishPositions({ log, tasks, source: '/services/signals', clock });
  const service = {
    stop: async () => {
      if (open.includes(service)) open.splice(open.indexOf(service), 1);
      await tasks.stop();
      await positions.stop();
    },
  };
  open.push(service);
  return service;
}

interface Outage {
  /** Seconds after `start0`. */
  readonly alerts: readonly string[];
  readonly held: readonly { readonly at: number; readonly tick: number; readonly heldS: number }[];
}

/** Services/signals is down from +60 s to +660 s; lead b is answered meanwhile, and lead c comes and is not. */
async function outage(isHeld: boolean): Promise<Outage> {
  const clock = new ManualClock(start0);
  const log: MemoryLog = await productLog(1, schedulerOn(clock));
  await changeRule(log, { action: 'put', ruleId: rule.id, keyspace: 'lead', document: JSON.stringify(rule) });
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  const touch = async (kind: string, leadId: string, at: number): Promise<void> => {
    const value = encode(signal(`${kind}-${leadId}`, start0 + at * 1000, { kind, leadId }));
    await producer.send({ topic, partition: 0, key: leadId, value });
  };
  const happens: Readonly<Record<number, () => Promise<unknown>>> = {
    5: () => touch('lead-created', 'a', 5),
    20: () => touch('lead-response', 'a', 20),
    50: () => touch('lead-created', 'b', 50),
    60: () => service.stop(),
    80: () => touch('lead-response', 'b', 80),
    200: () => touch('lead-created', 'c', 200),
    660: () => signalsService(memoryLog({ broker: log.broker }), clock),
  };
  const service = await signalsService(memoryLog({ broker: log.broker }), clock);
  const time = isHeld ? await held(log, clock) : undefined;
  const sequencers = await processor(log, clock, time);
  const sequencer = (): Sequencer => sequencers.at(-1) as Sequencer;
  const seen: { at: number; tick: number; heldS: number }[] = [];
  for (let at = 1; at <= 700; at++) {
    await second(clock);
    await happens[at]?.();
    if (at % 100 !== 0) continue;
    const tick = Math.round(((sequencer().lastTickAt ?? 0) - start0) / 1000);
    seen.push({ at, tick, heldS: Math.round(sequencer().heldMs / 1000) });
  }
  await until(() => (sequencer().lastTickAt ?? 0) >= start0 + 699_000, 'time to have gone on');
  await until(async () => (await readTopic(log, alertsTopic)).length > 0, 'an alert');
  const alerts = (await readTopic(log, alertsTopic)).map(({ decoded }) => {
    if (decoded.type !== 'Alert') return decoded.type;
    const { subject, transition, at } = decoded.value;
    return `${subject.leadId} ${transition} +${(at - start0) / 1000}`;
  });
  return { alerts, held: seen };
}

describe('services/signals down for ten minutes, with leads and answers waiting', () => {
  test('makes no lead look unanswered; what is really overdue is said with its own instant', async () => {
    const { alerts, held: seen } = await outage(true);
    expect(alerts).toEqual(['c opened +290']);
    const stood = seen[0]?.tick ?? 0;
    // from five seconds after lead b's answer on, when that is noticed
    expect([85, 86, 87]).toContain(stood);
    expect(seen.map(({ tick }) => tick)).toEqual([...Array(6).fill(stood), 700]);
    expect(seen.map(({ heldS }) => heldS)).toEqual([...range(1, 7).map((at) => at * 100 - stood), 0]);
  });

  test('would make one, were time not held', async () => {
    const { alerts } = await outage(false);
    expect(alerts).toEqual(['b opened +140', 'b withdrawn +140', 'c opened +290']);
  });
});
