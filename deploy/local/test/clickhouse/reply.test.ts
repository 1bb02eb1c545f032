import { describe, expect, test } from '@jest/globals';
import { QueryError } from '../../src/clickhouse/query-error.ts';
import { encodingOf } from '../../src/clickhouse/reply.ts';
import { settingsOf } from '../../src/clickhouse/settings.ts';

test.each([
  ['gzip', 'gzip'],
  ['lz4, gzip;q=0.5, br', 'gzip'],
  ['zstd', 'zstd'],
  ['gzip;q=0, zstd;q=0.1', 'zstd'],
  ['gzip; q=0.0', undefined],
  ['identity', undefined],
  ['constructor', undefined],
  [undefined, undefined],
])('of the encodings %s the answer has %s', (accepted, expected) => {
  expect(encodingOf(accepted)).toBe(expected);
});

describe('an error', () => {
  test.each([
    ['Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE)', 60, 404],
    ['Code: 62. DB::Exception: Syntax error. (SYNTAX_ERROR)', 62, 400],
    ['Code: 159. DB::Exception: Timeout exceeded. (TIMEOUT_EXCEEDED)', 159, 408],
    ['Code: 241. DB::Exception: Memory. (MEMORY_LIMIT_EXCEEDED)', 241, 500],
    ['something else', 1001, 500],
  ])('of the engine, %s, keeps its code', (message, code, status) => {
    expect(QueryError.of(new Error(message))).toMatchObject({
      code,
      status,
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['ENOSPC', 243],
    ['EROFS', 76],
  ])('of the disk, %s, has the code that writers know', (errno, code) => {
    expect(QueryError.of(Object.assign(new Error('write'), { code: errno }))).toMatchObject({ code });
  });
});

describe('settings in the URL', () => {
  const read = (search: string) => Object.fromEntries(settingsOf(new URLSearchParams(search), 'writer'));

  test('are what is neither of HTTP nor a parameter', () => {
    expect(
      read('query=x&database=y&param_a=1&max_threads=2&wait_end_of_query=1&default_format=JSON&compress=0'),
    ).toEqual({
      max_threads: '2',
    });
  });

  test('have names that can be nothing else in a statement', () => {
    expect(() => read('a%3D1%2Creadonly=0')).toThrow('no name of a setting');
  });
});
