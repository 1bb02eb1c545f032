import { randomBytes } from 'node:crypto';
import type { Keep } from '@resonant/service';

/** How long a ticket can be used, in ms. */
export const ticketMs = 30_000;

/** A ticket for one connection of a browser, which cannot send an Authorization header. */
export async function issueTicket(keep: Keep, keyId: string): Promise<string> {
  const ticket = `tkt_${randomBytes(24).toString('base64url')}`;
  await keep.set(`ticket:${ticket}`, keyId, ticketMs);
  return ticket;
}

/** Key id of a ticket that was not used and is not too old, else undefined. It cannot be used again. */
export const redeemTicket = async (keep: Keep, ticket: string): Promise<string | undefined> =>
  /^tkt_[\w-]{32}$/.test(ticket) ? keep.take(`ticket:${ticket}`) : undefined;

/** Keeps in this process alone. Time is passed in, in ms. */
export class MemoryKeep implements Keep {
  readonly #now: () => number;
  readonly #values = new Map<string, { readonly value: string; readonly until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    const now = this.#now();
    for (const [old, { until }] of this.#values) if (until <= now) this.#values.delete(old);
    this.#values.set(key, { value, until: now + ttlMs });
  }

  async get(key: string): Promise<string | undefined> {
    const held = this.#values.get(key);
    return held !== undefined && held.until > this.#now() ? held.value : undefined;
  }

  async take(key: string): Promise<string | undefined> {
    const value = await this.get(key);
    this.#values.delete(key);
    return value;
  }
}
