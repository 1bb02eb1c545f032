import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs } from '../../src/writer/clock.ts';
import { noteOf, pendingMetadata, pendingOf, storedMetadata } from '../../src/writer/pending.ts';
import {
  halvesOf,
  hashOf,
  hashOfToken,
  type Range,
  rangeOf,
  type Span,
  saltOfToken,
  spansOutside,
  tokenOf,
} from '../../src/writer/range.ts';
import { record, records } from './records.ts';

const stream = { topic: 'resonant.alerts.v1', partition: 3 };

describe('a range', () => {
  test('has a token that names stream, epoch, span and records', () => {
    const range = rangeOf({ first: 5, last: 9 }, records(6, 9));
    expect(tokenOf(stream, 2, range)).toBe(`resonant.alerts.v1/2/3/5-9/${range.hash}`);
    expect(hashOfToken(tokenOf(stream, 2, range))).toBe(range.hash);
    expect([saltOfToken(tokenOf(stream, 2, range)), saltOfToken(tokenOf(stream, 2, range, 17))]).toEqual([
      undefined,
      17,
    ]);
  });

  test.each([
    ['offset', record(2)],
    ['timestamp', record(1, { timestamp: 1 })],
    ['key', record(1, { key: Buffer.from('x') })],
    ['no key', record(1, { key: null })],
    ['empty key', record(1, { key: Buffer.alloc(0) })],
    ['value', record(1, { value: Buffer.from('2') })],
    ['tombstone', record(1, { value: null })],
    ['header', record(1, { headers: { ce_id: Buffer.from('id-2') } })],
    ['header name', record(1, { headers: { ce_ix: Buffer.from('id-1') } })],
    ['no headers', record(1, { headers: {} })],
  ])('has another hash with another %s', (_what, other) => {
    expect(hashOf([other])).not.toBe(hashOf([record(1)]));
  });

  test('has another hash when bytes move from key to value', () => {
    const one = record(1, { key: Buffer.from('ab'), value: Buffer.from('c'), headers: {} });
    const other = record(1, { key: Buffer.from('a'), value: Buffer.from('bc'), headers: {} });
    expect(hashOf([one])).not.toBe(hashOf([other]));
  });

  test('falls into two with the same records and no gap, down to single ones', () => {
    const arbitrary = fc.tuple(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 }), fc.nat(5), fc.nat(5));
    fc.assert(
      fc.property(arbitrary, ([offsets, before, behind]) => {
        const sorted = offsets.toSorted((a, b) => a - b).map((offset) => offset + before);
        const span = { first: (sorted[0] as number) - before, last: (sorted.at(-1) as number) + behind };
        const whole = rangeOf(span, records(...sorted));
        const leaves = leavesOf(whole);
        expect(leaves.flatMap((leaf) => leaf.records)).toEqual(whole.records);
        expect(leaves.every((leaf) => leaf.records.length === 1)).toBe(true);
        expect([leaves[0]?.first, leaves.at(-1)?.last]).toEqual([span.first, span.last]);
        for (const [index, leaf] of leaves.entries()) {
          expect(leaf.first).toBe(index === 0 ? span.first : (leaves[index - 1] as Range).last + 1);
          expect(leaf.hash).toBe(hashOf(leaf.records));
        }
      }),
    );
  });
});

const leavesOf = (range: Range): readonly Range[] => halvesOf(range)?.flatMap(leavesOf) ?? [range];

describe('metadata of a committed offset', () => {
  test('says what is pending, and is read back', () => {
    const range = rangeOf({ first: 5, last: 9 }, records(6, 9));
    const metadata = pendingMetadata(pendingOf(range));
    expect(metadata).toBe(`{"pending":{"first":5,"last":9,"count":2,"hash":"${range.hash}"}}`);
    expect(noteOf(metadata)).toEqual({ kind: 'pending', pending: { first: 5, last: 9, count: 2, hash: range.hash } });
    expect(metadata.length).toBeLessThan(4096);
  });

  test('may say nothing, or that what is lost was given up', () => {
    expect(noteOf('')).toEqual({ kind: 'none' });
    expect(noteOf(storedMetadata)).toEqual({ kind: 'stored' });
    expect(noteOf('{"skipLost":true}')).toEqual({ kind: 'skip-lost' });
  });

  test.each([
    'partitions=4',
    '{}',
    '{"pending":{"first":9,"last":5,"count":1,"hash":"a"}}',
    '{"pending":null}',
    '[',
    '7',
  ])('is refused if it is %s', (metadata) => expect(() => noteOf(metadata)).toThrow(/expected \{"pending"/));
});

test('waits grow to ten seconds, the upper half of each left to chance', () => {
  expect([1, 2, 3, 8, 30].map((attempt) => backOffMs(attempt, 0))).toEqual([50, 100, 200, 5000, 5000]);
  expect([1, 2, 3, 8, 30].map((attempt) => backOffMs(attempt, 0.5))).toEqual([75, 150, 300, 7500, 7500]);
});

test.each<[string, readonly Span[], Span, readonly Span[]]>([
  ['nothing known', [], { first: 5, last: 9 }, [{ first: 5, last: 9 }]],
  ['all of it', [{ first: 0, last: 9 }], { first: 5, last: 9 }, []],
  [
    'a part in the middle',
    [{ first: 6, last: 7 }],
    { first: 5, last: 9 },
    [
      { first: 5, last: 5 },
      { first: 8, last: 9 },
    ],
  ],
  [
    'both ends',
    [
      { first: 0, last: 5 },
      { first: 9, last: 20 },
    ],
    { first: 5, last: 9 },
    [{ first: 6, last: 8 }],
  ],
  ['what lies behind', [{ first: 12, last: 20 }], { first: 5, last: 9 }, [{ first: 5, last: 9 }]],
])('what is left of a span without ranges: %s', (_name, ranges, span, left) => {
  expect(spansOutside(ranges, span)).toEqual(left);
});
