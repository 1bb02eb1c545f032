import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  analystAccess,
  analystGrants,
  type ClickHouse,
  engineFamilies,
  grantingFamilies,
  hashedTables,
  migrate,
  readMigrations,
  reloadErased,
  removalsText,
  renderStatement,
  runningInserts,
  textLiteral,
  verifySchema,
} from '@resonant/clickhouse';
import { splitStatements } from '../../packages/clickhouse/src/migrations/files.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';

let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
});
afterAll(() => own?.close());

const nStatements = readMigrations().reduce((sum, { statements }) => sum + statements.length, 0);

const written = () =>
  clickhouse.query<{ n: number; distinct: number }>(
    'SELECT count() AS n, uniqExact(number, statement) AS distinct FROM resonant.migrations',
  );

describe('migrations', () => {
  test('are only told by --dry-run', async () => {
    const { code, out, err } = await own.resonant('migrate', '--dry-run');
    expect([code, err]).toEqual([
      0,
      `${nStatements} statements of ${readMigrations().length} migrations would be done\n`,
    ]);
    expect(out).toContain('CREATE TABLE IF NOT EXISTS resonant.alerts');
    const tables = await clickhouse.query(
      "SELECT name FROM system.tables WHERE database = 'resonant' AND name IN ('migrations', 'ledger', 'alerts')",
    );
    expect(tables).toEqual([]);
  });

  test('go on where a run was interrupted, also inside a file', async () => {
    const all = readMigrations();
    const part = all
      .slice(0, 4)
      .map((file) => (file.number === 3 ? { ...file, statements: file.statements.slice(0, 2) } : file));
    const first = await migrate(clickhouse, 'embedded', { migrations: part });
    const rest = await migrate(clickhouse, 'embedded');
    expect(first.length + rest.length).toBe(nStatements);
    expect(rest[0]).toMatchObject({ number: 3, statement: 3 });
    expect(await written()).toEqual([{ n: nStatements, distinct: nStatements }]);
  });

  test('leave the schema that is stored, and a second run changes nothing', async () => {
    const { code, out } = await own.resonant('migrate');
    expect([code, out]).toEqual([0, 'Nothing to do: the tables are those of this release\n']);
    expect(await verifySchema(clickhouse, 'embedded')).toEqual([]);
    expect(await written()).toEqual([{ n: nStatements, distinct: nStatements }]);
  });

  test('that run twice at once are each done and written down once', async () => {
    await clickhouse.command('DROP DATABASE resonant SYNC');
    await Promise.all([migrate(clickhouse, 'embedded'), migrate(clickhouse, 'embedded')]);
    expect(await verifySchema(clickhouse, 'embedded')).toEqual([]);
    expect(await written()).toEqual([{ n: nStatements, distinct: nStatements }]);
    expect(await migrate(clickhouse, 'embedded')).toEqual([]);
  });

  test('are written down although the engine has lost what was, and remembers that it was written', async () => {
    await clickhouse.command('DROP DATABASE resonant SYNC');
    await migrate(clickhouse, 'embedded', { migrations: readMigrations().slice(0, 5) });
    await clickhouse.command('ALTER TABLE resonant.migrations DELETE WHERE number = 4 SETTINGS mutations_sync = 2');
    expect((await migrate(clickhouse, 'embedded'))[0]).toMatchObject({ number: 4, statement: 1 });
    expect(await written()).toEqual([{ n: nStatements, distinct: nStatements }]);
    expect(await migrate(clickhouse, 'embedded')).toEqual([]);
  });

  test('that were changed after they were applied are refused before anything is done', async () => {
    const changed = readMigrations().map((file) =>
      file.number === 4
        ? { ...file, statements: file.statements.map((statement) => ({ ...statement, checksum: 'f'.repeat(64) })) }
        : file,
    );
    const failed = migrate(clickhouse, 'embedded', { migrations: changed });
    await expect(failed).rejects.toMatchObject({
      code: 'history-schema',
      message: expect.stringContaining('0004-alerts.sql: statement 1 was changed after it was applied'),
    });
  });

  test('for a cluster are refused on the tables of one server', async () => {
    const { code, err } = await own.resonant('migrate', '--engine', 'cluster');
    expect([code, err]).toEqual([
      1,
      'expected engine family embedded or server, which this database was made for, got cluster\n',
    ]);
    expect((await own.resonant('migrate', '--engine', 'oracle')).code).toBe(2);
  });
});

describe('rendered statements', () => {
  test.each(engineFamilies)('for %s are read by the engine, each and every one', async (family) => {
    const statements = readMigrations().flatMap((file) =>
      file.statements.flatMap(({ text }) => renderStatement(text, family) ?? []),
    );
    const parsed = await clickhouse.query<{ text: string }>(
      `SELECT formatQuery(arrayJoin([${statements.map(textLiteral).join(', ')}])) AS text`,
    );
    expect(parsed).toHaveLength(statements.length);
    const others = parsed.filter(({ text }) => !text.startsWith('CREATE '));
    const known = /^(ALTER TABLE .*\n? *\(?(ADD COLUMN|MODIFY QUERY)|RENAME TABLE IF EXISTS )/;
    expect(others.filter(({ text }) => !known.test(text))).toEqual([]);
  });

  test.each(engineFamilies)('of an erasure, for %s, are read by the engine', async (family) => {
    const statements = [reloadErased(family), runningInserts(family)].map(textLiteral).join(', ');
    const parsed = await clickhouse.query<{ text: string }>(
      `SELECT formatQuerySingleLine(arrayJoin([${statements}])) AS text`,
    );
    expect(parsed.map(({ text }) => text.slice(0, 24))).toEqual([
      'SYSTEM RELOAD DICTIONARY',
      'SELECT query_id AS id FR',
    ]);
  });

  test.each(grantingFamilies)('that make analysts, for %s, are read by the engine', async (family) => {
    const statements = analystGrants(family);
    const parsed = await clickhouse.query<{ text: string }>(
      `SELECT formatQuerySingleLine(arrayJoin([${statements.map(textLiteral).join(', ')}])) AS text`,
    );
    const where = family === 'cluster' ? ' ON CLUSTER `{cluster}`' : '';
    const [createsRole, createsProfile, ...grants] = parsed.map(({ text }) => text);
    expect(createsRole).toBe(`CREATE ROLE IF NOT EXISTS resonant_analyst${where}`);
    expect(createsProfile).toContain('max_execution_time = 30 MAX 30');
    const forms = grants.map((text) => text.replace(/ON resonant\.\w+ /, 'ON t '));
    expect([...new Set(forms)]).toEqual(
      ['SELECT', 'dictGet'].map((right) => `GRANT${where} ${right} ON t TO resonant_analyst`),
    );
    const { tables, views, dictionaries } = analystAccess;
    const locals = family === 'cluster' ? tables.length : 0;
    expect(grants).toHaveLength(tables.length + views.length + 2 * dictionaries.length + locals);
  });

  test.each(engineFamilies)('that remove rows, for %s, are read by the engine as what they are', async (family) => {
    const statements = splitStatements(removalsText(family));
    const parsed = await clickhouse.query<{ text: string }>(
      `SELECT formatQuerySingleLine(arrayJoin([${statements.map(textLiteral).join(', ')}])) AS text`,
    );
    expect(parsed).toHaveLength(3 * hashedTables.length + 1);
    const where = family === 'cluster' ? '_local ON CLUSTER `{cluster}`' : '';
    const forms = new Set(parsed.map(({ text }) => text.replace(/resonant\.[a-z_]+?(?=_local|\b)/, 't').slice(0, 58)));
    expect([...forms].filter((form) => !form.startsWith(`TRUNCATE TABLE t${where}`))).toEqual(
      [...forms].filter((form) => form.startsWith(`ALTER TABLE t${where} (DELETE WHERE`)),
    );
  });
});

describe('verify', () => {
  test('finds what was altered by hand and names it, and nothing once it is put back', async () => {
    const alterations = [
      'ALTER TABLE resonant.signals MODIFY COLUMN rep_id LowCardinality(String)',
      "ALTER TABLE resonant.ledger COMMENT COLUMN token 'x'",
      'ALTER TABLE resonant.log MODIFY SETTING non_replicated_deduplication_window = 0',
      'ALTER TABLE resonant.payloads MODIFY TTL appended_at + INTERVAL 1 DAY',
      'ALTER TABLE resonant.alerts DROP CONSTRAINT known_severity',
      'ALTER TABLE resonant.signals DROP PROJECTION by_rep',
      'DROP VIEW resonant.digests',
      'CREATE TABLE resonant.scratch (a UInt8) ENGINE = Memory',
    ];
    for (const alteration of alterations) await clickhouse.command(alteration);
    const { code, out, err } = await own.resonant('verify');
    expect(code).toBe(1);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.replace(/: expected .*/, '')),
    ).toEqual([
      'resonant.alerts: constraint known_severity',
      'resonant.digests',
      'resonant.ledger: column token: comment',
      'resonant.log: setting non_replicated_deduplication_window',
      'resonant.payloads: ttl',
      'resonant.scratch',
      'resonant.signals: column rep_id: type',
      'resonant.signals: projection by_rep',
    ]);
    expect(err).toBe('8 differences; tables that are missing come with: resonant history migrate\n');
    await clickhouse.command('DROP DATABASE resonant SYNC');
    await migrate(clickhouse, 'embedded');
    expect((await own.resonant('verify')).code).toBe(0);
  });
});
