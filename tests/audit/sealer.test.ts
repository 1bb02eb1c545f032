import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditSeals, keyIdOf } from '@resonant/audit';
import { alertsTopic, type Seal, sealsTopic, topics } from '@resonant/contracts';
import { type Log, memoryLog, readTopic } from '@resonant/kafka';
import type { Logger } from '@resonant/service';
import { sealerComponent } from '../../services/history/src/sealer.ts';
import { startHistory, type TestHistory } from './history.ts';

const hour = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'resonant-seal-'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keyFile = join(folder, 'seal-key.pem');
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
const logger = { info: () => undefined, warn: () => undefined } as unknown as Logger;

let history: TestHistory;
beforeAll(async () => {
  history = await startHistory();
  await history.storeLog('team', 0, [{ type: 'tick', at: Date.parse('2026-03-02T09:00:00Z') }]);
}, 60_000);
afterAll(async () => {
  await history?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts and stops a sealer that sees the streams given; returns the seals in the topic. */
async function sealsOf(
  streams: readonly { readonly topic: string; readonly partition: number }[],
  log: Log,
): Promise<readonly Seal[]> {
  const running = await sealerComponent({
    ...{ log, clickHouse: history.clickHouse, config: { HISTORY_SEAL_KEY: keyFile }, logger },
    writer: { streams: () => streams as never },
    now: () => Date.now() + 2 * hour,
  }).start();
  await running.stop?.();
  return (await readTopic(log, sealsTopic)).flatMap((decoded) => (decoded.type === 'Seal' ? [decoded.value] : []));
}

async function logWithTopics(): Promise<Log> {
  const log = memoryLog();
  const admin = await log.admin();
  await admin.ensureTopics(
    topics.filter(({ name }) => name === sealsTopic),
    1,
  );
  await admin.close();
  return log;
}

test('the process that has partition 0 of the alerts publishes and stores the seals of the hours that are over', async () => {
  const log = await logWithTopics();
  expect(await sealsOf([{ topic: alertsTopic, partition: 1 }], log)).toEqual([]);
  const published = await sealsOf([{ topic: alertsTopic, partition: 0 }], log);
  expect(published.map(({ sealId }) => sealId)).toEqual(published.map((_, i) => i + 1));
  expect(published.reduce((sum, { nRanges }) => sum + nRanges, 0)).toBe(1);
  const report = await auditSeals(history.clickHouse, {
    keys: new Map([[keyIdOf(publicKey), publicKey]]),
    published,
    now: Date.now(),
  });
  expect(report).toMatchObject({ seals: published.length, published: published.length, problems: [] });
});

test('a key that cannot be read stops the start, and says how to make one', async () => {
  const config = { HISTORY_SEAL_KEY: join(folder, 'nothing.pem') };
  const start = sealerComponent({
    log: memoryLog(),
    clickHouse: history.clickHouse,
    writer: { streams: () => [] },
    config,
    logger,
    now: Date.now,
  }).start();
  await expect(start).rejects.toThrow('openssl genpkey -algorithm ed25519');
});
