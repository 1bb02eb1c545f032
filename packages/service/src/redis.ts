import { Redis } from 'ioredis';
import type { Logger } from './logger.ts';
import { probe } from './probe.ts';

/** Every default of a connection: how long a command may take, and a new connection; in ms. */
const defaults = { commandTimeoutMs: 500, connectTimeoutMs: 1_000 };

/** Where Redis is. Times in ms. */
export interface RedisOptions {
  readonly url: string;
  readonly logger?: Logger;
  readonly commandTimeoutMs?: number;
}

/**
 * A connection to Redis (≥ 6.2) for users that can do without: commands fail at once or within half a second while it is
 * away, and it connects again by itself. It is asked every two seconds too, so that one which hangs is known before
 * somebody needs it.
 */
export class RedisConnection {
  readonly #redis: Redis;
  readonly #logger: Logger | undefined;
  readonly #stop: () => void;
  #reason: string | undefined;

  private constructor(redis: Redis, logger: Logger | undefined) {
    this.#redis = redis;
    this.#logger = logger;
    redis.on('error', (error: unknown) => this.#away(error));
    const watched = probe('Redis', () => this.run((each) => each.ping()));
    this.#stop = watched.stop;
  }

  /** Resolves after the first attempt to connect, however it ended. */
  static async open({ url, logger, commandTimeoutMs }: RedisOptions): Promise<RedisConnection> {
    const redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs ?? defaults.commandTimeoutMs,
      connectTimeout: defaults.connectTimeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    const connection = new RedisConnection(redis, logger);
    // Why it failed is kept in `reason`, and the next attempt is made by itself.
    await redis.connect().catch((error: unknown) => connection.#away(error));
    return connection;
  }

  /** Why it cannot be used, as of the last command or look, or undefined. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Runs a command; rejects as it does. */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      const reply = await command(this.#redis);
      this.#back();
      return reply;
    } catch (error) {
      this.#away(error);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stop();
    this.#redis.disconnect();
  }

  #away(error: unknown): void {
    // The first failure says why; those that follow say only that there is no connection.
    if (this.#reason !== undefined) return;
    this.#logger?.warn({ err: error }, 'Redis cannot be reached, going on without');
    this.#reason = `Redis does not answer: ${(error as Error).message}`;
  }

  #back(): void {
    if (this.#reason !== undefined) this.#logger?.info('Redis is back');
    this.#reason = undefined;
  }
}

/** Rejects, saying what is wrong, unless Redis answers. */
export async function checkRedis(url: string): Promise<void> {
  const connection = await RedisConnection.open({ url });
  await connection.stop();
  if (connection.reason !== undefined) throw new Error(connection.reason);
}
