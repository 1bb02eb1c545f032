import { createHash, timingSafeEqual } from 'node:crypto';
import { type ApiKey, ResonantError, sources } from '@resonant/contracts';

const scopeForm = new RegExp(
  `^(ingest:(\\*|${sources.join('|')})|alerts:(read|acknowledge)|rules:(read|write)|directory:write|vocabulary:write|history:query|(team|region):[^\\s*]+|admin)$`,
);
const keyForm = /^rsn_([a-z0-9]{1,32})_([A-Za-z0-9_-]{16,128})$/;
const bearerForm = /^Bearer +(\S+)$/i;

/** Who asks, once the key has been checked. */
export interface Principal {
  readonly keyId: string;
  /** What the key is for, as it was named when made. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** True if the key has this scope, a wildcard that covers it (`ingest:*`) or `admin`. */
  has(scope: string): boolean;
}

/** The API keys in force, by id. Pure: fed with records of `resonant.keys.v1`, asked with the time of the request. */
export class KeyRing {
  readonly #keys = new Map<string, ApiKey>();

  put(key: ApiKey): void {
    this.#keys.set(key.keyId, { ...key, hash: Buffer.from(key.hash) });
  }

  remove(keyId: string): void {
    this.#keys.delete(keyId);
  }

  /** Keys known, expired and revoked ones included. */
  get size(): number {
    return this.#keys.size;
  }

  /**
   * @param authorization the header as it came: `Bearer rsn_<keyId>_<secret>`
   * @param now epoch ms
   * Throws `unauthenticated` (no key, not a key, not ours) or `expired-key` (expired or revoked).
   */
  authenticate(authorization: string | undefined, now: number): Principal {
    const text = bearerForm.exec(authorization ?? '')?.[1];
    if (text === undefined) {
      throw new ResonantError('unauthenticated', 'expected a header Authorization: Bearer <api key>');
    }
    const [, keyId, secret] = keyForm.exec(text) ?? [];
    const key = this.#keys.get(keyId ?? '');
    if (secret === undefined || key === undefined || !timingSafeEqual(hashOf(secret), key.hash)) {
      throw new ResonantError('unauthenticated', 'the API key is not known here; make one with: resonant keys create');
    }
    if (key.revokedAt !== null && key.revokedAt <= now) {
      throw new ResonantError('expired-key', `the key ${key.keyId} was revoked ${iso(key.revokedAt)}`);
    }
    if (key.expiresAt !== null && key.expiresAt <= now) {
      throw new ResonantError('expired-key', `the key ${key.keyId} expired ${iso(key.expiresAt)}`);
    }
    return principalOf(key);
  }
}

/** Throws `forbidden` unless the key has the scope. */
export function requireScope(principal: Principal, scope: string): void {
  if (!principal.has(scope)) {
    throw new ResonantError('forbidden', `the key ${principal.keyId} lacks the scope ${scope}`);
  }
}

/** What a new key is made from. Times in epoch ms; `randomBytes` as in node:crypto. */
export interface NewKey {
  readonly name: string;
  readonly scopes: readonly string[];
  /** null = no end. */
  readonly expiresAt: number | null;
  readonly now: number;
  randomBytes(size: number): Buffer;
}

/**
 * Makes an API key: the text to hand out once, and the record to keep, which holds only the hash. Throws
 * `invalid-request` for a scope that does not exist, no scope, or an expiry that has passed.
 */
export function makeKey(input: NewKey): { readonly text: string; readonly record: ApiKey } {
  const wrong = input.scopes.filter((scope) => !scopeForm.test(scope));
  if (wrong.length > 0 || input.scopes.length === 0) {
    throw new ResonantError(
      'invalid-request',
      `${wrong.length === 0 ? 'no scope given' : `unknown scope ${wrong.join(', ')}`}; expected ingest:<source> with a source of ${sources.join(', ')}, ingest:*, ` +
        'alerts:read, alerts:acknowledge, rules:read, rules:write, directory:write, vocabulary:write, history:query, team:<id>, region:<id> or admin',
    );
  }
  if (input.expiresAt !== null && input.expiresAt <= input.now) {
    throw new ResonantError('invalid-request', `the expiry ${iso(input.expiresAt)} has passed`);
  }
  const keyId = input.randomBytes(6).toString('hex');
  const secret = input.randomBytes(32).toString('base64url');
  const { name, scopes, expiresAt, now } = input;
  return {
    text: `rsn_${keyId}_${secret}`,
    record: { keyId, name, hash: hashOf(secret), scopes, createdAt: now, expiresAt, revokedAt: null },
  };
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const iso = (instant: number): string => new Date(instant).toISOString();

function principalOf({ keyId, name, scopes }: ApiKey): Principal {
  const held = new Set(scopes);
  const has = (scope: string): boolean =>
    held.has(scope) || held.has('admin') || held.has(`${scope.slice(0, scope.indexOf(':') + 1)}*`);
  return { keyId, name, scopes, has };
}
