import { describe, expect, test } from '@jest/globals';
import type { Signal } from '@resonant/contracts';
import fc from 'fast-check';
import { Arrivals, type Arrived } from '../src/arrivals.ts';

const arrived = (order: number): Arrived => ({ signal: { id: `s${order}` } as Signal, order });

describe('signals that no tick has judged', () => {
  test('are what their changed parts add up to, in the order of the log, also where parts are asked for one by one', () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('arrive' as const), count: fc.integer({ min: 1, max: 700 }) }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('tick' as const) }) },
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('give' as const), count: fc.integer({ min: 1, max: 6 }) }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('hand' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let arrivals = new Arrivals();
        let order = 0;
        let model: Arrived[] = [];
        const parts = new Map<string, readonly Arrived[]>();
        const give = (count: number): void => {
          const expected = Math.max(0, arrivals.changedCount - count);
          let left = count;
          for (const [name, part] of arrivals.changed()) {
            if (part === null) parts.delete(name);
            else parts.set(name, part);
            if (--left === 0) break;
          }
          expect(arrivals.changedCount).toBe(expected);
        };
        for (const each of steps) {
          if (each.type === 'arrive') {
            for (let n = 0; n < each.count; n++) {
              model.push(arrived(order));
              arrivals.push(arrived(order++));
            }
          } else if (each.type === 'tick') {
            expect(arrivals.take()).toEqual(model);
            model = [];
          } else if (each.type === 'give') give(each.count);
          else {
            give(Number.POSITIVE_INFINITY);
            expect([...parts].sort()).toEqual([...arrivals.parts()].sort());
            arrivals = new Arrivals();
            const inOrder = [...parts].sort(([a], [b]) => Number(a) - Number(b));
            for (const [, part] of inOrder) arrivals.adopt(part);
            expect([arrivals.size, arrivals.changedCount]).toEqual([model.length, 0]);
          }
        }
        expect(arrivals.take()).toEqual(model);
      }),
      { numRuns: 300 },
    );
  });

  test('are in parts that are not written again when others come behind them', () => {
    const arrivals = new Arrivals();
    for (let order = 0; order < 600; order++) arrivals.push(arrived(order));
    const given = (): readonly string[] => [...arrivals.changed()].map(([name]) => name);
    expect(given()).toEqual(['0', '1', '2']);
    arrivals.push(arrived(600));
    expect(given()).toEqual(['2']);
    arrivals.take();
    arrivals.push(arrived(601));
    expect([...arrivals.changed()]).toEqual([
      ['0', [arrived(601)]],
      ['2', null],
      ['1', null],
    ]);
  });
});
