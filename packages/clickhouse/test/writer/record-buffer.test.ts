import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf } from '../../src/writer/range.ts';
import { RecordBuffer } from '../../src/writer/record-buffer.ts';
import { record, records } from './records.ts';

const limits = { rows: 3, bytes: 1_000_000, ageMs: 500, quietAgeMs: 5000 };
const offsets = (batch: readonly { readonly offset: number }[] | undefined): readonly number[] | undefined =>
  batch?.map(({ offset }) => offset);

describe('batches', () => {
  test('one closes when it is full by rows', () => {
    const buffer = new RecordBuffer(0);
    buffer.push(records(0, 1), 2, 1000);
    expect(buffer.batch(limits, 1000)).toBeUndefined();
    buffer.push(records(2, 3), 4, 1000);
    expect(offsets(buffer.batch(limits, 1000))).toEqual([0, 1, 2]);
  });

  test('one closes when another record would be too many bytes', () => {
    const buffer = new RecordBuffer(0);
    const large = record(1, { value: Buffer.alloc(1000) });
    buffer.push([record(0), large, record(2)], 3, 1000);
    const bytes = bytesOf(record(0)) + bytesOf(large);
    expect(offsets(buffer.batch({ ...limits, rows: 100, bytes }, 1000))).toEqual([0, 1]);
    expect(offsets(buffer.batch({ ...limits, rows: 100, bytes: bytes - 1 }, 1000))).toEqual([0]);
    expect(buffer.batch({ ...limits, rows: 100, bytes: 2 * bytes }, 1000)).toBeUndefined();
  });

  test('a record larger than a batch is a batch of its own', () => {
    const buffer = new RecordBuffer(0);
    buffer.push([record(0, { value: Buffer.alloc(5000) }), record(1)], 2, 1000);
    expect(offsets(buffer.batch({ ...limits, bytes: 1000 }, 1000))).toEqual([0]);
  });

  test('one closes when its first record is old enough', () => {
    const buffer = new RecordBuffer(0);
    buffer.push(records(0), 1, 1000);
    buffer.push(records(1), 2, 1400);
    expect(buffer.batch(limits, 1499)).toBeUndefined();
    expect(offsets(buffer.batch(limits, 1500))).toEqual([0, 1]);
  });

  test('one of ticks alone waits longer, and no longer than another record among them', () => {
    const tick = (offset: number) => record(offset, { headers: {} });
    const buffer = new RecordBuffer(0);
    buffer.push([tick(0)], 1, 1000);
    buffer.push([tick(1)], 2, 2000);
    expect([buffer.batch(limits, 5999), buffer.dueAt(limits)]).toEqual([undefined, 6000]);
    expect(offsets(buffer.batch(limits, 6000))).toEqual([0, 1]);
    buffer.drop(0);
    buffer.push(records(2), 3, 3000);
    expect([buffer.batch(limits, 3499), buffer.dueAt(limits)]).toEqual([undefined, 3500]);
    expect(offsets(buffer.batch(limits, 3500))).toEqual([1, 2]);
    buffer.drop(2);
    expect(buffer.dueAt(limits)).toBeUndefined();
  });

  test('one ends before a given offset, and closes once everything before it was read', () => {
    const buffer = new RecordBuffer(0);
    buffer.push(records(0), 1, 1000);
    expect(buffer.batch(limits, 1000, 4)).toBeUndefined();
    buffer.push(records(4, 5), 6, 1000);
    expect(offsets(buffer.batch(limits, 1000, 4))).toEqual([0]);
    buffer.drop(3);
    expect(buffer.batch(limits, 9999, 4)).toBeUndefined();
  });

  test('what was read before is left out, and what comes before the start', () => {
    const buffer = new RecordBuffer(5);
    buffer.push(records(3, 4, 5, 6), 7, 1000);
    buffer.push(records(5, 6, 7), 8, 1000);
    expect(offsets(buffer.through(7))).toEqual([5, 6, 7]);
  });

  test('a span is whole only when what lies behind it was read, holes included', () => {
    const buffer = new RecordBuffer(0);
    buffer.push(records(0, 2), 3, 1000);
    expect(buffer.through(4)).toBeUndefined();
    buffer.push([], 5, 1000);
    expect(offsets(buffer.through(4))).toEqual([0, 2]);
  });

  test('bytes add up, however records come and go', () => {
    const step = fc.oneof(
      fc.record({ push: fc.array(fc.nat(400), { maxLength: 8 }), holes: fc.nat(3) }),
      fc.record({ drop: fc.nat(10) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const buffer = new RecordBuffer(0);
        let held: { offset: number; bytes: number }[] = [];
        let next = 0;
        for (const [now, action] of steps.entries()) {
          if ('push' in action) {
            const made = action.push.map((size) => record(next++, { value: Buffer.alloc(size) }));
            next += action.holes;
            buffer.push(made, next, now);
            held.push(...made.map((each) => ({ offset: each.offset, bytes: bytesOf(each) })));
          } else {
            const last = (held[0]?.offset ?? 0) + action.drop;
            buffer.drop(last);
            held = held.filter(({ offset }) => offset > last);
          }
          expect(buffer.bytes).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(buffer.records).toBe(held.length);
          expect(buffer.passed).toBe(next);
        }
      }),
    );
  });
});
