import type { Desk } from '../desk.ts';
import { type Explanation, spanText } from '../explanation.ts';
import { isoOf } from '../format.ts';
import { leastKept } from '../least-kept.ts';
import type { EvidenceItem } from '../log.ts';
import type { OrderedList } from '../ordered-list.ts';
import type { CompiledRule, PairPattern, StrengthSpec } from '../rule.ts';
import type { Outcome, Runtime, Taken } from '../runtime.ts';
import type { SaidAlert, Statement } from '../said-alert.ts';
import { subjectKey, subjectOf } from '../subject.ts';
import type { Versions } from '../versions.ts';
import { NeededSince } from './needed-since.ts';
import { type Episode, exportedPart, importedPart, newPart, type Part } from './pair-part.ts';
import { fieldsOf, type Half, type Pair, pairsOf } from './pair-signals.ts';
import { crossingOf, strengthAt } from './strength.ts';
import { Wakes } from './wakes.ts';

const patternOf = (rule: CompiledRule): PairPattern => rule.pattern as PairPattern;
const round9 = (value: number): number => Math.round(value * 1e9) / 1e9;

/** Two different things about one subject, and the strength of what they make together (rules.md 3.1). */
export class PairRuntime implements Runtime {
  readonly #desk: Desk;
  readonly #versions: Versions;
  readonly #parts = new Map<string, Part>();
  readonly changed = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #wakes = new Wakes<string>();
  /** Last returns to 1: a late touch can put a crossing anywhere behind them. */
  readonly #curves = new NeededSince();

  constructor(versions: Versions, desk: Desk) {
    this.#versions = versions;
    this.#desk = desk;
  }

  get rule(): CompiledRule {
    return this.#versions.current;
  }

  get versions(): Versions {
    return this.#versions;
  }

  exportHead(): unknown {
    return null;
  }

  importHead(): void {}

  *exportParts(): Iterable<readonly [string, unknown]> {
    for (const [key, part] of this.#parts) yield [key, exportedPart(part)];
  }

  keys(): Iterable<string> {
    return this.#parts.keys();
  }

  exportPart(key: string): unknown {
    const part = this.#parts.get(key);
    return part === undefined ? undefined : exportedPart(part);
  }

  importPart(key: string, state: unknown, adopt: (alert: SaidAlert) => void): void {
    const { part, wakeAt } = importedPart(key, state);
    this.#parts.set(key, part);
    // To look earlier than who goes on without a restore would be to forget earlier.
    this.#wakes.set(part.wake, wakeAt);
    if (part.episode !== null) adopt(part.episode.said);
    this.#setCurve(key, part);
  }

  take({ signal, arrivedAt, judgedBy }: Taken): Outcome {
    const pattern = patternOf(this.rule);
    const isA = pattern.a.test(signal);
    const isB = pattern.b.test(signal);
    const isTouch = pattern.strength.touch?.test(signal) ?? false;
    if (!isA && !isB && !isTouch) return 'unmatched';
    const key = subjectKey(this.rule, signal);
    if (key === undefined) return 'unmatched';
    if (signal.occurredAt < judgedBy - pattern.within - this.rule.lateness) return 'late';
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = newPart(key, subjectOf(this.rule, signal));
      this.#parts.set(key, part);
    }
    if (isA || isB) {
      const { id, eventId, occurredAt: at } = signal;
      part.halves.add({ at, id, eventId, signal: fieldsOf(signal), isA, isB, arrivedAt, paired: false });
    }
    if (isTouch) touch(part, signal.occurredAt);
    this.#touched.add(key);
    return 'accepted';
  }

  acknowledge(): boolean {
    return false;
  }

  nextDue(): number {
    return this.#touched.size > 0 ? Number.NEGATIVE_INFINITY : this.#wakes.next();
  }

  decide(now: number): void {
    for (let key = this.#wakes.take(now); key !== undefined; key = this.#wakes.take(now)) this.#touched.add(key);
    const kept = this.#kept(now);
    for (const key of this.#touched) {
      this.changed.add(key);
      const part = this.#parts.get(key);
      if (part === undefined) continue;
      this.#decidePart(part, now);
      this.#setCurve(key, part);
      this.#wakes.set(part.wake, this.#forget(key, part, now - kept, kept));
    }
    this.#touched.clear();
    this.#versions.forget(now, this.#curves.least);
  }

  keep(rule: CompiledRule, now: number): void {
    this.#versions.change(rule, now);
    for (const [key, part] of this.#parts) {
      this.#wakes.set(part.wake, Number.NEGATIVE_INFINITY);
      this.changed.add(key);
    }
  }

  explain(key: string, at: number): Explanation | null {
    const part = this.#parts.get(key);
    if (part === undefined) return null;
    const { episode } = part;
    if (episode !== null && episode.said.openedAt <= at) {
      const curve = { since: episode.pair.later.at, touchedAt: episode.touchedAt };
      const strength = strengthAt(patternOf(this.rule).strength, curve, Math.max(at, curve.since));
      const { values } = statementOf(this.rule, 'resonating', at, strength, episode.pair);
      return { at, standing: 'resonating', values, missing: [] };
    }
    const { within, distinct } = patternOf(this.rule);
    const near = (halves: OrderedList<Half>): number =>
      halves.firstOver((half) => half.at > at) - halves.firstOver((half) => half.at >= at - within);
    const [a, b] = [near(part.halves.a), near(part.halves.b)];
    const before = `in the ${spanText(within)} before`;
    const missing = [...(a === 0 ? [`an a-signal ${before}`] : []), ...(b === 0 ? [`a b-signal ${before}`] : [])];
    if (a > 0 && b > 0) {
      const differing = distinct.length > 0 ? ` that differs in ${distinct.join(', ')}` : '';
      const later = part.endedAt >= at - within ? `, later than the episode that ended at ${isoOf(part.endedAt)}` : '';
      missing.push(`a pair in order${differing}${later}`);
    }
    return { at, standing: 'nothing open', values: { a, b }, missing };
  }

  end(state: string, now: number): void {
    for (const { episode } of this.#parts.values()) {
      if (episode === null) continue;
      this.#desk.resolved(this.rule, episode.said, { at: now, state, values: {}, evidence: evidenceOf(episode.pair) });
    }
  }

  #setCurve(key: string, { episode }: Part): void {
    this.#curves.set(key, episode?.pair.later.at ?? Number.POSITIVE_INFINITY);
  }

  #decidePart(part: Part, now: number): void {
    const pairs = pairsOf(part.halves, (at) => patternOf(this.#versions.at(at)));
    for (const pair of pairs) {
      const { at } = pair.later;
      const cameLast = Math.max(pair.earlier.arrivedAt, pair.later.arrivedAt);
      // What a version that is forgotten would have said of it cannot be corrected any more.
      if (at <= this.#versions.forgottenTo || at < cameLast - this.#versions.at(at).lateness) continue;
      pair.later.paired = true;
      this.#pass(part, at - 1);
      this.#meet(part, pair);
    }
    this.#pass(part, now);
    part.halves.settle();
  }

  /** A pair opens an episode, or is new evidence for the one that is open. */
  #meet(part: Part, pair: Pair): void {
    const { at } = pair.later;
    const rule = this.#versions.at(at);
    const { episode } = part;
    if (episode === null) {
      if (at <= part.endedAt) return;
      const from = pair.earlier.at;
      const touchedAt = part.touches.at(part.touches.firstOver((instant) => instant >= from)) ?? null;
      const said = this.#desk.opened(rule, part.subject, statementOf(rule, 'resonating', at, 1, pair));
      part.episode = { said, from, touchedAt, pair, spokenAt: at, fadingSaid: false };
    } else if (at > episode.pair.later.at) {
      episode.pair = pair;
      episode.fadingSaid = false;
      if (at >= episode.spokenAt + patternOf(rule).renotify) {
        episode.spokenAt = at;
        this.#desk.updated(rule, episode.said, statementOf(rule, 'strengthened', at, 1, pair));
      }
    }
  }

  /** Says the crossings up to `until`. */
  #pass(part: Part, until: number): void {
    for (let { episode } = part; episode !== null; episode = part.episode) {
      const { fading, expired } = this.#crossings(episode);
      if (Math.min(fading, expired) > until) return;
      if (fading <= expired) {
        episode.fadingSaid = true;
        this.#desk.updated(this.#versions.at(fading), episode.said, this.#crossed(episode, 'fading', fading));
      } else {
        this.#desk.resolved(this.#versions.at(expired), episode.said, this.#crossed(episode, 'expired', expired));
        part.endedAt = expired;
        part.episode = null;
      }
    }
  }

  /**
   * When strength comes down to its lines: by the numbers of each version in its own time, and where new numbers put a
   * crossing before the put that brought them, just after it.
   */
  #crossings(episode: Episode): { readonly fading: number; readonly expired: number } {
    const curve = { since: episode.pair.later.at, touchedAt: episode.touchedAt };
    for (const { rule, from, until } of this.#versions.segments()) {
      if (until < curve.since) continue;
      const spec = patternOf(rule).strength;
      const crossing = (level: number): number => Math.max(crossingOf(spec, curve, level), from + 1);
      const expired = crossing(spec.expired);
      const fading = spec.fading === null || episode.fadingSaid ? Number.POSITIVE_INFINITY : crossing(spec.fading);
      if (Math.min(fading, expired) <= until) return { fading, expired };
    }
    throw new Error('the last version has no end');
  }

  #crossed(episode: Episode, state: string, at: number): Statement {
    const curve = { since: episode.pair.later.at, touchedAt: episode.touchedAt };
    const rule = this.#versions.at(at);
    const strength = strengthAt(patternOf(rule).strength, curve, at);
    return statementOf(rule, state, at, strength, episode.pair);
  }

  /**
   * How long signals are kept at `now`: a pair of a former version's time is made within the lateness that it had, and a
   * version that looks further back can follow.
   */
  #kept(now: number): number {
    const { within } = patternOf(this.rule);
    const accepted = within + this.rule.lateness;
    const least = within + Math.max(this.rule.lateness, leastKept);
    return this.#versions.segments().reduce((kept, { rule, until }) => {
      const late = Math.min(accepted, rule.lateness);
      return until >= now - late ? Math.max(kept, late + patternOf(rule).within) : kept;
    }, least);
  }

  /** Drops what no accepted signal can pair with, before the horizon; returns when to look again. */
  #forget(key: string, part: Part, horizon: number, kept: number): number {
    part.halves.forget(horizon);
    part.touches.drop(part.touches.firstOver((at) => at >= horizon));
    if (part.episode !== null) {
      const { fading, expired } = this.#crossings(part.episode);
      return Math.min(fading, expired);
    }
    const { a, b } = part.halves;
    const last = Math.max(...[a.last?.at, b.last?.at, part.touches.last].map((at) => at ?? -Infinity), part.endedAt);
    if (last < horizon) {
      this.#parts.delete(key);
      return Number.POSITIVE_INFINITY;
    }
    return last + kept + 1;
  }
}

function touch(part: Part, at: number): void {
  part.touches.insert(at);
  const { episode } = part;
  if (episode === null || at < episode.from) return;
  if (episode.touchedAt === null || at < episode.touchedAt) episode.touchedAt = at;
}

function statementOf(rule: CompiledRule, state: string, at: number, strength: number, pair: Pair): Statement {
  const { lift }: StrengthSpec = patternOf(rule).strength;
  return {
    at,
    state,
    values: {
      strength: round9(strength),
      lift: round9(1 + (lift - 1) * strength),
      minutesBetween: (pair.later.at - pair.earlier.at) / 60_000,
    },
    evidence: evidenceOf(pair),
  };
}

const evidenceOf = ({ earlier, later, earlierRole }: Pair): readonly EvidenceItem[] => [
  itemOf(earlier, earlierRole),
  itemOf(later, earlierRole === 'a' ? 'b' : 'a'),
];

const itemOf = ({ eventId, at, id }: Half, role: string): EvidenceItem => ({
  eventId,
  signalId: id,
  occurredAt: at,
  role,
});
