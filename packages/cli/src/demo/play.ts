import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './delivery.ts';
import type { Send } from './sender.ts';

/** Moves log time; the player of packages/stream is one. */
export interface LogTime {
  rulesInPlace(): Promise<void>;
  advanceTo(at: number): Promise<void>;
  waitForTick(at: number): Promise<void>;
  /** Largest tick that stands in every partition, epoch ms. */
  readonly now: number;
}

export interface Performance {
  /** Epoch ms of the demo's day. */
  readonly from: number;
  readonly to: number;
  readonly deliveries: readonly Delivery[];
  readonly send: Send;
  readonly time: LogTime;
  /** How many times as fast as the wall clock log time goes at most. */
  readonly speed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (at: number, sent: number) => void;
}

/** While events come, log time goes in steps of half a minute; after the last one in steps of five minutes. */
const stepMs = { busy: 30_000, quiet: 300_000 } as const;
const atOnce = 8;

/**
 * Plays a day: sends what is due, waits until it is signals, appends the tick, and so on to the end, at most `speed`
 * times as fast as the wall clock. A day that was broken off goes on where its ticks end: what was sent before is sent
 * again and counts once.
 */
export async function play(performance: Performance): Promise<void> {
  const { deliveries, send, time, signal } = performance;
  await time.rulesInPlace();
  const lastSent = deliveries.at(-1)?.sendAt ?? performance.from;
  const started = Date.now();
  const first = Math.max(performance.from, time.now);
  let sent = 0;
  for (let at = performance.from; at <= performance.to; at = stepAfter(at, lastSent, performance.to)) {
    signal.throwIfAborted();
    const due = deliveries.slice(sent).findIndex((delivery) => delivery.sendAt > at);
    const until = due === -1 ? deliveries.length : sent + due;
    await sendAll(deliveries.slice(sent, until), send);
    sent = until;
    if (at <= time.now) continue;
    await time.advanceTo(at);
    performance.onProgress(at, sent);
    const ahead = (at - first) / performance.speed - (Date.now() - started);
    if (ahead > 0) await sleep(ahead, undefined, { signal });
  }
  await time.waitForTick(performance.to);
}

function stepAfter(at: number, lastSent: number, to: number): number {
  if (at === to) return to + 1;
  return Math.min(to, at + (at < lastSent ? stepMs.busy : stepMs.quiet));
}

async function sendAll(deliveries: readonly Delivery[], send: Send): Promise<void> {
  const queue = [...deliveries];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await send(next);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker));
}
