import type { BreakerSpec, CompiledRule } from '@resonant/engine';
import { after, timeBetween } from './calendar.ts';
import { type Known, type Measured, type RuleRun, type SaidAlert, type Term, termAt } from './rule-run.ts';
import { alertIdOf, type Values } from './transcript.ts';

export interface Step {
  readonly at: number;
  readonly state: string;
  readonly values: Values;
}

/** An alert as it follows from all the signals that count. */
export interface Derived {
  readonly opening: Step;
  readonly updates: Step[];
  end: Step | null;
  /** It overlaps a resolved alert that was said: nothing of it is said. */
  hidden: boolean;
}

export interface Derivation {
  readonly alerts: readonly Derived[];
  readonly measured: ReadonlyMap<number, Values>;
}

export const breakerOf = ({ pattern }: CompiledRule): BreakerSpec => {
  if (pattern.kind === 'pair' || pattern.kind === 'deadline') throw new Error(`${pattern.kind} has no breaker`);
  return pattern.breaker;
};

const endOf = ({ end }: SaidAlert): number => (end as NonNullable<SaidAlert['end']>).at;

/**
 * Everything that one subject's instants decide (rules.md 3.2), from its first to `upTo`. `said` are the alerts said so
 * far: those that ended own their time, those that were withdrawn never open again.
 */
export function derive(
  run: RuleRun,
  key: string,
  instants: readonly number[],
  acknowledgements: readonly Known[],
  measure: (term: Term, t: number) => Measured,
  upTo: number,
): Derivation {
  const said = run.said.filter((alert) => alert.key === key);
  const owned = said.filter(({ end }) => end !== null && !end.withdrawn);
  const never = new Set(said.filter(({ end }) => end?.withdrawn).map(({ at }) => at));
  const open = said.find(({ end }) => end === null);
  const alerts: Derived[] = [];
  const measured = new Map<number, Values>();
  let current: Derived | null = null;
  let phase: 'closed' | 'open' | 'half-open' | 'owned' = 'closed';
  let since = 0;
  let clock: number | null = null;
  let counting = false;
  let unknownSince: number | null = null;
  let resolvedAt: number | null = null;
  let previous: number | null = null;
  let values: Values = {};

  const update = (state: 'open' | 'half-open', at: number): void => {
    phase = state;
    since = at;
    const word = state === 'open' ? breakerOf(termAt(run, at).rule).words.open : state;
    current?.updates.push({ at, state: word, values });
  };
  const end = (state: string, at: number): void => {
    phase = 'closed';
    resolvedAt = at;
    if (current !== null) current.end = { at, state, values };
    current = null;
  };
  /** The half-open timer, if it falls due in [.., to]. */
  const timer = (to: number): void => {
    if (phase !== 'open') return;
    for (const term of run.terms.filter(({ until }) => until >= since)) {
      const { halfOpen } = breakerOf(term.rule);
      if (halfOpen === null) continue;
      const due = Math.max(after(term.rule, since, halfOpen.after), term.after + 1);
      if (due > term.until) continue;
      if (due <= to) update('half-open', due);
      return;
    }
  };
  const acknowledge = ({ signal }: Known): void => {
    const at = signal.occurredAt;
    if (phase !== 'open' || current === null || at <= since) return;
    if (breakerOf(termAt(run, at).rule).halfOpen === null) return;
    const covers = open !== undefined && open.at >= current.opening.at && open.at <= at;
    const alertId = covers ? open.alertId : alertIdOf(run, key, current.opening.at);
    if (signal.labels.alertId === alertId) update('half-open', at);
  };
  /** A said alert that ended takes over at its opening, and hands back at its end. */
  const give = (at: number): SaidAlert | undefined => {
    const owner = owned.find((alert) => alert.at <= at && at <= endOf(alert));
    if (owner === undefined) return undefined;
    if (current !== null) current.hidden = true;
    current = null;
    phase = 'owned';
    return owner;
  };
  const takeBack = (owner: SaidAlert): undefined => {
    phase = 'closed';
    resolvedAt = endOf(owner);
    if (owner.end?.state !== 'no-data') return;
    clock = null;
    counting = false;
  };

  const decide = (t: number): void => {
    const term = termAt(run, t);
    const { rule } = term;
    const { hold, cooldown, noData, halfOpen, words } = breakerOf(rule);
    const { status, values: numbers } = measure(term, t);
    unknownSince = status === 'unknown' ? (unknownSince ?? t) : null;
    const unknownFor = unknownSince === null ? 0 : timeBetween(rule, unknownSince, t);
    if (status === 'breach' || (status === 'unknown' && noData.policy === 'count' && counting)) {
      clock = clock === null ? 0 : clock + (counting ? timeBetween(rule, previous as number, t) : 0);
      counting = true;
    } else if (status === 'unknown' && noData.policy !== 'reset') {
      counting = false;
      if (noData.policy === 'pause' && noData.limit !== null && unknownFor >= noData.limit) clock = null;
    } else {
      clock = null;
      counting = false;
    }
    const ends =
      (phase === 'open' || phase === 'half-open') &&
      status === 'unknown' &&
      noData.close !== null &&
      unknownFor >= noData.close;
    if (ends) {
      clock = null;
      counting = false;
    }
    values = Object.hasOwn(numbers, 'heldMs') ? { ...numbers, heldMs: clock ?? 0 } : numbers;
    measured.set(t, values);
    previous = t;
    if (phase === 'owned') return;
    if (phase === 'closed') {
      const rested = resolvedAt === null || timeBetween(rule, resolvedAt, t) >= cooldown;
      if (status !== 'breach' || (clock ?? 0) < hold || !rested || never.has(t)) return;
      phase = 'open';
      since = t;
      current = { opening: { at: t, state: words.open, values }, updates: [], end: null, hidden: false };
      alerts.push(current);
    } else if (status === 'recovered') end(words.closed, t);
    else if (ends) end('no-data', t);
    else if (phase === 'half-open' && status !== 'unknown' && halfOpen !== null) {
      if (timeBetween(rule, since, t) >= halfOpen.trial) update('open', t);
    }
  };

  const isInstant = new Set(instants);
  const times = [...new Set([...instants, ...acknowledgements.map(({ signal }) => signal.occurredAt)])].filter(
    (t) => t <= upTo,
  );
  let owner: SaidAlert | undefined;
  for (const t of times.sort((a, b) => a - b)) {
    if (owner !== undefined && t > endOf(owner)) owner = takeBack(owner);
    timer(t - 1);
    owner ??= give(t);
    for (const it of acknowledgements.filter(({ signal }) => signal.occurredAt === t)) acknowledge(it);
    if (isInstant.has(t)) decide(t);
    if (owner !== undefined && t === endOf(owner)) owner = takeBack(owner);
    timer(t);
  }
  timer(upTo);
  return { alerts, measured };
}
