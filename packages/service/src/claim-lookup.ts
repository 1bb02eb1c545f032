import { ResonantError } from '@resonant/contracts';
import { RedisConnection } from './redis.ts';

/** A claim as it stands. */
export interface StandingClaim {
  /** The record is durable; else somebody writes it now. */
  readonly isConfirmed: boolean;
  /** Until it is forgotten, in ms. */
  readonly remainingMs: number;
}

/** Looks at a claim without making one; undefined = there is none. Rejects with `not-ready` if Redis does not answer. */
export async function readClaim(url: string, prefix: string, id: string): Promise<StandingClaim | undefined> {
  const connection = await RedisConnection.open({ url });
  try {
    if (connection.reason !== undefined) throw new ResonantError('not-ready', connection.reason);
    const key = `${prefix}${id}`;
    const [held, remainingMs] = await connection.run((redis) => Promise.all([redis.get(key), redis.pttl(key)]));
    if (held === null) return undefined;
    return { isConfirmed: held.split(' ', 1)[0] === 'confirmed', remainingMs: Math.max(0, remainingMs) };
  } finally {
    await connection.stop();
  }
}
