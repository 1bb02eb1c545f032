import type { DeadlinePattern } from '@resonant/engine';
import { after } from './calendar.ts';
import { byTime, type Known, openAlert, type RuleRun, type SaidAlert, termAt } from './rule-run.ts';
import { alertIdOf, type Transcript } from './transcript.ts';

const endOf = ({ end }: SaidAlert): number => end?.at ?? Number.POSITIVE_INFINITY;

const deadlineOf = ({ signal, takenBy }: Known): number =>
  after(takenBy, signal.occurredAt, (takenBy.pattern as DeadlinePattern).within);

/** rules.md 3.3: what of all obligations of all subjects is due, and what their stops end. */
export function decideDeadlines(run: RuleRun, transcript: Transcript, now: number): void {
  for (const key of run.subjects.keys()) decideSubject(run, key, transcript, now);
}

function decideSubject(run: RuleRun, key: string, transcript: Transcript, now: number): void {
  const own = run.known.filter((it) => it.key === key).sort(byTime);
  const starts = own.filter(({ roles }) => roles.has('start'));
  const stops = own.filter(({ roles }) => roles.has('stop'));
  const stopAfter = (start: number): Known | undefined => stops.find(({ signal }) => signal.occurredAt >= start);

  const open = openAlert(run, key);
  const stop = open && stopAfter(open.start);
  if (open !== undefined && stop !== undefined) answer(run, open, stop, transcript, now);

  let free = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    const from = start.signal.occurredAt;
    if (from <= free) continue;
    const owned = run.said
      .filter((alert) => alert.key === key && alert.end?.withdrawn !== true && endOf(alert) >= from)
      .sort((a, b) => a.start - b.start)[0];
    const end = stopAfter(from);
    const to = end?.signal.occurredAt ?? Number.POSITIVE_INFINITY;
    if (owned !== undefined && to >= owned.start) {
      free = endOf(owned);
      continue;
    }
    free = to;
    const at = deadlineOf(start);
    if (to <= at || at > now || at <= run.bornAt) continue;
    // A calendar can give two starts one deadline; an alert opens at most once.
    if (run.said.some(({ alertId }) => alertId === alertIdOf(run, key, at))) continue;
    const evidence = [{ signal: start.signal, role: 'start' }];
    const alert = transcript.open(
      run,
      key,
      { transition: 'opened', state: 'overdue', at, values: {}, evidence },
      now,
      from,
    );
    if (end !== undefined) answer(run, alert, end, transcript, now);
  }
}

function answer(run: RuleRun, alert: SaidAlert, stop: Known, transcript: Transcript, now: number): void {
  const at = stop.signal.occurredAt;
  const values = { elapsedMs: at - alert.start };
  const evidence = [...alert.evidence, { signal: stop.signal, role: 'stop' }];
  const inTime = at <= alert.at && stop.arrivedAt <= alert.at + termAt(run, alert.at).rule.lateness;
  transcript.say(
    run,
    alert,
    inTime
      ? { transition: 'withdrawn', state: alert.state, at: alert.at, values, evidence }
      : { transition: 'resolved', state: 'answered', at, values, evidence },
    now,
  );
}
