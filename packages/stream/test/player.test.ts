import { afterEach, describe, expect, test } from '@jest/globals';
import { positionsTopic, signalsTopic, touchpointsTopic } from '@resonant/contracts';
import { encoderFor, type Log } from '@resonant/kafka';
import { createPlayer, type Player, positionKey, publishPositions, type RunningTasks, runTasks } from '../src/index.ts';
import { changeRule, productLog, readTopic } from './support/partition-log.ts';
import { until } from './support/running-sum.ts';

const open: { close(): Promise<void> }[] = [];
const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((part) => part.close()));
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

const zero = Date.UTC(2026, 2, 2);
const calls = touchpointsTopic('calls');

async function playerOf(log: Log, timeoutMs = 60): Promise<Player> {
  const player = await createPlayer({ log, keyspaces: ['lead'], timeoutMs });
  open.push(player);
  return player;
}

async function touchpoints(log: Log, partition: number, count: number): Promise<void> {
  const producer = await log.producer();
  const record = { topic: calls, partition, key: null, value: Buffer.from('a call') };
  await producer.sendAll(Array.from({ length: count }, () => record));
}

async function position(log: Log, partition: number, offset: number): Promise<void> {
  const encode = await encoderFor(log, positionsTopic, 'Position');
  const producer = await log.producer();
  const value = encode({ topic: calls, partition, offset, oldestWaitingAt: null, publishedAt: 0 });
  await producer.send({ topic: positionsTopic, key: positionKey({ topic: calls, partition }), value });
}

const ticks = async (log: Log): Promise<string[]> =>
  (await readTopic(log, signalsTopic('lead'))).flatMap(({ record, decoded }) =>
    decoded.type === 'Tick' ? [`${record.partition}: +${decoded.value.at - zero}`] : [],
  );

describe('the player', () => {
  test('appends a tick to every partition once services/signals has passed every touchpoint', async () => {
    const log = await productLog(2);
    const player = await playerOf(log, 5000);
    await touchpoints(log, 1, 3);
    await position(log, 1, 2);
    const advanced = player.advanceTo(zero + 1000);
    await position(log, 1, 3);
    await advanced;
    expect(await ticks(log)).toEqual(['0: +1000', '1: +1000']);
  });

  test('says which partition services/signals is behind in', async () => {
    const log = await productLog(2);
    const player = await playerOf(log);
    await touchpoints(log, 1, 3);
    await expect(player.advanceTo(zero)).rejects.toThrow(
      `signals not within 60 ms: services/signals has published no position in ${calls}/1, which ends at 3`,
    );
    await position(log, 1, 2);
    await expect(player.advanceTo(zero)).rejects.toThrow(`is at offset 2 in ${calls}/1, which ends at 3`);
    expect(await ticks(log)).toEqual([]);
  });

  test('says which rule is not in its partitions', async () => {
    const log = await productLog();
    await changeRule(log, { action: 'put', ruleId: 'r', keyspace: 'lead', document: '{}' });
    const player = await playerOf(log);
    await expect(player.rulesInPlace()).rejects.toThrow(
      'rules not within 60 ms: rule r of revision 0 is not in resonant.signals.lead.v1/0; does services/processor run?',
    );
  });

  test('does not go back in time', async () => {
    const log = await productLog();
    const player = await playerOf(log, 5000);
    await player.advanceTo(zero + 1000);
    await until(() => player.now === zero + 1000, 'the tick');
    await expect(player.advanceTo(zero)).rejects.toThrow('which is after 2026-03-02T00:00:00.000Z');
  });

  test('waits until the processor has committed the tick', async () => {
    const log = await productLog();
    const player = await playerOf(log, 5000);
    await player.advanceTo(zero);
    const impatient = await playerOf(log);
    await expect(impatient.waitForTick(zero)).rejects.toThrow(
      'the processor has committed offset 0 of resonant.signals.lead.v1/0, the tick stands at 0',
    );
    const tasks = await runTasks({
      log,
      group: 'resonant-processor-lead',
      topics: [signalsTopic('lead')],
      transactionalIdPrefix: 'resonant-lead',
      task: () => ({ restore: 'none', process: () => [] }),
      limits: { offsetsEveryMs: 10 },
    });
    running.push(tasks);
    await player.waitForTick(zero);
    expect(tasks.status()[0]?.committed).toBe(1);
  });

  test('published positions let it go on', async () => {
    const log = await productLog();
    const tasks = await runTasks({
      log,
      group: 'resonant-signals',
      topics: [calls],
      transactionalIdPrefix: 'resonant-signals-calls',
      task: () => ({ restore: 'none', process: () => [] }),
    });
    running.push(tasks);
    const positions = await publishPositions({ log, tasks, source: '/services/signals' });
    open.unshift({ close: () => positions.stop() });
    await touchpoints(log, 0, 3);
    const player = await playerOf(log, 5000);
    await player.advanceTo(zero);
    expect(await ticks(log)).toEqual(['0: +0']);
  });
});
