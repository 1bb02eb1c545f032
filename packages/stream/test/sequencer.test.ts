import { afterEach, describe, expect, test } from '@jest/globals';
import { signalsTopic } from '@resonant/contracts';
import { type Log, type MemoryLog, memoryLog } from '@resonant/kafka';
import {
  type Clock,
  type ClockMode,
  EngineTask,
  engineTaskCodecs,
  followRules,
  type HeldTime,
  type RunningTasks,
  runTasks,
  Sequencer,
  sequencerSettings,
} from '../src/index.ts';
import { ManualClock, schedulerOn, skewed } from './support/manual-clock.ts';
import { noEngine } from './support/no-engine.ts';
import { appendSignals, aWhile, changeRule, productLog, readTopic, signal } from './support/partition-log.ts';
import { until } from './support/running-sum.ts';

const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

const start0 = Date.UTC(2026, 2, 2);
/** A log whose broker has the clock. */
const logOn = (clock: Clock): Promise<MemoryLog> => productLog(1, schedulerOn(clock));

const sequencers: Sequencer[] = [];

/** Corrections of the clock that were said. */
const corrections: number[] = [];

/** The tasks of keyspace `team`, with an engine that says nothing; the sequencer's clock stands still. */
async function own(
  log: Log,
  clock: Clock,
  mode: ClockMode = 'wall',
  { held, sessionTimeoutMs }: { held?: Pick<HeldTime, 'oldestArrival'>; sessionTimeoutMs?: number } = {},
): Promise<RunningTasks> {
  const book = await followRules(log);
  const codecs = await engineTaskCodecs(log);
  const failed = () => undefined;
  const settings = await sequencerSettings({
    log,
    keyspace: 'team',
    admin: await log.admin(),
    book,
    clock,
    mode,
    failed,
    clockCorrected: (_, skewMs) => corrections.push(skewMs),
    ...(held === undefined ? {} : { held }),
  });
  const tasks = await runTasks({
    log,
    group: 'resonant-processor-team',
    topics: [signalsTopic('team')],
    transactionalIdPrefix: 'resonant-team',
    task: (at) => {
      const sequencer = new Sequencer(settings, at);
      sequencers.push(sequencer);
      return new EngineTask({ engine: () => noEngine, sequencer, codecs, clock });
    },
    limits: {
      offsetsEveryMs: 20,
      finishWithinMs: 500,
      ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    },
  });
  running.push(tasks);
  return tasks;
}

const leave = async (tasks: RunningTasks): Promise<void> => {
  running.splice(running.indexOf(tasks), 1);
  await tasks.stop();
};

/** The partition as text: `tick +0`, `put r@3`, `signal s1`. */
async function contents(log: MemoryLog): Promise<string[]> {
  return (await readTopic(log, signalsTopic('team'))).map(({ decoded }) => {
    if (decoded.type === 'Tick') return `tick +${decoded.value.at - start0}`;
    if (decoded.type === 'RuleChange')
      return `${decoded.value.action} ${decoded.value.ruleId}@${decoded.value.revision}`;
    return decoded.type === 'Signal' ? `signal ${decoded.value.id}` : decoded.type;
  });
}

const has = (log: MemoryLog, count: number): Promise<void> =>
  until(async () => (await contents(log)).length >= count, `${count} records`);

describe('the sequencer', () => {
  test('rules in force come first, then a tick that checks the clock, one a second, and one 20 ms after a signal', async () => {
    const clock = new ManualClock(start0);
    const log = await logOn(clock);
    const revision = await changeRule(log, { action: 'put', ruleId: 'r', keyspace: 'team', document: '{}' });
    await own(log, clock);
    await has(log, 3);
    clock.set(start0 + 1000);
    await has(log, 4);
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await until(() => running[0]?.status()[0]?.position === 5, 'the signal to be read');
    clock.set(start0 + 1019);
    await aWhile();
    clock.set(start0 + 1020);
    await has(log, 6);
    await aWhile();
    const ticks = ['tick +0', 'tick +0', 'tick +1000'];
    expect(await contents(log)).toEqual([`put r@${revision}`, ...ticks, 'signal s1', 'tick +1020']);
  });

  test('in an empty partition time waits for the first record, whose stamp is its first tick', async () => {
    const clock = new ManualClock(start0);
    const log = await logOn(clock);
    await own(log, clock);
    await until(() => running[0]?.status()[0]?.state === 'running', 'the owner');
    clock.set(start0 + 5000);
    await aWhile();
    expect(await contents(log)).toEqual([]);
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await has(log, 3);
    expect(await contents(log)).toEqual(['signal s1', 'tick +5000', 'tick +5000']);
  });

  test('ticks are never smaller than the last, also with a new owner', async () => {
    const clock = new ManualClock(start0 + 60_000);
    const log = await logOn(clock);
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    const former = await own(log, clock);
    await has(log, 3);
    await leave(former);
    clock.set(start0);
    await own(log, clock);
    await has(log, 5);
    expect((await contents(log)).slice(1)).toEqual(Array(4).fill('tick +60000'));
  });

  test.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('a host clock an hour %s does no damage: ticks are the broker’s time, and it is said once', async (_, skewMs) => {
    corrections.length = 0;
    const clock = new ManualClock(start0);
    const log = await logOn(clock);
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await own(log, skewed(clock, skewMs));
    await has(log, 3);
    for (let second = 1; second <= 3; second++) {
      clock.set(start0 + second * 1000);
      await has(log, 3 + second);
    }
    expect(await contents(log)).toEqual([
      'signal s1',
      ...['tick +0', 'tick +0', 'tick +1000', 'tick +2000', 'tick +3000'],
    ]);
    expect(corrections).toEqual([-skewMs]);
  });

  test('a host clock that jumps ahead while it runs moves no time before it is checked', async () => {
    corrections.length = 0;
    const clock = new ManualClock(start0);
    const log = await logOn(clock);
    let skewMs = 0;
    const host: Clock = {
      now: () => clock.now() + skewMs,
      after: (ms, callback) => clock.after(ms, callback),
      turn: () => clock.turn(),
    };
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await own(log, host);
    await has(log, 3);
    skewMs = 3_600_000;
    for (let second = 1; second <= 4; second++) {
      clock.set(start0 + second * 1000);
      await aWhile();
    }
    const ticks = (await contents(log)).slice(1).map((text) => Number(text.replace('tick +', '')));
    expect(Math.max(...ticks)).toBe(4000);
    expect(corrections).toEqual([-3_600_000]);
  });

  test('time stays at the oldest touchpoint that waits, and goes on when none does', async () => {
    const clock = new ManualClock(start0);
    const log = await logOn(clock);
    let oldest: number | undefined;
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await own(log, clock, 'wall', { held: { oldestArrival: () => oldest } });
    await has(log, 3);
    oldest = start0 + 500;
    for (let second = 1; second <= 3; second++) {
      clock.set(start0 + second * 1000);
      await has(log, 3 + second);
    }
    oldest = undefined;
    clock.set(start0 + 4000);
    await has(log, 7);
    const ticks = ['tick +0', 'tick +0', 'tick +500', 'tick +500', 'tick +500', 'tick +4000'];
    expect((await contents(log)).slice(1)).toEqual(ticks);
  });

  test('says that no tick comes to stand in the partition, since when and why, until one does', async () => {
    const clock = new ManualClock(start0);
    let isRefused = false;
    const scheduler = schedulerOn(clock);
    const step = async (point: string): Promise<void> => {
      await scheduler.step(point);
      if (isRefused && point === 'produce.request') throw new Error('refused');
    };
    const log = await productLog(1, { ...scheduler, step });
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await own(log, clock);
    await has(log, 3);
    const sequencer = sequencers.at(-1);
    expect(sequencer?.trouble).toBeUndefined();
    isRefused = true;
    clock.set(start0 + 1000);
    await until(() => sequencer?.trouble !== undefined, 'the refusal');
    clock.set(start0 + 2000);
    await aWhile();
    const reason = 'ticks or rules cannot be appended: refused';
    expect(sequencer?.trouble).toEqual({ since: start0 + 1000, reason });
    isRefused = false;
    clock.set(start0 + 3000);
    await until(() => sequencer?.trouble === undefined, 'the next tick');
  });

  test('each revision is appended once, over changes of owner', async () => {
    const log = await productLog();
    const clock = new ManualClock(start0);
    await changeRule(log, { action: 'put', ruleId: 'a', keyspace: 'team', document: '{}' });
    await changeRule(log, { action: 'put', ruleId: 'elsewhere', keyspace: 'account', document: '{}' });
    const former = await own(log, clock, 'log');
    await has(log, 1);
    await changeRule(log, { action: 'put', ruleId: 'b', keyspace: 'team', document: '{}' });
    await has(log, 2);
    await leave(former);
    await changeRule(log, { action: 'delete', ruleId: 'a' });
    await own(log, clock, 'log');
    await has(log, 3);
    await changeRule(log, { action: 'put', ruleId: 'b', keyspace: 'account', document: '{}' });
    await has(log, 4);
    await aWhile();
    expect(await contents(log)).toEqual(['put a@0', 'put b@2', 'delete a@3', 'delete b@4']);
  });

  test('what a former owner appended last is read before anything is appended', async () => {
    const log = await productLog();
    await changeRule(log, { action: 'put', ruleId: 'a', keyspace: 'team', document: '{}' });
    const former = await own(log, new ManualClock(start0), 'log', { sessionTimeoutMs: 50 });
    await has(log, 1);
    // read but not committed by the former owner, or not even read: the new one finds it in the log
    log.kill();
    await former.stop().catch(() => undefined);
    running.splice(0);
    const later = memoryLog({ broker: log.broker });
    await own(later, new ManualClock(start0), 'log');
    await until(() => running[0]?.status()[0]?.state === 'running', 'the new owner');
    await aWhile();
    expect(await contents(later)).toEqual(['put a@0']);
  });

  test("on the log's clock no tick is appended", async () => {
    const log = await productLog();
    const clock = new ManualClock(start0);
    await own(log, clock, 'log');
    await until(() => running[0]?.status()[0]?.state === 'running', 'the owner');
    clock.set(start0 + 5000);
    await aWhile();
    expect(await contents(log)).toEqual([]);
  });

  test('rule changes carry event headers, ticks none', async () => {
    const clock = new ManualClock(start0);
    const log = await logOn(clock);
    await changeRule(log, { action: 'put', ruleId: 'r', keyspace: 'team', document: '{}' });
    await own(log, clock);
    await has(log, 2);
    const [change, tick] = await readTopic(log, signalsTopic('team'));
    expect(Object.keys(tick?.record.headers ?? { none: 0 })).toEqual([]);
    expect(String(change?.record.headers.ce_id)).toBe('r@0');
    expect(String(change?.record.headers.ce_type)).toBe('com.resonant.rule-change.v1');
  });
});
