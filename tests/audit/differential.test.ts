import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifyBySql } from '@resonant/audit';
import fc from 'fast-check';
import { type Kind, kinds } from '../../packages/rules/test/reference/random-documents.ts';
import { type Batch, batches } from './histories.ts';
import { alertsOver, startHistory, type TestHistory } from './history.ts';

/** Of these random histories; AUDIT_SEED asks for others. */
const seed = Number(process.env.AUDIT_SEED ?? 20_260_303);
const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
const [rulesOfAKind, logsOfARule] = [6, 10];

/** Most of its histories have alerts, and some of those end. */
function isTelling({ logs }: Batch): boolean {
  const alerts = logs.map((log) => alertsOver(log, 0));
  const ends = alerts.flat().filter(({ transition }) => transition === 'resolved').length;
  return ends > 0 && alerts.filter((list) => list.length > 0).length > logs.length / 2;
}

let history: TestHistory;
let withAlerts = 0;
let partitions = 0;

beforeAll(async () => {
  history = await startHistory();
  const logs = kinds.flatMap((kind) =>
    fc
      .sample(batches(kind, logsOfARule).filter(isTelling), { seed, numRuns: rulesOfAKind })
      .flatMap((batch) => batch.logs),
  );
  const alerts = logs.map((log, partition) => alertsOver(log, partition));
  partitions = logs.length;
  withAlerts = alerts.filter((list) => list.length > 0).length;
  await history.storeLogs('team', logs);
  await history.storeAlerts(alerts.flat());
}, 120_000);
afterAll(() => history?.stop());

describe(`over random histories of seed ${seed}`, () => {
  test('360 histories are looked at, more than half of them with alerts', () => {
    expect(partitions).toBe(kinds.length * rulesOfAKind * logsOfARule);
    expect(withAlerts).toBeGreaterThan(partitions / 2);
  });

  test.each<readonly [Kind]>(kinds.map((kind) => [kind]))(
    'what the engine said of a %s rule is what SQL derives from the signals, both ways',
    async (kind) => {
      const findings = await verifyBySql(history.clickHouse, { keyspace: 'team', range: always, ruleId: kind });
      process.stderr.write(
        `${kind}, seed ${seed}: ${JSON.stringify({ ...findings, differences: findings.differences.length })}\n`,
      );
      expect(findings.differences).toEqual([]);
      expect(findings.notChecked).toEqual([]);
      expect(findings.agreed.openings).toBeGreaterThan(0);
      expect(findings.agreed.ends).toBeGreaterThan(0);
    },
    60_000,
  );
});
