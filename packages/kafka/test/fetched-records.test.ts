import { expect, test } from '@jest/globals';
import type { WirePartition, WireRecord } from '../src/broker/internals.ts';
import { readable } from '../src/broker/records.ts';

const data = (offset: number, producerId = '-1'): WireRecord => ({
  offset: String(offset),
  timestamp: '1700000000000',
  key: Buffer.from('k'),
  value: Buffer.from(`v${offset}`),
  headers: {},
  isControlRecord: false,
  batchContext: { producerId, inTransaction: producerId !== '-1' },
});
const marker = (offset: number, producerId: string, type: 'abort' | 'commit'): WireRecord => ({
  ...data(offset, producerId),
  key: Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]),
  isControlRecord: true,
});
const fetched = (
  messages: readonly WireRecord[],
  nextOffset: number,
  aborted: readonly (readonly [string, number])[] = [],
): WirePartition => ({
  partition: 0,
  abortedTransactions: aborted.map(([producerId, first]) => ({ producerId, firstOffset: String(first) })),
  messages: Object.assign([...messages], { nextOffset }),
});
const offsets = (from: number, partition: WirePartition): number[] =>
  readable('t', from, partition).records.map(({ offset }) => offset);

test('control records are passed, not handed over', () => {
  const batch = fetched([data(0, '7'), marker(1, '7', 'commit'), data(2)], 3);
  expect(offsets(0, batch)).toEqual([0, 2]);
  expect(readable('t', 0, batch).nextOffset).toBe(3);
  expect(readable('t', 1, fetched([marker(1, '7', 'commit')], 2))).toEqual({ records: [], nextOffset: 2 });
});

test('what compaction emptied moves the reader on', () => {
  expect(readable('t', 4, fetched([], 9))).toEqual({ records: [], nextOffset: 9 });
  expect(readable('t', 4, { ...fetched([], 0), messages: [] })).toEqual({ records: [], nextOffset: 4 });
});

test('records before the asked offset, which a batch brings along, are left out', () => {
  expect(offsets(2, fetched([data(0), data(1), data(2), data(3)], 4))).toEqual([2, 3]);
});

test('transactions that overlap are each hidden until their own abort marker', () => {
  const aborted = [
    ['7', 0],
    ['8', 1],
  ] as const;
  const messages = [
    data(0, '7'),
    data(1, '8'),
    data(2, '9'),
    marker(3, '7', 'abort'),
    data(4, '7'),
    data(5, '8'),
    marker(6, '8', 'abort'),
    data(7, '8'),
  ];
  expect(offsets(0, fetched(messages, 8, aborted))).toEqual([2, 4, 7]);
  expect(offsets(2, fetched(messages.slice(2), 8, aborted))).toEqual([2, 4, 7]);
});

test('a record whose key looks like an abort marker ends nothing', () => {
  const lookalike = { ...data(1, '7'), key: Buffer.from([0, 0, 0, 0]) };
  expect(offsets(0, fetched([data(0, '7'), lookalike, data(2, '7')], 3, [['7', 0]]))).toEqual([]);
});

test('records are copies: the fetch buffer may be reused', () => {
  const wire = data(0);
  const { records } = readable('t', 0, fetched([{ ...wire, headers: { a: Buffer.from('1') } }], 1));
  wire.value?.fill(0);
  wire.key?.fill(0);
  expect(records[0]).toMatchObject({
    key: Buffer.from('k'),
    value: Buffer.from('v0'),
    headers: { a: Buffer.from('1') },
  });
});

test('without the patch of the client reading is refused', () => {
  const unpatched = { ...fetched([data(0)], 1), messages: [data(0)] };
  expect(() => readable('t', 0, unpatched)).toThrow(/patch/);
});
