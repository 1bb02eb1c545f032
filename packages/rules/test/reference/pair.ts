import type { PairPattern, StrengthSpec } from '@resonant/engine';
import { byTime, fieldOf, type Known, type RuleRun, type SaidAlert, type Term, termAt } from './rule-run.ts';
import type { Transcript, Values } from './transcript.ts';

/** Two signals that resonate; its instant is that of the later one. */
interface Pair {
  readonly a: Known;
  readonly b: Known;
  readonly instant: number;
}

interface Episode {
  readonly alert: SaidAlert;
  /** The earlier signal of the opening pair. */
  readonly since: number;
  /** Last return to 1. */
  pair: Pair;
  /** Instant of the last `opened` or `strengthened`. */
  notified: number;
  faded: boolean;
}

/** What one subject is in; there is one per subject and run. */
export interface PairState {
  readonly completed: Set<Known>;
  episode: Episode | null;
  lastEnd: number;
}

const patternOf = ({ rule }: Term): PairPattern => rule.pattern as PairPattern;

/** rules.md 3.1: the pairs that are new with this tick, and the crossings it reaches, in time order. */
export function decidePairs(run: RuleRun, states: Map<string, PairState>, transcript: Transcript, now: number): void {
  for (const key of run.subjects.keys()) {
    const state = states.get(key) ?? { completed: new Set(), episode: null, lastEnd: Number.NEGATIVE_INFINITY };
    states.set(key, state);
    decideSubject(run, key, state, transcript, now);
  }
}

function decideSubject(run: RuleRun, key: string, state: PairState, transcript: Transcript, now: number): void {
  const own = run.known.filter((it) => it.key === key).sort(byTime);
  const touches = own.filter(({ roles }) => roles.has('touch')).map(({ signal }) => signal.occurredAt);
  const pairs = newPairs(run, own, state.completed);
  for (;;) {
    const pair = pairs[0];
    const crossing = state.episode === null ? undefined : nextCrossing(run, state.episode, touches, now);
    if (pair !== undefined && (crossing === undefined || pair.instant <= crossing.at)) {
      pairs.shift();
      meet(run, key, state, pair, transcript, now);
    } else if (crossing !== undefined) cross(run, state, crossing, touches, transcript, now);
    else return;
  }
}

function newPairs(run: RuleRun, own: readonly Known[], completed: Set<Known>): Pair[] {
  const pairs: Pair[] = [];
  own.forEach((later, place) => {
    const instant = later.signal.occurredAt;
    if (completed.has(later) || instant <= run.bornAt) return;
    const term = termAt(run, instant);
    const partner = own.slice(0, place).findLast((earlier) => pairOf(term, earlier, later) !== null);
    if (partner === undefined) return;
    if (instant < Math.max(partner.arrivedAt, later.arrivedAt) - term.rule.lateness) return;
    completed.add(later);
    pairs.push(pairOf(term, partner, later) as Pair);
  });
  return pairs;
}

function pairOf(term: Term, earlier: Known, later: Known): Pair | null {
  const { within, distinct, order } = patternOf(term);
  const instant = later.signal.occurredAt;
  // An id that was forgotten and sent again, with its time, is the signal it was.
  if (byTime(earlier, later) === 0 || instant - earlier.signal.occurredAt > within) return null;
  if (distinct.some((name) => fieldOf(earlier.signal, name) === fieldOf(later.signal, name))) return null;
  if (earlier.roles.has('a') && later.roles.has('b')) return { a: earlier, b: later, instant };
  if (!earlier.roles.has('b') || !later.roles.has('a')) return null;
  if (order === 'a-then-b' && earlier.signal.occurredAt < instant) return null;
  return { a: later, b: earlier, instant };
}

function meet(run: RuleRun, key: string, state: PairState, pair: Pair, transcript: Transcript, now: number): void {
  const at = pair.instant;
  const term = termAt(run, at);
  const { episode } = state;
  const said = { state: 'resonating', at, values: valuesOf(term, pair, 1), evidence: evidenceOf(pair) };
  if (episode === null) {
    if (at <= state.lastEnd) return;
    const alert = transcript.open(run, key, { transition: 'opened', ...said }, now);
    const since = Math.min(pair.a.signal.occurredAt, pair.b.signal.occurredAt);
    state.episode = { alert, since, pair, notified: at, faded: false };
    return;
  }
  if (at <= episode.pair.instant) return;
  episode.pair = pair;
  episode.faded = false;
  episode.alert.evidence = said.evidence;
  if (at - episode.notified < patternOf(term).renotify) return;
  episode.notified = at;
  transcript.say(run, episode.alert, { transition: 'updated', ...said, state: 'strengthened' }, now);
}

interface Crossing {
  readonly state: 'fading' | 'expired';
  readonly at: number;
}

/** What the strength falls to next, if by `now`. */
function nextCrossing(run: RuleRun, episode: Episode, touches: readonly number[], now: number): Crossing | undefined {
  const last = episode.pair.instant;
  const touch = firstTouch(episode, touches);
  for (const term of run.terms.filter(({ until }) => until >= last)) {
    const { strength } = patternOf(term);
    const reach = (level: number): number =>
      Math.max(last + Math.ceil(timeTo(strength, level, touch - last) - 1e-6), term.after + 1);
    const crossings: Crossing[] = [{ state: 'expired', at: reach(strength.expired) }];
    if (strength.fading !== null && !episode.faded) crossings.unshift({ state: 'fading', at: reach(strength.fading) });
    const next = crossings.find(({ at }) => at <= term.until);
    if (next !== undefined) return next.at <= now ? next : undefined;
  }
  return undefined;
}

function cross(
  run: RuleRun,
  state: PairState,
  { state: word, at }: Crossing,
  touches: readonly number[],
  transcript: Transcript,
  now: number,
): void {
  const episode = state.episode as Episode;
  const term = termAt(run, at);
  const last = episode.pair.instant;
  const strength = strengthAt(patternOf(term).strength, at - last, firstTouch(episode, touches) - last);
  const said = { state: word, at, values: valuesOf(term, episode.pair, strength), evidence: evidenceOf(episode.pair) };
  if (word === 'fading') {
    episode.faded = true;
    transcript.say(run, episode.alert, { transition: 'updated', ...said }, now);
  } else {
    state.episode = null;
    state.lastEnd = at;
    transcript.say(run, episode.alert, { transition: 'resolved', ...said }, now);
  }
}

const firstTouch = ({ since }: Episode, touches: readonly number[]): number =>
  touches.find((at) => at >= since) ?? Number.POSITIVE_INFINITY;

/** Ms until the strength has fallen to `level`; `untouched` ms of them at the rate of neglect. */
function timeTo({ residual, at, neglectFactor }: StrengthSpec, level: number, untouched: number): number {
  const rate = Math.log(1 / residual) / at;
  const neglected = Math.max(0, untouched);
  const all = Math.log(1 / level);
  const alone = all / (neglectFactor * rate);
  return alone <= neglected ? alone : neglected + (all - neglectFactor * rate * neglected) / rate;
}

function strengthAt({ residual, at, neglectFactor }: StrengthSpec, passed: number, untouched: number): number {
  const rate = Math.log(1 / residual) / at;
  const neglected = Math.min(passed, Math.max(0, untouched));
  return Math.exp(-(neglectFactor * rate * neglected + rate * (passed - neglected)));
}

const rounded = (value: number): number => Number(value.toFixed(9));

const valuesOf = (term: Term, { a, b }: Pair, strength: number): Values => ({
  strength: rounded(strength),
  lift: rounded(1 + (patternOf(term).strength.lift - 1) * strength),
  minutesBetween: Math.abs(a.signal.occurredAt - b.signal.occurredAt) / 60_000,
});

const evidenceOf = ({ a, b }: Pair) =>
  [a, b].sort(byTime).map((it) => ({ signal: it.signal, role: it === a ? 'a' : 'b' }));
