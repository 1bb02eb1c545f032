import { leastKept } from '../least-kept.ts';
import type { CompiledRule } from '../rule.ts';
import type { Versions } from '../versions.ts';
import { instantsOf, lastInstantOf } from './instants.ts';

/** How long what a rule knows can still be asked for, by the versions that are not forgotten. */
export class Retention {
  /** How far before an instant its numbers reach, at most. */
  reach = 0;
  lateness = 0;
  /** The shortest. */
  grace = 0;
  readonly #versions: Versions;
  readonly #reachOf: (rule: CompiledRule) => number;
  /** What `neededFrom` said last, and of when. */
  #horizon = Number.NaN;
  #needed = Number.NEGATIVE_INFINITY;

  constructor(versions: Versions, reachOf: (rule: CompiledRule) => number) {
    this.#versions = versions;
    this.#reachOf = reachOf;
    this.measure();
  }

  /** Call it when a version has come or is forgotten. */
  measure(): void {
    const all = this.#versions.all();
    this.reach = Math.max(...all.map(this.#reachOf));
    this.lateness = Math.max(...all.map((rule) => rule.lateness));
    this.grace = Math.min(...all.map((rule) => rule.grace));
    this.#horizon = Number.NaN;
  }

  /**
   * The first instant whose numbers can be asked for after the tick `now`: a half-open timer says those of the last one
   * before it.
   */
  neededFrom(now: number): number {
    const horizon = now - this.lateness;
    if (this.#horizon !== horizon) {
      this.#horizon = horizon;
      const last = lastInstantOf(this.#versions, horizon);
      this.#needed = last === Number.NEGATIVE_INFINITY ? horizon : last;
    }
    return this.#needed;
  }

  /**
   * What signals from before here add up to is not needed after the tick `now`.
   */
  signalsFrom(now: number): number {
    return Math.min(this.neededFrom(now), now - leastKept) - this.reach;
  }

  /** How long a subject stays after its last signal has left every window. */
  get rest(): number {
    return Math.max(this.lateness, leastKept);
  }

  /** The tick from which on no instant ≤ `at` is needed; +∞ = none, as no instant follows. */
  releasedAt(at: number): number {
    for (const { rule, from, until } of this.#versions.segments()) {
      if (until <= at) continue;
      const instant = instantsOf(rule).from(Math.max(at, from) + 1);
      if (instant <= until) return instant + this.lateness;
    }
    return Number.POSITIVE_INFINITY;
  }
}
