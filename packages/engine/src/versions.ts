import type { CompiledRule } from './rule.ts';
import type { Recompile, VersionsState } from './state.ts';

interface Former {
  readonly rule: CompiledRule;
  /** The last tick of its time: instants up to it are its own. */
  readonly until: number;
}

/** A version with the instants (from, until] that are its own. */
export interface Segment extends Former {
  readonly from: number;
}

/** The versions of a rule whose state was kept from one to the next; an instant belongs to the one in force at it. */
export class Versions {
  current: CompiledRule;
  /** The tick of the put that began the memory: no instant up to it is decided. */
  readonly putAt: number;
  #former: readonly Former[] = [];
  #segments: readonly Segment[] | null = null;
  #forgottenTo: number;

  constructor(rule: CompiledRule, putAt: number) {
    this.current = rule;
    this.putAt = putAt;
    this.#forgottenTo = putAt;
  }

  /** Instants up to here belong to no version, or to those that are forgotten. */
  get forgottenTo(): number {
    return this.#forgottenTo;
  }

  at(instant: number): CompiledRule {
    return this.#former.find(({ until }) => instant <= until)?.rule ?? this.current;
  }

  /** The last instant of the version in force at `instant`. */
  untilOf(instant: number): number {
    return this.#former.find(({ until }) => instant <= until)?.until ?? Number.POSITIVE_INFINITY;
  }

  /** The versions in order, each with the instants (from, until] that are its own. */
  segments(): readonly Segment[] {
    this.#segments ??= this.#cut();
    return this.#segments;
  }

  #cut(): readonly Segment[] {
    let from = this.#forgottenTo;
    const segments: Segment[] = [];
    for (const { rule, until } of this.#former) {
      segments.push({ rule, from, until });
      from = until;
    }
    segments.push({ rule: this.current, from, until: Number.POSITIVE_INFINITY });
    return segments;
  }

  change(rule: CompiledRule, now: number): void {
    // Before the first tick a version gives way without an instant of its own.
    if (now > Number.NEGATIVE_INFINITY) this.#former = [...this.#former, { rule: this.current, until: now }];
    this.current = rule;
    this.#segments = null;
  }

  /**
   * Forgets versions whose instants can no longer be corrected at `now` and are all before `needed`, but for the last
   * that gave way; true if any.
   */
  forget(now: number, needed = Number.POSITIVE_INFINITY): boolean {
    if (this.#former.length < 2) return false;
    let gone = 0;
    for (const { rule, until } of this.#former.slice(0, -1)) {
      if (until + rule.lateness >= now || until >= needed) break;
      this.#forgottenTo = until;
      gone++;
    }
    if (gone === 0) return false;
    this.#former = this.#former.slice(gone);
    this.#segments = null;
    return true;
  }

  export(): VersionsState {
    return {
      current: this.current.document,
      putAt: this.putAt,
      forgottenTo: this.#forgottenTo,
      former: this.#former.map(({ rule, until }) => ({ document: rule.document, until })),
    };
  }

  static import({ current, putAt, forgottenTo, former }: VersionsState, compile: Recompile): Versions {
    const versions = new Versions(compile(current), putAt);
    versions.#forgottenTo = forgottenTo;
    versions.#former = former.map(({ document, until }) => ({ rule: compile(document), until }));
    return versions;
  }

  all(): readonly CompiledRule[] {
    return [...this.#former.map(({ rule }) => rule), this.current];
  }
}
