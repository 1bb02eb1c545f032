import type { Signal } from '@resonant/contracts';
import type { CompiledRule, Counters, LogEntry } from '@resonant/engine';
import { compileRule } from '../../src/index.ts';
import { decideDeadlines } from './deadline.ts';
import { decidePairs, type PairState } from './pair.ts';
import { reachOf, rolesOf } from './roles.ts';
import { byTime, keyOf, know, newestRule, openAlert, type RuleRun, subjectOf } from './rule-run.ts';
import { decidedUpTo, decideSliding } from './sliding.ts';
import { Transcript } from './transcript.ts';

const minute = 60_000;
const day = 86_400_000;

/** A signal between its arrival and the tick that takes it. */
interface Arrival {
  readonly signal: Signal;
  readonly place: number;
  /** Log time when it arrived; null before the first tick. */
  readonly arrivedAt: number | null;
}

/** The counters of an engine that `--summary` shows. */
export type Summary = Omit<Counters, 'unused' | 'waiting'>;

interface Rule {
  readonly version: number;
  /** Null while the rule is off. */
  readonly run: RuleRun | null;
  readonly pairs: Map<string, PairState>;
}

/** A rule engine that keeps every signal and decides everything anew at each tick, as rules.md says it. */
export class Reference {
  readonly #counts = { signals: 0, used: 0, duplicates: 0, quarantined: 0 };
  readonly #lateDropped = new Map<string, number>();
  #now: number | null = null;
  #place = 0;
  #arrived: Arrival[] = [];
  #waiting: (Arrival & { readonly judgedAt: number })[] = [];
  readonly #seen = new Map<string, number>();
  readonly #rules = new Map<string, Rule>();
  readonly #revisions = new Map<string, number>();
  readonly #transcript = new Transcript();

  /** What the summary of rules.md 1 says. */
  get counters(): Summary {
    return { ...this.#counts, lateDropped: this.#lateDropped, alerts: this.#transcript.said };
  }

  /** The lines that an entry of the log has decided. */
  apply(entry: LogEntry): readonly string[] {
    this.#place++;
    switch (entry.type) {
      case 'signal':
        this.#counts.signals++;
        this.#arrived.push({ signal: entry.signal, place: this.#place, arrivedAt: this.#now });
        return [];
      case 'tick':
        if (this.#now !== null && entry.at <= this.#now) return [];
        return this.#tick(entry.at);
      case 'rule':
        this.#change(entry);
        return this.#transcript.take(this.#now ?? Number.NEGATIVE_INFINITY);
    }
  }

  #tick(now: number): readonly string[] {
    this.#now = now;
    for (const arrival of this.#arrived) this.#judge(arrival, now);
    this.#arrived = [];
    const due = this.#waiting.filter(({ signal }) => signal.occurredAt <= now);
    this.#waiting = this.#waiting.filter(({ signal }) => signal.occurredAt > now);
    // By arrival: an id that was forgotten and sent again may stand here twice.
    const used = new Set<Arrival>();
    for (const arrival of due) {
      const { signal } = arrival;
      const { actionId } = signal.labels;
      if (signal.kind === 'acknowledgement' && actionId !== undefined) {
        this.#transcript.acknowledge(actionId, signal.occurredAt, now);
      }
      for (const { run } of this.#rules.values()) {
        if (run !== null && this.#take(run, arrival)) used.add(arrival);
      }
    }
    const acknowledgements = due.filter(({ signal }) => signal.kind === 'acknowledgement');
    const matching = (): Arrival[] =>
      acknowledgements.filter(({ signal }) => this.#transcript.namesOpen(signal.labels));
    for (const arrival of matching()) used.add(arrival);
    for (const { run, pairs } of this.#rules.values()) {
      if (run === null) continue;
      run.known.sort(byTime);
      const { kind } = newestRule(run).pattern;
      if (kind === 'pair') decidePairs(run, pairs, this.#transcript, now);
      else if (kind === 'deadline') decideDeadlines(run, this.#transcript, now);
      else decideSliding(run, this.#transcript, now);
    }
    for (const { run } of this.#rules.values()) if (run !== null) forgetUnused(run);
    // What this tick has opened is matched, too.
    for (const arrival of matching()) used.add(arrival);
    this.#counts.used += used.size;
    return this.#transcript.take(now);
  }

  #judge(arrival: Arrival, now: number): void {
    const { id, occurredAt } = arrival.signal;
    const seenAt = this.#seen.get(id);
    // A copy is a duplicate also where it claims a time that is too far ahead: the page leaves it open.
    if (seenAt !== undefined && now <= seenAt + 4 * day) this.#counts.duplicates++;
    else if (occurredAt > now + 5 * minute) this.#counts.quarantined++;
    else {
      this.#seen.set(id, now);
      this.#waiting.push({ ...arrival, judgedAt: now });
    }
  }

  /** True if the rule accepts it. */
  #take(run: RuleRun, { signal, place, arrivedAt, judgedAt }: Arrival & { readonly judgedAt: number }): boolean {
    if (place < run.bornPlace) return false;
    const rule = newestRule(run);
    const decidedTo = arrivedAt === null ? Number.NEGATIVE_INFINITY : decidedUpTo(run, arrivedAt);
    const known = { signal, arrivedAt: arrivedAt ?? Number.NEGATIVE_INFINITY, decidedTo, takenBy: rule };
    if (signal.kind === 'acknowledgement') run.acknowledgements.push({ ...known, roles: new Set(), key: '' });
    const roles = rolesOf(rule, signal);
    const subject = subjectOf(signal, rule.subject);
    if (roles.size === 0 || subject === null) return false;
    const key = keyOf(subject);
    const open = openAlert(run, key);
    const tooOld = signal.occurredAt < (arrivedAt ?? judgedAt) - (reachOf(rule.pattern) + rule.lateness);
    const endsOpen = roles.has('stop') && open !== undefined && signal.occurredAt >= open.start;
    if (tooOld && !endsOpen) {
      this.#lateDropped.set(run.id, (this.#lateDropped.get(run.id) ?? 0) + 1);
      return false;
    }
    if (!run.subjects.has(key)) run.subjects.set(key, subject);
    know(run, { ...known, roles: tooOld ? new Set(['stop']) : roles, key });
    return true;
  }

  #change({ action, ruleId, document, revision }: Extract<LogEntry, { readonly type: 'rule' }>): void {
    const last = this.#revisions.get(ruleId);
    if (revision !== null && last !== undefined && revision <= last) return;
    if (revision !== null) this.#revisions.set(ruleId, revision);
    const rule = this.#rules.get(ruleId);
    if (action === 'delete') {
      if (rule?.run) this.#end(rule.run, 'rule-deleted');
      this.#rules.delete(ruleId);
      return;
    }
    const next = compiled(document);
    if (next === null || (rule !== undefined && next.version <= rule.version)) return;
    this.#put(next, rule);
  }

  #put(next: CompiledRule, rule: Rule | undefined): void {
    const { id, version } = next;
    const after = this.#now ?? Number.NEGATIVE_INFINITY;
    const term = { rule: next, after, until: Number.POSITIVE_INFINITY };
    const run = rule?.run ?? null;
    const kept = run !== null && next.mode !== 'off' && next.onChange === 'keep' && alike(newestRule(run), next);
    if (rule !== undefined && kept) {
      const current = run.terms.at(-1);
      if (current !== undefined) current.until = after;
      run.terms.push(term);
      this.#rules.set(id, { ...rule, version });
      return;
    }
    if (run !== null) this.#end(run, next.mode === 'off' ? 'rule-off' : 'rule-changed');
    const lists = {
      terms: [term],
      known: [],
      acknowledgements: [],
      said: [],
      subjects: new Map(),
      measured: new Map(),
    };
    const born = { id, bornAt: after, bornPlace: this.#place };
    this.#rules.set(id, { version, run: next.mode === 'off' ? null : { ...born, ...lists }, pairs: new Map() });
  }

  #end(run: RuleRun, state: string): void {
    if (this.#now !== null) this.#transcript.endRun(run, state, this.#now);
  }
}

/** An acknowledgement stays if what it names is open, or was opened by the tick that took it. */
function forgetUnused(run: RuleRun): void {
  const ids = new Set(run.said.map(({ alertId }) => alertId));
  const used = run.acknowledgements.filter(({ signal }) => ids.has(signal.labels.alertId ?? ''));
  run.acknowledgements.splice(0, run.acknowledgements.length, ...used);
}

const alike = (a: CompiledRule, b: CompiledRule): boolean =>
  a.pattern.kind === b.pattern.kind && [...a.subject].sort().join() === [...b.subject].sort().join();

function compiled(document: unknown): CompiledRule | null {
  try {
    return compileRule(document);
  } catch {
    return null;
  }
}

/** What the reference says and counts over a log. */
export function referenceOver(entries: readonly LogEntry[]): {
  readonly lines: readonly string[];
  readonly counters: Summary;
} {
  const reference = new Reference();
  const lines = entries.flatMap((entry) => reference.apply(entry));
  return { lines, counters: reference.counters };
}

/** What the reference says over a log. */
export const referenceLines = (entries: readonly LogEntry[]): readonly string[] => referenceOver(entries).lines;
