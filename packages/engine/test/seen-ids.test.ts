import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashText, hashWords } from '../src/id-hash.ts';
import { SeenIds } from '../src/seen-ids.ts';
import type { SeenPart } from '../src/seen-shard.ts';
import { stateVersion } from '../src/state.ts';

/** Ids in a full shard, by version of the state's format. A released one never changes: another size is another version. */
const shardSizes: Readonly<Record<number, number>> = { 3: 2048, 4: 2048, 5: 2048 };

const hour = 3_600_000;
const kept = 96 * hour;
const hashOf = (text: string): string => {
  const hash = new Uint16Array(hashWords);
  hashText(text, hash);
  return [...hash].map((word) => word.toString(16).padStart(4, '0')).join(' ');
};

type Written = readonly [name: string, part: SeenPart, isOfThisVersion: boolean];

function importInto(seen: SeenIds, parts: readonly Written[]): void {
  const read = parts.map(([name, part, isOfThisVersion]) => [name, () => ({ part, isOfThisVersion })] as const);
  for (const _ of seen.importing(read));
}

describe('the ids that were seen', () => {
  test('are those of the last four days, to the millisecond, also after some went and the rest was handed on', () => {
    const step = fc.record({
      ids: fc.array(fc.nat(300), { maxLength: 200 }),
      pause: fc.oneof(fc.nat(1000), fc.constantFrom(hour, kept - 1, kept, kept + 1, kept + 2 * hour)),
      hand: fc.nat(5).map((n) => n === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let seen = new SeenIds();
        const model = new Map<number, number>();
        const parts = new Map<string, ReturnType<SeenIds['parts']> extends Iterable<infer P> ? P : never>();
        let at = 1_770_000_000_000;
        for (const { ids, pause, hand } of steps) {
          at += pause;
          for (const id of ids) {
            const before = model.get(id);
            const known = before !== undefined && at <= before + kept;
            expect(seen.has(`id-${id}`, at)).toBe(known);
            if (known) continue;
            seen.add(`id-${id}`, at);
            model.set(id, at);
          }
          seen.forget(at);
          for (const [name, part] of seen.changed()) {
            if (part === null) parts.delete(name);
            else parts.set(name, [name, part]);
          }
          expect([...parts.values()].sort()).toEqual([...seen.parts()].sort());
          if (!hand) continue;
          seen = new SeenIds();
          importInto(
            seen,
            [...parts.values()].map(([name, part]) => [name, part, true] as const),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test('fill shards that are named by hour and place, and go with their hour', () => {
    const seen = new SeenIds();
    for (let n = 0; n < 5000; n++) seen.add(`id-${n}`, n < 4999 ? 10 : hour + 10);
    expect([...seen.changed()].map(([name]) => name)).toEqual(['0/0', '0/1', '0/2', '1/0']);
    expect([...seen.changed()]).toEqual([]);
    seen.forget(hour + kept);
    expect([...seen.changed()]).toEqual([
      ['0/0', null],
      ['0/1', null],
      ['0/2', null],
    ]);
    expect([seen.has('id-0', hour), seen.has('id-4999', hour + 10 + kept)]).toEqual([false, true]);
  });

  test('are known however many there are, and no other is; none is when their days are over', () => {
    const seen = new SeenIds();
    const ids = Array.from({ length: 40_000 }, (_, n) => `id-${n}`);
    expect(ids.filter((id, n) => seen.add(id, n < 20_000 ? 10 : 20)).length).toBe(40_000);
    const known = (from: number, at: number) => ids.filter((id, n) => n >= from && seen.has(id, at)).length;
    expect([known(0, 10 + kept), known(0, 11 + kept), known(0, 21 + kept)]).toEqual([40_000, 20_000, 0]);
    expect(known(20_000, 20 + kept)).toBe(20_000);
    expect(ids.some((id) => seen.has(`another ${id}`, 20))).toBe(false);
    for (let n = 0; n < 20; n++) seen.forget(hour + kept);
    expect([...seen.parts()]).toEqual([]);
    for (const id of ids) seen.add(id, hour + kept);
    expect(known(0, hour + kept)).toBe(40_000);
  });

  test('go a few shards at a time, and what is left of an hour keeps its names', () => {
    const seen = new SeenIds();
    for (let n = 0; n < 5000; n++) seen.add(`id-${n}`, 10);
    seen.forget(20);
    const before = [...seen.parts()];
    seen.forget(hour + kept);
    expect([...seen.parts()]).toEqual(before.slice(2));
    expect([seen.has('id-4095', 11), seen.has('id-4096', 11)]).toEqual([false, true]);
    const rest = new SeenIds();
    importInto(
      rest,
      before.slice(2).map(([name, part]) => [name, part, true] as const),
    );
    expect([...rest.parts()]).toEqual(before.slice(2));
    seen.forget(hour + kept);
    expect([...seen.parts()]).toEqual([]);
  });

  test('keep the names of their parts under the shard size of the format, so that later snapshots write over them', () => {
    const size = shardSizes[stateVersion];
    if (size === undefined) throw new Error(`say how many ids a shard of version ${stateVersion} holds`);
    const words = (from: number, count: number): string => {
      const hashes = Uint16Array.from({ length: count * hashWords }, (_, n) => from + Math.floor(n / hashWords));
      return Buffer.from(hashes.buffer).toString('base64');
    };
    const full = { ids: words(0, size), ticks: [[10, 0]] as const };
    const begun = { ids: words(size, 3), ticks: [[10, 0]] as const };
    const seen = new SeenIds();
    importInto(seen, [
      ['0/0', full, true],
      ['0/1', begun, true],
    ]);
    expect([...seen.parts()]).toEqual([
      ['0/0', full],
      ['0/1', begun],
    ]);
    seen.add('one more', 10);
    expect([...seen.changed()].map(([name]) => name)).toEqual(['0/1']);
  });

  test('are written anew where they stand in the format before', () => {
    const former = new SeenIds();
    former.add('a', 5 * hour);
    former.add('b', 6 * hour);
    const seen = new SeenIds();
    importInto(
      seen,
      [...former.parts()].map(([name, part]) => [name, part, name === '6/0'] as const),
    );
    expect([...seen.changed()]).toEqual([...former.parts()].slice(0, 1));
    expect([seen.has('a', 5 * hour + kept), seen.has('b', 6 * hour + kept + 1)]).toEqual([true, false]);
  });
});

describe('a hash', () => {
  // By mmh3 5 (hash128 for x86) over UTF-16 in little-endian order.
  test.each([
    ['', '0000 0000 0000 0000 0000'],
    ['a', 'b196 033b 4fe1 ccef 4fe1'],
    ['hello, world', 'c8b9 a852 dd34 fdc4 f2b8'],
    ['0123456789abcdef0123456789abcdef', 'c37d 4f9f a705 db15 520c'],
    ['客户-7-12345', '5f90 ab94 cf75 918f 1ec1'],
  ])('of %j is MurmurHash3', (text, hash) => {
    expect(hashOf(text)).toBe(hash);
  });

  test('is another for each of texts that hardly differ', () => {
    const hashes = new Set<string>();
    for (let n = 0; n < 50_000; n++) {
      for (const text of [`s${n}`, `${n}`.padStart(32, '0'), `${n}`.padEnd(32, 'f'), `客户-${n}-${n}`]) {
        hashes.add(hashOf(text));
      }
    }
    expect(hashes.size).toBe(200_000);
  });
});
