import { expect, test } from '@jest/globals';
import type { NewRecord } from '../src/index.ts';
import { chunks } from '../src/size.ts';

const record = (bytes: number): NewRecord => ({ topic: 't', key: 'k', value: Buffer.alloc(bytes) });

test('records are portioned by bytes and count, in order, none lost', () => {
  const sizes = (records: readonly NewRecord[]): number[] => [...chunks(records)].map((chunk) => chunk.length);
  expect(sizes([])).toEqual([]);
  expect(sizes([record(1)])).toEqual([1]);
  expect(sizes(Array.from({ length: 4500 }, () => record(1)))).toEqual([2000, 2000, 500]);
  expect(sizes([400_000, 400_000, 400_000, 3_000_000, 1].map(record))).toEqual([2, 1, 1, 1]);
  const records = Array.from({ length: 30 }, (_, index) => record(index * 9000));
  expect([...chunks(records)].flat()).toEqual(records);
});
