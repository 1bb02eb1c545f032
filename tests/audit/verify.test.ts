import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Findings, verifyByReplay, verifyBySql } from '@resonant/audit';
import type { LogEntry } from '@resonant/engine';
import { loadRuleDocument, parseTestLog } from '@resonant/rules';
import { alertsOver, startHistory, type TestHistory, testDecoder } from './history.ts';

const always = { from: 0, to: Number.MAX_SAFE_INTEGER };

const rule = loadRuleDocument(`
apiVersion: resonant/v1
id: answer
version: 1
keyspace: team
subject: [teamId, repId]
pattern: { deadline: { start: { when: "kind == 'asked'" }, stop: { when: "kind == 'answered'" }, within: 1h } }
`);

/** Three questions: one answered late, one in time, one never. */
const log: readonly LogEntry[] = [
  { type: 'rule', action: 'put', ruleId: 'answer', document: rule, revision: null },
  ...parseTestLog(`
2026-03-02T09:00:00Z asked teamId=t1 repId=r1 id=q1; tick
2026-03-02T09:30:00Z asked teamId=t1 repId=r2 id=q2; tick
2026-03-02T09:40:00Z answered teamId=t1 repId=r2 id=a2; tick
2026-03-02T10:00:00Z asked teamId=t1 repId=r3 id=q3; tick
2026-03-02T10:30:00Z answered teamId=t1 repId=r1 id=a1; tick
2026-03-02T12:00:00Z tick
`),
];

let history: TestHistory;
const partitions = { whole: 0, forged: 1, robbed: 2, delayed: 3 } as const;

beforeAll(async () => {
  history = await startHistory();
  const [q1, a1, q3] = alertsOver(log, 0);
  if (q1 === undefined || a1 === undefined || q3 === undefined) throw new Error('expected three transitions');
  for (const partition of Object.values(partitions)) await history.storeLog('team', partition, log);
  const at = (partition: number, alerts: readonly (typeof q1)[]) => alerts.map((alert) => ({ ...alert, partition }));
  await history.storeAlerts([
    ...at(partitions.whole, [q1, a1, q3]),
    ...at(partitions.forged, [
      q1,
      a1,
      q3,
      { ...q3, subject: { teamId: 't1', repId: 'r2' }, at: q3.at - 1_200_000, openedAt: q3.at - 1_200_000 },
    ]),
    ...at(partitions.robbed, [q1, a1]),
    ...at(partitions.delayed, [q1, a1, { ...q3, decidedAt: q3.decidedAt + 60_000 }]),
  ]);
}, 60_000);
afterAll(() => history?.stop());

const inPartition = ({ differences }: Findings, partition: number) =>
  differences
    .filter((it) => it.partition === partition)
    .map(({ kind, transition, subject, detail }) => ({ kind, transition, subject, detail }));

test('SQL and replay agree with what the engine said', async () => {
  const [sql, replay] = await both();
  expect(inPartition(sql, partitions.whole)).toEqual([]);
  expect(inPartition(replay, partitions.whole)).toEqual([]);
  expect(sql.agreed).toEqual({ openings: 2 + 2 + 1 + 1, ends: 4 });
  expect(replay.agreed).toEqual({ transitions: 3 + 3 + 2 + 2 });
});

test('an alert that does not follow is called false, with what is not there', async () => {
  for (const findings of await both()) {
    expect(inPartition(findings, partitions.forged)).toMatchObject([
      { kind: 'false', transition: 'opened', subject: '{"repId":"r2","teamId":"t1"}' },
    ]);
  }
});

test('an alert that follows and is not stored is called missing, with its evidence', async () => {
  for (const findings of await both()) {
    expect(inPartition(findings, partitions.robbed)).toMatchObject([
      { kind: 'missing', transition: 'opened', subject: '{"repId":"r3","teamId":"t1"}' },
    ]);
    const [missing] = findings.differences.filter(({ partition }) => partition === partitions.robbed);
    expect(missing?.evidence.map(({ signalId, role }) => `${role} ${signalId}`)).toEqual(['start q3']);
  }
});

test('an alert that was decided by a later tick than it had to be is called late', async () => {
  for (const findings of await both()) {
    expect(inPartition(findings, partitions.delayed)).toMatchObject([{ kind: 'late', transition: 'opened' }]);
  }
});

test('only what lies in the range is compared', async () => {
  const range = { from: Date.parse('2026-03-02T10:30:00Z'), to: Date.parse('2026-03-02T10:40:00Z') };
  const findings = await verifyBySql(history.clickHouse, { keyspace: 'team', range });
  expect(findings.agreed).toEqual({ openings: 0, ends: 4 });
  expect(findings.differences).toEqual([]);
});

test('what was decided behind records that were lost and given up is not checked, and said; without that word it is false', async () => {
  const partition = 4;
  const [q1, a1, q3] = alertsOver(log, 0);
  await history.storeLog('team', partition, log);
  await history.storeAlerts([q1, a1, q3].map((alert) => ({ ...(alert as NonNullable<typeof q1>), partition })));
  const settings = { mutations_sync: 2 };
  const where = `WHERE keyspace = 'team' AND partition = ${partition} AND offset IN (9, 10)`;
  for (const table of ['log', 'signals']) {
    await history.clickHouse.command(`ALTER TABLE resonant.${table} DELETE ${where}`, { settings });
  }
  for (const findings of await both()) {
    expect(inPartition(findings, partition).map(({ kind }) => kind)).toContain('false');
  }
  await history.clickHouse.command(
    `INSERT INTO resonant.ledger (topic, partition, epoch, first, last, token, hash_form, stored_at)
     VALUES ('resonant.signals.team.v1', ${partition}, 0, 9, 10, 'resonant.signals.team.v1/0/4/9-10/skipped', 1, now64(3))`,
  );
  for (const findings of await both()) {
    expect(inPartition(findings, partition)).toEqual([]);
    expect(findings.notChecked).toMatchObject([
      { partition, why: 'records behind the offset 8 were lost and given up: resonant.lost_ranges', transitions: 2 },
    ]);
  }
});

const both = () =>
  Promise.all([
    verifyBySql(history.clickHouse, { keyspace: 'team', range: always }),
    verifyByReplay(history.clickHouse, testDecoder(), { keyspace: 'team', range: always }),
  ]);
