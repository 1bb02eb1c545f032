import { expect, test } from '@jest/globals';
import { parameterValues, placeholdersOf } from '../../src/index.ts';

test('parameters of a statement are found with their types, outside of quotes and comments', () => {
  const statement = `SELECT '{no:String}', "{no:UInt8}", \`{no:Date}\` -- {no:Int8}
    /* {no:Int16} */ FROM t WHERE a = {account:String} AND at >= { from : DateTime64(3, 'UTC') }
    AND a != {account:String} AND m = {m:Map(String, Array(UInt8))}`;
  expect([...placeholdersOf(statement)]).toEqual([
    ['account', 'String'],
    ['from', "DateTime64(3, 'UTC')"],
    ['m', 'Map(String, Array(UInt8))'],
  ]);
});

const now = Date.parse('2026-03-03T10:00:00.500Z');

test.each([
  ['String', '2026-03-03', '2026-03-03'],
  ['UInt64', '90000', '90000'],
  ["DateTime64(3, 'UTC')", '2026-03-03', '2026-03-03 00:00:00.000'],
  ["DateTime64(3, 'UTC')", '2026-03-03 09', '2026-03-03 09:00:00.000'],
  ["DateTime64(3, 'UTC')", '2026-03-03 09:30', '2026-03-03 09:30:00.000'],
  ["DateTime64(3, 'UTC')", '2026-03-03T09:30:00+02:00', '2026-03-03 07:30:00.000'],
  ["DateTime64(3, 'UTC')", '2026-03-03T09:30:00.125Z', '2026-03-03 09:30:00.125'],
  ["DateTime64(3, 'UTC')", 'now', '2026-03-03 10:00:00.500'],
  ["DateTime64(3, 'UTC')", '-90m', '2026-03-03 08:30:00.500'],
  ["Nullable(DateTime64(3, 'UTC'))", '-1d', '2026-03-02 10:00:00.500'],
  ['DateTime', '-1h', '2026-03-03 09:00:00'],
  ['Date', '-7d', '2026-02-24'],
  ['Array(String)', 'outage, failover', ['outage', 'failover']],
  ['Array(String)', '["a, b", "c"]', ['a, b', 'c']],
  ['Array(String)', '', []],
])('a %s is read from %j as %j', (type, text, value) => {
  expect(parameterValues(new Map([['x', type]]), { x: text }, now)).toEqual({ x: value });
});

test.each([
  [{}, 'parameter from (DateTime) is not given'],
  [{ from: 'now', until: 'now' }, 'the statement has no parameter until: it has from'],
  [
    { from: 'yesterday' },
    'expected an instant such as 2026-03-03T09:00:00Z, 2026-03-03 (UTC), now or -24h, got yesterday',
  ],
  [{ from: '2026-03-03T09:30:00' }, 'got 2026-03-03T09:30:00'],
  [{ from: '2026-13-03' }, 'got 2026-13-03'],
])('%j is refused with what was expected', (given, message) => {
  expect(() => parameterValues(new Map([['from', 'DateTime']]), given, now)).toThrow(message);
});

test.each([
  ['UInt8', '255', '256', 'from 0 to 255'],
  ['Int8', '-128', '-129', 'from -128 to 127'],
  ['LowCardinality(Nullable(UInt8))', '0', '256', 'from 0 to 255'],
  ['Nullable(Int64)', '9223372036854775807', '9223372036854775808', 'to 9223372036854775807'],
  ['UInt32', '0', '-1', 'from 0 to 4294967295'],
  ['UInt64', '18446744073709551615', '1.5', '(UInt64), got 1.5'],
  ['UInt16', '7', '', '(UInt16), got '],
])('a %s takes %j, and not %j, which ClickHouse would store as another number', (type, good, bad, message) => {
  const types = new Map([['x', type]]);
  expect(parameterValues(types, { x: good }, now)).toEqual({ x: good });
  expect(() => parameterValues(types, { x: bad }, now)).toThrow(message);
});

test('a list that is no JSON is refused, and so is a parameter for a statement that has none', () => {
  expect(() => parameterValues(new Map([['x', 'Array(String)']]), { x: '["a"' }, now)).toThrow('or a JSON list');
  expect(() => parameterValues(new Map(), { x: '1' }, now)).toThrow('no parameter x: it has none');
});
