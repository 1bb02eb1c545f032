import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { backtest, proofText, prove, verify } from '@resonant/audit';
import { type Keyspace, keyspaces } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';
import { compileRule, parseTestLog, type RuleDocument, shippedRules } from '@resonant/rules';
import { alertsOver, startHistory, type TestHistory, testDecoder } from './history.ts';

const always = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** The log of every test of the shipped rules, each a partition of its keyspace. */
const logs = shippedRules().flatMap(({ document }) => {
  const { keyspace, id, tests = [] } = document as RuleDocument;
  const put: LogEntry = { type: 'rule', action: 'put', ruleId: id, document, revision: null };
  return tests.map(({ log }) => ({ ruleId: id, keyspace, entries: [put, ...parseTestLog(log)] }));
});

let history: TestHistory;
const alertIds = new Map<string, Set<string>>();

beforeAll(async () => {
  history = await startHistory();
  const next = new Map<Keyspace, number>();
  for (const { ruleId, keyspace, entries } of logs) {
    const partition = next.get(keyspace) ?? 0;
    next.set(keyspace, partition + 1);
    await history.storeLog(keyspace, partition, entries);
    const alerts = alertsOver(entries, partition);
    if (alerts.length > 0) await history.storeAlerts(alerts);
    for (const { alertId } of alerts) alertIds.set(ruleId, (alertIds.get(ruleId) ?? new Set()).add(alertId));
  }
}, 120_000);
afterAll(() => history?.stop());

test('what the shipped rules say over their own tests is what SQL derives and what the replay says', async () => {
  const report = await verify(history.clickHouse, { range: always, keyspaces, bySql: true, decoder: testDecoder() });
  expect(report.sql?.differences).toEqual([]);
  expect(report.replay?.differences).toEqual([]);
  expect(report.sql?.notChecked).toEqual([]);
  expect(report.sql?.agreed.openings).toBeGreaterThanOrEqual(shippedRules().length);
}, 120_000);

describe('the numbers of an alert, counted again', () => {
  test.each(shippedRules().map(({ document }) => [(document as RuleDocument).id]))(
    'are those that were stored: %s',
    async (ruleId) => {
      const [alertId] = alertIds.get(ruleId) ?? [];
      const proof = await prove(history.clickHouse, alertId as string);
      const opened = proof.transitions[0];
      expect(opened?.sql).toContain('resonant.signals');
      expect(proof.transitions.flatMap(({ numbers }) => numbers).filter(({ isSame }) => !isSame)).toEqual([]);
      const { pattern } = compileRule(
        shippedRules().find(({ document }) => (document as RuleDocument).id === ruleId)?.document,
      );
      if (pattern.kind !== 'deadline') expect(opened?.numbers.length).toBeGreaterThan(0);
      expect(proofText(proof)).toContain('stored');
    },
  );

  test('differ where the stored number was changed', async () => {
    const [alertId] = alertIds.get('competitor-surge') ?? [];
    await history.clickHouse.command(
      `ALTER TABLE resonant.alerts UPDATE values = mapUpdate(values, map('n', 99.)) WHERE alert_id = '${alertId}' AND seq = 1 SETTINGS mutations_sync = 2`,
    );
    const proof = await prove(history.clickHouse, alertId as string);
    expect(proof.transitions[0]?.numbers.find(({ name }) => name === 'n')).toMatchObject({ stored: 99, isSame: false });
  });

  test('are refused for an alert that history does not have', async () => {
    await expect(prove(history.clickHouse, '0'.repeat(32))).rejects.toThrow('history has no alert');
  });
});

test('a backtest says what another version would have added, lost and moved', async () => {
  const { document } = shippedRules().find((rule) => (rule.document as RuleDocument).id === 'lead-response') as {
    document: unknown;
  };
  const shorter = {
    ...(document as RuleDocument),
    version: 99,
    pattern: { deadline: { ...(document as RuleDocument).pattern.deadline, within: '30s' } },
  };
  const run = (candidate: unknown, baseline: unknown) =>
    backtest(history.clickHouse, testDecoder(), { candidate, baseline, range: always });
  const same = await run(document, document);
  expect(same).toMatchObject({ added: [], lost: [], moved: [], cutPartitions: [] });
  expect(same.same).toBe(same.candidate);
  expect(same.candidate).toBeGreaterThan(0);
  const sooner = await run(shorter, document);
  // Everything that was overdue after 90 s is so after 30 s, a minute earlier.
  expect(sooner.lost).toEqual([]);
  expect(sooner.moved.map(({ before, after }) => before.openedAt - after.openedAt)).toEqual(
    sooner.moved.map(() => 60_000),
  );
  expect(sooner.moved).toHaveLength(same.candidate);
  expect(sooner.added).toHaveLength(sooner.candidate - same.candidate);
  expect(sooner.moved[0]?.after.evidence[0]?.role).toBe('start');
});
