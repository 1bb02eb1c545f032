import type { Redis } from 'ioredis';
import type { Component } from './components.ts';
import { RedisConnection, type RedisOptions } from './redis.ts';

/** Every default of the claims: how long a writer may take, and how long an id is remembered. */
const defaults = { claimMs: 60_000, confirmMs: 4 * 24 * 3600 * 1000 };

/** What stands where the record is durable: this word, and behind a space the hash of its content if there is one. */
const confirmed = 'confirmed';

/** Sets the claim unless another owner has it; answers what stands there and for how long. Atomic in Redis 6.2 (`SET NX GET` is not). */
const claimScript = `
local held = redis.call('GET', KEYS[1])
if not held or held == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return {1, ARGV[1], ARGV[2]}
end
return {0, held, redis.call('PTTL', KEYS[1])}`;

/** Removes the claim only if it is still the caller's own. */
const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** What became of a claim. */
export type ClaimResult =
  /** The caller may write, then confirms or releases. */
  | { readonly status: 'claimed' }
  /** Somebody else writes it now. */
  | { readonly status: 'busy'; readonly retryAfterMs: number }
  /** It was written within the last four days; `contentHash` as it was confirmed. */
  | { readonly status: 'confirmed'; readonly contentHash: string | null }
  /** Redis cannot be reached: go on without; readers of the log dedupe by event id. */
  | { readonly status: 'unavailable' };

/** An id whose record is durable. */
export interface Confirmation {
  readonly id: string;
  /** What tells its content from another's, without spaces; null = the id alone is the identity. */
  readonly contentHash: string | null;
}

/** Dedupe claims on ids. No method rejects because of Redis. */
export interface Claims {
  /**
   * Results in the order of `ids`. `owner` is who may claim the same id again and release it; a new one for each attempt
   * of a sender (a repeated request must wait), the same for a record that is read again after a crash. An id that
   * stands twice in one call is claimed both times.
   */
  claim(ids: readonly string[], owner: string): Promise<readonly ClaimResult[]>;
  /** After the record is durable: remembered for four days. */
  confirm(confirmations: readonly Confirmation[]): Promise<void>;
  /** After a write that failed: another sender may try at once. Only claims of `owner` are released. */
  release(ids: readonly string[], owner: string): Promise<void>;
}

/** Where claims are kept. `prefix` stands before every key, e.g. `resonant:dedupe:`. Times in ms. */
export interface ClaimsOptions extends RedisOptions {
  readonly prefix: string;
  readonly claimMs?: number;
  readonly confirmMs?: number;
}

/** Claims in Redis (≥ 6.2). While Redis is away dedupe is left to the readers of the log: degraded, and ready. */
export const claims = (options: ClaimsOptions): Component<Claims> => ({
  name: 'claims',
  start: async () => {
    const connection = await RedisConnection.open(options);
    return {
      value: new RedisClaims(connection, options),
      degraded: () => connection.reason && `${connection.reason}; an id that comes twice is stored twice`,
      stop: () => connection.stop(),
    };
  },
});

class RedisClaims implements Claims {
  readonly #connection: RedisConnection;
  readonly #options: ClaimsOptions;

  constructor(connection: RedisConnection, options: ClaimsOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async claim(ids: readonly string[], owner: string): Promise<readonly ClaimResult[]> {
    const ms = this.#options.claimMs ?? defaults.claimMs;
    const replies = await this.#all(ids, (redis, id) => redis.eval(claimScript, 1, this.#key(id), owner, ms));
    return replies.map(claimResultOf);
  }

  async confirm(confirmations: readonly Confirmation[]): Promise<void> {
    const ms = this.#options.confirmMs ?? defaults.confirmMs;
    await this.#all(confirmations, (redis, { id, contentHash }) => {
      const text = contentHash === null ? confirmed : `${confirmed} ${contentHash}`;
      return redis.set(this.#key(id), text, 'PX', ms);
    });
  }

  async release(ids: readonly string[], owner: string): Promise<void> {
    await this.#all(ids, (redis, id) => redis.eval(releaseScript, 1, this.#key(id), owner));
  }

  #key(id: string): string {
    return `${this.#options.prefix}${id}`;
  }

  /** One command per item, sent together; an undefined reply stands for a Redis that cannot be reached. */
  #all<T>(items: readonly T[], command: (redis: Redis, item: T) => Promise<unknown>): Promise<readonly unknown[]> {
    return Promise.all(
      items.map((item) =>
        // The connection keeps and logs why.
        this.#connection.run((redis) => command(redis, item)).catch(() => undefined),
      ),
    );
  }
}

function claimResultOf(reply: unknown): ClaimResult {
  if (!Array.isArray(reply)) return { status: 'unavailable' };
  const [isNew, held, ttlMs] = reply as [number, string, number];
  if (isNew === 1) return { status: 'claimed' };
  const [state, contentHash = null] = held.split(' ', 2);
  return state === confirmed
    ? { status: 'confirmed', contentHash }
    : { status: 'busy', retryAfterMs: Math.max(0, ttlMs) };
}
