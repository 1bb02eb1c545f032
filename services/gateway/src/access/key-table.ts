import type { ApiKey } from '@resonant/contracts';
import { ResonantError } from '@resonant/contracts';
import { KeyRing, type Principal } from '@resonant/service';

/** The API keys in force; unlike the ring alone it answers for a key id, as tickets and open connections need it. */
export class KeyTable {
  readonly #ring = new KeyRing();
  readonly #keys = new Map<string, ApiKey>();

  put(key: ApiKey): void {
    this.#ring.put(key);
    this.#keys.set(key.keyId, key);
  }

  remove(keyId: string): void {
    this.#ring.remove(keyId);
    this.#keys.delete(keyId);
  }

  /** As `KeyRing.authenticate`. */
  authenticate(authorization: string | undefined, now: number): Principal {
    return this.#ring.authenticate(authorization, now);
  }

  /** The principal of a key that has proved itself before. Throws `unauthenticated` or `expired-key`. */
  principal(keyId: string, now: number): Principal {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new ResonantError('unauthenticated', `the key ${keyId} is no longer known`);
    if ((key.revokedAt ?? Infinity) <= now) throw new ResonantError('expired-key', `the key ${keyId} was revoked`);
    if ((key.expiresAt ?? Infinity) <= now) throw new ResonantError('expired-key', `the key ${keyId} has expired`);
    const held = new Set(key.scopes);
    return { keyId, name: key.name, scopes: key.scopes, has: (scope) => held.has(scope) || held.has('admin') };
  }

  /** When the key stops being valid as far as is known now; undefined = no end. */
  endOf(keyId: string): number | undefined {
    const key = this.#keys.get(keyId);
    return key === undefined ? undefined : (key.revokedAt ?? key.expiresAt ?? undefined);
  }
}
