import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assign, type Claimant } from '../src/assignment.ts';
import type { TopicPartition } from '../src/index.ts';

const partitionsOf = (count: number): TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic: 't', partition }));
const member = (id: string, owned: readonly number[] = [], generation = 1): Claimant => ({
  id,
  topics: ['t'],
  owned: owned.map((partition) => ({ topic: 't', partition })),
  generation,
});
const shares = (members: readonly Claimant[], count: number): Record<string, number[]> =>
  Object.fromEntries(
    [...assign(members, partitionsOf(count))].map(([id, share]) => [
      id,
      share.map(({ partition }) => partition).sort(),
    ]),
  );

test('a new member takes as little as it can', () => {
  expect(shares([member('a', [0, 1, 2, 3]), member('b')], 4)).toEqual({ a: [0, 1], b: [2, 3] });
  expect(shares([member('b', [0, 3]), member('a', [1, 2]), member('c')], 4)).toEqual({ a: [1, 2], b: [0], c: [3] });
});

test('of two that claim a partition the later generation keeps it', () => {
  expect(shares([member('a', [0, 1], 7), member('b', [0, 1], 8)], 2)).toEqual({ a: [1], b: [0] });
});

test('who follows a topic alone gets all of it', () => {
  const other: Claimant = { id: 'z', topics: ['other'], owned: [], generation: 0 };
  expect(shares([member('a'), other], 3)).toEqual({ a: [0, 1, 2], z: [] });
});

const group = fc
  .record({ count: fc.integer({ min: 0, max: 24 }), owners: fc.array(fc.nat(6), { minLength: 24, maxLength: 24 }) })
  .chain(({ count, owners }) =>
    fc.record({
      count: fc.constant(count),
      members: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 }).map((ids) =>
        ids.map((id) =>
          member(
            `m${id}`,
            partitionsOf(count).flatMap(({ partition }) => (owners[partition] === id ? [partition] : [])),
          ),
        ),
      ),
    }),
  );

test('each partition has one owner, shares differ by one at most, and the order of members does not matter', () => {
  fc.assert(
    fc.property(group, ({ count, members }) => {
      const result = shares(members, count);
      const sizes = Object.values(result).map((share) => share.length);
      expect(
        Object.values(result)
          .flat()
          .sort((a, b) => a - b),
      ).toEqual(partitionsOf(count).map(({ partition }) => partition));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(shares([...members].reverse(), count)).toEqual(result);
    }),
  );
});

test('nobody gives away what it could have kept', () => {
  fc.assert(
    fc.property(group, ({ count, members }) => {
      const result = shares(members, count);
      const most = Math.ceil(count / members.length);
      for (const { id, owned } of members) {
        const kept = owned.filter(({ partition }) => result[id]?.includes(partition)).length;
        expect(kept).toBeGreaterThanOrEqual(Math.min(owned.length, Math.floor(count / members.length)));
        expect(kept).toBeLessThanOrEqual(most);
      }
    }),
  );
});
