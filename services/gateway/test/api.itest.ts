import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Action,
  actionsTopic,
  alertsTopic,
  type CrmTouchpoint,
  type ForumTouchpoint,
  type Party,
  rulesTopic,
  type Signal,
  signalsTopic,
  touchpointsTopic,
} from '@resonant/contracts';
import { decoderFor, partitionOfKey } from '@resonant/kafka';
import { shippedRules } from '@resonant/rules';
import { alertIdOf, alertOf } from './support/alerts.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { Stack } from './support/stack.ts';
import { eventually, StreamClient } from './support/stream-client.ts';

let stack: Stack;
let gateway: GatewayProcess;
let admin: string;
let north: string;
let emea: string;

const nobody: Party = {
  role: 'customer',
  speaker: null,
  repId: null,
  contactId: null,
  accountId: null,
  email: null,
  phone: null,
  handle: null,
  name: null,
};

const touchpoint = (source: string, id: string) => ({
  eventId: `${source}:${id}`,
  source,
  id,
  occurredAt: Date.parse('2026-03-02T00:59:58.120Z'),
  receivedAt: Date.parse('2026-03-02T01:00:00.000Z'),
  channel: source,
  language: null,
  threadId: null,
  leadId: null,
  opportunityId: null,
  via: 'http',
  keyId: null,
});

beforeAll(async () => {
  stack = await Stack.open();
  admin = await stack.key(['admin']);
  gateway = await GatewayProcess.start();
  const ids = { team: stack.id('north'), region: stack.id('emea'), rep: stack.id('rep-07') };
  north = await stack.key(['alerts:read', `team:${ids.team}`]);
  emea = await stack.key(['alerts:read', 'alerts:acknowledge', `region:${ids.region}`]);
  await put(`/v1/directory/regions/${ids.region}`, { name: 'EMEA' });
  await put(`/v1/directory/teams/${ids.team}`, { name: 'North', regions: [{ regionId: ids.region }] });
  await put(`/v1/directory/teams/${stack.id('south')}`, { name: 'South' });
  await put(`/v1/directory/reps/${ids.rep}`, { name: 'Rep 7', teams: [{ teamId: ids.team }] });
  await put(`/v1/directory/reps/${stack.id('rep-08')}`, { name: 'Rep 8', teams: [{ teamId: stack.id('south') }] });
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await stack?.close();
}, 60_000);

async function put(path: string, body: unknown, status = 201): Promise<Record<string, unknown>> {
  const response = await gateway.request('PUT', path, { key: admin, body });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.status !== status) throw new Error(`PUT ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const account = async (name: string, rep: string): Promise<string> => {
  const id = stack.id(name);
  await put(`/v1/directory/accounts/${id}`, { name, owners: [{ repId: stack.id(rep) }] });
  return id;
};

const listed = async (key: string, query: string): Promise<readonly { readonly alertId: string }[]> =>
  (await gateway.get(`/v1/alerts?${query}`, key)).alerts ?? [];

describe('scope', () => {
  test('is checked for each alert by the directory of the moment, on the stream and in answers', async () => {
    const own = await account('own', 'rep-07');
    const foreign = await account('foreign', 'rep-08');
    const clients = await Promise.all([north, emea, admin].map((key) => StreamClient.connect(gateway.url, { key })));
    const filter = { accountId: [own, foreign] };
    await Promise.all(clients.map((client) => client.subscribe('a', { filter })));
    await stack.alerts(own, 2);
    await stack.alerts(foreign, 3);
    await clients[2]?.until(() => (clients[2]?.alertIds().length ?? 0) >= 5);
    await put(`/v1/directory/accounts/${foreign}`, { name: 'foreign', owners: [{ repId: stack.id('rep-07') }] }, 200);
    await stack.alerts(foreign, 1, {}, 3);
    for (const client of clients) await client.until(() => client.alertIds().includes(alertIdOf(`${foreign}/3`)));
    expect(clients.map((client) => client.alertIds().length)).toEqual([3, 3, 6]);
    expect((await listed(north, `accountId=${own}`)).length).toBe(2);
    await put(`/v1/directory/accounts/${own}`, { name: 'own', owners: [] }, 200);
    expect((await listed(north, `accountId=${own}`)).length).toBe(0);
    expect((await gateway.request('GET', `/v1/alerts/${alertIdOf(`${own}/0`)}`, { key: north })).status).toBe(404);
    expect((await listed(admin, `accountId=${own}`)).length).toBe(2);
    for (const client of clients) client.close();
  });

  test('of a lead is that of the rep whom its touchpoints name; of an unknown lead administrators alone', async () => {
    const leadId = stack.id('lead');
    const value: CrmTouchpoint = {
      ...touchpoint('crm', stack.id('created')),
      leadId,
      payloadType: 'application/json',
      payload: Buffer.from('{}'),
      type: 'lead-created',
      by: 'human',
      parties: [{ ...nobody, role: 'rep', repId: stack.id('rep-07') }],
      isPersonalised: null,
      subject: null,
      text: '',
      fields: {},
    };
    await stack.write(touchpointsTopic('crm'), 'CrmTouchpoint', [{ key: leadId, value }]);
    const path = `/v1/touchpoints/${encodeURIComponent(value.eventId)}`;
    await eventually(
      () => gateway.request('GET', path, { key: admin }),
      ({ status }) => status === 200,
    );
    await stack.alerts(leadId, 1, { subject: { leadId }, keyspace: 'lead' });
    await stack.alerts(stack.id('unknown-lead'), 1, {
      subject: { leadId: stack.id('unknown-lead') },
      keyspace: 'lead',
    });
    await eventually(
      () => listed(admin, `leadId=${leadId},${stack.id('unknown-lead')}`),
      ({ length }) => length === 2,
    );
    const seen = await listed(north, `leadId=${leadId},${stack.id('unknown-lead')}`);
    expect(seen.map(({ alertId }) => alertId)).toEqual([alertIdOf(`${leadId}/0`)]);
  });
});

describe('reading', () => {
  test('lists newest first, in pages that leave nothing out and give nothing twice', async () => {
    const id = stack.id('pages');
    for (let n = 0; n < 7; n += 1)
      await stack.alerts(id, 1, { openedAt: 1_000_000 + n, severity: n % 2 ? 'low' : 'high' }, n);
    await eventually(
      () => listed(admin, `accountId=${id}`),
      ({ length }) => length === 7,
    );
    const pages: string[][] = [];
    let next: string | null = null;
    do {
      const page: { alerts: { alertId: string }[]; next: string | null } = (await gateway.get(
        `/v1/alerts?accountId=${id}&limit=3${next === null ? '' : `&cursor=${next}`}`,
        admin,
      )) as never;
      pages.push(page.alerts.map(({ alertId }) => alertId));
      next = page.next;
    } while (next !== null);
    const expected = [6, 5, 4, 3, 2, 1, 0].map((n) => alertIdOf(`${id}/${n}`));
    expect(pages).toEqual([expected.slice(0, 3), expected.slice(3, 6), expected.slice(6)]);
    expect((await listed(admin, `accountId=${id}&severity=low`)).length).toBe(3);
    expect((await listed(admin, `accountId=${id.slice(0, -2)}*&rule=reso*&severity=low,high`)).length).toBe(7);
    expect((await listed(admin, `accountId=${id}&open=false`)).length).toBe(0);
    expect((await gateway.request('GET', '/v1/alerts?colour=red', { key: admin })).status).toBe(400);
    expect((await gateway.request('GET', '/v1/alerts?cursor=x', { key: admin })).status).toBe(400);
  });

  test('shows one alert with transitions, actions, evidence and the original bytes behind it', async () => {
    const id = await account('detail', 'rep-07');
    const payload = Buffer.from('{"text":"像蜗牛一样慢","note":"\u00e9"}');
    const value: ForumTouchpoint = {
      ...touchpoint('forum', `github:octo/repo#1 ${stack.run}`),
      payloadType: 'application/json; charset=utf-8',
      payload,
      community: 'github:octo/repo',
      postId: '1',
      kind: 'post',
      action: 'created',
      url: null,
      title: null,
      text: '像蜗牛一样慢',
      author: nobody,
    };
    await stack.write(touchpointsTopic('forum'), 'ForumTouchpoint', [{ key: id, value }]);
    const evidence = [{ eventId: value.eventId, signalId: 's1', occurredAt: value.occurredAt, role: 'a' }];
    const opening = alertOf({ alertId: alertIdOf(id), subject: { accountId: id }, evidence });
    const ending = { ...opening, seq: 2, transition: 'resolved', state: 'expired' };
    const { alertId } = opening;
    const action: Action = {
      action: 'intervention',
      actionId: alertIdOf(`${id}/action`),
      alertId,
      seq: 1,
      ruleId: opening.ruleId,
      ruleVersion: 1,
      subject: opening.subject,
      to: 'supervisor',
      template: null,
      at: opening.at,
      decidedAt: opening.decidedAt,
      dueAt: opening.at + 900_000,
      keyspace: 'account',
      partitionKey: id,
      partition: 0,
      tickOffset: 7,
    };
    await stack.write(actionsTopic, 'Action', [{ key: id, value: action }]);
    await stack.write(
      alertsTopic,
      'Alert',
      [opening, ending].map((alert) => ({ key: id, value: alert })),
    );
    const read = () => gateway.request('GET', `/v1/alerts/${alertId}`, { key: north }).then((answer) => answer.json());
    const answer = (await eventually(
      read,
      (body) => JSON.stringify(body).includes('supervisor') && (body as { seq?: number }).seq === 2,
    )) as {
      transitions: { seq: number }[];
      actions: object[];
      evidence: { url: string }[];
    };
    expect(answer.transitions.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(answer.actions).toEqual([
      expect.objectContaining({ action: 'intervention', dueAt: '2026-03-02T01:15:00.000Z' }),
    ]);
    const url = answer.evidence[0]?.url ?? '';
    const found = await eventually(
      () => gateway.request('GET', url, { key: north }),
      ({ status }) => status === 200,
    );
    expect(await found.json()).toMatchObject({
      eventId: value.eventId,
      payloadBytes: payload.length,
      text: value.text,
    });
    const bytes = await gateway.request('GET', `${url}/payload`, { key: north });
    expect(bytes.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Buffer.from(await bytes.arrayBuffer()).equals(payload)).toBe(true);
    const stranger = await stack.key(['alerts:read', 'team:elsewhere']);
    const asked = () => gateway.request('GET', url, { key: stranger });
    expect((await eventually(asked, ({ status }) => status !== 401)).status).toBe(404);
  });

  test('lists breakers that are open now', async () => {
    const teamId = stack.id('north');
    const about = (repId: string) => ({ subject: { repId, teamId }, keyspace: 'team', state: 'open' });
    await stack.alerts(stack.id('breaker-1'), 1, about('rep-1'));
    await stack.alerts(stack.id('breaker-2'), 1, { ...about('rep-2'), transition: 'resolved', state: 'closed' });
    const open = async (): Promise<{ alertId: string }[]> => (await gateway.get('/v1/breakers', north)).breakers ?? [];
    await eventually(
      () => listed(north, `teamId=${teamId}`),
      ({ length }) => length === 2,
    );
    expect((await open()).map(({ alertId }) => alertId)).toEqual([alertIdOf(`${stack.id('breaker-1')}/0`)]);
  });
});

describe('acknowledging', () => {
  test('lands once per request id in the partition that decided the alert, and shows in its history', async () => {
    const id = await account('acknowledged', 'rep-07');
    const partition = (partitionOfKey(Buffer.from(id), 4) + 1) % 4;
    await stack.alerts(id, 1, { partition });
    const alertId = alertIdOf(`${id}/0`);
    await eventually(
      () => listed(emea, `accountId=${id}`),
      ({ length }) => length === 1,
    );
    const client = await StreamClient.connect(gateway.url, { key: emea });
    for (const request of ['r-1', 'r-1', 'r-2'])
      client.send({ type: 'acknowledge', id: request, alertId, note: 'called' });
    await client.until(() => client.ofType('acknowledged').length >= 3);
    const answers = client.ofType('acknowledged') as unknown as {
      signalId: string;
      partition: number;
      offset: number;
    }[];
    expect(new Set(answers.map(({ signalId }) => signalId)).size).toBe(2);
    const signals: [number, string | undefined, Signal][] = [];
    const follower = await stack.log.follow({
      topic: signalsTopic('account'),
      partitions: [partition],
      from: { offsets: new Map([[partition, answers[0]?.offset ?? 0]]) },
      onRecords: async (at, records) => {
        for (const { key, value } of records) {
          const decoded = await decoderFor(stack.log).read(value as Buffer);
          if (decoded.type === 'Signal' && decoded.value.labels.alertId === alertId) {
            signals.push([at, key?.toString(), decoded.value]);
          }
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
    expect(signals.length).toBe(3);
    expect(signals[0]).toMatchObject([
      partition,
      id,
      { kind: 'acknowledgement', accountId: id, labels: { note: 'called' } },
    ]);
    const shown = async () => (await gateway.get(`/v1/alerts/${alertId}`, emea)).acknowledgements ?? [];
    expect((await eventually<unknown[]>(shown, ({ length }) => length === 2)).length).toBe(2);

    client.send({ type: 'acknowledge', id: 'r-3', alertId: alertIdOf('nothing') });
    client.send({ type: 'acknowledge', id: 'r-4', alertId, actionId: alertIdOf('no action') });
    await client.until(() => client.ofType('error').length >= 2);
    expect(client.ofType('error').map(({ id: request, problem }) => [request, problem])).toEqual([
      ['r-3', 'urn:resonant:error:not-found'],
      ['r-4', 'urn:resonant:error:not-found'],
    ]);
    const reader = await StreamClient.connect(gateway.url, { key: north });
    reader.send({ type: 'acknowledge', id: 'r-5', alertId });
    expect((await reader.frame(({ type }) => type === 'error')).problem).toBe('urn:resonant:error:forbidden');
    const posted = await gateway.request('POST', `/v1/alerts/${alertId}/acknowledgements`, { key: emea, body: {} });
    expect(posted.status).toBe(201);
    client.close();
    reader.close();
  });

  test('takes the last tick of the partition as its instant on the log’s clock', async () => {
    const at = Date.parse('2001-01-01T00:00:00.000Z');
    const partition = 2;
    // The shared log has ticks of its own: T is the largest of them.
    await stack.write(signalsTopic('region'), 'Tick', [{ key: 'tick', partition, value: { at } }]);
    const own = await GatewayProcess.start({ RESONANT_CLOCK: 'log' });
    const regionId = stack.id('emea');
    await stack.alerts(regionId, 1, { subject: { regionId }, keyspace: 'region', partition });
    const client = await StreamClient.connect(own.url, { key: admin });
    await client.subscribe('a', { filter: { regionId }, from: '15m' });
    await client.until(() => client.alertIds().length >= 1);
    client.send({ type: 'acknowledge', alertId: alertIdOf(`${regionId}/0`) });
    const answer = await client.frame(({ type }) => type === 'acknowledged');
    let last = 0;
    const follower = await stack.log.follow({
      topic: signalsTopic('region'),
      partitions: [partition],
      onRecords: async (_at, records) => {
        for (const { value } of records) {
          const decoded = await decoderFor(stack.log).read(value as Buffer);
          if (decoded.type === 'Tick') last = Math.max(last, decoded.value.at);
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
    expect(answer).toMatchObject({ id: null, partition, occurredAt: new Date(last).toISOString() });
    client.close();
    await own.stop();
  }, 60_000);
});

describe('writing', () => {
  test('puts, gets and deletes entries of the directory and the vocabulary', async () => {
    const path = `/v1/directory/contacts/${stack.id('contact-3')}`;
    const body = { name: null, accounts: [{ accountId: 'acme', from: '2026-01-01' }], emails: ['C3@acme.example'] };
    const stored = await put(path, body);
    expect(stored).toEqual({
      id: stack.id('contact-3'),
      name: null,
      accounts: [{ accountId: 'acme', from: '2026-01-01T00:00:00.000Z', to: null }],
      emails: ['c3@acme.example'],
      phones: [],
      handles: [],
    });
    expect(await gateway.get(path, admin)).toEqual(stored);
    expect(await put(path, stored, 200)).toEqual(stored);
    expect((await gateway.request('DELETE', path, { key: admin })).status).toBe(204);
    expect((await gateway.request('GET', path, { key: admin })).status).toBe(404);
    const track = `/v1/vocabulary/talk-tracks/${stack.id('new-policy')}`;
    expect(await put(track, { phrases: ['total cost of ownership'] })).toMatchObject({ quorum: 1, language: null });
    expect((await gateway.request('DELETE', track, { key: admin })).status).toBe(204);
  });

  test.each([
    ['an unknown kind', 'PUT', '/v1/directory/planets/x', {}, 404],
    ['an unknown field', 'PUT', '/v1/directory/regions/x', { name: 'X', colour: 'red' }, 400],
    [
      'overlapping owners',
      'PUT',
      '/v1/directory/accounts/x',
      { name: 'X', owners: [{ repId: 'a' }, { repId: 'b' }] },
      400,
    ],
    ['malformed JSON', 'PUT', '/v1/directory/regions/x', '{"name":', 400],
    ['what is not there', 'DELETE', '/v1/directory/regions/nowhere', undefined, 404],
  ])('refuses %s', async (_what, method, path, body, status) => {
    const headers = { 'content-type': 'application/json' };
    const options = { key: admin, ...(body === undefined ? {} : { body, headers }) };
    const response = await gateway.request(method, path, options);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  test('needs the scope, whatever else a key may do', async () => {
    const response = await gateway.request('PUT', '/v1/directory/regions/x', { key: emea, body: { name: 'X' } });
    expect(response.status).toBe(403);
    expect((await gateway.request('GET', '/v1/rules', { key: emea })).status).toBe(403);
  });

  test('puts rules as YAML or JSON, refuses bad ones with every problem, and deletes by a record', async () => {
    const ruleId = `gateway.test.${stack.run}`;
    const yaml = (version: number, within = '72h') => `
apiVersion: resonant/v1
id: ${ruleId}
version: ${version}
mode: "off"
keyspace: account
subject: [accountId]
pattern:
  pair:
    a: {when: "kind == 'sentiment' && measures.polarity <= -0.3"}
    b: {when: "kind == 'intent'"}
    within: ${within}
    strength: {residual: 0.1, at: 72h, expired: 0.05}
`;
    const path = `/v1/rules/${ruleId}`;
    const headers = { 'content-type': 'application/yaml' };
    const send = (body: string, to = path) => gateway.request('PUT', to, { key: admin, body, headers });
    const created = await send(yaml(1));
    expect([created.status, await created.json()]).toMatchObject([201, { ruleId, version: 1, keyspace: 'account' }]);
    expect((await send(yaml(1))).status).toBe(200);
    const same = await send(yaml(1, '48h'));
    expect([same.status, await same.json()]).toMatchObject([422, { errors: [{ path: 'version' }] }]);
    expect((await send(yaml(2, '48h'))).status).toBe(200);
    expect((await send(yaml(3), '/v1/rules/other')).status).toBe(422);
    const broken = await send(yaml(4, 'soon').replace('keyspace: account', 'keyspace: planet'));
    const { errors } = (await broken.json()) as { errors: { path: string }[] };
    expect(broken.status).toBe(422);
    expect(errors.map((error) => error.path)).toEqual(expect.arrayContaining(['keyspace', 'pattern.pair.within']));
    expect(await gateway.get(path, admin)).toMatchObject({ version: 2 });
    expect((await gateway.request('DELETE', path, { key: admin })).status).toBe(204);
    expect((await gateway.request('GET', path, { key: admin })).status).toBe(404);
    const records: unknown[] = [];
    const follower = await stack.log.follow({
      topic: rulesTopic,
      onRecords: async (_partition, read) => {
        for (const { key, value } of read) {
          if (key?.toString() !== ruleId) continue;
          const { value: rule } = await decoderFor(stack.log).read(value as Buffer);
          records.push([(rule as { action: string }).action, (rule as { keyspace: string | null }).keyspace]);
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
    expect(records).toEqual([
      ['put', 'account'],
      ['put', 'account'],
      ['delete', null],
    ]);
  });

  test('finds nothing wrong with the shipped rules', async () => {
    for (const { text: body } of shippedRules()) {
      const headers = { 'content-type': 'application/yaml' };
      const response = await gateway.request('POST', '/v1/rules/check', { key: admin, body, headers });
      expect([response.status, await response.json()]).toMatchObject([200, { valid: true }]);
    }
    expect(shippedRules().length).toBeGreaterThan(0);
  });
});
