// A cohort of 10,000 members, one eligible call a minute for a third of them: what a minute of it costs when all is in
// time, and what a tick costs that brings 1,000 signals which are up to an hour late.
import { chance, minute, packEngine, signalOf, start } from './load.ts';
import { cpuSeconds, grouped, median, report } from './measure.ts';

const members = 10_000;
const next = chance(11);
const engine = packEngine('rep-new-policy-usage');
engine.apply({ type: 'tick', at: start });

function call(at: number): void {
  const fields = { repId: `rep-${next(members)}`, teamId: 'team', labels: { track: 'new-policy' } };
  engine.apply({ type: 'signal', signal: signalOf('eligible-call', at, fields) });
  // One rep in fifty does not use the talk-track.
  if (Number(fields.repId.slice(4)) % 50 !== 0 && next(10) < 8) {
    engine.apply({ type: 'signal', signal: signalOf('talk-track', at, fields) });
  }
}

let now = start;
const minutes: number[] = [];
for (let n = 0; n < 240; n++) {
  const calls = 600;
  for (let k = 0; k < calls; k++) call(now + 1 + Math.floor((k * (minute - 2)) / calls));
  now += minute;
  minutes.push(cpuSeconds(() => void engine.apply({ type: 'tick', at: now })) * 1000);
}
report(
  'a minute of a cohort of 10,000 with 600 calls in time',
  `${grouped(median(minutes.slice(120)))} ms (worst ${grouped(Math.max(...minutes.slice(120)))} ms)`,
);
const one: number[] = [];
for (let round = 0; round < 9; round++) {
  now += 1000;
  call(now - 30 * minute);
  one.push(cpuSeconds(() => void engine.apply({ type: 'tick', at: now })) * 1000);
}
report(
  'one call half an hour late in that cohort',
  `${grouped(median(one))} ms (worst ${grouped(Math.max(...one))} ms)`,
);
const bursts: number[] = [];
for (let round = 0; round < 9; round++) {
  now += 1000;
  for (let k = 0; k < 500; k++) call(now - next(60) * minute);
  bursts.push(cpuSeconds(() => void engine.apply({ type: 'tick', at: now })) * 1000);
}
report(
  'a tick with 500 calls up to an hour late in that cohort',
  `${grouped(median(bursts))} ms (worst ${grouped(Math.max(...bursts))} ms)`,
);
console.error(`late-burst: ${JSON.stringify(engine.counters.alerts)}`);
