import { describe, expect, test } from '@jest/globals';
import { Decoder, encode, type Snapshot, type StatePart, schemas } from '@resonant/contracts';
import type { NewRecord } from '@resonant/kafka';
import fc from 'fast-check';
import { headKey, nothingStored } from '../../src/snapshots/part-keys.ts';
import { SnapshotWriter } from '../../src/snapshots/snapshot-writer.ts';
import { type StoredState, storedState } from '../../src/snapshots/stored-state.ts';

const at = { topic: 'state', partition: 3 };
const limits = { pieceBytes: 300, chunkBytes: 40, sliceBytes: 330, clearedAtOnce: 3 };
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

/** What a writer has to clear away before its first snapshot, if that is more than a piece. */
function wiped(writer: SnapshotWriter): readonly (readonly NewRecord[])[] {
  const slices: (readonly NewRecord[])[] = [];
  for (let next = writer.wipe(); next !== undefined; next = writer.wipe()) slices.push(...next);
  return slices;
}

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
          const { slices } = writer.end(pending, headAt((index + 1) * 10));
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

  test('that are written piece by piece are of the position where they end, whatever changes in between and wherever one is cut off', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('change' as const), changes: anyChanges }),
      fc.record({
        type: fc.constant('piece' as const),
        count: fc.integer({ min: 1, max: 3 }),
        dies: fc.option(fc.nat(3)),
      }),
      fc.record({ type: fc.constant('end' as const), dies: fc.option(fc.nat(5)) }),
      // the process dies, and where the next one begins what came is gone and what changed is as it was
      fc.record({ type: fc.constant('undone' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const log = new Compacted();
        let [state, stored] = [new Map<string, string>(), new Map<string, string>()];
        /** What changed and is not written, and what changed since the last complete snapshot: a new owner's to write. */
        let [dirty, since] = [new Set<string>(), new Set<string>()];
        let end: number | undefined;
        let writer = new SnapshotWriter(at, encoders, nothingStored, false, limits);
        const taken = (count: number): Changes => {
          const names = [...dirty].slice(0, count);
          for (const name of names) dirty.delete(name);
          return new Map(names.map((name) => [name, state.get(name) ?? null]));
        };
        /** False if the process died of it. */
        const commit = (slices: readonly (readonly NewRecord[])[], dies: number | null): boolean => {
          const last = dies === null ? slices.length : Math.min(dies, slices.length);
          for (const slice of slices.slice(0, last)) log.commit(slice);
          if (last === slices.length) return true;
          writer = new SnapshotWriter(at, encoders, log.read(), false, limits);
          dirty = new Set(since);
          return false;
        };
        steps.forEach((each, index) => {
          const offset = (index + 1) * 10;
          if (each.type === 'change') {
            state = laidOver(state, each.changes);
            for (const name of each.changes.keys()) {
              dirty.add(name);
              since.add(name);
            }
          } else if (each.type === 'piece') {
            commit(writer.write(taken(each.count), { offset, version: 2 }).slices, each.dies);
          } else if (each.type === 'undone') {
            [state, dirty, since] = [new Map(stored), new Set(), new Set()];
            writer = new SnapshotWriter(at, encoders, log.read(), false, limits);
          } else if (commit(writer.end(taken(dirty.size), headAt(offset)).slices, each.dies)) {
            [stored, since, end] = [new Map(state), new Set(), offset];
          }
          expect(read(log)).toEqual({ damage: undefined, offset: end, state: [...stored].sort() });
        });
      }),
      { numRuns: 2000 },
    );
  });

  describe('after one that did not come to its end', () => {
    const commit = (log: Compacted, slices: readonly (readonly NewRecord[])[]): void => {
      for (const slice of slices) log.commit(slice);
    };

    /** A part in a snapshot of offset 10, and ten in one of offset 20 that was cut off; none is left in the state. */
    function cutOff(): Compacted {
      const log = new Compacted();
      const former = new SnapshotWriter(at, encoders, nothingStored, false, limits);
      commit(log, former.end(new Map([['a', 'one']]), headAt(10)).slices);
      const brief = new Map(Array.from({ length: 10 }, (_, n) => [`p${n}`, 'x']));
      commit(log, former.write(brief, { offset: 20, version: 2 }).slices);
      return log;
    }

    test('hold nothing of it, also what is not written again, however much it is', () => {
      const log = cutOff();
      const owner = new SnapshotWriter(at, encoders, log.read(), false, limits);
      commit(log, wiped(owner));
      commit(log, owner.end(new Map([['a', 'two']]), headAt(30)).slices);
      expect(read(log)).toEqual({ damage: undefined, offset: 30, state: [['a', 'two']] });
      expect(log.keys.toSorted()).toEqual([headKey, 'a'].toSorted());
    });

    test('begin by clearing it away piece by piece, and leave the last complete one whole meanwhile', () => {
      const log = cutOff();
      const owner = new SnapshotWriter(at, encoders, log.read(), false, limits);
      const cleared = wiped(owner);
      expect(cleared.map((slice) => slice.map(({ key, value }) => (value === null ? key : 'written')))).toEqual([
        ['p0', 'p1', 'p2'],
        ['p3', 'p4', 'p5'],
        ['p6', 'p7', 'p8'],
      ]);
      for (const slice of cleared) {
        log.commit(slice);
        expect(read(log)).toEqual({ damage: undefined, offset: 10, state: [['a', 'one']] });
      }
    });
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
          for (const slice of former.end(first, headAt(10)).slices) log.commit(slice);
          const unfinished = former.end(second, headAt(20)).slices;
          for (const slice of unfinished.slice(0, cutOff)) log.commit(slice);
          const killed = new SnapshotWriter(at, encoders, log.read(), true, limits);
          const dead = [...wiped(killed), ...killed.end(third, headAt(offset)).slices];
          for (const slice of dead.slice(0, Math.min(dies, dead.length - 1))) log.commit(slice);
          if (dies > 0 && dead.length > 1) expect(log.read().head).toBeUndefined();
          const anew = new SnapshotWriter(at, encoders, log.read(), true, limits);
          for (const slice of wiped(anew)) log.commit(slice);
          let expected = new Map<string, string>();
          for (const [changes, end] of [
            [third, offset],
            [fourth, offset + 1],
            [new Map(), 40],
          ] as const) {
            for (const slice of anew.end(changes, headAt(end)).slices) log.commit(slice);
            expected = laidOver(expected, changes);
            expect(read(log)).toEqual({ damage: undefined, offset: end, state: [...expected].sort() });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('of a state that was made anew clear away what stood there piece by piece, the head first, and write nothing else meanwhile', () => {
    const log = new Compacted();
    const former = new SnapshotWriter(at, encoders, nothingStored, false, limits);
    const parts = new Map(Array.from({ length: 10 }, (_, n) => [`p${n}`, 'x']));
    for (const slice of former.end(parts, headAt(10)).slices) log.commit(slice);
    const anew = new SnapshotWriter(at, encoders, log.read(), true, limits);
    const keysOf = (slices: readonly (readonly NewRecord[])[] | undefined) =>
      slices?.flat().map(({ key, value }) => (value === null ? key : 'not cleared away'));
    expect(keysOf(anew.wipe())).toEqual([headKey, 'p0', 'p1']);
    expect(keysOf(anew.wipe())).toEqual(['p2', 'p3', 'p4']);
    expect(keysOf(anew.wipe())).toEqual(['p5', 'p6', 'p7']);
    expect(anew.wipe()).toBeUndefined();
    const { slices } = anew.end(new Map([['p9', 'y']]), headAt(5));
    expect(slices.map((slice) => slice.map(({ key, value }) => [key, value === null]))).toEqual([
      [
        ['p8', true],
        ['p9', true],
        ['p9', false],
        [headKey, false],
      ],
    ]);
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
      for (const slice of writer.end(changes, headAt(10)).slices) log.commit(slice);
    }
    expect(log.keys.toSorted()).toEqual(['\u0000b0:a', headKey].toSorted());
    expect(read(log).state).toEqual([['a', 'two']]);
  });

  test('of one transaction are one slice with the head last; larger ones are cut, and no record is larger than a chunk', () => {
    const writer = new SnapshotWriter(at, encoders, nothingStored, false, limits);
    const small = writer.end(new Map([['a', 'x']]), headAt(1)).slices;
    expect(small.map((slice) => slice.map(({ key }) => key))).toEqual([['a', headKey]]);
    const large = writer.end(new Map([['b', 'x'.repeat(1000)]]), headAt(2)).slices;
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
      .end(
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
