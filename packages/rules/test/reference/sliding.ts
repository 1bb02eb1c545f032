import { type Derived, derive, type Step } from './breaker.ts';
import { instantsBetween } from './instants.ts';
import { measureRatio } from './ratio.ts';
import { type Known, type Measured, openAlert, type RuleRun, type Term, termAt } from './rule-run.ts';
import { measureSurge } from './surge.ts';
import { measureThreshold } from './threshold.ts';
import { alertIdOf, type Transcript, type Values } from './transcript.ts';

/** Whether a signal counts at an instant (rules.md 3.6), or an acknowledgement at its own: it arrived before that was decided, or within the lateness after it. */
const counts = (run: RuleRun, { signal, arrivedAt, decidedTo }: Known, t: number): boolean =>
  signal.occurredAt <= t && (t > decidedTo || arrivedAt <= t + termAt(run, t).rule.lateness);

/** What a subject's numbers say at `t`; kept until a signal from before `t` comes. */
function measure(run: RuleRun, key: string, term: Term, t: number): Measured {
  const kept = run.measured.get(t) ?? new Map<string, Measured>();
  run.measured.set(t, kept);
  const measured = kept.get(key) ?? measureAnew(run, key, term, t);
  kept.set(key, measured);
  return measured;
}

function measureAnew(run: RuleRun, key: string, term: Term, t: number): Measured {
  const counting = run.known.filter((it) => counts(run, it, t));
  const own = counting.filter((it) => it.key === key);
  switch (term.rule.pattern.kind) {
    case 'ratio':
      return measureRatio(term, counting, run.subjects, key, t);
    case 'threshold':
      return measureThreshold(term, own, t);
    case 'surge':
      return measureSurge(term, own, t);
    default:
      throw new Error(`${term.rule.pattern.kind} has no instants`);
  }
}

/** Up to when everything is decided by a tick: an instant waits for its grace, and for those before it. */
export function decidedUpTo(run: RuleRun, now: number): number {
  const waiting = run.terms.find(({ rule, until }) => until + rule.grace > now);
  if (waiting === undefined) return now;
  return Math.max(waiting.after, Math.min(waiting.until, now - waiting.rule.grace));
}

/** Decides all instants of all subjects anew, and says what differs from what was said (rules.md 3.6). */
export function decideSliding(run: RuleRun, transcript: Transcript, now: number): void {
  const upTo = decidedUpTo(run, now);
  for (const key of run.subjects.keys()) decideSubject(run, key, transcript, upTo, now);
}

function decideSubject(run: RuleRun, key: string, transcript: Transcript, upTo: number, now: number): void {
  const own = run.known.filter((it) => it.key === key);
  const first = Math.min(...own.map(({ signal }) => signal.occurredAt));
  const possible = instantsBetween(run, first, upTo);
  const begins = possible.findIndex((t) => own.some((it) => counts(run, it, t)));
  const instants = begins < 0 ? [] : possible.slice(begins);
  const acknowledgements = run.acknowledgements.filter(
    (it) => it.signal.occurredAt > run.bornAt && counts(run, it, it.signal.occurredAt),
  );
  const deriveWith = (list: readonly Known[]) =>
    derive(run, key, instants, list, (term, t) => measure(run, key, term, t), upTo);
  const open = openAlert(run, key);
  const isOpen = ({ opening, end }: Derived, at: number): boolean => opening.at <= at && (end === null || end.at > at);
  const heirOf = (all: readonly Derived[]) => open && all.find((alert) => !alert.hidden && isOpen(alert, open.at));
  // What an acknowledgement names is said by now, or by this tick: whether it is does not hang on acknowledgements.
  const foreseen = deriveWith(acknowledgements).alerts;
  const opened = foreseen.filter((alert) => !alert.hidden && alert !== heirOf(foreseen));
  const named = new Set(run.said.map(({ alertId }) => alertId));
  for (const { opening } of opened) named.add(alertIdOf(run, key, opening.at));
  const matching = acknowledgements.filter(({ signal }) => named.has(signal.labels.alertId ?? ''));
  const { alerts, measured } = deriveWith(matching);
  const heir = heirOf(alerts);
  if (open !== undefined && heir === undefined) {
    const numbers = measured.get(open.at) as Values;
    const { at, state } = open;
    transcript.say(
      run,
      open,
      { transition: 'withdrawn', state, at, values: withdrawnValues(numbers, open.values) },
      now,
    );
  }
  for (const alert of alerts) {
    if (alert.hidden) continue;
    const old = alert === heir ? open : undefined;
    const lastAt = old?.lastAt ?? Number.NEGATIVE_INFINITY;
    const said = old ?? transcript.open(run, key, { transition: 'opened', ...alert.opening }, now);
    const say = (transition: 'updated' | 'resolved', step: Step): void =>
      transcript.say(run, said, { transition, ...step }, now);
    for (const step of alert.updates) if (step.at > lastAt) say('updated', step);
    if (alert.end !== null) say('resolved', alert.end);
  }
}

const withdrawnValues = (numbers: Values, said: Values): Values => ({
  ...numbers,
  ...(said.value === undefined ? {} : { saidValue: said.value }),
  ...(said.value === undefined || said.reference === undefined ? {} : { saidReference: said.reference }),
});
