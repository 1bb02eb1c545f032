import { randomBytes } from 'node:crypto';
import { type ApiKey, eventHeaders, keysTopic, ResonantError } from '@resonant/contracts';
import { encoderFor, followTable, type Log } from '@resonant/kafka';
import { makeKey, traceparentFrom } from '@resonant/service';

/** What a new key may do and until when; instants in epoch ms, null = no end. */
export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
  readonly now: number;
}

/** Makes a key and stores its hash in the log; gives the text, which is nowhere else. */
export async function createKey(
  log: Log,
  request: KeyRequest,
): Promise<{ readonly text: string; readonly record: ApiKey }> {
  const key = makeKey({ ...request, randomBytes });
  await writeKey(log, key.record, request.now);
  return key;
}

/** All keys of the log, oldest first. */
export async function listKeys(log: Log): Promise<readonly ApiKey[]> {
  const keys = new Map<string, ApiKey>();
  const follower = await followTable(log, keysTopic, {
    put: (keyId, decoded) => {
      if (decoded.type === 'ApiKey') keys.set(keyId, decoded.value);
    },
    remove: (keyId) => keys.delete(keyId),
  });
  try {
    await Promise.race([follower.caughtUp, follower.failed]);
  } finally {
    await follower.stop();
  }
  return [...keys.values()].sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1));
}

/**
 * Ends a key; it stays listed. Gives the stored record (that of the first revocation, if there was one before); throws
 * `not-found` for an unknown id.
 */
export async function revokeKey(log: Log, keyId: string, now: number): Promise<ApiKey> {
  const key = (await listKeys(log)).find((known) => known.keyId === keyId);
  if (key === undefined) throw new ResonantError('not-found', `There is no key ${keyId}; see: resonant keys list`);
  if (key.revokedAt !== null) return key;
  const revoked: ApiKey = { ...key, revokedAt: now };
  await writeKey(log, revoked, now);
  return revoked;
}

/** The id in what a user gives as a key: the id itself, or the whole text. */
export const keyIdOf = (given: string): string => /^rsn_([^_]+)_/.exec(given)?.[1] ?? given;

async function writeKey(log: Log, record: ApiKey, now: number): Promise<void> {
  const encode = await encoderFor(log, keysTopic, 'ApiKey');
  const producer = await log.producer();
  try {
    const headers = eventHeaders({
      id: `${record.keyId}:${now}`,
      type: 'api-key',
      source: '/packages/cli',
      time: now,
      traceparent: traceparentFrom(undefined),
    });
    await producer.send({ topic: keysTopic, key: record.keyId, value: encode(record), headers });
  } finally {
    await producer.close();
  }
}
