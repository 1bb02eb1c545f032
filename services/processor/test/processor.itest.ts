import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type Action,
  type Alert,
  actionsTopic,
  alertsTopic,
  type Decoded,
  rulesTopic,
  type Signal,
  signalsTopic,
} from '@resonant/contracts';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import { connectKafka, decoderFor, encoderFor, type Log, type Producer } from '@resonant/kafka';
import { compileRule } from '@resonant/rules';
import { actionLineOf, alertLineOf, createPlayer, type Player } from '@resonant/stream';
import { ProcessorProcess } from './processor-process.ts';

jest.setTimeout(180_000);

const env = {
  KAFKA_BROKERS: process.env.KAFKA_BROKERS ?? '',
  SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL ?? '',
};
// the stack is shared: everything of one run carries its name
const run = `it-${randomUUID().slice(0, 8)}`;
const ruleId = `lead-response-${run}`;
const document = {
  apiVersion: 'resonant/v1',
  id: ruleId,
  version: 1,
  keyspace: 'lead',
  subject: ['leadId'],
  pattern: {
    deadline: {
      start: { when: `kind == 'lead-created' && labels.run == '${run}'` },
      stop: { when: "kind == 'lead-response'" },
      within: '90s',
    },
  },
  actions: [{ type: 'warning', to: 'supervisor', on: 'opened' }],
};

let log: Log;
let player: Player;
let producer: Producer;
let encodeSignal: (signal: Signal) => Buffer;
const processes: ProcessorProcess[] = [];

async function start(): Promise<ProcessorProcess> {
  const processor = new ProcessorProcess(env);
  processes.push(processor);
  await processor.ready();
  return processor;
}

async function changeRule(action: 'put' | 'delete'): Promise<void> {
  const encode = await encoderFor(log, rulesTopic, 'Rule');
  const isPut = action === 'put';
  const rule = { keyspace: isPut ? 'lead' : null, document: isPut ? JSON.stringify(document) : null };
  const value = encode({ action, ruleId, ...rule, changedAt: Date.now(), changedBy: null });
  await producer.send({ topic: rulesTopic, key: ruleId, value });
}

beforeAll(async () => {
  if (env.KAFKA_BROKERS === '' || env.SCHEMA_REGISTRY_URL === '') {
    throw new Error(
      'set KAFKA_BROKERS and SCHEMA_REGISTRY_URL: these tests run on the real stack (npm test starts it)',
    );
  }
  log = connectKafka({ brokers: env.KAFKA_BROKERS.split(','), registryUrl: env.SCHEMA_REGISTRY_URL, clientId: run });
  producer = await log.producer();
  encodeSignal = await encoderFor(log, signalsTopic('lead'), 'Signal');
  await changeRule('put');
  player = await createPlayer({ log, keyspaces: ['lead'], touchpointTopics: [], timeoutMs: 60_000 });
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((processor) => processor.end('SIGTERM')));
});
afterAll(async () => {
  await changeRule('delete');
  await player.close();
  await log.close();
});

const created = (lead: string, occurredAt: number): Signal => ({
  id: `${run}-${lead}`,
  kind: 'lead-created',
  occurredAt,
  channel: 'crm',
  accountId: null,
  contactId: null,
  repId: null,
  teamId: null,
  regionId: null,
  leadId: `${run}-${lead}`,
  opportunityId: null,
  measures: {},
  labels: { run },
  eventId: `crm:${run}-${lead}`,
});

async function leads(names: readonly string[], occurredAt: number): Promise<void> {
  const topic = signalsTopic('lead');
  await producer.sendAll(
    names.map((name) => ({ topic, key: `${run}-${name}`, value: encodeSignal(created(name, occurredAt)) })),
  );
}

async function read(topic: string): Promise<ReadonlyMap<number, readonly Decoded[]>> {
  const decoder = decoderFor(log);
  const seen = new Map<number, Decoded[]>();
  const follower = await log.follow({
    topic,
    onRecords: async (partition, records) => {
      await decoder.prepare(records.map((record) => record.value));
      const decoded = records.flatMap(({ value }) => (value === null ? [] : [decoder.decode(value)]));
      seen.set(partition, [...(seen.get(partition) ?? []), ...decoded]);
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return seen;
}

const entryOf = (decoded: Decoded): LogEntry[] => {
  if (decoded.type === 'Signal') return [{ type: 'signal', signal: decoded.value }];
  if (decoded.type === 'Tick') return [{ type: 'tick', at: decoded.value.at }];
  if (decoded.type !== 'RuleChange') return [];
  const { action, ruleId: id, document: text, revision } = decoded.value;
  return [{ type: 'rule', action: action === 'put' ? 'put' : 'delete', ruleId: id, document: text, revision }];
};

/** Lines of this run's rule that a replay of a partition's log prints. */
async function replayed(): Promise<string[]> {
  const partitions = [...(await read(signalsTopic('lead'))).values()];
  return partitions.flatMap((decoded) => {
    const engine = new Engine({ compile: compileRule });
    const outputs = decoded.flatMap(entryOf).flatMap((entry) => engine.apply(entry));
    return outputs.filter((output) => output.ruleId === ruleId).map(formatOutput);
  });
}

async function said(): Promise<string[]> {
  const lines = (decoded: Decoded): string[] => {
    if (decoded.type === 'Alert' && decoded.value.ruleId === ruleId) return [alertLineOf(decoded.value as Alert)];
    if (decoded.type === 'Action' && decoded.value.ruleId === ruleId) return [actionLineOf(decoded.value as Action)];
    return [];
  };
  const both = [await read(alertsTopic), await read(actionsTopic)];
  return both.flatMap((topic) => [...topic.values()].flat().flatMap(lines));
}

describe('services/processor', () => {
  test('killed in mid-flight and restarted it says what a replay of the log says, once', async () => {
    let processor = await start();
    await player.rulesInPlace();
    const begin = Math.max(player.now, Date.UTC(2026, 2, 2)) + 60_000;
    let now = begin;
    for (let step = 0; step < 12; step++) {
      await leads(
        Array.from({ length: 50 }, (_, index) => `${step}-${index}`),
        now,
      );
      now += 60_000;
      await player.advanceTo(now);
      if (step % 4 === 3) {
        await processor.end('SIGKILL');
        processor = await start();
      }
    }
    now += 120_000;
    await player.advanceTo(now);
    await player.waitForTick(now);
    const lines = await said();
    expect(lines).toHaveLength(2 * 600);
    expect(lines.toSorted()).toEqual((await replayed()).toSorted());

    const status = JSON.parse(await processor.get('/v1/status'));
    const lead = status.tasks.filter((task: { keyspace: string }) => task.keyspace === 'lead');
    expect(status.tasks).toHaveLength(16);
    expect(lead.map((task: { lastTickAt: string }) => task.lastTickAt)).toEqual(
      Array(4).fill(new Date(now).toISOString()),
    );
    // Gauges are set every few seconds.
    const deadline = Date.now() + 20_000;
    for (;;) {
      const metrics = await processor.get('/metrics');
      const sum = (name: string): number =>
        [...metrics.matchAll(new RegExp(`^${name}\\{[^}]*keyspace="lead"[^}]*\\} (\\d+)$`, 'gm'))].reduce(
          (total, [, value]) => total + Number(value),
          0,
        );
      if (sum('resonant_engine_signals') < 600 && Date.now() < deadline) {
        await sleep(200);
        continue;
      }
      expect(sum('resonant_engine_signals')).toBeGreaterThanOrEqual(600);
      expect(sum('resonant_engine_signals_by_outcome')).toBe(sum('resonant_engine_signals'));
      break;
    }
    expect(await processor.end('SIGTERM')).toBe(0);
  });
});
