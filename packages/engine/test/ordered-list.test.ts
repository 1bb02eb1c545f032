import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OrderedList } from '../src/ordered-list.ts';

test('a list in order is a sorted array, whatever is put in and dropped', () => {
  const step = fc.oneof(fc.record({ put: fc.nat(50) }), fc.record({ drop: fc.nat(6) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), fc.nat(50), (steps, value) => {
      const list = new OrderedList<number>((a, b) => a < b);
      let plain: number[] = [];
      for (const each of steps) {
        if ('put' in each) {
          list.insert(each.put);
          plain = [...plain, each.put].sort((a, b) => a - b);
        } else {
          const count = Math.min(each.drop, plain.length);
          list.drop(count);
          plain = plain.slice(count);
        }
        expect([...list]).toEqual(plain);
        expect([list.size, list.at(0), list.at(-1), list.last]).toEqual([
          plain.length,
          plain[0],
          undefined,
          plain.at(-1),
        ]);
        const first = plain.findIndex((item) => item >= value);
        expect(list.firstOver((item) => item >= value)).toBe(first < 0 ? plain.length : first);
      }
    }),
  );
});
