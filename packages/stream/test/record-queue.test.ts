import { describe, expect, test } from '@jest/globals';
import type { LogRecord } from '@resonant/kafka';
import { RecordQueue } from '../src/record-queue.ts';

const record = (offset: number): LogRecord => {
  return { topic: 'in', partition: 0, offset, timestamp: 0, key: null, value: null, headers: {} };
};

describe('the queue of a task', () => {
  test.each([
    ['an offset that is no number', [Number.NaN], 5, 'expected an offset from 0 on, got NaN'],
    ['a negative offset', [-1], 5, 'expected an offset from 0 on, got -1'],
    ['half an offset', [0.5], 5, 'expected an offset from 0 on, got 0.5'],
    ['an offset twice', [3, 3], 5, 'expected an offset from 4 on, got 3'],
    ['offsets that descend', [3, 4, 2], 5, 'expected an offset from 5 on, got 2'],
    ['a next offset that is no number', [3], Number.NaN, 'expected a next offset from 4 on, got NaN'],
    ['a next offset that is no number behind nothing', [], Number.NaN, 'expected a next offset from 0 on, got NaN'],
    ['a next offset that is not behind the records', [3], 3, 'expected a next offset from 4 on, got 3'],
  ])('refuses %s', (_, offsets, nextOffset, why) => {
    const queue = new RecordQueue(10);
    expect(() => queue.put(offsets.map(record), nextOffset)).toThrow(`the log delivered records out of order: ${why}`);
    expect([queue.size, queue.end]).toEqual([0, 0]);
  });

  test('takes offsets with gaps, leaves out what it had, and gives them in their order', async () => {
    const queue = new RecordQueue(10);
    await queue.put([0, 2, 5].map(record), 7);
    await queue.put([2, 5, 9].map(record), 12);
    await queue.put([], 14);
    const taken: number[][] = [];
    for (let next = queue.take(2); next !== undefined; next = queue.take(2)) {
      taken.push([...next.records.map(({ offset }) => offset), next.nextOffset]);
    }
    expect(taken).toEqual([[0, 2, 3], [5, 7], [9, 12], [14]]);
  });
});
