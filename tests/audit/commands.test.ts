import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sealDue, sealingKey } from '@resonant/audit';
import type { LogEntry } from '@resonant/engine';
import { parseTestLog } from '@resonant/rules';
import type { Command } from '../../packages/cli/src/command.ts';
import { auditProofCommand } from '../../packages/cli/src/commands/audit-proof.ts';
import { auditSealsCommand } from '../../packages/cli/src/commands/audit-seals.ts';
import { auditVerifyCommand } from '../../packages/cli/src/commands/audit-verify.ts';
import { alertsOver, startHistory, type TestHistory } from './history.ts';

const log: readonly LogEntry[] = [
  {
    type: 'rule',
    action: 'put',
    ruleId: 'busy',
    document: {
      ...{ apiVersion: 'resonant/v1', id: 'busy', version: 1, keyspace: 'team', subject: ['teamId'] },
      pattern: { surge: { when: "kind == 'call'", window: '1h', every: '1h', against: '2h', factor: 3 } },
    },
    revision: null,
  },
  ...parseTestLog(`
2026-03-02T09:00:01Z call teamId=t1; tick
2026-03-02T11:30:00Z call teamId=t1 *5; tick
2026-03-02T14:00:00Z tick
`),
];
const alerts = alertsOver(log, 0);
const folder = mkdtempSync(join(tmpdir(), 'resonant-audit-'));
const publicKeyFile = join(folder, 'seal-public-key.pem');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));

let history: TestHistory;
beforeAll(async () => {
  history = await startHistory();
  await history.storeLog('team', 0, log);
  await history.storeAlerts(alerts);
  const key = sealingKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await sealDue(history.clickHouse, { key, now: Date.now() + 7_200_000, settleMs: 0, publish: async () => undefined });
}, 60_000);
afterAll(async () => {
  await history?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command as the command line does; returns its exit code and what it printed. */
const run = (command: Command, ...args: readonly string[]) => runAs('writer', command, ...args);

async function runAs(
  user: 'writer' | 'analyst',
  command: Command,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string }> {
  const stdout = new PassThrough();
  const env = {
    CLICKHOUSE_URL: history.env.CLICKHOUSE_URL,
    CLICKHOUSE_USER: user,
    CLICKHOUSE_PASSWORD: history.passwords[user],
  };
  const stderr = new PassThrough().resume();
  const code = await command.run([...args, '--data', folder], {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env,
    signal: new AbortController().signal,
  });
  stdout.end();
  return { code, out: await text(stdout) };
}

const range = ['--from', '2026-03-02', '--to', '2026-03-03T00:00:00Z'] as const;

test('audit verify says what was looked at and ends with 0 where nothing differs, with 2 where nothing is stored', async () => {
  const clean = await run(auditVerifyCommand, ...range, '--only', 'sql', '--keyspace', 'team');
  expect(clean.out).toContain('by SQL from the signals: no difference');
  expect(clean.out).toContain('agree: 1 openings, 1 ends');
  expect(clean.code).toBe(0);
  const nothing = await run(auditVerifyCommand, ...range, '--only', 'sql', '--keyspace', 'lead');
  expect(nothing.code).toBe(2);
  await expect(run(auditVerifyCommand, '--from', 'tomorrow', '--to', 'now')).rejects.toThrow('--from expects a time');
});

test('audit verify of a rule that history does not know in these keyspaces is a wrong call, and no success', async () => {
  const one = await run(auditVerifyCommand, ...range, '--only', 'sql', '--keyspace', 'team', '--rule', 'busy');
  expect([one.code, one.out.includes('agree: 1 openings, 1 ends')]).toEqual([0, true]);
  await expect(run(auditVerifyCommand, ...range, '--only', 'sql', '--rule', 'bussy')).rejects.toThrow(
    'history knows no rule bussy in account, team, region, lead: there are busy',
  );
  await expect(
    run(auditVerifyCommand, ...range, '--only', 'sql', '--rule', 'busy', '--keyspace', 'lead'),
  ).rejects.toThrow('history knows no rule busy in lead: there is none');
});

test('audit proof prints a statement to paste and the counted numbers beside the stored ones', async () => {
  const { code, out } = await run(auditProofCommand, alerts[0]?.alertId as string);
  expect(out).toContain('-- n: stored 5, counted 5');
  expect(code).toBe(0);
  const statement = out.slice(out.indexOf('SELECT'), out.indexOf(';'));
  expect(await history.clickHouse.query(statement)).toEqual([{ n: 5, referenceN: 1 }]);
  await expect(run(auditProofCommand, 'abc')).rejects.toThrow('32 hex digits');
});

test('an analyst, who reads what is open alone, audits as the product does', async () => {
  const id = alerts[0]?.alertId as string;
  const calls: readonly (readonly [Command, ...string[]])[] = [
    [auditVerifyCommand, ...range, '--only', 'sql', '--keyspace', 'team'],
    [auditProofCommand, id],
    [auditSealsCommand, '--no-published', '--public-key', publicKeyFile],
  ];
  for (const [command, ...args] of calls) {
    const own = await runAs('writer', command, ...args);
    expect(own.code).toBe(0);
    expect(await runAs('analyst', command, ...args)).toEqual(own);
  }
}, 180_000);

test('audit seals ends with 0 as sealed, and with 1 and the row where one was changed', async () => {
  const options = ['--no-published', '--public-key', publicKeyFile];
  const clean = await run(auditSealsCommand, ...options);
  expect(clean.out).toMatch(/^as sealed/);
  expect(clean.code).toBe(0);
  await history.clickHouse.command(
    "ALTER TABLE resonant.alerts UPDATE severity = 'low' WHERE seq = 1 SETTINGS mutations_sync = 2",
  );
  const changed = await run(auditSealsCommand, ...options);
  expect(changed.out).toContain('changed: alerts at offset 0, batch resonant.alerts.v1/0 0-1');
  expect(changed.code).toBe(1);
});

test('audit verify names a missing end with its evidence, and ends with 1', async () => {
  await history.clickHouse.command('ALTER TABLE resonant.alerts DELETE WHERE seq = 2 SETTINGS mutations_sync = 2');
  const { code, out } = await run(auditVerifyCommand, ...range, '--only', 'sql', '--keyspace', 'team');
  expect(out).toContain('missing: resolved at 2026-03-02T13:00:00.000Z, busy {"teamId":"t1"}');
  expect(code).toBe(1);
});
