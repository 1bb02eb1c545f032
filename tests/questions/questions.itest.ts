import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommandLine } from '@resonant/cli';
import { parameterValues, readQuestions } from '@resonant/clickhouse';
import { type Alert, alertsTopic } from '@resonant/contracts';
import { type MemoryLog, readTopic } from '@resonant/kafka';
import { buildApp, createLogger, Health, Metrics, makeKey } from '@resonant/service';
import { compare, loadExpectation } from '../../packages/cli/src/demo/expectation.ts';
import { authorizer } from '../../services/gateway/src/access/authorize.ts';
import { KeyTable } from '../../services/gateway/src/access/key-table.ts';
import { accountRoutes } from '../../services/gateway/src/routes/accounts.ts';
import { alertArchive } from '../../services/gateway/src/stream/archive.ts';
import { beginning, collected, positionsSince } from './archived-stream.ts';
import { demoFolder, playDemoDay } from './demo-day.ts';
import { type HistoryAlone, startHistoryAlone } from './history-alone.ts';
import { storeLog } from './store.ts';

let history: HistoryAlone;
let log: MemoryLog;

beforeAll(async () => {
  [history, log] = await Promise.all([startHistoryAlone(7950), playDemoDay()]);
  await storeLog(log, history.clickHouse);
}, 180_000);

afterAll(() => history?.stop(), 60_000);

test("the day that is stored is the demo's: every alert of it, and no other", async () => {
  const alerts = (await readTopic(log, alertsTopic)).flatMap(({ value }) => {
    const { at, ...alert } = value as Alert;
    return { ...alert, at: new Date(at).toISOString() };
  });
  const rows = compare(loadExpectation(join(demoFolder, 'expected.yaml')), alerts);
  expect(rows.filter(({ isMet }) => !isMet)).toEqual([]);
  expect(rows).toHaveLength(30);
});

test('there are twenty questions, numbered without a gap', () => {
  expect(readQuestions().map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test.each(readQuestions().map((question) => [question.number, question.title.en, question] as const))(
  'question %i is answered as its page says: %s',
  async (_number, _title, question) => {
    const given = Object.fromEntries(question.parameters.map(({ name, demo }) => [name, demo]));
    const types = new Map(question.parameters.map(({ name, type }) => [name, type]));
    const answer = await history.analyst.ask(question.sql, { params: parameterValues(types, given, 0) });
    const rows: unknown[] = [];
    for await (const row of answer.rows()) rows.push(JSON.parse(row));
    expect({ columns: answer.columns.map(({ name }) => name), rows }).toEqual(question.answer);
  },
);

async function resonant(words: readonly string[], input = '') {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const [out, err] = [textOf(stdout), textOf(stderr)];
  stdin.end(input);
  const env = {
    CLICKHOUSE_URL: history.url,
    CLICKHOUSE_USER: 'analyst',
    CLICKHOUSE_PASSWORD: history.passwords.analyst,
    // Nothing listens there: the stores that a trace cannot ask.
    REDIS_URL: 'redis://127.0.0.1:9',
    RESONANT_GATEWAY_URL: 'http://127.0.0.1:9',
    RESONANT_API_KEY: 'none',
  };
  const code = await runCommandLine(words, { stdin, stdout, stderr, env, signal: new AbortController().signal });
  stdout.end();
  stderr.end();
  return { code, stdout: await out, stderr: await err };
}

test('resonant ask lists the questions, asks one with the values of the demo, and prints its SQL; an answer without rows says what was asked', async () => {
  const list = await resonant(['ask']);
  expect([list.code, list.stdout.trimEnd().split('\n').length]).toEqual([0, 22]);
  expect(list.stdout).toContain('1   Who answered leads late, and by how much?');
  expect(await resonant(['ask', '7', '--demo', '--format', 'csv'])).toEqual({
    code: 0,
    stdout:
      'rep_id,team,n_reads,mean_active_s,is_below\r\nrep-08,team-b,1,241,0\r\nrep-02,team-a,1,260,0\r\nrep-03,team-a,1,305,0\r\n',
    stderr: '',
  });
  const over = await resonant(['ask', 'late-leads', '--demo', '--param', 'within_ms=250000', '--format', 'json']);
  expect(over.stdout.split('\n').map((line) => (line === '' ? '' : JSON.parse(line).lead_id))).toEqual(['lead-3', '']);
  const table = await resonant(['ask', '1', '--demo']);
  expect(table.stdout.split('\n')[2]).toMatch(/^lead-3 +rep-11 +team-b +2026-03-03 14:00:00.000 .* 1140000 +resolved$/);
  expect(table.stderr).toContain('谁的线索回复超时');
  const none = await resonant(['ask', '1', '--param', 'from=2020-01-01', '--param', 'to=2020-01-02']);
  expect([none.code, none.stdout.trimEnd().split('\n').length]).toEqual([0, 2]);
  expect(none.stderr).toContain('  from=2020-01-01\n  to=2020-01-02\n');
  expect(none.stderr).toContain('No rows. Other values can be asked for with --param');
  expect((await resonant(['ask', '15', '--sql'])).stdout).toContain('-- {alert:String}');
  expect((await resonant(['ask', '13', '--demo'])).stderr).toContain('It goes by when records came in');
  expect((await resonant(['ask', '1', '--demo'])).stderr).not.toContain('It goes by when records came in');
});

test.each([
  [['ask', '21'], 'there are questions 1 to 20, got 21'],
  [['ask', '15'], '--param alert=… is needed'],
  [['ask', '1', '--param', 'until=now'], 'the statement has no parameter until: it has from, to, within_ms'],
  [['ask', '1', '--param', 'from=noon'], 'parameter from: expected an instant'],
  [['ask', '1', '--param', 'from'], '--param expects name=value, got from'],
  [['ask', '1', '--format', 'xml'], '--format expects table, json, csv, got xml'],
  [['query'], 'expected a statement, got none'],
  [['query', 'SELECT {x:String}'], 'parameter x (String) is not given'],
  [['query', 'SELECT 1 FORMAT CSV'], 'expected a statement without FORMAT, got one with FORMAT CSV'],
  [['query', 'SELECT * FROM resonant.nothing'], 'ClickHouse says 60'],
])('%j is a wrong call and says why', async (words, message) => {
  const { code, stdout, stderr } = await resonant(words);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('resonant query points at the place where a statement cannot be read', async () => {
  const { code, stderr } = await resonant(
    ['query', '-'],
    'SELECT rule_id\nFROM resonant.alerts\nWHERE WHERE seq = 1\n',
  );
  expect(code).toBe(2);
  expect(stderr.split('\n').slice(0, 2)).toEqual(['3 | WHERE WHERE seq = 1', '  |             ^']);
});

test('resonant query keeps every digit, quotes what CSV needs quoted, and says when it cut', async () => {
  const statement =
    "SELECT toUInt64('18446744073709551615') AS n, 'a,\"b\"\nc' AS t, NULL AS x, [1, 2] AS l, number FROM numbers(3)";
  expect(await resonant(['query', statement, '--format', 'csv', '--limit', '1'])).toEqual({
    code: 0,
    stdout: 'n,t,x,l,number\r\n18446744073709551615,"a,""b""\nc",,"[1,2]",0\r\n',
    stderr: 'Cut after 1 rows: there are more; --limit N shows up to N.\n',
  });
  expect((await resonant(['query', statement, '--format', 'json'])).stdout.split('\n')[2]).toBe(
    '{"n":18446744073709551615,"t":"a,\\"b\\"\\nc","x":null,"l":[1,2],"number":2}',
  );
});

test('the analyst cannot write through resonant query', async () => {
  const { code, stderr } = await resonant(['query', 'TRUNCATE TABLE resonant.alerts']);
  expect(code).toBe(1);
  expect(stderr).toContain('ClickHouse says 164');
  expect(await history.rows('SELECT count() FROM resonant.alerts')).toEqual([[24]]);
});

test('GET /v1/accounts/{id}/touchpoints pages through what belongs to an account, for its team alone', async () => {
  const keys = new KeyTable();
  const keyOf = (scopes: readonly string[]): string => {
    const { text, record } = makeKey({ name: 'test', scopes, expiresAt: null, now: Date.now(), randomBytes });
    keys.put(record);
    return text;
  };
  const app = await buildApp({
    logger: createLogger('gateway', 'silent'),
    metrics: new Metrics(),
    health: new Health(),
    routes: (routed) =>
      accountRoutes(routed, {
        authorize: authorizer(keys, Date.now),
        placementOf: ({ subject }) => ({ teams: subject.accountId === 'acme' ? ['team-a'] : ['team-b'], regions: [] }),
        history: () => history.analyst,
        now: () => Date.parse('2026-03-04T00:00:00Z'),
      }),
  });
  const own = keyOf(['alerts:read', 'team:team-a']);
  const get = async (query: string, key = own, account = 'acme') => {
    const url = `/v1/accounts/${account}/touchpoints${query}`;
    const { statusCode, body } = await app.inject({ url, headers: { authorization: `Bearer ${key}` } });
    return { status: statusCode, ...JSON.parse(body) };
  };
  const eventsOf = ({ touchpoints }: { touchpoints: { eventId: string }[] }) => touchpoints.map((one) => one.eventId);
  const all = await get('');
  expect(eventsOf(all)).toEqual([
    'calls:acme-2',
    'forum:github:issue-comment-920041:2026-03-03T09:30:00.000Z',
    'calls:acme-1',
  ]);
  expect(all.next).toBeNull();
  expect(all.touchpoints[2]).toMatchObject({
    source: 'calls',
    channel: 'call',
    occurredAt: '2026-03-03T08:31:00.000Z',
    receivedAt: '2026-03-03T08:37:30.000Z',
    repId: 'rep-01',
    contactId: 'acme-1',
    direction: 'outbound',
    subject: null,
    position: { topic: 'resonant.touchpoints.calls.v1' },
    url: '/v1/touchpoints/calls%3Aacme-1',
  });
  const first = await get('?limit=2');
  expect([eventsOf(first), eventsOf(await get(`?limit=2&cursor=${first.next}`))]).toEqual([
    eventsOf(all).slice(0, 2),
    eventsOf(all).slice(2),
  ]);
  expect(eventsOf(await get('?since=2026-03-03T09:00:00Z&until=2026-03-03T11:00:00Z'))).toEqual(
    eventsOf(all).slice(1, 2),
  );
  expect((await get('', own, 'huaxin')).status).toBe(404);
  expect((await get('', keyOf(['alerts:read']))).status).toBe(404);
  expect((await get('', keyOf(['rules:read', 'team:team-a']))).status).toBe(403);
  expect((await get('?cursor=x')).status).toBe(400);
  expect(eventsOf(await get('', keyOf(['admin']), 'huaxin'))).toHaveLength(2);
  await app.close();
});

test('resonant trace says where an event is in history, and which stores it could not ask', async () => {
  const { code, stdout, stderr } = await resonant(['trace', 'calls:acme-1']);
  expect(stdout.split('\n')).toEqual([
    'event calls:acme-1',
    expect.stringMatching(
      /^history {2}touchpoint of resonant\.touchpoints\.calls\.v1\/\d offset \d+: happened 2026-03-03T08:31:00\.000Z, received 2026-03-03T08:37:30\.000Z, in the log 2026-03-03T08:37:30\.000Z, stored \d{4}-\S+Z, \d+ bytes as received$/,
    ),
    ...Array.from({ length: 3 }, () =>
      expect.stringMatching(
        /^signal {3}sentiment [0-9a-f]{32} at 2026-03-03T08:31:05\.880Z: (account|region|team)\/\d offset \d+$/,
      ),
    ),
    ...Array.from({ length: 3 }, () =>
      expect.stringMatching(/^signal {3}sentiment [0-9a-f]{32} at 2026-03-03T08:31:17\.540Z/),
    ),
    ...Array.from({ length: 3 }, () =>
      expect.stringMatching(/^signal {3}touch [0-9a-f]{32} at 2026-03-03T08:31:28\.740Z/),
    ),
    'alert    e11e540c5d8735e31a329a918bd94da4 seq 1 opened of resonance at 2026-03-03T09:30:00.000Z, as a',
    '',
  ]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^ingest \(Redis\) could not be asked: /m);
  expect(stderr).toMatch(/^the log \(through the gateway\) could not be asked: The gateway does not answer/m);
});

test('resonant trace finds a dead letter by its id, and says when nobody who could be asked knows an event', async () => {
  const [letter] = await history.rows(
    "SELECT dead_letter_id FROM resonant.dead_letters WHERE reason = 'malformed-body'",
  );
  const found = await resonant(['trace', String(letter?.[0]), '--json']);
  expect(found.code).toBe(0);
  expect(JSON.parse(found.stdout)).toMatchObject({
    isFound: true,
    ingest: null,
    history: {
      touchpoints: [],
      signals: [],
      alerts: [],
      deadLetters: [{ reason: 'malformed-body', at: '2026-03-03T15:15:15.000Z' }],
    },
  });
  const byBeginning = await resonant(['trace', String(letter?.[0]).slice(0, 12), '--json']);
  expect(JSON.parse(byBeginning.stdout).history).toEqual(JSON.parse(found.stdout).history);
  const unknown = await resonant(['trace', 'calls:nobody']);
  expect([unknown.code, unknown.stdout]).toEqual([
    1,
    'event calls:nobody\nhistory  holds nothing of it\nNo store that could be asked knows this event.\n',
  ]);
  expect(await resonant(['trace'])).toMatchObject({ code: 2, stdout: '' });
});

test('a stream goes on from history where the log no longer keeps its alerts, byte for byte, and says a gap only where history lacks them too', async () => {
  const before = await collected(log, undefined);
  expect(before).toHaveLength(24);
  const lengths = log.broker.partitions(alertsTopic).map(({ latest }) => latest);
  for (const [partition, length] of lengths.entries()) log.deleteBefore(alertsTopic, partition, length - (length >> 1));
  expect(log.broker.partitions(alertsTopic).some(({ earliest }) => earliest > 0)).toBe(true);

  await expect(collected(log, undefined)).rejects.toMatchObject({ code: 'offset-out-of-range' });
  const archive = alertArchive(history.analyst);
  expect(await collected(log, archive)).toEqual(before);
  expect(await beginning(log, archive)).toMatchObject({ resumed: true });
  expect((await beginning(log, archive)).gap).toBeUndefined();
  expect((await beginning(log, undefined)).gap?.reason).toMatch(/no longer kept in \d of 4 partitions/);
  expect(await positionsSince(log, archive, Date.parse('2026-03-03T11:00:00Z'))).toEqual(
    await firstOffsetsAfter('2026-03-03T11:00:00Z'),
  );

  const hole = "WHERE topic = 'resonant.alerts.v1' AND partition = (SELECT min(partition) FROM resonant.alerts)";
  await history.clickHouse.command(`ALTER TABLE resonant.alerts DELETE ${hole} AND offset = 0`, {
    settings: { mutations_sync: 2 },
  });
  await expect(collected(log, archive)).rejects.toMatchObject({ code: 'offset-out-of-range' });
  expect((await beginning(log, archive)).gap?.reason).toMatch(/no longer kept/);
});

test('a range that was given up is no alert that a stream may pass over', async () => {
  const archive = alertArchive(history.analyst);
  const [row] = await history.rows('SELECT max(partition) FROM resonant.alerts');
  const partition = Number(row?.[0]);
  expect(await archive.covers(partition, 0, 1)).toBe(true);
  const settings = { mutations_sync: 2 };
  const where = `WHERE topic = '${alertsTopic}' AND partition = ${partition}`;
  await history.clickHouse.command(`ALTER TABLE resonant.alerts DELETE ${where}`, { settings });
  await history.clickHouse.command(
    `ALTER TABLE resonant.ledger UPDATE n_records = 0, n_rows = 0, token = concat(topic, '/0/${partition}/0-9/skipped') ${where}`,
    { settings },
  );
  expect(await archive.covers(partition, 0, 1)).toBe(false);
});

/** Of each partition the first offset that was appended since, as history knows it; behind the last if there is none. */
async function firstOffsetsAfter(instant: string): Promise<readonly number[]> {
  const rows = await history.rows(
    `SELECT partition, min(offset) FROM resonant.alerts WHERE appended_at >= toDateTime64('${instant.slice(0, 19)}', 3, 'UTC') GROUP BY partition`,
  );
  const first = new Map(rows as [number, number][]);
  return log.broker.partitions(alertsTopic).map(({ at, latest }) => first.get(at.partition) ?? latest);
}
