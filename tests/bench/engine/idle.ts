// A tick at which nothing is due, with more than a million subjects of the shipped pack and 200 rules.
import { shippedRules } from '@resonant/rules';
import { engineOf, mixedSignals, start } from './load.ts';
import { cpuSeconds, grouped, median, report } from './measure.ts';

const million = { accounts: 800_000, leads: 300_000, reps: 600_000, competitors: 20_000 };
const more = Array.from({ length: 193 }, (_, n) => ({
  ...{ apiVersion: 'resonant/v1', id: `more-${n}`, version: 1, keyspace: 'lead', subject: ['leadId'] },
  pattern: { deadline: { start: { when: `kind == 'more-${n}'` }, stop: { when: "kind == 'never'" }, within: '1h' } },
}));
const engine = engineOf([...shippedRules().map(({ document }) => document), ...more]);
const signalAt = mixedSignals(million);
engine.apply({ type: 'tick', at: start });
let now = start;
for (let second = 0; second < 600; second++) {
  for (let n = 0; n < 4000; n++) engine.apply({ type: 'signal', signal: signalAt(now + 1) });
  now += 1000;
  engine.apply({ type: 'tick', at: now });
}
const subjects = new Set<string>();
for (const name of engine.exportState().keys()) if (!name.startsWith('#') && name.includes('/')) subjects.add(name);
// Leads that were not answered are overdue within 90 s; then nothing is due within the seconds that are measured.
now += 100_000;
engine.apply({ type: 'tick', at: now });
now = Math.ceil(now / 900_000) * 900_000 + 1000;
engine.apply({ type: 'tick', at: now });
now += 1000;
engine.apply({ type: 'tick', at: now });
const ticks: number[] = [];
for (let round = 0; round < 40; round++) {
  const used = cpuSeconds(() => {
    for (let n = 0; n < 100; n++) engine.apply({ type: 'tick', at: ++now });
  });
  ticks.push((used * 1000) / 100);
}
report(
  `an idle tick, ${grouped(subjects.size)} subjects, 200 rules`,
  `${grouped(median(ticks))} ms (worst hundred ${grouped(Math.max(...ticks))} ms)`,
  '≤ 1 ms',
);
