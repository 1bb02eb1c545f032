import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditSeals, keyIdOf, type SealReport, sealDue, sealingKey } from '@resonant/audit';
import { erase, recordLosses } from '@resonant/clickhouse';
import type { Seal } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';
import { parseTestLog } from '@resonant/rules';
import { alertsOver, startHistory, type TestHistory } from './history.ts';

const hour = 3_600_000;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = sealingKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const keys: ReadonlyMap<string, KeyObject> = new Map([[keyIdOf(publicKey), publicKey]]);

const log: readonly LogEntry[] = [
  {
    type: 'rule',
    action: 'put',
    ruleId: 'answer',
    document: {
      ...{ apiVersion: 'resonant/v1', id: 'answer', version: 1, keyspace: 'team', subject: ['teamId'] },
      pattern: { deadline: { start: { when: "kind == 'asked'" }, stop: { when: "kind == 'answered'" }, within: '1h' } },
    },
    revision: null,
  },
  ...parseTestLog(`
2026-03-02T09:00:00Z asked teamId=t1 contactId=ann; asked teamId=t2 contactId=bob; tick
2026-03-02T12:00:00Z tick
`),
];

let history: TestHistory;
let published: Seal[];

beforeAll(async () => {
  history = await startHistory();
}, 60_000);
afterAll(() => history?.stop());

/** A history of four ranges, not sealed; what a test before it left is gone. */
async function freshHistory(): Promise<void> {
  const books = ['ledger', 'seals', 'erasures', 'erased_keys', 'losses'];
  for (const table of ['log', 'signals', 'rule_changes', 'alerts', ...books]) {
    await history.clickHouse.command(`TRUNCATE TABLE resonant.${table}`);
  }
  await history.clickHouse.command('SYSTEM RELOAD DICTIONARY resonant.erased');
  published = [];
  run++;
  for (const partition of [0, 1, 2]) await history.storeLog('team', partition + 10 * run, log);
  await history.storeAlerts(alertsOver(log, 0));
}

/** Seals up to now and beyond: the hour that runs, too. */
async function seal(): Promise<void> {
  await sealDue(history.clickHouse, {
    key,
    now: Date.now() + 2 * hour,
    settleMs: 0,
    publish: async (seal) => void published.push(seal),
  });
}

async function sealedHistory(): Promise<void> {
  await freshHistory();
  await seal();
}
let run = 0;

const audit = (given = published, size = 1000): Promise<SealReport> =>
  auditSeals(history.clickHouse, { keys, published: given, now: Date.now(), size });
const spoil = (statement: string): Promise<void> =>
  history.clickHouse.command(`${statement} SETTINGS mutations_sync = 2`);
const kindsOf = ({ problems }: SealReport): readonly string[] =>
  problems.map(({ kind, table, offset }) => `${kind} ${table ?? ''} ${offset ?? ''}`.trim());

test('a history that nobody touched has no problem, and every row of it was looked at', async () => {
  await sealedHistory();
  // In stretches of three offsets, so that some end within a range.
  const report = await audit(published, 3);
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({ ranges: 4, erased: 0, expired: 0 });
  expect(report.seals).toBe(published.length);
  // Of each log: five records, two signals, one rule change; two alerts.
  expect(report.rows).toBe(3 * (5 + 2 + 1) + 2);
});

test.each([
  [
    'a changed number of an alert',
    "ALTER TABLE resonant.alerts UPDATE decided_at = decided_at + 1 WHERE subject LIKE '%t1%'",
    'changed alerts 0',
  ],
  [
    'a changed byte of the log',
    "ALTER TABLE resonant.log UPDATE value = concat(value, 'x') WHERE offset = 2 AND partition % 10 = 1",
    'changed log 2',
  ],
  [
    'a deleted signal',
    'ALTER TABLE resonant.signals DELETE WHERE offset = 1 AND partition % 10 = 2',
    'deleted signals 1',
  ],
  [
    'a changed word of one alert of two',
    "ALTER TABLE resonant.alerts UPDATE severity = 'info' WHERE offset % 2 = 1",
    'changed alerts',
  ],
])('%s is found and placed in its batch', async (_, statement, expected) => {
  await sealedHistory();
  await spoil(statement);
  const report = await audit();
  expect(report.problems).toHaveLength(1);
  expect(kindsOf(report)[0]).toContain(expected.replace(/ \d+$/, ''));
  const [problem] = report.problems;
  expect(problem?.batch).not.toBeNull();
  expect(problem?.offset).toBeGreaterThanOrEqual(problem?.batch?.first ?? Number.NaN);
  expect(problem?.offset).toBeLessThanOrEqual(problem?.batch?.last ?? Number.NaN);
  expect(published.map(({ sealId }) => sealId)).toContain(problem?.sealId);
});

test('an added row is found: no batch holds it', async () => {
  await sealedHistory();
  await history.clickHouse.command(
    'INSERT INTO resonant.alerts SELECT * REPLACE (offset + 100 AS offset, seq + 1 AS seq) FROM resonant.alerts LIMIT 1',
  );
  const report = await audit();
  expect(report.problems).toMatchObject([{ kind: 'added', table: 'alerts', batch: null }]);
});

test('a row that was stored twice is found', async () => {
  await sealedHistory();
  await history.clickHouse.command('INSERT INTO resonant.signals SELECT * FROM resonant.signals LIMIT 1');
  expect((await audit()).problems).toMatchObject([{ kind: 'changed', table: 'signals' }]);
});

test('rows removed together with their range leave the sealed hour and the offsets without them', async () => {
  await sealedHistory();
  await spoil('ALTER TABLE resonant.log DELETE WHERE partition % 10 = 1');
  await spoil('ALTER TABLE resonant.signals DELETE WHERE partition % 10 = 1');
  await spoil('ALTER TABLE resonant.rule_changes DELETE WHERE partition % 10 = 1');
  await spoil("ALTER TABLE resonant.ledger DELETE WHERE topic LIKE '%team%' AND partition % 10 = 1");
  const report = await audit();
  expect(report.problems).toMatchObject([{ kind: 'hour' }]);
  expect(report.problems[0]?.detail).toContain('sealed were 4 ranges');
  expect(report.problems[0]?.detail).toContain('stored are 3');
});

test('hashes in the ledger made to fit a changed row do not fit the digest of their range, nor the seal', async () => {
  await sealedHistory();
  await spoil("ALTER TABLE resonant.alerts UPDATE severity = 'low' WHERE 1");
  await spoil(
    "ALTER TABLE resonant.ledger UPDATE row_hashes = arrayMap(each -> (each.1, each.2, SHA256('forged')), row_hashes) WHERE topic LIKE '%alerts%'",
  );
  const kinds = new Set((await audit()).problems.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['batch', 'changed']));
  await spoil(
    'ALTER TABLE resonant.ledger UPDATE digest = SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(arrayMap(each -> each.3, row_hashes)))))) WHERE 1',
  );
  expect(new Set((await audit()).problems.map(({ kind }) => kind))).toEqual(new Set(['hour', 'changed']));
});

test('a tail that was cut off with its seals is known from the published seals', async () => {
  await sealedHistory();
  await history.clickHouse.command('TRUNCATE TABLE resonant.seals');
  const report = await audit();
  expect(report.problems).toHaveLength(published.length);
  expect(new Set(kindsOf(report))).toEqual(new Set(['cut-off']));
});

test('a seal that was changed, or signed with another key, breaks the chain', async () => {
  await sealedHistory();
  await spoil('ALTER TABLE resonant.seals UPDATE n_rows = n_rows + 1 WHERE seal_id = 1');
  const report = await audit();
  expect(report.problems.filter(({ kind, sealId }) => kind === 'chain' && sealId === 1).length).toBeGreaterThan(0);
  const other = generateKeyPairSync('ed25519').publicKey;
  const strange = await auditSeals(history.clickHouse, {
    keys: new Map([[keyIdOf(other), other]]),
    published: null,
    now: Date.now(),
  });
  expect(strange.problems.some(({ detail }) => detail.includes('was not given'))).toBe(true);
});

test('an erased person is explained by the sealed record of why, and not flagged; without the record it is', async () => {
  await freshHistory();
  await erase(
    history.clickHouse,
    { erasureId: 'e1', contactId: 'ann', reason: 'request', by: 'dpo', at: Date.now() },
    { family: 'embedded', publish: async () => undefined },
  );
  await seal();
  const report = await audit();
  expect(report.problems).toEqual([]);
  // Signal and record of each of the three partitions.
  expect(report.erased).toBe(6);
  await history.clickHouse.command('TRUNCATE TABLE resonant.erasures');
  const kinds = (await audit()).problems.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'deleted')).toHaveLength(6);
  expect(kinds).toContain('hour');
});

test.each([
  ['before anything was sealed', '2000-01-01 00:00:00'],
  ['to come', '2100-01-01 00:00:00'],
])('an explanation that says an instant which is %s is flagged, since no seal binds it', async (why, at) => {
  await sealedHistory();
  const place = `topic = 'resonant.signals.team.v1' AND partition = ${10 * run} AND offset = 1`;
  await history.clickHouse.command(
    `INSERT INTO resonant.erasures (erasure_id, reason, table, topic, partition, epoch, offset, hash, erased_by, erased_at)
     SELECT 'e', 'forged', table, topic, partition, epoch, offset, hash, 'nobody', '${at}' FROM resonant.row_hashes WHERE table = 'signals' AND ${place}`,
  );
  await spoil(`ALTER TABLE resonant.signals DELETE WHERE ${place}`);
  const batch = { topic: 'resonant.signals.team.v1', partition: 10 * run, first: 1, last: 1 };
  expect((await audit()).problems).toMatchObject([
    { kind: 'unsealable', table: 'erasures', offset: 1, batch, detail: expect.stringContaining(why) },
  ]);
});

test('a row that was added with a range of its own is flagged if the range says an instant that no seal binds', async () => {
  await sealedHistory();
  await history.clickHouse.command(
    `INSERT INTO resonant.ledger (topic, partition, epoch, first, last, n_records, n_rows, token, hash_form, stored_at)
     VALUES ('resonant.actions.v1', 3, 0, 0, 0, 1, 1, 'resonant.actions.v1/0/3/0-0/1', 1, '2000-01-01 00:00:00')`,
  );
  expect(kindsOf(await audit())).toContain('unsealable ledger');
});

test('what was given up is said and not flagged; who gave it up is sealed with the hour', async () => {
  await freshHistory();
  const lost = { topic: 'resonant.alerts.v1', partition: 7, epoch: 0, first: 0, last: 9 };
  await recordLosses(history.clickHouse, [lost], { reason: 'backup of March', by: 'ops' });
  // once more, as after a command that was cut off: the first word stays
  await recordLosses(history.clickHouse, [lost], { reason: 'again', by: 'ops' });
  await history.clickHouse.command(
    `INSERT INTO resonant.ledger (topic, partition, epoch, first, last, token, hash_form, stored_at)
     VALUES ('resonant.alerts.v1', 7, 0, 0, 9, 'resonant.alerts.v1/0/7/0-9/skipped~17', 1, now64(3))`,
  );
  await seal();
  const report = await audit();
  expect(report.problems).toEqual([]);
  expect(report.lost).toMatchObject([{ ...lost, reason: 'backup of March', acceptedBy: 'ops' }]);
  await spoil("ALTER TABLE resonant.losses UPDATE accepted_by = 'nobody' WHERE 1");
  expect(kindsOf(await audit())).toEqual(['hour']);
});

test('an expired partition is explained, and not flagged', async () => {
  await sealedHistory();
  await spoil('ALTER TABLE resonant.log DELETE WHERE partition % 10 = 0');
  const inThreeYears = Date.now() + 3 * 366 * 24 * hour;
  const report = await auditSeals(history.clickHouse, { keys, published, now: inThreeYears });
  expect(report.problems).toEqual([]);
  expect(report.expired).toBe(5);
  expect((await audit()).problems.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'deleted'));
});

test('sealing again makes no second seal of an hour, and the next hour names the one before', async () => {
  await sealedHistory();
  const before = published.length;
  const now = Date.now() + 2 * hour;
  await sealDue(history.clickHouse, { key, now, settleMs: 0, publish: async (seal) => void published.push(seal) });
  expect(published).toHaveLength(before);
  await sealDue(history.clickHouse, {
    key,
    now: now + hour,
    settleMs: 0,
    publish: async (seal) => void published.push(seal),
  });
  expect(published).toHaveLength(before + 1);
  expect((await audit()).problems).toEqual([]);
});
