import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, connectClickHouse } from '@resonant/clickhouse';
import type { Alert } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';
import { parseTestLog } from '@resonant/rules';
import { buildApp, createLogger, type FastifyInstance, Health, Metrics, makeKey } from '@resonant/service';
import { authorizer } from '../../services/gateway/src/access/authorize.ts';
import { Directory } from '../../services/gateway/src/access/directory.ts';
import { KeyTable } from '../../services/gateway/src/access/key-table.ts';
import { Leads } from '../../services/gateway/src/access/leads.ts';
import { type Placeable, placementOf } from '../../services/gateway/src/access/placement.ts';
import { AlertIndex } from '../../services/gateway/src/alerts/alert-index.ts';
import { backtestRoutes } from '../../services/gateway/src/routes/backtest.ts';
import { proofRoutes } from '../../services/gateway/src/routes/proof.ts';
import { alertsOver, startHistory, type TestHistory, testDecoder } from './history.ts';

const busy = (version: number, factor: number) => ({
  ...{ apiVersion: 'resonant/v1', id: 'busy', version, keyspace: 'team', subject: ['teamId'] },
  pattern: { surge: { when: "kind == 'call'", window: '1h', every: '1h', against: '2h', factor } },
});
/** SQL would order the texts in another way. */
const ordered = {
  ...{ apiVersion: 'resonant/v1', id: 'ordered', version: 1, keyspace: 'team', subject: ['teamId'] },
  pattern: {
    threshold: { when: "kind >= 'call'", window: '1h', every: '1h', aggregate: 'count', side: 'above', value: 4 },
  },
};
const put = (document: { readonly id: string }): LogEntry => ({
  ...{ type: 'rule', action: 'put', ruleId: document.id, document, revision: null },
});
/** At noon t1 has five calls after one, t2 eight after one; factor 3 says both, factor 12 says t2 alone. */
const log: readonly LogEntry[] = [
  put(busy(1, 3)),
  put(ordered),
  ...parseTestLog(`
2026-03-02T09:00:01Z call teamId=t1; call teamId=t2; tick
2026-03-02T11:30:00Z call teamId=t1 *5; call teamId=t2 *8; tick
2026-03-02T14:00:00Z tick
`),
];
const alerts = alertsOver(log, 0);
const openingOf = (ruleId: string, teamId: string): Alert =>
  alerts.find((alert) => alert.ruleId === ruleId && alert.subject.teamId === teamId && alert.seq === 1) as Alert;
/** Decided by a tick that the stored log does not have. */
const ahead: Alert = { ...openingOf('busy', 't1'), alertId: 'a'.repeat(32), tickOffset: log.length };

let history: TestHistory;
const ring = new KeyTable();
const keyOf = (...scopes: readonly string[]): string => {
  const { text, record } = makeKey({ name: 'test', scopes, expiresAt: null, now: Date.now(), randomBytes });
  ring.put(record);
  return text;
};
const admin = keyOf('admin');
const reader = keyOf('alerts:read', 'team:t1');
const author = keyOf('rules:write', 'team:t2');
const opened: { readonly app: FastifyInstance; readonly clickHouse: ClickHouse }[] = [];
let app: FastifyInstance;

beforeAll(async () => {
  history = await startHistory();
  await history.storeLog('team', 0, log);
  await history.storeAlerts([...alerts, ahead]);
  app = await serve(history.env.CLICKHOUSE_URL);
}, 120_000);
afterAll(async () => {
  for (const each of opened) {
    await each.app.close();
    await each.clickHouse.close();
  }
  await history?.stop();
}, 60_000);

/** The routes over ClickHouse as the user who only reads. */
async function serve(url: string, index: Pick<AlertIndex, 'get'> = new AlertIndex(100)): Promise<FastifyInstance> {
  const password = history.passwords.analyst;
  const clickHouse = connectClickHouse({ url, user: 'analyst', password, application: 'gateway' });
  const metrics = new Metrics();
  const [directory, leads] = [new Directory(), new Leads()];
  const shared = {
    authorize: authorizer(ring, Date.now),
    placementOf: (subject: Placeable) => placementOf(subject, directory, leads, Date.now()),
    history: () => clickHouse,
    metrics,
  };
  const served = await buildApp({
    logger: createLogger('gateway', 'silent'),
    metrics,
    health: new Health(),
    routes: (routed) => {
      proofRoutes(routed, { ...shared, index });
      backtestRoutes(routed, { ...shared, decoder: testDecoder(), limits: { told: 1 } });
    },
  });
  opened.push({ app: served, clickHouse });
  return served;
}

const prove = (alertId: string, key: string = reader, on = app) =>
  on.inject({ url: `/v1/alerts/${alertId}/proof`, headers: { authorization: `Bearer ${key}` } });

const range = 'from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z';
const backtest = (
  payload: object | string,
  query = range,
  { key = admin, on = app, type = 'application/json', ruleId = 'busy' } = {},
) =>
  on.inject({
    method: 'POST',
    url: `/v1/rules/${ruleId}/backtest?${query}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    payload,
  });

test('a proof has the stored numbers beside the counted ones, and the statement that counts them', async () => {
  const { alertId, values } = openingOf('busy', 't1');
  const reply = await prove(alertId);
  expect(reply.statusCode).toBe(200);
  const { transitions, ...head } = reply.json();
  expect(head).toEqual({ alertId, ruleId: 'busy', subject: { teamId: 't1' }, agrees: true });
  expect(transitions[0]).toMatchObject({
    ...{ seq: 1, transition: 'opened', at: '2026-03-02T12:00:00.000Z', agrees: true, why: null },
    numbers: [
      { name: 'n', stored: 5, counted: 5, agrees: true },
      { name: 'referenceN', stored: 1, counted: 1, agrees: true },
    ],
  });
  expect(await history.clickHouse.query(transitions[0].sql)).toEqual([{ n: values.n, referenceN: values.referenceN }]);
});

test('a proof is for whoever sees the alert, whether memory holds it or history alone', async () => {
  const [own, other] = [openingOf('busy', 't1'), openingOf('busy', 't2')];
  const index = new AlertIndex(100);
  for (const alert of alerts) index.put(alert);
  const remembering = await serve(history.env.CLICKHOUSE_URL, index);
  for (const on of [app, remembering]) {
    expect((await prove(own.alertId, reader, on)).statusCode).toBe(200);
    expect((await prove(other.alertId, admin, on)).statusCode).toBe(200);
    const hidden = await prove(other.alertId, reader, on);
    const unknown = await prove('0'.repeat(32), reader, on);
    for (const reply of [hidden, unknown]) {
      expect([reply.statusCode, reply.json().type]).toEqual([404, 'urn:resonant:error:not-found']);
    }
    expect(unknown.json().detail).toBe(hidden.json().detail.replace(other.alertId, '0'.repeat(32)));
  }
  expect((await prove(own.alertId, author)).statusCode).toBe(403);
});

test.each([
  ['that SQL would read in another way', openingOf('ordered', 't1').alertId, 'SQL cannot tell: an order of texts'],
  ['whose log is not stored yet', ahead.alertId, 'the log is not stored up to the tick that decided it yet: ask again'],
])('an alert %s neither agrees nor differs, and the proof says why', async (_, alertId, why) => {
  const reply = await prove(alertId);
  expect(reply.json()).toMatchObject({ agrees: null, transitions: [{ agrees: null, numbers: [], sql: null, why }] });
});

test('a backtest says which alerts the document loses', async () => {
  const lost = await backtest(busy(2, 12));
  expect(lost.statusCode).toBe(200);
  expect(lost.json()).toEqual({
    ...{ ruleId: 'busy', version: 2, against: 1, from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' },
    ...{ records: log.length, partitions: 1, cutPartitions: [], candidate: 1, baseline: 2, same: 1 },
    added: { count: 0, hidden: 0, alerts: [] },
    lost: {
      ...{ count: 1, hidden: 0 },
      alerts: [
        {
          ...{ partition: 0, subject: { teamId: 't1' }, openedAt: '2026-03-02T12:00:00.000Z' },
          ...{ endedAt: '2026-03-02T13:00:00.000Z', endState: expect.any(String), values: expect.any(Object) },
          evidence: [],
        },
      ],
    },
    moved: { count: 0, hidden: 0, alerts: [] },
  });
});

test('a backtest names the evidence of what the document adds', async () => {
  const { pattern: _, ...head } = busy(1, 3);
  const unanswered = {
    ...{ ...head, id: 'unanswered' },
    pattern: {
      deadline: {
        start: { when: "kind == 'call' && teamId == 't1'" },
        stop: { when: "kind == 'reply'" },
        within: '1h',
      },
    },
  };
  const reply = await backtest(unanswered, `${range}&against=none`, { ruleId: 'unanswered' });
  const first = log.flatMap((entry) => (entry.type === 'signal' ? [entry.signal] : []))[0];
  expect(reply.json().added.alerts[0]).toMatchObject({
    subject: { teamId: 't1' },
    openedAt: '2026-03-02T10:00:01.000Z',
    evidence: [{ role: 'start', signalId: first?.id, occurredAt: '2026-03-02T09:00:01.000Z' }],
  });
});

test('a backtest counts all alerts, and tells of those that the key sees, up to a limit', async () => {
  const all = await backtest(busy(2, 3), `${range}&against=none`);
  expect(all.json()).toMatchObject({ against: null, added: { count: 2, hidden: 0, alerts: [expect.any(Object)] } });
  const own = await backtest(busy(2, 3), `${range}&against=none`, { key: author });
  expect(own.json()).toMatchObject({ added: { count: 2, hidden: 1, alerts: [{ subject: { teamId: 't2' } }] } });
});

test('a backtest takes YAML, and the version to compare with', async () => {
  const yaml = JSON.stringify(busy(2, 3), null, 2);
  const reply = await backtest(yaml, `${range}&against=1`, { type: 'application/yaml' });
  expect(reply.json()).toMatchObject({ version: 2, against: 1, same: 2 });
  const unknown = await backtest(busy(2, 3), `${range}&against=9`);
  expect([unknown.statusCode, unknown.json().detail]).toEqual([
    404,
    'history has no version 9 of busy: give against=none to compare with nothing',
  ]);
});

test('a document is refused with every problem', async () => {
  const { pattern, ...head } = busy(2, 3);
  const reply = await backtest({
    ...head,
    keyspace: 'planet',
    pattern: { surge: { ...pattern.surge, window: 'soon' } },
  });
  expect(reply.statusCode).toBe(422);
  const paths = reply.json().errors.map(({ path }: { readonly path: string }) => path);
  expect(paths).toEqual(expect.arrayContaining(['keyspace', 'pattern.surge.window']));
  const other = await backtest(ordered);
  expect([other.statusCode, other.json().errors]).toEqual([
    422,
    [{ path: 'id', expected: 'busy as in the path', got: 'ordered' }],
  ]);
});

test.each([
  ['no range', ''],
  ['an end before the beginning', 'from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z'],
  ['more than 92 days', 'from=2026-01-01T00:00:00Z&to=2026-04-03T00:00:01Z'],
  ['a version that is none', `${range}&against=latest`],
  ['what it does not know', `${range}&version=1`],
])('a backtest refuses %s', async (_, query) => {
  const reply = await backtest(busy(2, 3), query);
  expect([reply.statusCode, reply.json().type]).toEqual([400, 'urn:resonant:error:invalid-request']);
});

test('a backtest needs the scope that a put needs', async () => {
  expect((await backtest(busy(2, 3), range, { key: reader })).statusCode).toBe(403);
});

test('a ClickHouse that is away is said, and when to come back', async () => {
  const away = await serve('http://127.0.0.1:9');
  for (const reply of [
    await prove(openingOf('busy', 't1').alertId, reader, away),
    await backtest(busy(2, 3), range, { on: away }),
  ]) {
    expect([reply.statusCode, reply.headers['retry-after'], reply.headers['content-type']]).toEqual([
      503,
      '5',
      'application/problem+json',
    ]);
    expect(reply.json()).toMatchObject({ type: 'urn:resonant:error:history-unavailable', retryable: true });
  }
});
