import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intakeColumns, rowEncoder, ValueError } from '../../src/index.ts';
import type { Value } from '../../src/rows/column-types.ts';

const bytesOf = (type: string, value: Value): string =>
  rowEncoder({ v: type } as Readonly<Record<string, string>>)
    .encodeRow({ v: value } as never)
    .toString('hex');

describe('a value in RowBinary', () => {
  test.each<[string, Value, string]>([
    ['UInt8', 255, 'ff'],
    ['UInt16', 258, '0201'],
    ['UInt32', 4_294_967_295, 'ffffffff'],
    ['UInt64', 2 ** 53 - 1, 'ffffffffffff1f00'],
    ['Int32', -2, 'feffffff'],
    ['Float64', -0.5, '000000000000e0bf'],
    ['Float64', -0, '0000000000000080'],
    ["DateTime64(3, 'UTC')", 1, '0100000000000000'],
    ['String', 'a价', '0461e4bbb7'],
    ['String', Buffer.from([0, 255]), '0200ff'],
    ['String', 'x'.repeat(200), `c801${'78'.repeat(200)}`],
    ['FixedString(2)', Buffer.from([1, 2]), '0102'],
    ['LowCardinality(String)', 'ab', '026162'],
    ['Nullable(UInt8)', null, '01'],
    ['Nullable(UInt8)', 7, '0007'],
    ['Array(UInt8)', [1, 2], '020102'],
    ['Array(Tuple(id String, n UInt8))', [['a', 1]], '01016101'],
    ['Map(LowCardinality(String), UInt8)', { b: 1, a: 2 }, '02016201016102'],
    [
      "Array(Tuple(a String, at DateTime64(3, 'UTC'), to_at Nullable(DateTime64(3, 'UTC'))))",
      [['x', 2, null]],
      '010178020000000000000001',
    ],
  ])('%s %j is written exactly', (type, value, bytes) => {
    expect(bytesOf(type, value)).toBe(bytes);
  });

  // What the engine itself would have stored as something else: 99999999999 in an Int32 becomes 1215752191, a missing
  // field or null becomes 0.
  test.each<[string, Value | undefined]>([
    ['Int32', 99_999_999_999],
    ['Int32', -2_147_483_649],
    ['UInt8', 256],
    ['UInt16', 65_536],
    ['UInt32', 2 ** 32],
    ['UInt64', 2 ** 53],
    ['UInt64', -1],
    ['UInt32', 1.5],
    ['UInt32', Number.NaN],
    ['UInt32', null],
    ['UInt32', undefined],
    ['UInt32', '1'],
    ['String', 1],
    ['String', null],
    ['String', undefined],
    ['Float64', '0.5'],
    ['Float64', null],
    ["DateTime64(3, 'UTC')", -1],
    ["DateTime64(3, 'UTC')", Date.UTC(2200, 0, 1)],
    ["DateTime64(3, 'UTC')", 0.5],
    ['FixedString(2)', Buffer.from([1])],
    ['Array(UInt8)', 'no list'],
    ['Map(String, UInt8)', []],
    ['Map(String, UInt8)', { a: 256 }],
    ['Tuple(String, String)', ['one']],
  ])('%s refuses %p', (type, value) => {
    expect(() => bytesOf(type, value as Value)).toThrow(ValueError);
  });

  test('a refusal names the column, what was expected and what came', () => {
    const encoder = rowEncoder({ seq: 'UInt32' });
    expect(() => encoder.encodeRow({ seq: -1 })).toThrow('seq: expected a whole number from 0 to 4294967295, got -1');
  });

  test('a type that no table has is refused when the encoder is made', () => {
    expect(() => rowEncoder({ v: 'Decimal(10, 2)' })).toThrow(
      'expected a type that rows are written in, got Decimal(10, 2)',
    );
  });

  test('any bytes come back as they went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const written = rowEncoder({ v: 'String' }).encodeRow({ v: bytes });
        const lengthBytes = bytes.length < 128 ? 1 : 2;
        expect(Buffer.compare(written.subarray(lengthBytes), bytes)).toBe(0);
      }),
    );
  });

  test('every whole number that a double holds comes back as it went in', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(rowEncoder({ v: 'UInt64' }).encodeRow({ v: value }).readBigUInt64LE()).toBe(BigInt(value));
      }),
    );
  });
});

describe('the body of an insert', () => {
  test('opens with the names and types of its columns', () => {
    const body = rowEncoder({ a: 'UInt8', b: 'String' }).encode([{ a: 1, b: 'x' }]);
    expect(body.toString('latin1')).toBe('\x02\x01a\x01b\x05UInt8\x06String\x01\x01x');
  });

  test('is its header and its rows one after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.nat(255), b: fc.string() }), { maxLength: 50 }), (rows) => {
        const encoder = rowEncoder({ a: 'UInt8', b: 'String' });
        expect(encoder.encode(rows)).toEqual(
          Buffer.concat([encoder.encode([]), ...rows.map((row) => encoder.encodeRow(row))]),
        );
      }),
    );
  });

  test('can be made for every intake table', () => {
    for (const columns of Object.values(intakeColumns))
      expect(rowEncoder(columns).encode([]).length).toBeGreaterThan(100);
  });
});
