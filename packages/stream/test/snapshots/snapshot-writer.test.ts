import { describe, expect, test } from '@jest/globals';
import { Decoder, encode, type Snapshot, type StatePart, schemas } from '@resonant/contracts';
import type { NewRecord } from '@resonant/kafka';
import fc from 'fast-check';
import { headKey, nothingStored } from '../../src/snapshots/part-keys.ts';
import { SnapshotWriter } from '../../src/snapshots/snapshot-writer.ts';
import { type StoredState, storedState } from '../../src/snapshots/stored-state.ts';

const at = { topic: 'state', partition: 3 };
const limits = { chunkBytes: 40, sliceBytes: 330, clearedAtOnce: 3 };
const encoders = {
  part: (value: StatePart) => encode('StatePart', value, 1),
  head: (value: Snapshot) => encode('Snapshot', value, 2),
};
const decoder = new Decoder(async (id) => (id === 1 ? schemas.StatePart : schemas.Snapshot));
await decoder.prepare([Buffer.from([0, 0, 0, 0, 1]), Buffer.from([0, 0, 0, 0, 2])]);
const headAt = (offset: number) => {
  return { offset, version: 2, partitions: 4, lastOffset: offset - 1, lastDigest: '', takenAt: 0 };
};

/** A compacted partition: what a reader finds is the last record of each key. */
class Compacted {
  readonly #records = new Map<string, Buffer>();

  commit(slice: readonly NewRecord[]): void {
    for (const { key, value } of slice) {
      if (value === null) this.#records.delete(String(key));
      else this.#records.set(String(key), value);
    }
  }

  read(): StoredState {
    let head: Snapshot | undefined;
    const chunks = new Map<string, StatePart>();
    for (const [key, value] of this.#records) {
      const decoded = decoder.decode(value);
      if (decoded.type === 'Snapshot') head = decoded.value;
      if (decoded.type === 'StatePart') chunks.set(key, decoded.value);
    }
    return storedState({ head, chunks });
  }

  get keys(): readonly string[] {
    return [...this.#records.keys()];
  }
}

type Changes = ReadonlyMap<string, string | null>;

const laidOver = (state: ReadonlyMap<string, string>, changes: Changes): Map<string, string> => {
  const laid = new Map(state);
  for (const [name, text] of changes) {
    if (text === null) laid.delete(name);
    else laid.set(name, text);
  }
  return laid;
};

const textOf = fc.integer({ min: 0, max: 150 }).map((length) => `${length}:`.padEnd(length, 'ä'));
const anyChanges = fc
  .array(fc.tuple(fc.constantFrom('#engine', 'r', 'r/s1', 'r/s2', 'r/s3', 'r/s4'), fc.option(textOf)), { maxLength: 6 })
  .map((entries): Changes => new Map(entries));

const read = (log: Compacted) => {
  const { damage, head, state } = log.read();
  return { damage, offset: head?.offset, state: [...state].sort() };
};

describe('snapshots', () => {
  test('that are complete are read back, whatever their size; one that is cut off changes nothing', () => {
    const step = fc.record({ changes: anyChanges, dies: fc.option(fc.nat(5)), isKept: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const log = new Compacted();
        let stored = new Map<string, string>();
        let pending: Changes = new Map();
        let offset: number | undefined;
        let writer = new SnapshotWriter(at, encoders, nothingStored, false, limits);
        steps.forEach(({ changes, dies, isKept }, index) => {
          // a new owner replays: it writes at least what changed since the last complete snapshot
          pending = new Map([...pending, ...changes]);
          const { slices } = writer.write(pending, headAt((index + 1) * 10));
          const last = dies === null ? slices.length : Math.min(dies, slices.length);
          for (const slice of slices.slice(0, last)) log.commit(slice);
          if (last === slices.length) {
            stored = laidOver(stored, pending);
            pending = new Map();
            offset = (index + 1) * 10;
          }
          expect(read(log)).toEqual({ damage: undefined, offset, state: [...stored].sort() });
          if (last < slices.length || !isKept) writer = new SnapshotWriter(at, encoders, log.read(), false, limits);
          const bytes = [...stored.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
          expect(writer.size).toEqual({ parts: stored.size, bytes });
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('of a state that was made anew leave nothing behind of what stood there, also where that was further on in the log', () => {
    const anyOffset = fc.constantFrom(5, 15, 20, 30);
    fc.assert(
      fc.property(
        fc.tuple(anyChanges, anyChanges, anyChanges, anyChanges),
        anyOffset,
        fc.nat(5),
        fc.nat(5),
        ([first, second, third, fourth], offset, cutOff, dies) => {
          const log = new Compacted();
          const former = new SnapshotWriter(at, encoders, nothingStored, false, limits);
          for (const slice of former.write(first, headAt(10)).slices) log.commit(slice);
          const unfinished = former.write(second, headAt(20)).slices;
          for (const slice of unfinished.slice(0, cutOff)) log.commit(slice);
          const dead = new SnapshotWriter(at, encoders, log.read(), true, limits).write(third, headAt(offset)).slices;
          for (const slice of dead.slice(0, Math.min(dies, dead.length - 1))) log.commit(slice);
          if (dies > 0 && dead.length > 1) expect(log.read().head).toBeUndefined();
          const anew = new SnapshotWriter(at, encoders, log.read(), true, limits);
          let expected = new Map<string, string>();
          for (const [changes, end] of [
            [third, offset],
            [fourth, offset + 1],
            [new Map(), 40],
          ] as const) {
            for (const slice of anew.write(changes, headAt(end)).slices) log.commit(slice);
            expected = laidOver(expected, changes);
            expect(read(log)).toEqual({ damage: undefined, offset: end, state: [...expected].sort() });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('stand under the name of their parts; parts that are gone are tombstones, and in the end nothing else is left', () => {
    const log = new Compacted();
    const writer = new SnapshotWriter(at, encoders, nothingStored, false, limits);
    const large = 'x'.repeat(390);
    for (const changes of [
      new Map([
        ['a', 'one'],
        ['b', large],
      ]),
      new Map([
        ['a', large],
        ['b', large],
      ]),
      new Map<string, string | null>([['b', null]]),
      new Map([['a', 'two']]),
      new Map(),
      new Map(),
      new Map<string, string | null>([['a', 'two']]),
    ]) {
      for (const slice of writer.write(changes, headAt(10)).slices) log.commit(slice);
    }
    expect(log.keys.toSorted()).toEqual(['\u0000b0:a', headKey].toSorted());
    expect(read(log).state).toEqual([['a', 'two']]);
  });

  test('of one transaction are one slice with the head last; larger ones are cut, and no record is larger than a chunk', () => {
    const writer = new SnapshotWriter(at, encoders, nothingStored, false, limits);
    const small = writer.write(new Map([['a', 'x']]), headAt(1)).slices;
    expect(small.map((slice) => slice.map(({ key }) => key))).toEqual([['a', headKey]]);
    const large = writer.write(new Map([['b', 'x'.repeat(1000)]]), headAt(2)).slices;
    const values = large
      .flat()
      .slice(0, -1)
      .map(({ value }) => decoder.decode(value as Buffer).value as StatePart);
    expect(values.map(({ state }) => state.length)).toEqual(Array(25).fill(40));
    expect(values.map(({ chunk, chunks }) => [chunk, chunks])).toEqual(values.map((_, chunk) => [chunk, 25]));
    expect(large.length).toBeGreaterThan(1);
    expect(large.at(-1)?.at(-1)?.key).toBe(headKey);
  });

  test('that lack a chunk or a part are known to be damaged', () => {
    const writer = new SnapshotWriter(at, encoders, nothingStored, false, limits);
    const records = writer
      .write(
        new Map([
          ['a', 'x'.repeat(100)],
          ['b', 'y'],
        ]),
        headAt(1),
      )
      .slices.flat();
    const without = (lost: string): string | undefined => {
      const log = new Compacted();
      log.commit(records.filter(({ key }) => key !== lost));
      return log.read().damage;
    };
    expect(without('nothing')).toBeUndefined();
    expect(without('\u0000a1:a')).toBe('part a lacks chunks');
    expect(without('b')).toBe('it has 1 parts of 2');
  });
});
