import type { CompiledRule } from './rule.ts';

interface Former {
  readonly rule: CompiledRule;
  /** The last tick of its time: instants up to it are its own. */
  readonly until: number;
}

/** The versions of a rule whose state was kept from one to the next; an instant belongs to the one in force at it. */
export class Versions {
  current: CompiledRule;
  /** The tick of the put that began the memory: no instant up to it is decided. */
  readonly putAt: number;
  #former: readonly Former[] = [];

  constructor(rule: CompiledRule, putAt: number) {
    this.current = rule;
    this.putAt = putAt;
  }

  /** The tick of the last put; the current version decides what is later. */
  get since(): number {
    return this.#former.at(-1)?.until ?? this.putAt;
  }

  at(instant: number): CompiledRule {
    return this.#former.find(({ until }) => instant <= until)?.rule ?? this.current;
  }

  /** The last instant of the version in force at `instant`. */
  untilOf(instant: number): number {
    return this.#former.find(({ until }) => instant <= until)?.until ?? Number.POSITIVE_INFINITY;
  }

  change(rule: CompiledRule, now: number): void {
    this.#former = [...this.#former, { rule: this.current, until: now }];
    this.current = rule;
  }

  /** Forgets versions whose instants can no longer be corrected at `now`. */
  forget(now: number): void {
    if (this.#former.length === 0) return;
    this.#former = this.#former.filter(({ rule, until }) => until + rule.lateness >= now);
  }

  all(): readonly CompiledRule[] {
    return [...this.#former.map(({ rule }) => rule), this.current];
  }
}
