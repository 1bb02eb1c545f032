import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestEndpoint, testEndpoint } from './ask.ts';

let endpoint: TestEndpoint;
const asked = (statement: string, search: Readonly<Record<string, string>> = {}) =>
  endpoint.ask('analyst', statement, { database: 'own', ...search });
const text = async (statement: string, search: Readonly<Record<string, string>> = {}): Promise<string> =>
  endpoint.text('analyst', statement, { database: 'own', ...search });
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
    'CREATE DATABASE own',
    'CREATE TABLE own.t (a UInt64, `file` String) ENGINE = MergeTree ORDER BY a',
    "INSERT INTO own.t SELECT number, 'x' FROM numbers(10)",
    'CREATE TABLE own.erased_keys ENGINE = Memory AS SELECT 1 AS a',
    'CREATE VIEW own.v AS SELECT a FROM own.t WHERE a < {most:UInt64}',
    "CREATE DICTIONARY own.d (a UInt64, f String) PRIMARY KEY a SOURCE(CLICKHOUSE(QUERY 'SELECT a, file AS f FROM own.t')) LAYOUT(FLAT()) LIFETIME(0)",
    'CREATE TABLE resonant.alerts (erased UInt64, alert_id String) ENGINE = MergeTree ORDER BY erased',
    "INSERT INTO resonant.alerts VALUES (7, 'alert-7')",
    'CREATE TABLE resonant.erased_keys (key String, reason String) ENGINE = MergeTree ORDER BY key',
    "INSERT INTO resonant.erased_keys VALUES ('secret-of-the-host', 'secret-of-the-host')",
    ...['erased', 'accounts'].map(
      (name) =>
        `CREATE DICTIONARY resonant.${name} (key String, reason String) PRIMARY KEY key SOURCE(CLICKHOUSE(QUERY 'SELECT key, reason FROM resonant.erased_keys')) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)`,
    ),
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
    ['count', 'SELECT count() FROM own.t', '10'],
    ['leave the database out', 'SELECT count() FROM t', '10'],
    ['read a table of the product', 'SELECT alert_id FROM resonant.alerts', 'alert-7'],
    ['look words up in the product', "SELECT dictGet('resonant.accounts', 'reason', 'nobody')", ''],
    ['name an own table like a closed one', 'SELECT count() FROM erased_keys', '1'],
    ['name a column like a closed table', 'SELECT max(x.erased) AS erased FROM resonant.alerts AS x', '7'],
    ['ask a view with parameters', 'SELECT count() FROM v(most = 3)', '3'],
    ['look words up', "SELECT dictGet('own.d', 'f', toUInt64(1))", 'x'],
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
    ['see what there is', "SELECT count() FROM system.columns WHERE database = 'own' AND table = 't'", '2'],
    ['see tables', 'SHOW TABLES', 'd\nerased_keys\nt\nv'],
    ['see a table', 'DESCRIBE TABLE t', /^a\tUInt64/],
    ['see how a query runs', 'EXPLAIN SELECT count() FROM t', /ReadFrom/],
    ['have an answer as values', "SELECT 1, 'x' FORMAT Values", "(1,'x')"],
    ['throw an answer away', 'SELECT count() FROM t FORMAT Null', ''],
    ['use text with semicolons and comments', "SELECT 'a; -- b' /* c */ -- d", 'a; -- b'],
    ['say what a setting is called', "SELECT 'SETTINGS a = 1'", 'SETTINGS a = 1'],
    ['name a database like a client does', 'SELECT count() FROM alerts', '1', { database: 'default' }],
    [
      'name a parameter like a closed table',
      'SELECT {erased:UInt8} AS a',
      '1',
      { database: 'resonant', param_erased: '1' },
    ],
    ['leave the product’s database out', 'SELECT count() FROM alerts', '1', { database: '' }],
    [
      'see what the tables are',
      "SELECT name, engine FROM system.tables WHERE database = 'own' ORDER BY name LIMIT 1",
      'd\tDictionary',
    ],
    [
      'see all that is open of tables',
      "SELECT t.* FROM system.tables AS t WHERE t.name = 'alerts'",
      /^resonant\talerts/,
    ],
    [
      'name a column with all that is before it',
      "SELECT system.tables.engine FROM system.tables WHERE system.tables.name = 'alerts'",
      'MergeTree',
    ],
    ['see databases', "SELECT name FROM system.databases WHERE name = 'resonant'", 'resonant'],
  ])('%s', async (_what, statement, expected, search: Record<string, string> = {}) => {
    const answer = (await text(statement, search)).trimEnd();
    if (typeof expected === 'string') expect(answer).toBe(expected);
    else expect(answer).toMatch(expected);
  });
});

test('what an analyst has written wrong is told as it was written', async () => {
  const { code, text: told } = await asked("SELECT 'it''s' FROM (");
  expect([code, told.includes('formatQuery'), told.trimEnd().endsWith('(SYNTAX_ERROR) (version 26.7.2.1)')]).toEqual([
    62,
    false,
    true,
  ]);
  expect(told).toContain('failed at position');
  const unknown = await asked('SELECT data_paths FROM system.tables');
  expect(unknown).toMatchObject({ code: 47, text: expect.stringContaining('FROM system.tables') });
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
    ['see where tables lie', 'SELECT data_paths FROM system.tables', 47],
    ['see where their definitions lie', 'SELECT metadata_path FROM "system"."tables" AS t', 47],
    ['see where tables lie, by a condition', "SELECT name FROM system.tables WHERE has(data_paths, 'x')", 47],
    ['see where databases lie', 'SELECT data_path FROM system.databases', 47],
    ['read a closed table', 'SELECT * FROM resonant.erased_keys', 497],
    ['read a closed table, quoted', 'SELECT * FROM "resonant"."erased_keys"', 497],
    ['read a closed table, with an escape', 'SELECT * FROM `resonant`.`erased\\x5fkeys`', 497],
    ['read a closed table in a join', 'SELECT * FROM t JOIN resonant.erased_keys AS k ON 1', 497],
    ['read a closed table by IN', "SELECT 'x' IN resonant.erased_keys", 497],
    ['read a closed table by IN, in brackets', "SELECT 'x' IN (resonant.erased_keys)", 497],
    ['read a closed table by a CTE', 'WITH k AS (SELECT * FROM resonant.erased_keys) SELECT * FROM k', 497],
    ['read a closed table by a view', 'SELECT * FROM view(SELECT * FROM resonant.erased_keys)', 497],
    ['read a closed table FROM first', 'FROM resonant.erased_keys SELECT key', 497],
    ['read a closed table by a union', 'SELECT 1 UNION ALL SELECT 1 FROM resonant.erased_keys', 497],
    ['read a column with its table before it', 'SELECT resonant.erased_keys.key FROM resonant.erased_keys', 497],
    ['see how a closed table is read', 'EXPLAIN SELECT * FROM resonant.erased_keys', 497],
    ['describe a closed table', 'DESCRIBE TABLE resonant.erased_keys', 497],
    ['read a closed dictionary', 'SELECT * FROM resonant.erased', 497],
    ['read a closed dictionary by a table function', "SELECT * FROM dictionary('resonant.erased')", 497],
    ['look up in a closed dictionary', "SELECT dictGet('resonant.erased', 'reason', 'x')", 497],
    ['look up in a closed dictionary by its name', "SELECT dictGet(resonant.erased, 'reason', 'x')", 497],
    ['ask a closed dictionary', "SELECT dictHas('resonant.erased', 'x')", 497],
    ['look up with a default', "SELECT dictGetOrDefault('resonant.erased', 'reason', 'x', '')", 497],
    ['look up by type', "SELECT dictGetString('resonant.erased', 'reason', 'x')", 497],
    ['look up the keys', "SELECT dictGetKeys('resonant.erased', 'reason', 'x')", 497],
    ['look up in a name put together', "SELECT dictGet(concat('resonant.', 'erased'), 'reason', 'x')", 497],
    ['look up in a name put together by ||', "SELECT dictGet('resonant.' || 'erased', 'reason', 'x')", 497],
    ['look up in an alias', "WITH 'resonant.erased' AS d SELECT dictGet(d, 'reason', 'x')", 497],
    ['look up in a name with an escape', "SELECT dictGet('resonant.\\x65rased', 'reason', 'x')", 497],
    ['look up in a lambda', "SELECT arrayMap(x -> dictGet('resonant.erased', 'reason', x), ['x'])", 497],
    ['look up in a name that is bound', "SELECT dictGet({d:String}, 'reason', 'x')", 497],
    ['hand the look-up on', "SELECT arrayMap(dictGet, ['resonant.erased'], ['reason'], ['x'])", 497],
    ['look up by APPLY', "SELECT * APPLY (x -> dictGet(x, 'reason', 'x')) FROM (SELECT 'resonant.erased')", 497],
    ['lift a limit', 'SELECT 1 SETTINGS max_execution_time = 0', 164],
    ['lift a limit in a subquery', 'SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)', 164],
    ['lift a limit behind the format', 'SELECT 1 FORMAT CSV SETTINGS readonly = 0', 164],
    ['ask twice', 'SELECT 1; DROP TABLE t', 62],
    ['hide a second statement behind a comment', 'SELECT 1 --\n; DROP TABLE t', 62],
  ])('%s', async (_what, statement: string | (() => string), code) => {
    const answer = await asked(typeof statement === 'string' ? statement : statement());
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
    ['with a closed table', { database: 'resonant' }, 'SELECT * FROM erased_keys'],
    ['with a closed table, if none is named', { database: '' }, 'SELECT * FROM erased_keys'],
    ['with an alias like a closed table', { database: 'resonant' }, 'WITH 1 AS erased SELECT erased'],
    ['with a closed table, aliased', { database: 'resonant' }, 'SELECT k.key FROM erased_keys AS k'],
    ['with a closed dictionary', { database: 'resonant' }, "SELECT dictGet('erased', 'reason', 'x')"],
    ['with a closed table behind a parameter', { param_d: 'resonant' }, 'SELECT * FROM {d:Identifier}.erased_keys'],
    ['with a closed table in a parameter', { param_t: 'resonant.erased_keys' }, 'SELECT * FROM {t:Identifier}'],
    [
      'with a closed table in its parameter',
      { param_t: '`erased_keys`', database: 'resonant' },
      'SELECT * FROM {t:Identifier}',
    ],
    [
      'with an escape in a parameter',
      { param_t: 'erased\\x5fkeys', database: 'resonant' },
      'SELECT * FROM {t:Identifier}',
    ],
  ])('work in a database %s', async (_what, search: Record<string, string>, statement) => {
    const answer = await asked(statement, search);
    expect({ code: answer.code, text: answer.text }).toEqual({
      code: 497,
      text: expect.stringContaining('not granted'),
    });
  });

  test.each(['file', 'FILE', '`file`'])('hand a function on by a parameter: %s', async (name) => {
    const answer = await asked(`SELECT arrayMap({f:Identifier}, ['${file()}'])`, { param_f: name });
    expect({ code: answer.code, text: answer.text }).toEqual({
      code: 497,
      text: expect.stringContaining('the function of parameter f is not granted'),
    });
  });

  test('write, fetch or change anything by any of that', async () => {
    expect(existsSync(`${file()}.out`)).toBe(false);
    expect(calls).toBe(0);
    expect(await endpoint.text('writer', 'SELECT count(), sum(a) FROM own.t')).toBe('10\t45\n');
    expect(await endpoint.text('writer', "SELECT count() FROM system.tables WHERE database = 'own'")).toBe('4\n');
  });
});

describe('the limits of an analyst', () => {
  test.each([
    ['time', 'SELECT sum(sipHash64(number)) FROM numbers(100000000000)', 159, 408],
    ['rows', 'SELECT number FROM numbers(100001)', 396, 500],
    ['memory', 'SELECT length(groupArray(number)) FROM numbers(50000000)', 241, 500],
  ])('of %s holds', async (_what, statement, code, status) => {
    const answer = await asked(statement, { wait_end_of_query: '1' });
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
    expect((await asked(statement, { [name]: value, wait_end_of_query: '1' })).code).toBe(code);
  });

  test.each([
    ['max_result_rows', 'ten'],
    ['max_execution_time', '-1'],
    ['max_memory_usage', ''],
  ])('refuse what is no number: %s=%s', async (name, value) => {
    const answer = await asked('SELECT 1', { [name]: value });
    expect(answer).toMatchObject({ status: 400, code: 36, text: expect.stringContaining(`${name} expects a number`) });
  });

  test('can be made narrower, and the form of answers be chosen', async () => {
    expect((await asked('SELECT number FROM numbers(11)', { max_result_rows: '10' })).code).toBe(396);
    const cut = await text('SELECT number FROM numbers(100001)', {
      max_result_rows: '10',
      result_overflow_mode: 'break',
      max_block_size: '1',
    });
    expect(cut.trim().split('\n').length).toBeLessThan(100_000);
    const quoted = { output_format_json_quote_64bit_integers: '1' };
    expect(await text('SELECT toUInt64(1) AS a FORMAT JSONEachRow', quoted)).toBe('{"a":"1"}\n');
  });

  test('that are harmless to ignore are ignored', async () => {
    const search = { session_id: 'x', max_threads: '64', wait_end_of_query: '1', log_queries: '1' };
    expect(await text('SELECT 1', search)).toBe('1\n');
  });
});
