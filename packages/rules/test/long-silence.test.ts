import { expect, test } from '@jest/globals';
import { Engine, formatOutput, parseLine } from '@resonant/engine';
import { compileRule, shippedRules } from '../src/index.ts';

const tick = (at: string): string => JSON.stringify({ type: 'tick', at });
const read = (id: string, at: string): string =>
  JSON.stringify({
    type: 'signal',
    id,
    kind: 'kb-read',
    occurredAt: at,
    teamId: 'team-a',
    repId: 'rep-1',
    measures: { activeSeconds: 100 },
  });

function replay(lines: readonly string[]): readonly string[] {
  const engine = new Engine({ compile: compileRule });
  for (const { document, id } of shippedRules()) {
    engine.apply({ type: 'rule', action: 'put', ruleId: id, document, revision: null });
  }
  return lines.flatMap((line, index) => engine.apply(parseLine(line, index + 1)).map(formatOutput));
}

test('a weekly rule outlives months of silence in one tick, and decides the week that had data', () => {
  const lines = replay([
    tick('2026-03-03T08:00:00.000Z'),
    read('a', '2026-03-03T08:15:00.000Z'),
    read('b', '2026-03-03T09:15:00.000Z'),
    read('c', '2026-03-03T10:15:00.000Z'),
    tick('2026-03-04T09:00:00.000Z'),
    tick('2026-11-23T20:00:00.000Z'),
    tick('2026-11-23T20:00:01.000Z'),
  ]);
  const alerts = lines.map(
    (line) => JSON.parse(line) as { type: string; ruleId: string; transition: string; at: string },
  );
  expect(alerts.filter(({ type }) => type === 'alert')).toMatchObject([
    { ruleId: 'kb-dwell', transition: 'opened', at: '2026-03-08T16:00:00.000Z' },
  ]);
});
