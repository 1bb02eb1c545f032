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
import { connectKafka, encoderFor, type Log, type Producer, readPartitions } from '@resonant/kafka';
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

/** Puts a document, or deletes its rule, past the gateway; resolves with the revision. */
async function changeRule(action: 'put' | 'delete', changed: { readonly id: string } = document): Promise<number> {
  const encode = await encoderFor(log, rulesTopic, 'Rule');
  const isPut = action === 'put';
  const rule = { keyspace: isPut ? 'lead' : null, document: isPut ? JSON.stringify(changed) : null };
  const value = encode({ action, ruleId: changed.id, ...rule, changedAt: Date.now(), changedBy: null });
  return (await producer.send({ topic: rulesTopic, key: changed.id, value })).offset;
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

const created = (lead: string, occurredAt: number, label = run): Signal => ({
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
  labels: { run: label },
  eventId: `crm:${run}-${lead}`,
});

async function leads(names: readonly string[], occurredAt: number, label = run): Promise<void> {
  const topic = signalsTopic('lead');
  await producer.sendAll(
    names.map((name) => ({ topic, key: `${run}-${name}`, value: encodeSignal(created(name, occurredAt, label)) })),
  );
}

const read = (topic: string): Promise<ReadonlyMap<number, readonly Decoded[]>> => readPartitions(log, topic);

const entryOf = (decoded: Decoded): LogEntry[] => {
  if (decoded.type === 'Signal') return [{ type: 'signal', signal: decoded.value }];
  if (decoded.type === 'Tick') return [{ type: 'tick', at: decoded.value.at }];
  if (decoded.type !== 'RuleChange') return [];
  const { action, ruleId: id, document: text, revision } = decoded.value;
  return [{ type: 'rule', action: action === 'put' ? 'put' : 'delete', ruleId: id, document: text, revision }];
};

/** Lines of this run's rule that a replay of a partition's log prints. */
async function replayed(of = ruleId): Promise<string[]> {
  const partitions = [...(await read(signalsTopic('lead'))).values()];
  return partitions.flatMap((decoded) => {
    const engine = new Engine({ compile: compileRule });
    const outputs = decoded.flatMap(entryOf).flatMap((entry) => engine.apply(entry));
    return outputs.filter((output) => output.ruleId === of).map(formatOutput);
  });
}

async function said(of = ruleId): Promise<string[]> {
  const lines = (decoded: Decoded): string[] => {
    if (decoded.type === 'Alert' && decoded.value.ruleId === of) return [alertLineOf(decoded.value as Alert)];
    if (decoded.type === 'Action' && decoded.value.ruleId === of) return [actionLineOf(decoded.value as Action)];
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

  test('a rule put, changed, refused, tried in shadow, switched off and deleted is in each log once, over restarts', async () => {
    const label = `${run}-live`;
    const versionOf = (version: number, fields: object = {}) => ({
      ...document,
      id: `live-${run}`,
      version,
      pattern: {
        deadline: {
          start: { when: `kind == 'lead-created' && labels.run == '${label}'` },
          stop: { when: "kind == 'lead-response'" },
          within: `${version}m`,
        },
      },
      ...fields,
    });
    const names = Array.from({ length: 40 }, (_, index) => `live-${index}`);
    let processor = await start();
    let now = Math.max(player.now, Date.UTC(2026, 2, 2)) + 60_000;
    /**
     * Leads that nobody answers for a quarter of an hour; what comes out, by version, transition and shadow. A change whose
     * own outputs count is made in between: it may be at work before anybody looks.
     */
    const unanswered = async (step: string, change?: () => Promise<unknown>): Promise<string[]> => {
      const before = new Set(await said(`live-${run}`));
      await change?.();
      await player.rulesInPlace();
      await leads(
        names.map((name) => `${step}-${name}`),
        now,
        label,
      );
      now += 1000;
      await player.advanceTo(now);
      now += 15 * 60_000;
      await player.advanceTo(now);
      await player.waitForTick(now);
      const fresh = (await said(`live-${run}`)).filter((line) => !before.has(line));
      const kinds = fresh.map((line) => {
        const { type, transition = 'done', ruleVersion, shadow } = JSON.parse(line) as Record<string, unknown>;
        return `${type} ${transition} by version ${ruleVersion}${shadow === true ? ' in shadow' : ''}`;
      });
      const different = [...new Set(kinds)].sort();
      return different.map((kind) => `${kinds.filter((other) => other === kind).length} ${kind}`);
    };
    const revisions = [await changeRule('put', versionOf(1)), await changeRule('put', versionOf(2))];
    expect(await unanswered('a')).toEqual(['40 action done by version 2', '40 alert opened by version 2']);
    revisions.push(await changeRule('put', versionOf(3, { pattern: {} })));
    await player.rulesInPlace();
    await processor.end('SIGKILL');
    processor = await start();
    expect(await unanswered('b')).toEqual(['40 action done by version 2', '40 alert opened by version 2']);
    revisions.push(await changeRule('put', versionOf(4, { mode: 'shadow' })));
    expect(await unanswered('c')).toEqual(['40 alert opened by version 4 in shadow']);
    expect(await processor.end('SIGTERM')).toBe(0);
    processor = await start();
    expect(await unanswered('d')).toEqual(['40 alert opened by version 4 in shadow']);
    const off = async () => revisions.push(await changeRule('put', versionOf(5, { mode: 'off' })));
    expect(await unanswered('e', off)).toEqual(['160 alert resolved by version 4 in shadow']);
    revisions.push(await changeRule('delete', versionOf(5)));
    await player.rulesInPlace();
    const logs = [...(await read(signalsTopic('lead'))).values()].map((decoded) =>
      decoded.flatMap((entry) =>
        entry.type === 'RuleChange' && entry.value.ruleId === `live-${run}` ? [entry.value.revision] : [],
      ),
    );
    expect(logs).toEqual(Array(4).fill(revisions));
    expect((await said(`live-${run}`)).toSorted()).toEqual((await replayed(`live-${run}`)).toSorted());
  });
});
