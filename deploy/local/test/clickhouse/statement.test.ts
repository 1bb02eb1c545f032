import { describe, expect, test } from '@jest/globals';
import { readInsert } from '../../src/clickhouse/insert.ts';
import { readStatement, withOutfile, withoutLiterals } from '../../src/clickhouse/statement.ts';

describe('a statement', () => {
  test.each([
    ['SELECT 1', 'rows', undefined],
    ['  -- x\n with 1 as a select a', 'rows', undefined],
    ['(SELECT 1)', 'rows', undefined],
    ['FROM t SELECT a FORMAT JSON', 'rows', 'JSON'],
    ['SELECT 1 FORMAT CSV SETTINGS a = 1', 'rows', 'CSV'],
    ['SELECT 1 FORMAT `Null`', 'rows', 'Null'],
    ["SELECT 'FORMAT JSON'", 'rows', undefined],
    ['SELECT a AS format FROM t', 'rows', undefined],
    ['SELECT 1 AS format', 'rows', undefined],
    ['SELECT t.format x', 'rows', undefined],
    ['SELECT (SELECT 1 FORMAT JSON)', 'rows', undefined],
    ['SHOW TABLES', 'question', undefined],
    ['EXPLAIN SELECT 1 FORMAT TSVRaw', 'question', 'TSVRaw'],
    ['WITH 1 AS x INSERT INTO t SELECT x', 'insert', undefined],
    ['KILL QUERY WHERE 1', 'kill', undefined],
    ['DROP TABLE t', 'command', undefined],
    ['nonsense', 'command', undefined],
  ])('%s is known by kind and format', (sql, kind, format) => {
    expect(readStatement(sql)).toMatchObject({ kind, format });
  });

  test.each([
    ['SELECT 1', "SELECT 1\nINTO OUTFILE '/p' APPEND FORMAT TSV"],
    ['SELECT 1;', "SELECT 1\nINTO OUTFILE '/p' APPEND FORMAT TSV"],
    ['SELECT 1 -- one', "SELECT 1 -- one\nINTO OUTFILE '/p' APPEND FORMAT TSV"],
    ['SELECT 1 FORMAT JSON', "SELECT 1 \nINTO OUTFILE '/p' APPEND FORMAT JSON"],
    ['SELECT 1 SETTINGS a = 1 FORMAT JSON', "SELECT 1 SETTINGS a = 1 \nINTO OUTFILE '/p' APPEND FORMAT JSON"],
    ['SELECT 1 FORMAT JSON SETTINGS a = 1', "SELECT 1 \nINTO OUTFILE '/p' APPEND FORMAT JSON SETTINGS a = 1"],
  ])('%s can be sent to a file', (sql, expected) => {
    expect(withOutfile(readStatement(sql), '/p', 'TSV')).toBe(expected);
  });

  test('names its bound parameters', () => {
    expect(readStatement('SELECT {a:Map(String, UInt8)}, {b : Identifier}, {c}').parameters).toEqual([
      { name: 'a', type: 'Map(String, UInt8)' },
      { name: 'b', type: 'Identifier' },
    ]);
  });

  test.each(['', ' -- x', ';', 'SELECT 1; SELECT 2', "SELECT ';'; --\nDROP TABLE t"])('is one, and not %j', (sql) => {
    expect(() => readStatement(sql)).toThrow('SYNTAX_ERROR');
  });

  test.each([
    [
      "SELECT a FROM resonant.t WHERE b = 'secret' AND c IN (1, 2)",
      'SELECT a FROM resonant.t WHERE b = ? AND c IN (?, ?)',
    ],
    ['SELECT `odd name`, "x" -- secret', 'SELECT `odd name`, `x`'],
    ["SELECT 'not closed", 'SELECT ?'],
  ])('%s is logged without what is in it', (sql, expected) => {
    expect(withoutLiterals(sql)).toBe(expected);
  });
});

describe('an INSERT', () => {
  const parts = (query: string, body: string) => {
    const insert = readInsert(query, Buffer.from(body));
    return insert.from === 'query' ? 'query' : [insert.readingFrom('/p'), insert.data.toString()];
  };
  const file = "FROM INFILE '/p' COMPRESSION 'none'";

  test.each([
    ['INSERT INTO t FORMAT CSV', '1\n', [`INSERT INTO t  ${file} FORMAT CSV`, '1\n']],
    ['INSERT INTO t FORMAT CSV;', '1\n', [`INSERT INTO t  ${file} FORMAT CSV`, '1\n']],
    ['', 'INSERT INTO t FORMAT CSV 1\n', [`INSERT INTO t  ${file} FORMAT CSV`, '1\n']],
    ['', 'INSERT INTO t FORMAT CSV\r\n\n1\n', [`INSERT INTO t  ${file} FORMAT CSV`, '\n1\n']],
    [
      'INSERT INTO t (a, format) FORMAT RowBinary',
      '\n\n',
      [`INSERT INTO t (a, format)  ${file} FORMAT RowBinary`, '\n\n'],
    ],
    [
      'INSERT INTO t (a) SETTINGS x = 1, y = 2 FORMAT CSV',
      '1',
      [`INSERT INTO t (a)  ${file} SETTINGS x = 1, y = 2 FORMAT CSV`, '1'],
    ],
    ['', "INSERT INTO t VALUES (1, 'ü; x')", [`INSERT INTO t  ${file}  FORMAT Values`, " (1, 'ü; x')"]],
    ['INSERT INTO `größe` VALUES', '(1)', [`INSERT INTO \`größe\`  ${file}  FORMAT Values`, '\n(1)']],
    ['INSERT INTO t SELECT 1', '', 'query'],
    ['INSERT INTO t (a) WITH 1 AS x SELECT x', '', 'query'],
    ['INSERT INTO t (SELECT 1)', '', 'query'],
    ['INSERT INTO FUNCTION null() SELECT 1', '', 'query'],
  ])('%j with %j parts into text and data', (query, body, expected) => {
    expect(parts(query, body)).toEqual(expected);
  });

  test('from a file of the server is refused', () => {
    expect(() => parts("INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", '')).toThrow('NOT_IMPLEMENTED');
  });
});
