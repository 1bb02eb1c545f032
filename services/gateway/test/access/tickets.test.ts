import { describe, expect, test } from '@jest/globals';
import { checkOrigin } from '../../src/access/origin.ts';
import { issueTicket, MemoryKeep, redeemTicket, ticketMs } from '../../src/access/tickets.ts';

describe('tickets', () => {
  test('are good for one use', async () => {
    const keep = new MemoryKeep(() => 0);
    const ticket = await issueTicket(keep, 'key-1');
    expect(await redeemTicket(keep, ticket)).toBe('key-1');
    expect(await redeemTicket(keep, ticket)).toBeUndefined();
  });

  test.each([
    [ticketMs - 1, 'key-1'],
    [ticketMs, undefined],
  ])('after %i ms give %s', async (ms, keyId) => {
    let now = 0;
    const keep = new MemoryKeep(() => now);
    const ticket = await issueTicket(keep, 'key-1');
    now = ms;
    expect(await redeemTicket(keep, ticket)).toBe(keyId);
  });

  test('that nobody issued give nothing', async () => {
    const keep = new MemoryKeep(() => 0);
    await keep.set('ticket:x', 'key-1', 1000);
    expect(await redeemTicket(keep, 'x')).toBeUndefined();
  });
});

describe('origin', () => {
  const allowed = new Set(['https://console.example']);

  test.each([undefined, 'https://console.example'])('%s may connect', (origin) => {
    expect(() => checkOrigin(origin, allowed)).not.toThrow();
  });

  test.each(['https://evil.example', 'http://console.example', 'https://console.example:8443', 'null', ''])(
    '%j may not',
    (origin) => expect(() => checkOrigin(origin, allowed)).toThrow(/not on the allow-list/),
  );
});
