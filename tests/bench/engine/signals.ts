// Signals per CPU second with the shipped pack, by how many subjects they are about: 1,000 signals and one tick per
// second of log time.
import type { Signal } from '@resonant/contracts';
import { hundredThousand, mixedSignals, type Population, packEngine, start, thousand } from './load.ts';
import { cpuSeconds, grouped, median, report } from './measure.ts';

const perSecond = 1000;
const batchSeconds = 100;
const batches = 20;

function measure(population: Population, subjects: string, aim?: string): void {
  const engine = packEngine();
  const signalAt = mixedSignals(population);
  engine.apply({ type: 'tick', at: start });
  let now = start;
  const rates: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const seconds: Signal[][] = [];
    for (let second = 0; second < batchSeconds; second++) {
      const from = now + second * 1000;
      seconds.push(
        Array.from({ length: perSecond }, (_, n) => signalAt(from + Math.floor((n * 1000) / perSecond) + 1)),
      );
    }
    const used = cpuSeconds(() => {
      for (const signals of seconds) {
        for (const signal of signals) engine.apply({ type: 'signal', signal });
        now += 1000;
        engine.apply({ type: 'tick', at: now });
      }
    });
    rates.push((perSecond * batchSeconds) / used);
  }
  // The first half fills windows and warms up.
  report(
    `signals/s on one core, shipped pack, ${subjects} subjects`,
    `${grouped(median(rates.slice(batches / 2)))} (slowest of ten batches ${grouped(Math.min(...rates.slice(batches / 2)))})`,
    aim,
  );
  const { used, unused, alerts } = engine.counters;
  console.error(
    `signals: ${used} used, ${unused} unused, ${alerts.opened} alerts opened in ${grouped((now - start) / 60_000)} min`,
  );
}

measure(hundredThousand, '100,000', '≥ 300,000');
measure(thousand, '1,000');
