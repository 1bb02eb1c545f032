import { ResonantError } from '@resonant/contracts';
import { Redis } from 'ioredis';
import type { Component } from './components.ts';
import type { Logger } from './logger.ts';

/** Texts under keys with a time to live, shared by all replicas. Each method rejects with `not-ready` if Redis is away. */
export interface Keep {
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** undefined = there is none, or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Answers the value and removes it: of several callers one gets it. */
  take(key: string): Promise<string | undefined>;
}

/** Where texts are kept. `prefix` stands before every key, e.g. `resonant:gateway:`. */
export interface KeepOptions {
  readonly url: string;
  readonly prefix: string;
  readonly logger?: Logger;
}

/** A keep in Redis (≥ 6.2). It starts and stays ready while Redis is away, and connects again by itself. */
export const keep = ({ url, prefix, logger }: KeepOptions): Component<Keep> => ({
  name: 'keep',
  start: async () => {
    const redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 500,
      connectTimeout: 2_000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    redis.on('error', (err: unknown) => logger?.warn({ err }, 'Redis cannot be reached'));
    await redis.connect().catch((err: unknown) => logger?.warn({ err }, 'Redis cannot be reached at the start'));
    const ask = async <T>(command: Promise<T>): Promise<T> => {
      try {
        return await command;
      } catch (cause) {
        throw new ResonantError('not-ready', 'Redis cannot be reached; try again', { cause });
      }
    };
    const value: Keep = {
      set: async (key, text, ttlMs) => void (await ask(redis.set(prefix + key, text, 'PX', ttlMs))),
      get: async (key) => (await ask(redis.get(prefix + key))) ?? undefined,
      take: async (key) => (await ask(redis.getdel(prefix + key))) ?? undefined,
    };
    return { value, stop: async () => redis.disconnect() };
  },
});
