import { CountSeries } from './counts.ts';

/**
 * How many members have data in a window, at any instant. What a member has falls into runs of buckets that are no more
 * than a window apart: it has data from the first of a run on, until a window after the last. So the members with data
 * are the runs that have begun less those that have ended.
 */
export class Presence {
  readonly #window: number;
  /** n = runs that begin in a bucket, d = runs whose last bucket it is. */
  readonly #runs: CountSeries;
  /** Runs that began, and ended, in buckets before `#floor`, which are forgotten. */
  #begun = 0;
  #ended = 0;
  #floor = Number.NEGATIVE_INFINITY;

  constructor(grain: number, window: number) {
    this.#window = window;
    this.#runs = new CountSeries(grain);
  }

  /** Members with data in [at − window, at). */
  at(at: number): number {
    const begun = this.#runs.sums(this.#runs.first(), at).n;
    const ended = this.#runs.sums(this.#runs.first(), at - this.#window).d;
    return this.#begun + begun - this.#ended - ended;
  }

  /** Takes note of data at `at` of a member whose series does not hold it yet. */
  add(series: CountSeries, at: number): void {
    const { grain } = series;
    const here = Math.floor(at / grain) * grain;
    if (series.sums(here, here + grain).d > 0) return;
    const before = series.previousD(at, this.#window);
    const after = series.nextD(at, this.#window);
    const follows = before !== Number.NEGATIVE_INFINITY;
    const leads = after !== Number.POSITIVE_INFINITY;
    if (follows && leads && after - before <= this.#window) return;
    // What comes is counted before what goes: no total may fall below zero in between.
    if (!follows) this.#count(here, 1, 0);
    if (!leads) this.#count(here, 0, 1);
    if (leads && !follows) this.#count(after, -1, 0);
    if (follows && !leads) this.#count(before, 0, -1);
    if (follows && leads) {
      this.#count(before, 0, -1);
      this.#count(after, -1, 0);
    }
  }

  forget(before: number): void {
    const { n, d } = this.#runs.forget(before);
    this.#begun += n;
    this.#ended += d;
    this.#floor = Math.max(this.#floor, Math.min(this.#runs.first(), before));
  }

  #count(at: number, begun: number, ended: number): void {
    if (at >= this.#floor) this.#runs.add(at, begun, ended);
    else {
      this.#begun += begun;
      this.#ended += ended;
    }
  }
}
