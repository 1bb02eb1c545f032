import type { Arrival } from '../src/sources/source.ts';

/** The moment at which everything in these tests arrives. */
export const now = Date.UTC(2026, 2, 3, 14);

export const arrival = (payload: Buffer | string, over: Partial<Arrival> = {}): Arrival => ({
  receivedAt: now,
  via: 'http',
  keyId: 'k1',
  payload: Buffer.from(payload),
  payloadType: 'application/json',
  ...over,
});
