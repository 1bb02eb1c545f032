import { expect, test } from '@jest/globals';
import { topics, touchpointsTopic } from '@resonant/contracts';
import { memoryLog } from '@resonant/kafka';
import { buildApp, createLogger, Health, Metrics } from '@resonant/service';
import { type HeldTime, systemClock } from '@resonant/stream';
import { heldSayer, heldTimeComponent } from '../src/held.ts';
import type { KeyspaceTasks } from '../src/keyspace.ts';
import { Progress } from '../src/progress.ts';
import { statusRoutes } from '../src/status.ts';
import { taskMetrics } from '../src/task-metrics.ts';

const hour = 3_600_000;

/** Progress of one running task whose sequencer has found that the host is off by so much. */
function progressOf(clockSkewMs: number): Progress {
  const progress = new Progress(taskMetrics(new Metrics()).gauges);
  const status = () => [{ topic: 'resonant.signals.lead.v1', partition: 0, oldestWaitingAt: null }];
  const engines = new Map([[0, { sequencer: { clockSkewMs } }]]);
  progress.add({ keyspace: 'lead', running: { status }, engines } as unknown as KeyspaceTasks);
  return progress;
}

const appOf = (progress: Progress, held: Pick<HeldTime, 'waitingFor'>) =>
  buildApp({
    logger: createLogger('processor', 'silent'),
    metrics: new Metrics(),
    health: new Health(),
    routes: (server) => statusRoutes(server, progress, 'wall', held as HeldTime),
  });

test.each([
  ['a touchpoint of this moment does not wait', 0, null],
  ['one of ten seconds ago does', 10_000, { partition: 2, offset: 17 }],
])('on a host that is an hour ahead %s', async (_, age, expected) => {
  const waiting = {
    topic: 'resonant.touchpoints.crm.v1',
    partition: 2,
    offset: 17,
    arrivedAt: Date.now() - hour - age,
  };
  const waitingFor = (now: number) => (now - waiting.arrivedAt >= 5000 ? waiting : undefined);
  const app = await appOf(progressOf(-hour), { waitingFor });
  const status = (await app.inject('/v1/status')).json<{ waitingFor: object | null }>();
  if (expected === null) expect(status.waitingFor).toBeNull();
  else expect(status.waitingFor).toMatchObject(expected);
  await app.close();
});

test.each([
  ["the broker's clock", 0, 0],
  ['a clock that is an hour ahead', hour, 1],
])('by %s a touchpoint of this moment is said to wait %s ms too long, in %i warnings', async (_, ahead, warnings) => {
  const log = memoryLog();
  const admin = await log.admin();
  await admin.ensureTopics(topics, 1);
  const producer = await log.producer();
  await producer.send({ topic: touchpointsTopic('crm'), key: 'k', value: Buffer.from('v') });
  const said: string[] = [];
  const say = (_fields: object, message: string) => said.push(message);
  const logger = { warn: say, info: say } as unknown as Parameters<typeof heldTimeComponent>[1];
  const now = () => systemClock.now() + ahead;
  const { stop } = await heldTimeComponent(log, logger, now).start();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await stop?.();
  expect(said.length).toBe(warnings);
  await log.close();
});

test('says once that time waits and for what, and once that it goes on', () => {
  const said: unknown[] = [];
  const logger = {
    warn: (fields: object, message: string) => said.push([message, fields]),
    info: (message: string) => said.push(message),
  };
  const say = heldSayer(logger as unknown as Parameters<typeof heldSayer>[0]);
  const waiting = { topic: 'resonant.touchpoints.crm.v1', partition: 2, offset: 17, arrivedAt: Date.UTC(2026, 2, 2) };
  say(undefined);
  say(waiting);
  say({ ...waiting, offset: 18 });
  say(undefined);
  say(undefined);
  expect(said).toEqual([
    [
      'time waits for touchpoints that services/signals has not passed',
      { topic: 'resonant.touchpoints.crm.v1', partition: 2, offset: 17, arrivedAt: '2026-03-02T00:00:00.000Z' },
    ],
    'time goes on: no touchpoint waits',
  ]);
});
