import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashWords } from '../src/id-hash.ts';
import { SeenIndex } from '../src/seen-index.ts';
import { SeenShard, shardSize } from '../src/seen-shard.ts';

/** Few values, so that many hashes begin to be looked for at one place, and at the ends of the table. */
const word = fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xf000, 0xf800, 0xfc00, 0xffff);
const hashes = fc
  .uniqueArray(fc.array(word, { minLength: hashWords, maxLength: hashWords }), {
    minLength: 3,
    maxLength: 150,
    size: 'max',
    selector: (words) => words.join(),
  })
  .map((list) => list.map((words) => Uint16Array.from(words)));

/** Hashes at the beginning and the end of the first shard and in a second one, with their entries. */
function placed(list: readonly Uint16Array[]) {
  const [first, second] = [new SeenShard(), new SeenShard()];
  const third = Math.floor(list.length / 3);
  const other = Uint16Array.from([2, 2, 2, 2, 2]);
  const entries = list.map((hash, i): number => {
    if (i === third) while (first.count < shardSize - third) first.add(other, 0);
    const shard = i < 2 * third ? first : second;
    shard.add(hash, 0);
    return (shard === first ? 0 : shardSize) + shard.count;
  });
  return { shards: [first, second], entries };
}

describe('an index of hashes', () => {
  test('finds what was set, at its last entry, and nothing that was removed or never set', () => {
    fc.assert(
      fc.property(hashes, fc.array(fc.boolean(), { minLength: 150, maxLength: 150 }), (list, going) => {
        const absent = Uint16Array.from(list.pop() as Uint16Array);
        const { shards, entries } = placed(list);
        const index = new SeenIndex(shards);
        list.forEach((hash, i) => {
          index.set(hash, entries[i] as number);
        });
        const read = () => [...list, absent].map((hash) => index.get(hash));
        expect(read()).toEqual([...entries, 0]);
        list.forEach((hash, i) => {
          if (going[i]) index.remove(hash, entries[i] as number);
          else index.remove(hash, (entries[i] as number) + 1);
        });
        expect(read()).toEqual([...entries.map((entry, i) => (going[i] ? 0 : entry)), 0]);
        const again = new SeenShard();
        shards.push(again);
        const later = list.map((hash, i) => {
          again.add(hash, 1);
          index.set(hash, 2 * shardSize + i + 1);
          index.remove(hash, entries[i] as number);
          return 2 * shardSize + i + 1;
        });
        expect(read()).toEqual([...later, 0]);
      }),
      { numRuns: 200 },
    );
  });
});

test('a shard holds each hash at its place, to the last word, with the tick that came with it', () => {
  fc.assert(
    fc.property(hashes, fc.array(fc.nat(2), { minLength: 150, maxLength: 150 }), (list, pauses) => {
      const shard = new SeenShard();
      let now = 100;
      const ticks = list.map((hash, i) => {
        now += pauses[i] as number;
        shard.add(hash, now);
        return now;
      });
      list.forEach((hash, i) => {
        const copy = new Uint16Array(hashWords);
        shard.copy(i, copy);
        expect(copy).toEqual(hash);
        expect(shard.tickOf(i)).toBe(ticks[i]);
        expect(shard.head(i)).toBe((hash[1] as number) * 0x10000 + (hash[0] as number));
        expect(list.map((other) => shard.holds(i, other))).toEqual(list.map((other) => other === hash));
      });
    }),
    { numRuns: 30 },
  );
});
