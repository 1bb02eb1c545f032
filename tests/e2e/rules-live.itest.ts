import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { actionsTopic, keyspaces, signalsTopic } from '@resonant/contracts';
import { readPartitions, readTopic } from '@resonant/kafka';
import type { WebSocket } from 'ws';
import { type StreamedAlert, streamAlerts } from '../support/alert-stream.ts';
import { type Product, startProduct, withoutHistory } from '../support/product.ts';
import { within } from '../support/within.ts';

const ruleId = 'rules-live';
/** Enough for each partition to get some. */
const leadsPerStep = 12;

let product: Product;
let socket: WebSocket;
const streamed: StreamedAlert[] = [];
/** Revisions that each partition's log has to hold, in their order. */
const revisions: number[] = [];

beforeAll(async () => {
  product = await startProduct(7820, 'wall', withoutHistory);
  socket = await streamAlerts(product.api, (alert) => {
    if (alert.ruleId === ruleId) streamed.push(alert);
  });
}, 120_000);

jest.setTimeout(120_000);

afterAll(async () => {
  socket?.close();
  await product?.stop();
}, 60_000);

/** A lead is overdue as many seconds after it came as `within` says. */
const documentOf = (version: number, seconds: number, mode = 'live') => ({
  apiVersion: 'resonant/v1',
  id: ruleId,
  version,
  mode,
  keyspace: 'lead',
  subject: ['leadId'],
  pattern: {
    deadline: {
      start: { when: "kind == 'lead-created'" },
      stop: { when: "kind == 'lead-response'" },
      within: `${seconds}s`,
    },
  },
  actions: [{ type: 'warning', to: 'supervisor', on: 'opened' }],
});

const yamlOf = (version: number, seconds: number): string => `
# The first version, as a person writes it.
apiVersion: resonant/v1
id: ${ruleId}
version: ${version}
keyspace: lead
subject: [leadId]
pattern:
  deadline:
    start: { when: "kind == 'lead-created'" }
    stop: { when: "kind == 'lead-response'" }
    within: ${seconds}s
actions:
  - { type: warning, to: supervisor, on: opened }
`;

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks the gateway about the rule; a document is put as JSON, a text as YAML. */
async function rule(method: string, document?: object | string): Promise<Answer> {
  const type = typeof document === 'string' ? 'application/yaml' : 'application/json';
  const body = typeof document === 'object' ? JSON.stringify(document) : document;
  const response = await fetch(`${product.api.url}/v1/rules/${ruleId}`, {
    method,
    headers: { authorization: `Bearer ${product.api.key}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: text === '' ? {} : JSON.parse(text),
  };
}

/** Puts it, and waits until it stands in every partition. */
async function put(status: number, document: object | string): Promise<void> {
  const answer = await rule('PUT', document);
  expect(answer).toMatchObject({ status, body: { ruleId, keyspace: 'lead', revision: expect.any(Number) } });
  revisions.push(answer.body.revision as number);
  await standsInEveryLog();
}

async function revisionsIn(topic: string): Promise<readonly (readonly number[])[]> {
  const partitions = await readPartitions(product.log, topic);
  return [...partitions.values()].map((records) =>
    records.flatMap(({ type, value }) => (type === 'RuleChange' && value.ruleId === ruleId ? [value.revision] : [])),
  );
}

/** Each revision stands once in the log of each partition of the rule's keyspace, and nowhere else. */
async function standsInEveryLog(): Promise<void> {
  const last = revisions.at(-1) as number;
  await within(30_000, async () => (await revisionsIn(signalsTopic('lead'))).every((seen) => seen.includes(last)));
  expect(await revisionsIn(signalsTopic('lead'))).toEqual(Array(4).fill(revisions));
  for (const keyspace of keyspaces.filter((name) => name !== 'lead')) {
    expect((await revisionsIn(signalsTopic(keyspace))).flat()).toEqual([]);
  }
}

const leadsOf = (step: string): readonly string[] =>
  Array.from({ length: leadsPerStep }, (_, n) => `${step}-${String(n).padStart(2, '0')}`);

/** Sends leads that nobody answers through ingest; resolves once they are signals, some in each partition. */
async function leadsCome(step: string): Promise<void> {
  const leads = leadsOf(step);
  const statuses = await Promise.all(
    leads.map(async (leadId) => {
      const response = await fetch(`${product.services.urls.ingest}/v1/touchpoints/crm`, {
        method: 'POST',
        headers: { authorization: `Bearer ${product.api.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ id: leadId, type: 'lead-created', leadId, occurredAt: new Date().toISOString() }),
      });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  expect(statuses).toEqual(leads.map(() => 201));
  let counts: readonly number[] = [];
  await within(30_000, async () => {
    const partitions = await readPartitions(product.log, signalsTopic('lead'));
    counts = [...partitions.values()].map(
      (records) => records.filter(({ type, value }) => type === 'Signal' && leads.includes(value.leadId ?? '')).length,
    );
    return counts.reduce((sum, count) => sum + count, 0) >= leadsPerStep;
  });
  expect({
    partitions: counts.filter((count) => count > 0).length,
    signals: counts.reduce((a, b) => a + b, 0),
  }).toEqual({ partitions: 4, signals: leadsPerStep });
}

/** What the stream says of the leads of a step: transition, state, version, how long after it came. */
const saidOf = (step: string): readonly string[] =>
  streamed
    .filter(({ subject }) => leadsOf(step).includes(subject.leadId ?? ''))
    .map(({ subject, transition, state, ruleVersion, at, shadow, evidence }) => {
      const ms = Date.parse(at) - Date.parse(evidence[0]?.occurredAt ?? '');
      const after = transition === 'opened' ? ` after ${ms} ms` : '';
      return `${subject.leadId} ${transition} ${state} by ${ruleVersion}${after}${shadow ? ' in shadow' : ''}`;
    })
    .sort();

async function saysOfAll(step: string, ...lines: readonly string[]): Promise<void> {
  const expected = leadsOf(step).flatMap((leadId) => lines.map((line) => `${leadId} ${line}`));
  await within(30_000, () => saidOf(step).length >= expected.length);
  expect(saidOf(step)).toEqual(expected.sort());
}

/** Leads of a step for which the rule's action came, once each. */
async function actionsOf(step: string): Promise<number> {
  const records = await readTopic(product.log, actionsTopic);
  return records.filter(
    ({ type, value }) =>
      type === 'Action' && value.ruleId === ruleId && leadsOf(step).includes(value.subject.leadId ?? ''),
  ).length;
}

test('a rule that is put as YAML stands once in each log of its keyspace and judges what comes afterwards', async () => {
  await put(201, yamlOf(1, 1));
  await leadsCome('first');
  await saysOfAll('first', 'opened overdue by 1 after 1000 ms');
  expect(await actionsOf('first')).toBe(leadsPerStep);
});

test('its next version, put as JSON, judges what comes afterwards by its own number', async () => {
  await put(200, documentOf(2, 2));
  await leadsCome('second');
  await saysOfAll('second', 'opened overdue by 2 after 2000 ms');
  expect(await actionsOf('second')).toBe(leadsPerStep);
});

test('a refused version tells its sender every problem by path, and the one before it stays in force', async () => {
  const { pattern, ...rest } = documentOf(3, 1);
  const broken = {
    ...rest,
    severity: 'loud',
    pattern: { deadline: { ...pattern.deadline, start: { when: 'kind ==' }, within: 'soon' } },
  };
  const answer = await rule('PUT', broken);
  expect(answer).toMatchObject({
    status: 422,
    type: expect.stringMatching(/^application\/problem\+json/),
    body: { type: 'urn:resonant:error:invalid-rule', status: 422 },
  });
  const errors = answer.body.errors as readonly { readonly path: string }[];
  expect(errors.map(({ path }) => path).sort()).toEqual([
    'pattern.deadline.start.when',
    'pattern.deadline.within',
    'severity',
  ]);
  expect(await rule('PUT', documentOf(1, 5))).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'version', expected: 'more than 2, the version in force', got: '1' }] },
  });
  // Sent again as it is, it is answered as it was, and nothing is written.
  expect(await rule('PUT', documentOf(2, 2))).toMatchObject({ status: 200, body: { revision: revisions.at(-1) } });
  expect(await rule('GET')).toMatchObject({ status: 200, body: { version: 2, revision: revisions.at(-1) } });
  await leadsCome('refused');
  await saysOfAll('refused', 'opened overdue by 2 after 2000 ms');
  await standsInEveryLog();
});

test('in shadow it says what it would say, and does nothing, also after the processor was killed', async () => {
  await put(200, documentOf(3, 1, 'shadow'));
  await leadsCome('shadow');
  await saysOfAll('shadow', 'opened overdue by 3 after 1000 ms in shadow');
  await product.services.kill('processor', 'SIGKILL');
  await product.services.whenReady('processor');
  await leadsCome('killed');
  await saysOfAll('killed', 'opened overdue by 3 after 1000 ms in shadow');
  expect([await actionsOf('shadow'), await actionsOf('killed')]).toEqual([0, 0]);
  await standsInEveryLog();
});

test('switched off it ends what is open and says nothing more, until it is on again', async () => {
  await put(200, documentOf(4, 1, 'off'));
  const ended = 'resolved rule-off by 3 in shadow';
  await saysOfAll('first', 'opened overdue by 1 after 1000 ms', ended);
  await saysOfAll('second', 'opened overdue by 2 after 2000 ms', ended);
  await saysOfAll('refused', 'opened overdue by 2 after 2000 ms', ended);
  await saysOfAll('shadow', 'opened overdue by 3 after 1000 ms in shadow', ended);
  await saysOfAll('killed', 'opened overdue by 3 after 1000 ms in shadow', ended);
  await leadsCome('off');
  await put(200, documentOf(5, 1));
  await leadsCome('on');
  await saysOfAll('on', 'opened overdue by 5 after 1000 ms');
  expect(saidOf('off')).toEqual([]);
});

test('a version that is put while the processor is down is in force once it is back', async () => {
  await product.services.halt('processor');
  const answer = await rule('PUT', documentOf(6, 2));
  expect(answer.status).toBe(200);
  revisions.push(answer.body.revision as number);
  await product.services.restart('processor');
  await standsInEveryLog();
  await leadsCome('down');
  await saysOfAll('down', 'opened overdue by 6 after 2000 ms');
});

test('deleted it ends what is open and is unknown; after that any version may come', async () => {
  expect(await rule('DELETE')).toMatchObject({ status: 204 });
  expect(await rule('GET')).toMatchObject({ status: 404 });
  expect(await rule('DELETE')).toMatchObject({ status: 404 });
  await saysOfAll('on', 'opened overdue by 5 after 1000 ms', 'resolved rule-deleted by 6');
  await saysOfAll('down', 'opened overdue by 6 after 2000 ms', 'resolved rule-deleted by 6');
  revisions.push(await lastRevision());
  await standsInEveryLog();
  await leadsCome('deleted');
  await put(201, documentOf(1, 1));
  await leadsCome('again');
  await saysOfAll('again', 'opened overdue by 1 after 1000 ms');
  expect(saidOf('deleted')).toEqual([]);
});

test('nothing was said twice', () => {
  const open = ['first', 'second', 'refused', 'shadow', 'killed', 'on', 'down'];
  expect(streamed).toHaveLength(leadsPerStep * (2 * open.length + 1));
  expect(new Set(streamed.map(({ alertId, seq }) => `${alertId}/${seq}`)).size).toBe(streamed.length);
});

/** The newest revision that a log holds. The answer to DELETE has no body to read it from. */
async function lastRevision(): Promise<number> {
  return Math.max(...(await revisionsIn(signalsTopic('lead'))).flat());
}
