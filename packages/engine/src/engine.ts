import { ResonantError } from '@resonant/contracts';
import { acceptRule } from './accept-rule.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Desk } from './desk.ts';
import type { Counters, EngineOptions, Refusal } from './engine-options.ts';
import type { Explanation } from './explanation.ts';
import { Intake } from './intake.ts';
import type { LogEntry, Output, RuleEntry, Subject } from './log.ts';
import { OwnParts } from './own-parts.ts';
import { makeRuntime } from './patterns/index.ts';
import type { Compile, CompiledRule } from './rule.ts';
import { allRuleParts, RuleParts } from './rule-parts.ts';
import { keeps, type RuleSlot, RuleTable } from './rule-table.ts';
import {
  decodePart,
  type EngineState,
  encodePart,
  type FormerEngineState,
  isOfThisVersion,
  type RuleState,
  type StateParts,
} from './state.ts';
import { keyOf } from './subject.ts';
import { Versions } from './versions.ts';

const ruleId = /^[a-z0-9.-]+$/;
/** A name that no rule can have. */
const enginePart = '#engine';

/**
 * The rule engine over one partition's log: a pure function of its entries. Feed entries in log order to `apply`; it
 * returns what they decided, in order. Same entries, same outputs, byte for byte.
 */
export class Engine {
  readonly #compile: Compile;
  readonly #onRefusal: (refusal: Refusal) => void;
  readonly #desk = new Desk();
  readonly #intake = new Intake();
  readonly #own = new OwnParts(this.#intake, this.#desk);
  readonly #rules = new RuleTable();
  readonly #acknowledgements = new Acknowledgements(this.#desk, this.#rules);
  #time = Number.NEGATIVE_INFINITY;
  #order = 0;
  #counts = { signals: 0, used: 0, unused: 0 };
  readonly #lateDropped = new Map<string, number>();
  readonly #ruleParts = new RuleParts();

  constructor(options: EngineOptions) {
    this.#compile = options.compile;
    this.#onRefusal = options.onRefusal ?? (() => undefined);
  }

  /** Log time: the largest tick so far in epoch ms; −∞ before the first. */
  get time(): number {
    return this.#time;
  }

  get counters(): Counters {
    return {
      ...this.#counts,
      duplicates: this.#intake.duplicates,
      quarantined: this.#intake.quarantined,
      waiting: this.#intake.size,
      lateDropped: this.#lateDropped,
      alerts: this.#desk.said,
    };
  }

  /** The last revision seen of each rule that came with one, deleted ones included. */
  ruleRevisions(): ReadonlyMap<string, number> {
    return this.#rules.revisions();
  }

  /** The version in force of each rule, rules that are off included. */
  rules(): readonly CompiledRule[] {
    return this.#rules.inForce();
  }

  /** Why a rule says what it says of a subject at `at`; null if it is not in force or does not know the subject. */
  explain(ruleId: string, subject: Subject, at: number): Explanation | null {
    const runtime = this.#rules.get(ruleId)?.runtime ?? null;
    const key = runtime === null ? undefined : keyOf(runtime.rule, subject);
    return runtime === null || key === undefined ? null : runtime.explain(key, at);
  }

  /** Takes the next entry of the log. Throws nothing for a rule that is refused: see `onRefusal`. */
  apply(entry: LogEntry): readonly Output[] {
    const order = this.#order++;
    switch (entry.type) {
      case 'signal':
        this.#counts.signals++;
        this.#intake.arrive(entry.signal, order);
        return [];
      case 'tick':
        return entry.at > this.#time ? this.#tick(entry.at) : [];
      case 'rule':
        this.#change(entry, order);
        return this.#desk.flush();
    }
  }

  /**
   * The state between two entries, by part. Another engine that imports it goes on with the same bytes. Nothing of the
   * log before is needed.
   */
  exportState(): StateParts {
    const parts = new Map([[enginePart, this.#exportEngine()]]);
    for (const [name, part] of this.#own.all()) parts.set(name, part);
    for (const [name, part] of allRuleParts(this.#rules.slots())) parts.set(name, part);
    return parts;
  }

  /**
   * The parts that changed and were not given since, or since the import, one by one; null = gone. Who stops early gets
   * the rest the next time, entries in between or not: laid over each other from the beginning, or from an imported state
   * on, the parts are what `exportState` returns as soon as a call has given all. That is at most `changedCount` parts and
   * those of the engine and its rules.
   */
  *changedParts(): Generator<readonly [string, string | null]> {
    yield* this.#own.changed();
    yield* this.#ruleParts.changed(this.#rules.slots());
    yield [enginePart, this.#exportEngine()];
  }

  /** Parts that `changedParts` would give besides those of the engine and its rules. */
  get changedCount(): number {
    return this.#own.changedCount + this.#ruleParts.changedCount(this.#rules.slots());
  }

  #exportEngine(): string {
    const { duplicates, quarantined } = this.#intake;
    const state: EngineState = {
      ...{ time: this.#time, order: this.#order, counts: this.#counts, duplicates, quarantined },
      lateDropped: [...this.#lateDropped],
      said: this.#desk.said,
    };
    return encodePart(state);
  }

  /** Takes over the state of another engine. Call it on a new engine, before the first entry. */
  importState(parts: StateParts): void {
    for (const _ of this.importing(parts));
  }

  /**
   * The same in steps, mostly a part each, so that its caller can do other things in between. The engine is good
   * for nothing before the last one.
   */
  *importing(parts: StateParts): Generator<void, void> {
    const text = parts.get(enginePart);
    if (text === undefined) throw new ResonantError('internal', `expected state with a part ${enginePart}, got none`);
    const engine = decodePart(text) as EngineState | FormerEngineState;
    this.#time = engine.time;
    this.#order = engine.order;
    this.#counts = engine.counts;
    for (const [id, count] of engine.lateDropped) this.#lateDropped.set(id, count);
    this.#intake.duplicates = engine.duplicates;
    this.#intake.quarantined = engine.quarantined;
    this.#desk.now = engine.time;
    for (const [name, part] of parts) {
      if (name.startsWith('#') || name.includes('/')) continue;
      this.#importRule(name, decodePart(part) as RuleState);
      this.#ruleParts.imported(name, part);
    }
    for (const [name, part] of parts) {
      const slash = name.indexOf('/');
      const runtime = slash < 0 ? null : (this.#rules.get(name.slice(0, slash))?.runtime ?? null);
      if (runtime === null) continue;
      const key = name.slice(slash + 1);
      runtime.importPart(key, decodePart(part), (alert) => this.#desk.adopt(alert));
      // Written anew even if nothing happens to its subject, or the release after this could not read it.
      if (!isOfThisVersion(part)) runtime.changed.add(key);
      yield;
    }
    if ('desk' in engine) {
      this.#intake.importFormer(engine.intake);
      this.#desk.importFormer(engine.desk);
    }
    Object.assign(this.#desk.said, 'desk' in engine ? engine.desk.said : engine.said);
    yield* this.#own.importing(parts);
  }

  #importRule(id: string, { revision, document, knowsFrom, running }: RuleState): void {
    const slot = this.#rules.slot(id);
    slot.revision = revision;
    if (running === null) {
      this.#rules.install(slot, document === null ? null : this.#compile(document), null, knowsFrom);
      return;
    }
    const runtime = makeRuntime(Versions.import(running.versions, this.#compile), this.#desk);
    runtime.importHead(running.head);
    this.#rules.install(slot, runtime.rule, runtime, knowsFrom);
  }

  #tick(at: number): readonly Output[] {
    this.#intake.judge(at, this.#time);
    this.#desk.previous = this.#time;
    this.#time = at;
    this.#desk.now = at;
    this.#take(at);
    this.#decide(at);
    this.#settle();
    this.#desk.escalate();
    this.#desk.forget();
    return this.#desk.flush();
  }

  /** Hands the signals that `at` reaches to the rules, by (occurredAt, id). */
  #take(at: number): void {
    for (const next of this.#intake.take(at)) {
      let used = false;
      for (const slot of this.#rules.slotsFor(next.signal.kind)) {
        if (next.order < slot.knowsFrom || slot.runtime === null) continue;
        const outcome = slot.runtime.take(next);
        if (outcome === 'accepted') used = true;
        if (outcome !== 'unmatched') this.#rules.touch(slot);
        if (outcome === 'late') this.#lateDropped.set(slot.id, (this.#lateDropped.get(slot.id) ?? 0) + 1);
      }
      if (next.signal.kind === 'acknowledgement') this.#acknowledgements.take(next, used);
      else if (used) this.#counts.used++;
      else this.#counts.unused++;
    }
  }

  #decide(at: number): void {
    for (const slot of this.#rules.due(at)) slot.runtime?.decide(at);
  }

  #settle(): void {
    const { taken, used } = this.#acknowledgements.settle();
    this.#counts.used += used;
    this.#counts.unused += taken - used;
  }

  #change(entry: RuleEntry, order: number): void {
    if (!ruleId.test(entry.ruleId)) {
      if (entry.action === 'put') acceptRule(this.#compile, this.#onRefusal, entry);
      return;
    }
    const slot = this.#rules.slot(entry.ruleId);
    if (entry.revision !== null) {
      if (slot.revision !== null && entry.revision <= slot.revision) return;
      slot.revision = entry.revision;
    }
    if (entry.action === 'delete') {
      this.#end(slot, 'rule-deleted');
      this.#rules.install(slot, null, null, order);
      return;
    }
    const rule = acceptRule(this.#compile, this.#onRefusal, entry);
    if (rule !== null && (slot.rule === null || rule.version > slot.rule.version)) this.#put(slot, rule, order);
  }

  #put(slot: RuleSlot, rule: CompiledRule, order: number): void {
    const { runtime } = slot;
    if (rule.mode === 'off') {
      this.#end(slot, 'rule-off');
      this.#rules.install(slot, rule, null, order);
    } else if (runtime !== null && keeps(runtime.rule, rule)) {
      runtime.keep(rule, this.#time);
      this.#rules.install(slot, rule, runtime, slot.knowsFrom);
    } else {
      this.#end(slot, 'rule-changed');
      this.#rules.install(slot, rule, makeRuntime(new Versions(rule, this.#time), this.#desk), order);
    }
  }

  #end(slot: RuleSlot, state: string): void {
    slot.runtime?.end(state, this.#time);
    this.#ruleParts.end(slot);
  }
}
