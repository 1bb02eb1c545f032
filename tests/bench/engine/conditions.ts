// Evaluations of CEL conditions per CPU second: every condition of the shipped pack on signals of every kind.
import type { CompiledRule, Condition } from '@resonant/engine';
import { compileRule, shippedRules } from '@resonant/rules';
import { hundredThousand, mixedSignals, start } from './load.ts';
import { cpuSeconds, grouped, median, report } from './measure.ts';

const isCondition = (value: unknown): value is Condition =>
  typeof value === 'object' && value !== null && 'test' in value && 'kinds' in value;

const conditionsOf = ({ pattern }: CompiledRule): readonly Condition[] =>
  [...Object.values(pattern), ...('strength' in pattern ? Object.values(pattern.strength) : [])].filter(isCondition);

const conditions = shippedRules().flatMap(({ document }) => conditionsOf(compileRule(document)));
const signalAt = mixedSignals(hundredThousand);
const signals = Array.from({ length: 10_000 }, (_, n) => signalAt(start + n));
let held = 0;
const rates = Array.from({ length: 20 }, () => {
  const used = cpuSeconds(() => {
    for (let round = 0; round < 10; round++) {
      for (const signal of signals) for (const { test } of conditions) if (test(signal)) held++;
    }
  });
  return (10 * signals.length * conditions.length) / used;
});
report(`CEL evaluations/s, ${conditions.length} conditions of the shipped pack`, grouped(median(rates)), '≥ 1,000,000');
console.error(`conditions: ${held} held`);
