import { ResonantError } from '@resonant/contracts';
import type { Redis } from 'ioredis';
import type { Component } from './components.ts';
import { RedisConnection, type RedisOptions } from './redis.ts';

/** Texts under keys with a time to live, shared by all replicas. Each method rejects with `not-ready` if Redis is away. */
export interface Keep {
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** undefined = there is none, or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Answers the value and removes it: of several callers one gets it. */
  take(key: string): Promise<string | undefined>;
}

/** Where texts are kept. `prefix` stands before every key, e.g. `resonant:gateway:`. */
export interface KeepOptions extends RedisOptions {
  readonly prefix: string;
  /** What cannot be had while Redis is away; said by /readyz. */
  readonly without: string;
}

/** A keep in Redis (≥ 6.2). While Redis is away it is degraded, and ready. */
export const keep = (options: KeepOptions): Component<Keep> => ({
  name: 'keep',
  start: async () => {
    const { prefix, without } = options;
    const connection = await RedisConnection.open(options);
    const ask = async <T>(command: (redis: Redis) => Promise<T>): Promise<T> => {
      try {
        return await connection.run(command);
      } catch (cause) {
        throw new ResonantError('not-ready', 'Redis cannot be reached; try again', { cause });
      }
    };
    const value: Keep = {
      set: async (key, text, ttlMs) => void (await ask((redis) => redis.set(prefix + key, text, 'PX', ttlMs))),
      get: async (key) => (await ask((redis) => redis.get(prefix + key))) ?? undefined,
      take: async (key) => (await ask((redis) => redis.getdel(prefix + key))) ?? undefined,
    };
    return {
      value,
      degraded: () => connection.reason && `${connection.reason}; ${without}`,
      stop: () => connection.stop(),
    };
  },
});
