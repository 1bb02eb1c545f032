import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signalsTopic, touchpointsTopic } from '@resonant/contracts';
import { processorGroup, signalsGroup } from '@resonant/stream';
import { audit } from './audit.ts';
import { followDecisions, workedOff } from './campaign.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { decidedAfterMs, Load } from './load.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({ base: 7860, signals: 1, processors: 2 });
}, 180_000);
afterAll(() => fleet?.stop(), 60_000);

const abortsOf = async (url: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lead = [...text.matchAll(/^resonant_task_aborts_total\{[^}]*keyspace="lead"[^}]*\} (\d+)$/gm)];
  return lead.reduce((sum, [, count]) => sum + Number(count), 0);
};

const leadTasksOf = async (url: string): Promise<number> => {
  const { tasks } = (await (await fetch(`${url}/v1/status`)).json()) as { tasks: { keyspace: string }[] };
  return tasks.filter(({ keyspace }) => keyspace === 'lead').length;
};

test('a processor that slept through its session says nothing when it wakes, and does not fence the new owner', async () => {
  const { log, targets } = fleet;
  const of = (name: string) => {
    const target = targets.find((one) => one.name === name);
    if (target?.url === undefined) throw new Error(`no ${name}`);
    return { ...target, url: target.url };
  };
  const [sleeper, owner] = [of('processor-1'), of('processor-2')];
  const load = await Load.open(log);
  const decisions = await followDecisions(log);
  load.begin(200);
  await decisions.allAfter(Date.now(), 120_000);

  const sleptAt = Date.now();
  await sleeper.kill('SIGSTOP');
  // what the broker has sent it meanwhile waits in its sockets: it wakes with work in hand
  await decisions.allAfter(sleptAt + 10_000, 120_000);
  const aborts = await abortsOf(owner.url);
  await sleeper.kill('SIGCONT');
  const wokenAt = Date.now();
  await decisions.allAfter(wokenAt + 10_000, 120_000);
  expect(await abortsOf(owner.url)).toBe(aborts);
  // it is a member again, with a share of its own
  expect(await leadTasksOf(sleeper.url)).toBe(2);
  expect(await leadTasksOf(owner.url)).toBe(2);

  await load.stop();
  await workedOff(log, signalsGroup, touchpointsTopic('crm'));
  await sleep(decidedAfterMs);
  await decisions.stop();
  await fleet.stopServices();
  const last = await fleet.startLastOwner();
  await workedOff(log, processorGroup('lead'), signalsTopic('lead'));
  await last.stop();
  const { touchpoints, signals, alerts, actions, ...wrong } = await audit(fleet.stack, log, load.acknowledged);
  expect(wrong).toEqual({
    lostTouchpoints: 0,
    lostSignals: 0,
    doubledSignals: 0,
    lostLines: [],
    doubledLines: [],
    deadLetters: 0,
  });
  expect([signals === touchpoints, alerts > 0, actions > 0]).toEqual([true, true, true]);
}, 600_000);
