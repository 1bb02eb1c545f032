import { afterEach, describe, expect, test } from '@jest/globals';
import { signalsTopic } from '@resonant/contracts';
import { type Log, type MemoryLog, memoryLog } from '@resonant/kafka';
import {
  type ClockMode,
  EngineTask,
  engineTaskCodecs,
  followRules,
  type RunningTasks,
  runTasks,
  Sequencer,
  sequencerSettings,
} from '../src/index.ts';
import { ManualClock } from './support/manual-clock.ts';
import { appendSignals, aWhile, changeRule, productLog, readTopic, signal } from './support/partition-log.ts';
import { until } from './support/running-sum.ts';

const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

const start0 = Date.UTC(2026, 2, 2);
const noEngine = {
  apply: () => [],
  changedParts: () => new Map(),
  importState: () => undefined,
  counters: {
    signals: 0,
    used: 0,
    unused: 0,
    duplicates: 0,
    quarantined: 0,
    waiting: 0,
    lateDropped: new Map<string, number>(),
    alerts: { opened: 0, updated: 0, resolved: 0, withdrawn: 0 },
  },
};

/** The tasks of keyspace `team`, with an engine that says nothing; the sequencer's clock stands still. */
async function own(log: Log, clock: ManualClock, mode: ClockMode = 'wall'): Promise<RunningTasks> {
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
  });
  const tasks = await runTasks({
    log,
    group: 'resonant-processor-team',
    topics: [signalsTopic('team')],
    transactionalIdPrefix: 'resonant-team',
    task: (at) => new EngineTask({ engine: () => noEngine, sequencer: new Sequencer(settings, at), codecs, clock }),
    limits: { offsetsEveryMs: 20, finishWithinMs: 500 },
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
  test('rules in force come first, then a tick a second, then one 20 ms after a signal', async () => {
    const log = await productLog();
    const clock = new ManualClock(start0);
    const revision = await changeRule(log, { action: 'put', ruleId: 'r', keyspace: 'team', document: '{}' });
    await own(log, clock);
    await has(log, 2);
    clock.set(start0 + 1000);
    await has(log, 3);
    await appendSignals(log, 'team', 0, [signal('s1', start0)]);
    await until(() => running[0]?.status()[0]?.position === 4, 'the signal to be read');
    clock.set(start0 + 1019);
    await aWhile();
    clock.set(start0 + 1020);
    await has(log, 5);
    await aWhile();
    expect(await contents(log)).toEqual([`put r@${revision}`, 'tick +0', 'tick +1000', 'signal s1', 'tick +1020']);
  });

  test('ticks are never smaller than the last, also with a new owner whose clock is behind', async () => {
    const log = await productLog();
    const former = await own(log, new ManualClock(start0 + 60_000));
    await has(log, 1);
    await leave(former);
    await own(log, new ManualClock(start0));
    await has(log, 2);
    expect(await contents(log)).toEqual(['tick +60000', 'tick +60000']);
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
    const former = await own(log, new ManualClock(start0), 'log');
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
    const log = await productLog();
    await changeRule(log, { action: 'put', ruleId: 'r', keyspace: 'team', document: '{}' });
    await own(log, new ManualClock(start0));
    await has(log, 2);
    const [change, tick] = await readTopic(log, signalsTopic('team'));
    expect(Object.keys(tick?.record.headers ?? { none: 0 })).toEqual([]);
    expect(String(change?.record.headers.ce_id)).toBe('r@0');
    expect(String(change?.record.headers.ce_type)).toBe('com.resonant.rule-change.v1');
  });
});
