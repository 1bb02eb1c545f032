/** Up to here behind the clock, time follows the oldest touchpoint that waits. */
const followMs = 60_000;
/** Time stands still for no longer than this. */
const mostMs = 15 * 60_000;

/**
 * How long one partition's time waits for touchpoints that are not yet signals (runtime.md, "Held time"): it stays at the
 * oldest of them, for at most 15 min, then goes on to the clock. It follows the oldest only closely behind the clock: a
 * tick further back would judge signals that have overtaken the backlog to be too far ahead, and they would be lost; a
 * tick that repeats the last one judges nothing.
 */
export class Hold {
  #since: number | undefined;

  /**
   * The value of a tick, epoch ms.
   *
   * @param last the largest tick so far; −∞ before the first
   * @param oldest when the oldest touchpoint that time waits for arrived; undefined = none waits
   */
  tickAt(now: number, last: number, oldest: number | undefined): number {
    if (oldest === undefined || oldest >= now) {
      this.#since = undefined;
      return Math.max(last, now);
    }
    this.#since ??= oldest;
    if (now - oldest <= followMs || last === Number.NEGATIVE_INFINITY) return Math.max(last, oldest);
    return now - Math.max(last, this.#since) >= mostMs ? now : last;
  }
}
