import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { alertsTopic } from '@resonant/contracts';
import { encodeCursor, logIdOf } from '../src/stream/cursor.ts';
import { alertIdOf, alertOf } from './support/alerts.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { Stack } from './support/stack.ts';
import { type ConnectOptions, eventually, StreamClient } from './support/stream-client.ts';

const origin = 'https://console.example';
let stack: Stack;
let gateway: GatewayProcess;
let admin: string;

beforeAll(async () => {
  stack = await Stack.open();
  admin = await stack.key(['admin']);
  gateway = await GatewayProcess.start({ ALLOWED_ORIGINS: origin });
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await stack?.close();
}, 60_000);

const connect = (key = admin) => StreamClient.connect(gateway.url, { key });
const expectedIds = (account: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => alertIdOf(`${account}/${from + n}`)).sort();

describe('a subscription', () => {
  test('from latest gets what is stored from then on, once each, and no earlier alert', async () => {
    const account = stack.id('latest');
    const witness = await connect();
    await witness.subscribe('a', { filter: { accountId: account } });
    await stack.alerts(account, 5);
    // What was stored reaches the gateway a moment later: `latest` is behind what it has seen.
    await witness.until(() => witness.alertIds().length >= 5);
    witness.close();
    const client = await connect();
    expect(client.frames[0]).toMatchObject({
      type: 'welcome',
      protocol: 'resonant.v1',
      limits: { maxFrameBytes: 65536 },
    });
    const subscribed = await client.subscribe('a', { filter: { accountId: account } });
    expect(subscribed).toMatchObject({ type: 'subscribed', resumed: false });
    await stack.alerts(account, 7, {}, 5);
    await client.until(() => client.alertIds().length >= 7);
    expect([...client.alertIds()].sort()).toEqual(expectedIds(account, 5, 12));
    client.close();
  });

  test('shows the alert line of the rules, then where it came from', async () => {
    const account = stack.id('line');
    const client = await connect();
    await client.subscribe('a', { filter: { accountId: account } });
    await stack.alerts(account, 1, { openedAt: Date.parse('2026-03-02T01:00:00.000Z') });
    const { alert } = await client.frame(({ type }) => type === 'alert');
    expect(Object.keys(alert)).toEqual(
      ['type', 'alertId', 'seq', 'ruleId', 'ruleVersion', 'subject', 'transition', 'state', 'at', 'decidedAt', 'values']
        .concat(['evidence', 'late', 'shadow', 'openedAt', 'severity', 'title', 'keyspace', 'partitionKey'])
        .concat(['partition', 'tickOffset']),
    );
    expect(alert).toMatchObject({ type: 'alert', at: '2026-03-02T01:00:00.000Z', late: false, shadow: false });
    client.close();
  });

  test('from a cursor goes on behind it, with nothing lost or doubled', async () => {
    const account = stack.id('cursor');
    const filter = { accountId: account };
    const first = await connect();
    await first.subscribe('a', { filter });
    await stack.alerts(account, 10);
    await first.until(() => first.alertIds().length >= 10);
    const seen = first.ofType('alert').slice(0, 4);
    first.close();
    await stack.alerts(account, 10, {}, 10);
    const second = await connect();
    expect(await second.subscribe('b', { filter, from: seen[3]?.cursor })).toMatchObject({ resumed: true });
    await second.until(() => second.alertIds().length >= 16);
    const all = [...seen.map(({ alert }) => alert.alertId), ...second.alertIds()];
    expect(all.sort()).toEqual(expectedIds(account, 0, 20));
    second.close();
  });

  test('from a time gets what was stored since, from a duration back what was stored within it', async () => {
    const account = stack.id('time');
    const filter = { accountId: account };
    await stack.alerts(account, 3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const between = new Date().toISOString();
    await stack.alerts(account, 4, {}, 3);
    const client = await connect();
    await client.subscribe('since', { filter, from: between });
    await client.subscribe('back', { filter, from: '15m' });
    await client.subscribe('future', { filter, from: new Date(Date.now() + 3_600_000).toISOString() });
    await client.until(() => client.alertIds('since').length >= 4 && client.alertIds('back').length >= 7);
    expect([...client.alertIds('since')].sort()).toEqual(expectedIds(account, 3, 7));
    expect([...client.alertIds('back')].sort()).toEqual(expectedIds(account, 0, 7));
    await stack.alerts(account, 1, {}, 7);
    await client.until(() => client.alertIds('future').length >= 1);
    expect(client.alertIds('future')).toEqual(expectedIds(account, 7, 8));
    client.close();
  });

  test('keeps the order of one alert’s transitions', async () => {
    const account = stack.id('order');
    const client = await connect();
    await client.subscribe('a', { filter: { accountId: account } });
    for (let seq = 1; seq <= 20; seq += 1) {
      const value = alertOf({ alertId: alertIdOf(account), seq, subject: { accountId: account } });
      await stack.write(alertsTopic, 'Alert', [{ key: account, value }]);
    }
    await client.until(() => client.alertIds().length >= 20);
    expect(client.ofType('alert').map(({ alert }) => alert.seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    client.close();
  });

  test('behind the last ack of a consumer’s name, on another connection', async () => {
    const account = stack.id('ack');
    const filter = { accountId: account };
    const first = await connect();
    await first.subscribe('a', { filter, consumer: stack.id('desk') });
    await stack.alerts(account, 6);
    await first.until(() => first.alertIds().length >= 6);
    const third = first.ofType('alert')[2];
    first.send({ type: 'ack', id: 'a', cursor: third?.cursor });
    first.send({ type: 'unsubscribe', id: 'a' });
    await first.frame(({ type }) => type === 'unsubscribed');
    first.close();
    const second = await connect();
    expect(await second.subscribe('a', { filter, consumer: stack.id('desk') })).toMatchObject({ resumed: true });
    await second.until(() => second.alertIds().length >= 3);
    expect(second.alertIds()).toEqual(first.alertIds().slice(3));
    second.close();
  });

  test('with the cursor of another log gets a gap, then everything from the beginning', async () => {
    const account = stack.id('gap');
    await stack.alerts(account, 3);
    const client = await connect();
    // As one that was given before the data was thrown away: this log holds those offsets, too.
    const from = encodeCursor({ log: logIdOf('the former cluster'), positions: [0, 0, 0, 0] });
    expect(await client.subscribe('a', { filter: { accountId: account }, from })).toMatchObject({ resumed: false });
    const gap = await client.frame(({ type }) => type === 'gap');
    expect(gap).toMatchObject({
      id: 'a',
      from,
      reason: expect.stringContaining('another log'),
      snapshotUrl: '/v1/alerts',
    });
    await client.until(() => client.alertIds().length >= 3);
    expect([...client.alertIds()].sort()).toEqual(expectedIds(account, 0, 3));
    client.close();
  });
});

describe('a cursor', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'survives a restart of the gateway by %s, with exact counts',
    async (signal) => {
      const account = stack.id(`restart-${signal}`);
      const filter = { accountId: account };
      let own = await GatewayProcess.start();
      const seen: string[] = [];
      const first = await StreamClient.connect(own.url, { key: admin });
      await first.subscribe('a', { filter });
      await stack.alerts(account, 30);
      await first.until(() => first.alertIds().length >= 30);
      seen.push(...first.alertIds().slice(0, 12));
      const cursor = first.ofType('alert')[11]?.cursor;
      const exit = await own.stop(signal);
      await first.until(() => first.closed !== undefined);
      if (signal === 'SIGTERM') {
        expect(exit).toBe(0);
        expect(first.closed?.code).toBe(4200);
        expect(first.ofType('draining')).toHaveLength(1);
      }
      await stack.alerts(account, 30, {}, 30);
      own = await GatewayProcess.start({ HOT_RING_BYTES: '8192' });
      const second = await StreamClient.connect(own.url, { key: admin });
      expect(await second.subscribe('a', { filter, from: cursor })).toMatchObject({ resumed: true });
      await stack.alerts(account, 20, {}, 60);
      await second.until(() => second.alertIds().length >= 68);
      seen.push(...second.alertIds());
      expect(seen.sort()).toEqual(expectedIds(account, 0, 80));
      second.close();
      await own.stop();
    },
    60_000,
  );
});

describe('who connects', () => {
  test.each([
    ['without a key', {}, '401'],
    ['with a key nobody made', { key: 'rsn_abc_0123456789abcdef0' }, '401'],
    ['with another subprotocol', { key: 'admin', protocols: ['resonant.v9'] }, '400'],
    ['from an origin that is not on the list', { key: 'admin', origin: 'https://evil.example' }, '403'],
    ['as a browser with a ticket nobody issued', { ticket: `tkt_${'x'.repeat(32)}`, origin }, '401'],
    ['as a program with a ticket only', { ticket: `tkt_${'x'.repeat(32)}` }, '401'],
  ] as [string, ConnectOptions, string][])('%s is refused before the upgrade', async (_what, options, status) => {
    const own = { ...options, ...(options.key === 'admin' ? { key: admin } : {}) };
    await expect(StreamClient.connect(gateway.url, own)).rejects.toThrow(status);
  });

  test('with a key that lacks alerts:read is refused', async () => {
    const key = await stack.key(['ingest:*']);
    const probe = () => gateway.request('GET', '/v1/alerts', { key }).then(({ status }) => status);
    await eventually(probe, (status) => status === 403);
    await expect(StreamClient.connect(gateway.url, { key })).rejects.toThrow('403');
  });

  test('as a browser uses a ticket once', async () => {
    const headers = { origin };
    const refused = await gateway.request('POST', '/v1/stream/tickets', {
      key: admin,
      headers: { origin: 'https://evil.example' },
    });
    expect(refused.status).toBe(403);
    const response = await gateway.request('POST', '/v1/stream/tickets', { key: admin, headers });
    expect(response.status).toBe(201);
    const { ticket } = (await response.json()) as { ticket: string };
    const client = await StreamClient.connect(gateway.url, { ticket, origin });
    expect(client.frames[0]?.type).toBe('welcome');
    client.close();
    await expect(StreamClient.connect(gateway.url, { ticket, origin })).rejects.toThrow('401');
  });
});

describe('a connection', () => {
  test('answers bad frames with errors and goes on', async () => {
    const account = stack.id('bad');
    const client = await connect();
    const bad = ['{', '[]', '{"type":"shout"}', '{"type":"subscribe","id":"x","filter":{"colour":"red"}}'];
    for (const text of bad) client.send(text);
    client.socket.send(Buffer.from([1, 2, 3]));
    client.send({ type: 'subscribe', id: 'y', from: 'yesterday' });
    client.send({ type: 'ack', id: 'nobody', cursor: encodeCursor({ log: logIdOf('a cluster'), positions: [1] }) });
    await client.until(() => client.ofType('error').length >= 7);
    expect(client.ofType('error').map(({ problem, id }) => [problem, id])).toEqual([
      ['urn:resonant:error:malformed-body', undefined],
      ['urn:resonant:error:malformed-body', undefined],
      ['urn:resonant:error:invalid-request', undefined],
      ['urn:resonant:error:invalid-request', 'x'],
      ['urn:resonant:error:malformed-body', undefined],
      ['urn:resonant:error:invalid-request', 'y'],
      ['urn:resonant:error:not-found', 'nobody'],
    ]);
    await client.subscribe('a', { filter: { accountId: account } });
    await stack.alerts(account, 1);
    await client.until(() => client.alertIds().length >= 1);
    expect(client.alertIds()).toHaveLength(1);
    client.close();
  });

  test('is closed by a frame above 64 KiB, and the gateway lives on', async () => {
    const client = await connect();
    client.send({ type: 'pong', at: 'x'.repeat(65_536) });
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1009);
    expect((await gateway.request('GET', '/livez')).status).toBe(200);
  });

  test('that floods is told so, then closed to back off', async () => {
    const client = await connect();
    for (let n = 0; n < 1000; n += 1) client.send({ type: 'pong' });
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(4129);
    expect(client.ofType('error')[0]).toMatchObject({ problem: 'urn:resonant:error:rate-limited', retryable: true });
  });

  test('is warned before its key expires, takes a fresh one, and is closed when none comes', async () => {
    const short = await stack.key(['admin'], 3_000);
    const client = await eventuallyConnected(short);
    const other = await eventuallyConnected(short);
    const warning = await client.frame(({ type }) => type === 'authExpiring');
    expect(warning.inMs).toBeLessThanOrEqual(3_000);
    client.send({ type: 'auth', token: admin });
    expect(await client.frame(({ type }) => type === 'authenticated')).toMatchObject({ authExpiresAt: null });
    await other.until(() => other.closed !== undefined);
    expect(other.closed?.code).toBe(4301);
    expect(client.closed).toBeUndefined();
    client.close();
  });
});

/** A key counts once the gateway has read it. */
async function eventuallyConnected(key: string): Promise<StreamClient> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await connect(key);
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
