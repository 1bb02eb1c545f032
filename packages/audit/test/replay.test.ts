import { expect, test } from '@jest/globals';
import type { ClickHouse, StatementOptions } from '@resonant/clickhouse';
import { Decoder } from '@resonant/contracts';
import { storedEntries } from '../src/index.ts';

/** The table `log` with rows at these offsets, and how many rows each statement was given. */
function logAt(offsets: readonly number[]) {
  const given: number[] = [];
  const clickHouse = {
    async *stream(_statement: string, { params }: StatementOptions = {}) {
      const { from, last, page } = params as Readonly<Record<'from' | 'last' | 'page', number>>;
      const rows = offsets.filter((offset) => from <= offset && offset <= last).slice(0, page);
      given.push(rows.length);
      for (const offset of rows) yield { offset, bytes: null };
    },
  } as unknown as ClickHouse;
  return { clickHouse, given };
}

const none = new Decoder(async () => {
  throw new Error('nothing is decoded here');
});

/** Every offset but each seventh: transaction markers leave holes. */
const holed = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + Math.floor(i / 6));

test.each<readonly [string, readonly number[], number, readonly number[]]>([
  ['a log without records is one statement', [], 10, [0]],
  ['less than a page is one statement', holed(7), 100, [7]],
  ['a whole page is followed by an empty one', holed(50_000), 1e9, [50_000, 0]],
  ['a page that ends with the last offset is the last', holed(50_000), 58_332, [50_000]],
  ['more than a page goes on behind the last offset read', holed(100_001), 1e9, [50_000, 50_000, 1]],
])('the stored log is read page by page: %s', async (_, offsets, last, pages) => {
  const { clickHouse, given } = logAt(offsets);
  const read: number[] = [];
  for await (const { offset } of storedEntries(clickHouse, none, 'team', 0, last)) read.push(offset);
  expect(read).toEqual(offsets);
  expect(given).toEqual(pages);
});
