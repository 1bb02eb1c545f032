import { expect, test } from '@jest/globals';
import { queryFailure } from '../../src/query/query-failure.ts';

test('a syntax error names line and column, without version and stack', () => {
  const text = `Code: 62. DB::Exception: Syntax error: failed at position 14 (2) (line 2, col 7): 2 fro x. Expected one of: FROM, end of query. (SYNTAX_ERROR) (version 26.7.2.1 (official build))
Stack trace: 0. somewhere`;
  expect(queryFailure(text)).toMatchObject({
    code: 'query-refused',
    message:
      'ClickHouse says 62: Syntax error: failed at position 14 (2) (line 2, col 7): 2 fro x. Expected one of: FROM, end of query. (SYNTAX_ERROR)',
    extra: { clickHouseCode: 62, line: 2, column: 7 },
  });
});

test.each([
  [60, 'query-refused'],
  [159, 'query-limit'],
  [241, 'query-limit'],
  [396, 'query-limit'],
  [202, 'rate-limited'],
  [164, 'forbidden'],
  [497, 'forbidden'],
  [210, 'history-unavailable'],
  [999_999, 'query-refused'],
])('code %i is %s', (clickHouseCode, code) => {
  expect(queryFailure(`Code: ${clickHouseCode}. DB::Exception: something`)).toMatchObject({
    code,
    extra: { clickHouseCode },
  });
  expect(queryFailure('something', clickHouseCode)).toMatchObject({ code, extra: { clickHouseCode } });
});

test('a message of any length stays short', () => {
  expect(queryFailure(`Code: 62. DB::Exception: ${'x'.repeat(9000)}`).message.length).toBeLessThan(2100);
});

test('a statement on one line has its column from the position, which counts bytes', () => {
  const text = 'Code: 62. DB::Exception: Syntax error: failed at position 13 (x): x. (SYNTAX_ERROR)';
  expect(queryFailure(text, 62, "SELECT '采' x x")).toMatchObject({ extra: { line: 1, column: 11 } });
  expect(queryFailure(text, 62, 'SELECT\n1 FROM x x')).toMatchObject({ extra: { line: 2, column: 6 } });
});

test('the frame around an error that came behind rows is left out', () => {
  const text =
    '__exception__\r\nabcdef\r\nCode: 395. DB::Exception: it threw. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO) (version 26.7.2.1)\n91 abcdef\r\n__exception__\r';
  expect(queryFailure(text)).toMatchObject({
    code: 'query-refused',
    message: 'ClickHouse says 395: it threw. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)',
  });
});
