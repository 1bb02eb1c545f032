import { expect, test } from '@jest/globals';
import { deadLettersTopic } from '@resonant/contracts';
import type { NewRecord } from '../src/index.ts';
import { checkSize, chunks, maxMessageBytesOf } from '../src/size.ts';

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

test('a dead letter may hold the largest record that any other topic takes', () => {
  const largest = maxMessageBytesOf('t');
  expect(() => checkSize(record(largest))).toThrow(/at most 4128768/);
  const deadLetter: NewRecord = { topic: deadLettersTopic, key: 'k', value: Buffer.alloc(largest + 1_000_000) };
  expect(() => checkSize(deadLetter)).not.toThrow();
  expect(maxMessageBytesOf(deadLettersTopic)).toBe(2 * largest);
});
