import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operatorKeyFile } from '@resonant/cli';
import { type Alert, alertsTopic, keyspaces, signalsTopic } from '@resonant/contracts';
import { readTopic } from '@resonant/kafka';
import { actionLineOf, alertLineOf } from '@resonant/stream';
import { type Product, startProduct } from '../support/product.ts';
import { readmeExamples } from '../support/readme.ts';

let product: Product;
let demo: { code: number; stdout: string; stderr: string };

beforeAll(async () => {
  product = await startProduct(7700, 'log');
  for (const section of ['directory', 'vocabulary']) {
    const loaded = await product.resonant([section, 'load', `packages/cli/demo/${section}.yaml`]);
    expect(loaded).toMatchObject({ code: 0 });
  }
  demo = await product.resonant(['demo', '--speed', '3000']);
}, 400_000);

afterAll(() => product?.stop(), 60_000);

test('every alert of the demo comes as expected, on the websocket and in Kafka', () => {
  expect(demo).toMatchObject({ code: 0, stderr: '' });
  expect(demo.stdout).toMatch(/(\d+) of \1 lines as expected/);
  expect(demo.stdout).toMatch(/0 doubled; websocket: \d+ frames, 0 missing, 0 that Kafka does not hold/);
});

test('each rule opens and ends, and each source and both languages stand in some evidence', async () => {
  const alerts = await alertsOf(product);
  for (const rule of ['resonance', 'rep-new-policy-usage', 'lead-response']) {
    const transitions = new Set(alerts.filter((alert) => alert.ruleId === rule).map((alert) => alert.transition));
    expect(transitions).toContain('opened');
    expect(transitions).toContain('resolved');
  }
  const eventIds = alerts.flatMap((alert) => alert.evidence.flatMap(({ eventId }) => eventId ?? []));
  expect(new Set(eventIds.map((id) => id.split(':')[0]))).toEqual(
    new Set(['calls', 'emails', 'forum', 'knowledge', 'crm']),
  );
  const bodies = await Promise.all([...new Set(eventIds)].map((id) => payloadOf(product, id)));
  expect(bodies.some((body) => /\p{Script=Han}/u.test(body))).toBe(true);
  expect(bodies.some((body) => /painfully slow/.test(body))).toBe(true);
});

test('evidence leads back to the bytes that were sent', async () => {
  const alerts = await alertsOf(product);
  const opened = alerts.find((alert) => alert.ruleId === 'resonance' && alert.subject.accountId === 'huaxin');
  const mail = opened?.evidence.find(({ eventId }) => eventId?.startsWith('emails:'))?.eventId;
  const body = await payloadOf(product, mail ?? '');
  expect(body).toContain('Message-ID: <huaxin-0303-1@huaxin.example>');
  expect(body).toContain('我们对此非常失望');
});

test('a trace finds an event of the day in every store, and does not know another', async () => {
  const { stdout } = await product.resonant(['trace', 'calls:acme-1', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    isFound: true,
    ingest: { state: 'stored' },
    log: { topic: 'resonant.touchpoints.calls.v1' },
    history: {
      touchpoints: [{ topic: 'resonant.touchpoints.calls.v1' }],
      alerts: [{ alertId: 'e11e540c5d8735e31a329a918bd94da4', role: 'a' }],
    },
    unasked: [],
  });
  const unknown = await product.resonant(['trace', 'calls:nobody']);
  expect(unknown.code).toBe(1);
  expect(unknown.stdout).toContain('ingest   does not remember the id');
});

test('the replay of each exported partition says what was said live, byte for byte', async () => {
  const live = new Map<string, string[]>();
  for (const { type, value } of await readTopic(product.log, alertsTopic)) {
    if (type === 'Alert') push(live, `${value.keyspace}/${value.partition}`, alertLineOf(value));
  }
  const actions = new Map<string, string[]>();
  for (const { type, value } of await readTopic(product.log, 'resonant.actions.v1')) {
    if (type === 'Action') push(actions, `${value.keyspace}/${value.partition}`, actionLineOf(value));
  }
  let partitions = 0;
  for (const keyspace of keyspaces) {
    const admin = await product.log.admin();
    const count = await admin.partitionCount(signalsTopic(keyspace));
    await admin.close();
    for (let partition = 0; partition < count; partition += 1) {
      const name = `${keyspace}/${partition}`;
      const log = await product.resonant(['log', 'export', '--keyspace', keyspace, '--partition', String(partition)]);
      expect(log).toMatchObject({ code: 0, stderr: '' });
      const replay = await product.resonant(['replay'], log.stdout);
      expect(replay).toMatchObject({ code: 0, stderr: '' });
      const lines = replay.stdout.split('\n').filter((line) => line !== '');
      const isAction = (line: string): boolean => line.startsWith('{"type":"action"');
      expect({ name, alerts: lines.filter((line) => !isAction(line)) }).toEqual({ name, alerts: live.get(name) ?? [] });
      expect({ name, actions: lines.filter(isAction) }).toEqual({ name, actions: actions.get(name) ?? [] });
      partitions += 1;
    }
  }
  expect(partitions).toBe(16);
}, 120_000);

test("the README's curl is answered as the README prints it", async () => {
  const { commands, answers } = readmeExamples();
  const command = commands.find((text) => text.startsWith('curl'));
  const run = (command ?? '')
    .replaceAll('http://127.0.0.1:7400', product.services.urls.ingest)
    .replaceAll('.resonant/data/operator-key', operatorKeyFile(product.stack.folder));
  const { stdout } = await promisify(execFile)('bash', ['-c', run]);
  expect([JSON.parse(stdout)]).toEqual(answers.map((answer) => JSON.parse(answer)));
});

const push = (map: Map<string, string[]>, key: string, line: string): void => {
  map.set(key, [...(map.get(key) ?? []), line]);
};

async function alertsOf({ log }: Product): Promise<readonly Alert[]> {
  const records = await readTopic(log, alertsTopic);
  return records.flatMap((record) => (record.type === 'Alert' ? [record.value] : []));
}

async function payloadOf({ api }: Product, eventId: string): Promise<string> {
  const response = await fetch(`${api.url}/v1/touchpoints/${encodeURIComponent(eventId)}/payload`, {
    headers: { authorization: `Bearer ${api.key}` },
  });
  expect([eventId, response.status]).toEqual([eventId, 200]);
  return await response.text();
}
