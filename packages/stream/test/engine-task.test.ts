import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type Action,
  actionsTopic,
  alertsTopic,
  deadLettersTopic,
  eventHeaders,
  type RecordName,
  type Records,
  signalsTopic,
  stateTopic,
} from '@resonant/contracts';
import { type ActionLine, Engine, formatOutput } from '@resonant/engine';
import { encoderFor, type Log, memoryLog } from '@resonant/kafka';
import { compileRule } from '@resonant/rules';
import {
  actionLineOf,
  actionRecordOf,
  alertLineOf,
  EngineTask,
  engineTaskCodecs,
  followRules,
  outputRecordOf,
  type RunningTasks,
  runTasks,
  Sequencer,
  sequencerSettings,
  systemClock,
  type TaskLimits,
} from '../src/index.ts';
import { appendSignals, appendTicks, changeRule, productLog, readTopic, signal } from './support/partition-log.ts';
import { until } from './support/running-sum.ts';

const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

const zero = Date.UTC(2026, 2, 2, 1);
const document = {
  apiVersion: 'resonant/v1',
  id: 'lead-response',
  version: 1,
  keyspace: 'lead',
  subject: ['leadId'],
  severity: 'critical',
  title: { en: 'Lead without an answer' },
  pattern: {
    deadline: {
      start: { when: "kind == 'lead-created'" },
      stop: { when: "kind == 'lead-response' && labels.by == 'human'" },
      within: '90s',
    },
  },
  actions: [{ type: 'warning', to: 'supervisor', on: 'opened' }],
};

const engineTasks: EngineTask[] = [];

async function own(log: Log, limits: Partial<TaskLimits> = {}): Promise<RunningTasks> {
  const codecs = await engineTaskCodecs(log);
  const clock = systemClock;
  const book = await followRules(log);
  const admin = await log.admin();
  const failed = () => undefined;
  const settings = await sequencerSettings({ log, keyspace: 'lead', admin, book, clock, mode: 'log', failed });
  const engine = () => new Engine({ compile: compileRule });
  const tasks = await runTasks({
    log,
    group: 'resonant-processor-lead',
    topics: [signalsTopic('lead')],
    transactionalIdPrefix: 'resonant-lead',
    stateTopic: () => stateTopic('lead'),
    task: (at) => {
      const task = new EngineTask({ engine, sequencer: new Sequencer(settings, at), codecs, clock });
      engineTasks.push(task);
      return task;
    },
    limits: { offsetsEveryMs: 20, finishWithinMs: 500, ...limits },
  });
  running.push(tasks);
  return tasks;
}

const leave = async (tasks: RunningTasks): Promise<void> => {
  running.splice(running.indexOf(tasks), 1);
  await tasks.stop();
};

async function recordsOf<N extends RecordName>(log: Log, topic: string, name: N): Promise<Records[N][]> {
  const seen = await readTopic(log, topic);
  return seen.flatMap(({ decoded }) => (decoded.type === name ? [decoded.value as Records[N]] : []));
}

/** What the engine says to the whole partition: the reference for what the task has said. */
async function replayed(log: Log): Promise<string[]> {
  const engine = new Engine({ compile: compileRule });
  return (await readTopic(log, signalsTopic('lead'))).flatMap(({ decoded }) => {
    if (decoded.type === 'Tick') return engine.apply({ type: 'tick', at: decoded.value.at }).map(formatOutput);
    if (decoded.type === 'Signal') return engine.apply({ type: 'signal', signal: decoded.value }).map(formatOutput);
    if (decoded.type !== 'RuleChange') return [];
    const { ruleId, document: text, revision } = decoded.value;
    return engine.apply({ type: 'rule', action: 'put', ruleId, document: text, revision }).map(formatOutput);
  });
}

const opened = (leadId: string, at: number) => signal(`s-${leadId}`, at, { kind: 'lead-created', leadId });

async function ruleInPlace(log: Log): Promise<void> {
  await changeRule(log, { action: 'put', ruleId: document.id, keyspace: 'lead', document: JSON.stringify(document) });
  await until(async () => (await readTopic(log, signalsTopic('lead'))).length === 1, 'the rule in the partition');
}

const alertCount = async (log: Log): Promise<number> => (await readTopic(log, alertsTopic)).length;

describe('the engine task', () => {
  test('alerts and actions stand in their topics with what decided them, and print as a replay does', async () => {
    const log = await productLog();
    await own(log);
    await ruleInPlace(log);
    await appendSignals(log, 'lead', 0, [opened('lead-1', zero), opened('lead-2', zero + 5)]);
    await appendTicks(log, 'lead', 0, [zero + 1000, zero + 91_000]);
    await until(async () => (await alertCount(log)) === 2, 'two alerts');
    const alerts = await recordsOf(log, alertsTopic, 'Alert');
    const actions = await recordsOf(log, actionsTopic, 'Action');
    expect(alerts[0]).toMatchObject({
      transition: 'opened',
      state: 'overdue',
      at: zero + 90_000,
      openedAt: zero + 90_000,
      decidedAt: zero + 91_000,
      severity: 'critical',
      title: { en: 'Lead without an answer' },
      keyspace: 'lead',
      partitionKey: 'lead-1',
      partition: 0,
      tickOffset: 4,
    });
    expect(actions.map((action) => [action.alertId, action.to, action.tickOffset])).toEqual(
      alerts.map((alert) => [alert.alertId, 'supervisor', 4]),
    );
    const said = alerts.flatMap((alert, index) => [alertLineOf(alert), actionLineOf(actions[index] as Action)]);
    expect(said).toEqual(await replayed(log));
    const [first] = await readTopic(log, alertsTopic);
    expect([String(first?.record.key), String(first?.record.headers.ce_id)]).toEqual([
      'lead-1',
      `${alerts[0]?.alertId}/1`,
    ]);
    const traces = [...(await readTopic(log, alertsTopic)), ...(await readTopic(log, actionsTopic))].map(({ record }) =>
      String(record.headers.traceparent).slice(3, 35),
    );
    expect(new Set(traces)).toEqual(new Set(alerts.map(({ alertId }) => alertId)));
  });

  test('a new owner goes on where the former stopped: nothing twice, nothing missing', async () => {
    const log = await productLog();
    const former = await own(log);
    await ruleInPlace(log);
    await appendSignals(log, 'lead', 0, [opened('lead-1', zero), opened('lead-2', zero + 60_000)]);
    await appendTicks(log, 'lead', 0, [zero, zero + 100_000]);
    await until(async () => (await alertCount(log)) === 1, 'the first alert');
    await leave(former);
    await appendTicks(log, 'lead', 0, [zero + 200_000]);
    await own(memoryLog({ broker: log.broker }));
    await until(async () => (await alertCount(log)) >= 2, 'the second alert');
    const lines = (await recordsOf(log, alertsTopic, 'Alert')).map(alertLineOf);
    expect(lines).toEqual((await replayed(log)).filter((line) => line.includes('"type":"alert"')));
  });

  test('a new owner needs nothing but the snapshot: state, time, rules and counts are in it', async () => {
    const log = await productLog();
    const former = await own(log);
    await ruleInPlace(log);
    const producer = await log.producer();
    await producer.send({ topic: signalsTopic('lead'), partition: 0, key: 'k', value: Buffer.from('not avro') });
    await appendSignals(log, 'lead', 0, [opened('lead-1', zero), opened('lead-2', zero + 60_000)]);
    await appendTicks(log, 'lead', 0, [zero, zero + 100_000]);
    await until(async () => (await alertCount(log)) === 1, 'the first alert');
    await leave(former);
    const counters = engineTasks.at(-1)?.engine.counters;
    const lines = await replayed(log);
    const { length: end } = await readTopic(log, signalsTopic('lead'));
    log.deleteBefore(signalsTopic('lead'), 0, end + 1);

    const later = memoryLog({ broker: log.broker });
    await own(later);
    const task = () => engineTasks.at(-1);
    await until(() => running[0]?.status()[0]?.state === 'running', 'the restore');
    expect([task()?.undecodable, task()?.engine.counters]).toEqual([1, counters]);
    expect(task()?.sequencer.lastTickAt).toBe(zero + 100_000);
    // a tick before the latest changes nothing; the alert names the tick that decided it
    await appendTicks(later, 'lead', 0, [zero + 50_000, zero + 200_000]);
    await until(async () => (await alertCount(later)) >= 2, 'the second alert');
    const alerts = await recordsOf(later, alertsTopic, 'Alert');
    expect(alerts.map(({ tickOffset }) => tickOffset)).toEqual([5, 7]);
    expect(lines.filter((line) => line.includes('"type":"alert"'))).toEqual(alerts.slice(0, 1).map(alertLineOf));
    expect(alerts[1]).toMatchObject({ subject: { leadId: 'lead-2' }, at: zero + 150_000, decidedAt: zero + 200_000 });
    // the rule is known: it is not appended again
    const types = (await readTopic(later, signalsTopic('lead'))).map(({ decoded }) => decoded.type);
    expect(types).toEqual(['Tick', 'Tick']);
  });

  test('signals that wait for their tick are more than a piece of a snapshot holds, and the task goes on', async () => {
    const log = await productLog();
    const tasks = await own(log, { snapshotEveryMs: 50 });
    await ruleInPlace(log);
    const waiting = Array.from({ length: 5000 }, (_, n) => opened(`lead-${n}`, zero + n));
    await appendSignals(log, 'lead', 0, waiting);
    await until(() => tasks.status()[0]?.position === 5001, 'the signals');
    const isWhole = async () =>
      (await recordsOf(log, stateTopic('lead'), 'Snapshot')).some(({ offset }) => offset === 5001);
    await until(isWhole, 'a snapshot of them');
    await appendTicks(log, 'lead', 0, [zero + 95_000]);
    await until(async () => (await alertCount(log)) === 5000, 'all alerts');
    expect((await recordsOf(log, alertsTopic, 'Alert')).map(alertLineOf)).toEqual(
      (await replayed(log)).filter((line) => line.includes('"type":"alert"')),
    );
  });

  test('a record that no schema fits is one dead letter, over restores too, and stops nothing', async () => {
    const log = await productLog();
    const former = await own(log);
    await ruleInPlace(log);
    const producer = await log.producer();
    await producer.send({ topic: signalsTopic('lead'), partition: 0, key: 'k', value: Buffer.from('not avro') });
    await appendSignals(log, 'lead', 0, [opened('lead-1', zero)]);
    await appendTicks(log, 'lead', 0, [zero, zero + 100_000]);
    await until(async () => (await alertCount(log)) === 1, 'the alert behind it');
    await leave(former);
    const later = await own(memoryLog({ broker: log.broker }));
    await until(() => later.status()[0]?.state === 'running', 'the restore');
    const letters = await recordsOf(log, deadLettersTopic, 'DeadLetter');
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      origin: 'resonant.signals.lead.v1/0/1',
      reason: 'undecodable-record',
      payload: Buffer.from('not avro'),
    });
  });

  test('a record of a known type that does not belong there is a dead letter as well', async () => {
    const log = await productLog();
    await own(log);
    const encode = await encoderFor(log, alertsTopic, 'Team');
    const producer = await log.producer();
    const value = encode({ teamId: 't', name: 'T', regions: [] } as never as Records['Team']);
    await producer.send({ topic: signalsTopic('lead'), partition: 0, key: 'k', value });
    await until(async () => (await readTopic(log, deadLettersTopic)).length === 1, 'the dead letter');
    const [letter] = await recordsOf(log, deadLettersTopic, 'DeadLetter');
    expect(letter?.detail).toBe('expected Signal, Tick or RuleChange, got Team');
  });

  test('a record type of a later release stops the task', async () => {
    const log = await productLog();
    const tasks = await own(log);
    const novelty = { type: 'record', name: 'Novelty', namespace: 'resonant.v1', fields: [] };
    const id = await log.registry.register(`${signalsTopic('lead')}-resonant.v1.Novelty`, novelty);
    const producer = await log.producer();
    await producer.send({ topic: signalsTopic('lead'), partition: 0, key: 'k', value: Buffer.from([0, 0, 0, 0, id]) });
    await until(() => tasks.status()[0]?.state === 'stopped', 'the stop');
    expect(tasks.ready()).toMatch(/stopped \(schema \d+ is resonant.v1.Novelty; upgrade this release\)/);
  });

  test('an anonymous action names neither alert nor tick, in record, key or headers', async () => {
    const line: ActionLine = {
      type: 'action',
      action: 'board-mark',
      actionId: 'a'.repeat(32),
      alertId: null,
      seq: 0,
      ruleId: 'rep-new-policy-usage',
      ruleVersion: 1,
      subject: { teamId: 'team-1' },
      to: 'team-board',
      template: null,
      at: zero,
      decidedAt: zero,
      dueAt: null,
      keyspace: 'team',
      partitionKey: 'team-1',
    };
    const coordinates = { partition: 2, tickOffset: 77 };
    expect(actionRecordOf(line, coordinates)).toMatchObject({ alertId: null, tickOffset: -1, partition: 2 });
    const { encoders } = await engineTaskCodecs(await productLog());
    const record = outputRecordOf(line, coordinates, encoders);
    expect([record.key, record.headers]).toEqual([
      'team-1',
      {
        ce_specversion: '1.0',
        ce_id: 'a'.repeat(32),
        ce_type: 'com.resonant.action.v1',
        ce_source: '/services/processor',
        ce_time: '2026-03-02T01:00:00.000Z',
        'content-type': 'application/avro',
        traceparent: eventHeaders({ id: 'a'.repeat(32), type: 'action', source: '', time: 0 }).traceparent,
      },
    ]);
    expect(actionLineOf(actionRecordOf(line, coordinates))).toBe(formatOutput(line));
  });
});
