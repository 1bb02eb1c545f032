import { expect, test } from '@jest/globals';
import { keysTopic, topics } from '@resonant/contracts';
import { type Log, memoryLog } from '@resonant/kafka';
import { KeyRing } from '@resonant/service';
import { createKey, keyIdOf, listKeys, revokeKey } from '../src/keys.ts';

const now = Date.parse('2026-03-03T10:00:00Z');

async function emptyLog(): Promise<Log> {
  const log = memoryLog();
  const admin = await log.admin();
  await admin.ensureTopics(
    topics.filter(({ name }) => name === keysTopic),
    2,
  );
  return log;
}

const ringOf = async (log: Log): Promise<KeyRing> => {
  const ring = new KeyRing();
  for (const key of await listKeys(log)) ring.put(key);
  return ring;
};

test('a key that was made opens what its scopes say, and its secret is not in the log', async () => {
  const log = await emptyLog();
  const { text, record } = await createKey(log, { name: 'telephony', scopes: ['ingest:calls'], expiresAt: null, now });
  const principal = (await ringOf(log)).authenticate(`Bearer ${text}`, now);
  expect([principal.name, principal.has('ingest:calls'), principal.has('ingest:emails')]).toEqual([
    'telephony',
    true,
    false,
  ]);
  expect(Buffer.from((await listKeys(log))[0]?.hash ?? []).toString('latin1')).not.toContain(text.split('_')[2]);
  expect(keyIdOf(text)).toBe(record.keyId);
});

test('a revoked key is refused, stays listed, and keeps the time of its first revocation', async () => {
  const log = await emptyLog();
  const { text, record } = await createKey(log, { name: 'desk', scopes: ['alerts:read'], expiresAt: null, now });
  await revokeKey(log, record.keyId, now + 1000);
  const again = await revokeKey(log, record.keyId, now + 2000);
  expect(again.revokedAt).toBe(now + 1000);
  expect((await listKeys(log)).map(({ name, revokedAt }) => [name, revokedAt])).toEqual([['desk', now + 1000]]);
  const ring = await ringOf(log);
  expect(() => ring.authenticate(`Bearer ${text}`, now + 3000)).toThrow('was revoked');
});

test('a key is stored under CloudEvents and trace headers', async () => {
  const log = await emptyLog();
  const { record } = await createKey(log, { name: 'desk', scopes: ['alerts:read'], expiresAt: null, now });
  const headers: Record<string, string>[] = [];
  const follower = await log.follow({
    topic: keysTopic,
    onRecords: (_partition, records) =>
      void headers.push(
        ...records.map((stored) =>
          Object.fromEntries(Object.entries(stored.headers).map(([name, value]) => [name, value.toString()])),
        ),
      ),
  });
  await follower.caughtUp;
  await follower.stop();
  expect(headers).toEqual([
    expect.objectContaining({
      ce_id: `${record.keyId}:${now}`,
      ce_type: 'com.resonant.api-key.v1',
      ce_time: new Date(now).toISOString(),
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
    }),
  ]);
});

test('revoking a key that does not exist says so', async () => {
  await expect(revokeKey(await emptyLog(), 'nope', now)).rejects.toThrow('There is no key nope');
});
