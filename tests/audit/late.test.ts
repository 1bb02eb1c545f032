import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { verifyBySql } from '@resonant/audit';
import type { LogEntry } from '@resonant/engine';
import { parseTestLog } from '@resonant/rules';
import { alertsOver, startHistory, type TestHistory } from './history.ts';

const head = { apiVersion: 'resonant/v1', id: 'busy', version: 1, keyspace: 'team', subject: ['teamId'] };
const pattern = { surge: { when: "kind == 'call'", window: '8m', every: '4m', against: '12m', factor: 0.5 } };

/** At 12:20 a breach; no breach with the first of two late calls; a breach again with the second. */
const log: readonly LogEntry[] = [
  { type: 'rule', action: 'put', ruleId: 'busy', document: { ...head, pattern }, revision: null },
  ...parseTestLog(`
2026-03-28T11:41:00Z call teamId=t1; tick
2026-03-28T12:01:00Z call teamId=t1 *4; tick
2026-03-28T12:10:00Z call teamId=t1 *2; tick
2026-03-28T12:15:00Z call teamId=t1 *2; tick
2026-03-28T12:24:30Z tick
2026-03-28T12:07:00Z call teamId=t1
2026-03-28T12:25:00Z tick
2026-03-28T12:19:00Z call teamId=t1
2026-03-28T12:26:00Z tick
2026-03-28T12:50:00Z tick
`),
];

let history: TestHistory;
beforeAll(async () => {
  history = await startHistory();
}, 60_000);
afterAll(() => history?.stop());

test('two late signals that bear on one instant except the subject from there on, and call nothing false', async () => {
  await history.storeLog('team', 0, log);
  await history.storeAlerts(alertsOver(log, 0));
  const findings = await verifyBySql(history.clickHouse, {
    keyspace: 'team',
    range: { from: 0, to: Number.MAX_SAFE_INTEGER },
  });
  expect(findings.differences).toEqual([]);
  expect(findings.excepted).toBeGreaterThan(0);
});
