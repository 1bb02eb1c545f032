import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeyedParts } from '../src/keyed-parts.ts';

const asItIs = (item: number): number => item;

describe('items that are parts of their own', () => {
  test('what came and went before its part was asked for leaves nothing behind', () => {
    const parts = new KeyedParts<number>(asItIs);
    parts.set('a', 1);
    parts.delete('a');
    expect([parts.changedCount, [...parts.changed()]]).toEqual([0, []]);
  });

  test('what was given, or taken over, is told to be gone', () => {
    const parts = new KeyedParts<number>(asItIs);
    parts.adopt('a', 1);
    parts.set('b', 2);
    expect([...parts.changed()]).toEqual([['b', 2]]);
    parts.delete('a');
    parts.delete('b');
    expect([...parts.changed()]).toEqual([
      ['a', null],
      ['b', null],
    ]);
    expect(parts.changedCount).toBe(0);
  });

  test('are what their changed parts add up to, whenever they are asked for and however many at once', () => {
    const step = fc.oneof(
      fc.record({ set: fc.constantFrom('a', 'b', 'c'), to: fc.nat(9) }),
      fc.record({ remove: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ take: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const parts = new KeyedParts<number>(asItIs);
        const laid = new Map<string, unknown>();
        const take = (limit: number): void => {
          let left = limit;
          if (left === 0) return;
          for (const [key, part] of parts.changed()) {
            if (part === null) laid.delete(key);
            else laid.set(key, part);
            if (--left === 0) return;
          }
        };
        for (const each of steps) {
          if ('set' in each) parts.set(each.set, each.to);
          else if ('remove' in each) parts.delete(each.remove);
          else take(each.take);
        }
        take(Number.POSITIVE_INFINITY);
        expect([...laid].sort()).toEqual([...parts.parts()].sort());
      }),
    );
  });
});
