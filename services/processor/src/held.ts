import { sources, touchpointsTopic } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import { followHeldTime, type HeldTime, systemClock, type WaitingTouchpoint } from '@resonant/stream';

const lookEveryMs = 1000;

/**
 * What services/signals has not yet made signals of; says when time begins to wait for it, and when it goes on.
 *
 * @param now epoch ms on the broker's clock, which stamps when touchpoints arrived
 */
export const heldTimeComponent = (
  log: Log,
  logger: Pick<Logger, 'warn' | 'info'>,
  now: () => number,
): Component<HeldTime> => ({
  name: 'held time',
  start: async () => {
    const admin = await log.admin();
    const failed = (err: Error) => logger.warn({ err }, 'the touchpoint topics could not be asked, time may wait');
    const topics = sources.map(touchpointsTopic);
    const held = await followHeldTime({ log, admin, topics, clock: systemClock, failed });
    const say = heldSayer(logger);
    const timer = setInterval(() => say(held.waitingFor(now())), lookEveryMs);
    return {
      value: held,
      failed: held.failed,
      stop: async () => {
        clearInterval(timer);
        await held.stop();
        await admin.close();
      },
    };
  },
});

/** Logs that time waits, for what, and when it does no more: once each. */
export function heldSayer(logger: Pick<Logger, 'warn' | 'info'>): (waiting: WaitingTouchpoint | undefined) => void {
  let isHeld = false;
  return (waiting) => {
    if (waiting !== undefined && !isHeld) {
      const { arrivedAt, ...at } = waiting;
      const since = new Date(arrivedAt).toISOString();
      logger.warn({ ...at, arrivedAt: since }, 'time waits for touchpoints that services/signals has not passed');
    } else if (waiting === undefined && isHeld) {
      logger.info('time goes on: no touchpoint waits');
    }
    isHeld = waiting !== undefined;
  };
}
