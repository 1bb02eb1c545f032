// A month of the demo's load: twelve reps, a renewal call each every quarter of an hour from 8:00 to 17:45, what the
// shipped pack's other rules see beside them, a tick a second and one soon after each signal.
import type { Signal } from '@resonant/contracts';
import { chance, minute, packEngine, signalOf } from './load.ts';
import { cpuSeconds, grouped, report } from './measure.ts';

const day = 24 * 60 * minute;
const from = Date.parse('2026-03-01T00:00:00Z');
const days = 31;
const reps = 12;
const next = chance(5);

function signalsOf(date: number): readonly Signal[] {
  const signals: Signal[] = [];
  for (let rep = 0; rep < reps; rep++) {
    const fields = { repId: `rep-${rep}`, teamId: `team-${rep >> 2}`, regionId: `region-${rep % 2}` };
    for (let at = date + 8 * 60 * minute + rep * minute; at < date + 17.75 * 60 * minute; at += 15 * minute) {
      const track = next(5) === 0 ? 'competitor-comparison' : 'new-policy';
      const account = { ...fields, accountId: `account-${next(40)}` };
      signals.push(signalOf('eligible-call', at, { ...account, labels: { track } }));
      if (next(4) !== 0) signals.push(signalOf('talk-track', at + minute, { ...account, labels: { track } }));
      signals.push(signalOf('sentiment', at + minute, { ...account, measures: { polarity: (next(20) - 10) / 10 } }));
      if (next(6) === 0) {
        const labels = { intent: 'technical-consultation' };
        signals.push(signalOf('intent', at + 2 * minute, { ...account, channel: 'email', labels }));
      }
      if (next(5) === 0)
        signals.push(signalOf('mention', at + minute, { ...account, labels: { competitor: `c-${next(4)}` } }));
      if (next(3) === 0)
        signals.push(signalOf('kb-read', at + 5 * minute, { ...fields, measures: { activeSeconds: 100 + next(300) } }));
    }
  }
  for (let lead = 0; lead < 10; lead++) {
    const at = date + (9 * 60 + 45 * lead) * minute;
    const fields = { leadId: `lead-${date}-${lead}`, labels: { by: 'human' } };
    signals.push(signalOf('lead-created', at, fields));
    signals.push(signalOf('lead-response', at + (30 + next(90)) * 1000, fields));
  }
  return signals.sort((a, b) => a.occurredAt - b.occurredAt);
}

const engine = packEngine();
let count = 0;
let ticks = 0;
const used = cpuSeconds(() => {
  for (let n = 0; n < days; n++) {
    const date = from + n * day;
    const signals = signalsOf(date);
    let at = 0;
    for (let now = date; now < date + day; now += 1000) {
      for (let signal = signals[at]; signal !== undefined && signal.occurredAt < now; signal = signals[++at]) {
        engine.apply({ type: 'signal', signal });
        engine.apply({ type: 'tick', at: now - 980 });
        count++;
        ticks++;
      }
      engine.apply({ type: 'tick', at: now });
      ticks++;
    }
  }
});
report(
  `a month of the demo's load: ${grouped(count)} signals, ${grouped(ticks)} ticks`,
  `${grouped(used)} s of CPU`,
  '< 60 s',
);
console.error(`month: ${JSON.stringify(engine.counters.alerts)}`);
