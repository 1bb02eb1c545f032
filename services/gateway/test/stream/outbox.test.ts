import { describe, expect, test } from '@jest/globals';
import { Outbox } from '../../src/stream/outbox.ts';

function stalled() {
  const pending: (() => void)[] = [];
  let now = 0;
  const outbox = new Outbox({ send: (_text, sent) => void pending.push(sent) }, () => now, {
    bytes: 1000,
    ms: 10_000,
    pauseBytes: 300,
  });
  return { outbox, pending, pass: (ms: number) => (now += ms) };
}

describe('outbox', () => {
  test('counts bytes, not letters, until the socket has let go of them', () => {
    const { outbox, pending } = stalled();
    outbox.send('触点');
    expect(outbox.unsentBytes).toBe(6);
    pending.shift()?.();
    expect(outbox.unsentBytes).toBe(0);
  });

  test.each([
    ['1000 bytes', 1000, 0, false],
    ['1001 bytes', 1001, 0, true],
    ['10 s', 10, 10_000, false],
    ['10.001 s', 10, 10_001, true],
  ])('of %s unsent', (_what, bytes, ms, overrun) => {
    const { outbox, pass } = stalled();
    outbox.send('x'.repeat(bytes));
    pass(ms);
    expect(outbox.isOverrun).toBe(overrun);
  });

  test('makes alerts wait above the pause mark and lets them go on below it', async () => {
    const { outbox, pending } = stalled();
    outbox.send('x'.repeat(200));
    expect(outbox.isFull).toBe(false);
    outbox.send('x'.repeat(200));
    expect(outbox.isFull).toBe(true);
    let went = false;
    const room = outbox.room().then((open) => {
      went = open;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(went).toBe(false);
    pending.shift()?.();
    await room;
    expect(went).toBe(true);
  });

  test('lets whoever waits go when it is closed, and sends nothing more', async () => {
    const { outbox, pending } = stalled();
    outbox.send('x'.repeat(400));
    const room = outbox.room();
    outbox.close();
    expect(await room).toBe(false);
    outbox.send('late');
    expect(pending.length).toBe(1);
  });
});
