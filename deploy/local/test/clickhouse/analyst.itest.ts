import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestEndpoint, testEndpoint } from './ask.ts';

let endpoint: TestEndpoint;
let calls = 0;
const other = createServer((_request, response) => {
  calls++;
  response.end('1\n');
});
const otherPort = 9553;

beforeAll(async () => {
  other.listen(otherPort, '127.0.0.1');
  endpoint = await testEndpoint(9552, {
    ANALYST_MAX_SECONDS: '1',
    ANALYST_MAX_ROWS: '100000',
    ANALYST_MAX_MEMORY_BYTES: String(64 << 20),
  });
  writeFileSync(join(endpoint.folder, 'secret.csv'), 'a\nsecret-of-the-host\n');
  for (const statement of [
    'CREATE TABLE resonant.t (a UInt64, `file` String) ENGINE = MergeTree ORDER BY a',
    "INSERT INTO resonant.t SELECT number, 'x' FROM numbers(10)",
    'CREATE VIEW resonant.v AS SELECT a FROM resonant.t WHERE a < {most:UInt64}',
    "CREATE DICTIONARY resonant.d (a UInt64, f String) PRIMARY KEY a SOURCE(CLICKHOUSE(QUERY 'SELECT a, file AS f FROM resonant.t')) LAYOUT(FLAT()) LIFETIME(0)",
  ]) {
    await endpoint.text('writer', statement);
  }
}, 60_000);

afterAll(async () => {
  other.close();
  await endpoint.end();
}, 30_000);

describe('an analyst may', () => {
  test.each([
    ['count', 'SELECT count() FROM resonant.t', '10'],
    ['leave the database out', 'SELECT count() FROM t', '10'],
    ['ask a view with parameters', 'SELECT count() FROM v(most = 3)', '3'],
    ['look words up', "SELECT dictGet('resonant.d', 'f', toUInt64(1))", 'x'],
    [
      'join, group and window',
      'SELECT max(s) FROM (SELECT sum(x.a) OVER (ORDER BY x.a) s FROM t x JOIN t y USING a)',
      '45',
    ],
    ['use a CTE', 'WITH x AS (SELECT a FROM t WHERE a > 7) SELECT count() FROM x', '2'],
    ['name a column like a function', 'SELECT max(t.file), any(a) AS file FROM t', 'x\t0'],
    ['name a column like a table function', 'SELECT max(url) FROM (SELECT b AS url FROM (SELECT 7 AS b))', '7'],
    ['hand on a function', "SELECT arrayMap(upper, ['a'])", "['A']"],
    ['format strings', "SELECT format('{}-{}', 'a', 'b')", 'a-b'],
    ['make numbers', 'SELECT sum(number) FROM numbers(10)', '45'],
    ['see what there is', "SELECT count() FROM system.columns WHERE database = 'resonant' AND table = 't'", '2'],
    ['see tables', 'SHOW TABLES', 'd\nt\nv'],
    ['see a table', 'DESCRIBE TABLE t', /^a\tUInt64/],
    ['see how a query runs', 'EXPLAIN SELECT count() FROM t', /ReadFrom/],
    ['have an answer as values', "SELECT 1, 'x' FORMAT Values", "(1,'x')"],
    ['throw an answer away', 'SELECT count() FROM t FORMAT Null', ''],
    ['use text with semicolons and comments', "SELECT 'a; -- b' /* c */ -- d", 'a; -- b'],
    ['say what a setting is called', "SELECT 'SETTINGS a = 1'", 'SETTINGS a = 1'],
    ['name a database like a client does', 'SELECT count() FROM t', '10', { database: 'default' }],
  ])('%s', async (_what, statement, expected, search: Record<string, string> = {}) => {
    const text = (await endpoint.text('analyst', statement, search)).trimEnd();
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
  });
});

test('what an analyst has written wrong is told as it was written', async () => {
  const { code, text } = await endpoint.ask('analyst', "SELECT 'it''s' FROM (");
  expect([code, text.includes('formatQuery'), text.trimEnd().endsWith('(SYNTAX_ERROR) (version 26.7.2.1)')]).toEqual([
    62,
    false,
    true,
  ]);
  expect(text).toContain('failed at position');
});

const file = (): string => join(endpoint.folder, 'secret.csv');
const url = `http://127.0.0.1:${otherPort}/`;

describe('an analyst cannot', () => {
  test.each([
    ['insert', 'INSERT INTO t VALUES (1, 2)', 164],
    ['insert from a query', 'INSERT INTO t SELECT 1, 2', 164],
    ['insert behind WITH', 'WITH 1 AS x INSERT INTO t SELECT x, 2', 164],
    ['create', 'CREATE TABLE x (a Int8) ENGINE = Memory', 164],
    ['create for a moment', 'CREATE TEMPORARY TABLE x (a Int8)', 164],
    ['create a function', 'CREATE FUNCTION f AS x -> x', 164],
    ['alter', 'ALTER TABLE t DELETE WHERE 1', 164],
    ['drop', 'DROP TABLE t', 164],
    ['truncate', 'TRUNCATE TABLE t', 164],
    ['optimize', 'OPTIMIZE TABLE t FINAL', 164],
    ['end whatever runs', 'KILL QUERY WHERE 1', 164],
    ['end queries by their text', "KILL QUERY WHERE query LIKE '%'", 164],
    ['end queries by more than an id', "KILL QUERY WHERE query_id = 'x' OR 1", 164],
    ['end queries by a subquery', 'KILL QUERY WHERE query_id IN (SELECT query_id FROM t)', 164],
    ['end changes of tables', "KILL MUTATION WHERE mutation_id = 'x'", 164],
    ['check all tables', 'CHECK ALL TABLES', 164],
    ['stop the server', 'SYSTEM SHUTDOWN', 164],
    ['back up', "BACKUP TABLE t TO File('x')", 164],
    ['set', 'SET readonly = 0', 164],
    ['use', 'USE system', 164],
    ['attach', 'ATTACH TABLE x', 164],
    ['grant', 'GRANT ALL ON *.* TO analyst', 164],
    ['read a file by a table function', () => `SELECT * FROM file('${file()}')`, 497],
    ['read a file by a quoted table function', () => `SELECT * FROM \`file\`('${file()}')`, 497],
    ['read a file by a table function in capitals', () => `SELECT * FROM FILE('${file()}')`, 497],
    ['read a file by describing it', () => `DESCRIBE file('${file()}')`, 497],
    ['read a file by describing it as a table', () => `DESCRIBE TABLE file('${file()}')`, 497],
    ['read a file by explaining it', () => `EXPLAIN SELECT * FROM file('${file()}')`, 497],
    ['read a file by a function', () => `SELECT file('${file()}')`, 497],
    ['read a file by a function behind a comment', () => `SELECT file /* x */ ('${file()}')`, 497],
    ['read a file by a quoted function', () => `SELECT "file"('${file()}')`, 497],
    ['read a file by APPLY', () => `SELECT * APPLY file FROM (SELECT '${file()}')`, 497],
    ['read a file by APPLY in brackets', () => `SELECT * APPLY (file) FROM (SELECT '${file()}')`, 497],
    ['read a file by a lambda', () => `SELECT arrayMap(x -> file(x), ['${file()}'])`, 497],
    ['read a file by APPLY of a lambda', () => `SELECT * APPLY (x -> file(x)) FROM (SELECT '${file()}')`, 497],
    ['read a file by a function that is handed on', () => `SELECT arrayMap(file, ['${file()}'])`, 497],
    ['read a file by a quoted one', () => `SELECT arrayMap(\`file\`, ['${file()}'])`, 497],
    ['read a file by one behind an alias', () => `WITH file AS f SELECT arrayMap(f, ['${file()}'])`, 497],
    ['read a file by a subquery', () => `SELECT (SELECT file('${file()}'))`, 497],
    ['read a file by a CTE', () => `WITH x AS (SELECT * FROM file('${file()}')) SELECT * FROM x`, 497],
    ['read a file by the name of a table', () => `SELECT * FROM default.\`${file()}\``, 497],
    ['read a file by the name of a table in capitals', () => `SELECT * FROM "default"."${file()}"`, 497],
    ['ask whether a file is there', () => `EXISTS TABLE default.\`${file()}\``, 497],
    ['read a file by IN', () => `SELECT 'a' IN default.\`${file()}\``, 497],
    ['read a file as a model', "SELECT catboostEvaluate('/etc/passwd', 1)", 497],
    ['write a file', () => `SELECT 1 INTO OUTFILE '${file()}.out'`, 497],
    ['write a file, with comments in between', () => `SELECT 1 INTO/**/OUTFILE '${file()}.out' TRUNCATE`, 497],
    ['fetch a URL', `SELECT * FROM url('${url}', LineAsString)`, 497],
    ['fetch a URL by describing it', `DESCRIBE url('${url}')`, 497],
    ['fetch from S3', `SELECT * FROM s3('${url}bucket/x', 'CSV')`, 497],
    ['ask another server', "SELECT * FROM remote('127.0.0.1:1', system.one)", 497],
    ['ask MySQL', "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')", 497],
    ['run a program', "SELECT * FROM executable('id', 'TSV', 'x String')", 497],
    ['list a folder', "SELECT * FROM filesystem('/etc')", 497],
    ['open a SQLite file', "SELECT * FROM sqlite('/tmp/x', 't')", 497],
    ['merge tables of the system', "SELECT * FROM merge('system', 'processes')", 497],
    ['ask a cluster', "SELECT * FROM cluster('default', system.processes)", 497],
    ['see queries of others', 'SELECT * FROM system.processes', 497],
    ['see queries of others, quoted', 'SELECT * FROM "system"."processes"', 497],
    ['see queries of others, in a join', 'SELECT * FROM t JOIN system.processes AS p ON 1', 497],
    ['see queries of others, by SHOW', 'SHOW PROCESSLIST', 497],
    ['see settings of the server', 'SELECT * FROM system.server_settings', 497],
    ['see disks', 'SELECT * FROM system.disks', 497],
    ['see paths', 'SELECT path FROM system.parts', 497],
    ['see users', 'SELECT * FROM system.users', 497],
    ['see named collections', 'SELECT * FROM system.named_collections', 497],
    ['see sources of dictionaries', 'SELECT * FROM system.dictionaries', 497],
    ['see stacks', 'SELECT * FROM system.stack_trace', 497],
    ['lift a limit', 'SELECT 1 SETTINGS max_execution_time = 0', 164],
    ['lift a limit in a subquery', 'SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)', 164],
    ['lift a limit behind the format', 'SELECT 1 FORMAT CSV SETTINGS readonly = 0', 164],
    ['ask twice', 'SELECT 1; DROP TABLE t', 62],
    ['hide a second statement behind a comment', 'SELECT 1 --\n; DROP TABLE t', 62],
  ])('%s', async (_what, statement: string | (() => string), code) => {
    const answer = await endpoint.ask('analyst', typeof statement === 'string' ? statement : statement());
    expect({ code: answer.code, text: answer.text }).toEqual({ code, text: expect.stringMatching(/^Code: /) });
    expect(answer.text).not.toContain('secret-of-the-host');
  });

  test.each([
    ['of the system', { database: 'system' }, 'SELECT * FROM processes'],
    ['of the engine’s default', { database: 'DEFAULT' }, 'SELECT 1'],
    ['in a parameter', { param_d: 'system' }, 'SELECT * FROM {d:Identifier}.processes'],
    ['in a parameter, quoted', { param_d: '`system`' }, 'SELECT * FROM {d:Identifier}.processes'],
    ['in a parameter, with the table', { param_t: 'system.processes' }, 'SELECT * FROM {t:Identifier}'],
    ['in a parameter, as a file', { param_d: 'default' }, 'SELECT * FROM {d:Identifier}.`/etc/passwd`'],
  ])('work in a database %s', async (_what, search: Record<string, string>, statement) => {
    const answer = await endpoint.ask('analyst', statement, search);
    expect({ code: answer.code, text: answer.text }).toEqual({
      code: 497,
      text: expect.stringContaining('not granted'),
    });
  });

  test.each(['file', 'FILE', '`file`'])('hand a function on by a parameter: %s', async (name) => {
    const answer = await endpoint.ask('analyst', `SELECT arrayMap({f:Identifier}, ['${file()}'])`, { param_f: name });
    expect({ code: answer.code, text: answer.text }).toEqual({
      code: 497,
      text: expect.stringContaining('the function of parameter f is not granted'),
    });
  });

  test('write, fetch or change anything by any of that', async () => {
    expect(existsSync(`${file()}.out`)).toBe(false);
    expect(calls).toBe(0);
    expect(await endpoint.text('writer', 'SELECT count(), sum(a) FROM resonant.t')).toBe('10\t45\n');
    expect(await endpoint.text('writer', "SELECT count() FROM system.tables WHERE database = 'resonant'")).toBe('3\n');
  });
});

describe('the limits of an analyst', () => {
  test.each([
    ['time', 'SELECT sum(sipHash64(number)) FROM numbers(100000000000)', 159, 408],
    ['rows', 'SELECT number FROM numbers(100001)', 396, 500],
    ['memory', 'SELECT length(groupArray(number)) FROM numbers(50000000)', 241, 500],
  ])('of %s holds', async (_what, statement, code, status) => {
    const answer = await endpoint.ask('analyst', statement, { wait_end_of_query: '1' });
    expect({ code: answer.code, status: answer.status }).toEqual({ code, status });
  });

  test.each([
    ['max_execution_time', '0', 'SELECT sum(sipHash64(number)) FROM numbers(100000000000)', 159],
    ['max_execution_time', '3600', 'SELECT sum(sipHash64(number)) FROM numbers(100000000000)', 159],
    ['max_result_rows', '0', 'SELECT number FROM numbers(100001)', 396],
    ['max_memory_usage', '0', 'SELECT length(groupArray(number)) FROM numbers(50000000)', 241],
    ['readonly', '0', 'INSERT INTO t VALUES (1, 2)', 164],
    ['allow_ddl', '1', 'CREATE TABLE x (a Int8) ENGINE = Memory', 164],
  ])('are not lifted by %s=%s in the URL', async (name, value, statement, code) => {
    expect((await endpoint.ask('analyst', statement, { [name]: value, wait_end_of_query: '1' })).code).toBe(code);
  });

  test.each([
    ['max_result_rows', 'ten'],
    ['max_execution_time', '-1'],
    ['max_memory_usage', ''],
  ])('refuse what is no number: %s=%s', async (name, value) => {
    const answer = await endpoint.ask('analyst', 'SELECT 1', { [name]: value });
    expect(answer).toMatchObject({ status: 400, code: 36, text: expect.stringContaining(`${name} expects a number`) });
  });

  test('can be made narrower, and the form of answers be chosen', async () => {
    expect((await endpoint.ask('analyst', 'SELECT number FROM numbers(11)', { max_result_rows: '10' })).code).toBe(396);
    const cut = await endpoint.text('analyst', 'SELECT number FROM numbers(100001)', {
      max_result_rows: '10',
      result_overflow_mode: 'break',
      max_block_size: '1',
    });
    expect(cut.trim().split('\n').length).toBeLessThan(100_000);
    const quoted = { output_format_json_quote_64bit_integers: '1' };
    expect(await endpoint.text('analyst', 'SELECT toUInt64(1) AS a FORMAT JSONEachRow', quoted)).toBe('{"a":"1"}\n');
  });

  test('that are harmless to ignore are ignored', async () => {
    const search = { session_id: 'x', max_threads: '64', wait_end_of_query: '1', log_queries: '1' };
    expect(await endpoint.text('analyst', 'SELECT 1', search)).toBe('1\n');
  });
});
