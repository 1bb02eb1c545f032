import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rulesTopic } from '@resonant/contracts';
import { decoderFor, readTopic } from '@resonant/kafka';
import { shippedRules } from '@resonant/rules';
import { GatewayProcess } from './support/gateway-process.ts';
import { admin, closeOffice, emea, gateway, openOffice, put, stack } from './support/office.ts';

beforeAll(openOffice, 60_000);
afterAll(closeOffice, 60_000);

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

  test('of versions that come to two gateways at once, one is accepted and stands alone in the rules topic', async () => {
    const ruleId = `gateway.race.${stack.run}`;
    const other = await GatewayProcess.start();
    try {
      const documentOf = (within: string) => ({
        apiVersion: 'resonant/v1',
        id: ruleId,
        version: 1,
        mode: 'off',
        keyspace: 'lead',
        subject: ['leadId'],
        pattern: { deadline: { start: { when: "kind == 'a'" }, stop: { when: "kind == 'b'" }, within } },
      });
      const answers = await Promise.all(
        Array.from({ length: 6 }, async (_, n) => {
          const to = n % 2 === 0 ? gateway : other;
          const response = await to.request('PUT', `/v1/rules/${ruleId}`, {
            key: admin,
            body: documentOf(`${n + 1}s`),
          });
          return { status: response.status, body: (await response.json()) as { readonly document?: unknown } };
        }),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422, 422]);
      const accepted = answers.find(({ status }) => status === 201)?.body.document;
      const stored = (await readTopic(stack.log, rulesTopic)).flatMap(({ type, value }) =>
        type === 'Rule' && value.ruleId === ruleId ? [JSON.parse(value.document ?? '')] : [],
      );
      expect(stored).toEqual([accepted]);
    } finally {
      await gateway.request('DELETE', `/v1/rules/${ruleId}`, { key: admin });
      await other.stop();
    }
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
