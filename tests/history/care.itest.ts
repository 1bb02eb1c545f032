import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClickHouse, migrate, rowHash } from '@resonant/clickhouse';
import type { Ran } from './support/command-line.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { emails, fill, mail, party } from './support/persons.ts';
import { storeRange } from './support/stored-range.ts';

const folder = mkdtempSync(join(tmpdir(), 'resonant-care-'));
const open: OwnEndpoint[] = [];

/** An endpoint with the tables of this release, and nothing in them. */
async function migrated(): Promise<OwnEndpoint> {
  const own = await ownEndpoint();
  open.push(own);
  await migrate(own.clickhouse, 'embedded');
  return own;
}

const counts = async (clickhouse: ClickHouse): Promise<Readonly<Record<string, number>>> => {
  const tables = [
    'touchpoints',
    'payloads',
    'log',
    'signals',
    'directory',
    'dead_letters',
    'ledger',
    'erasures',
    'losses',
  ];
  const rows = await clickhouse.query<{ name: string; n: number }>(
    tables.map((name) => `SELECT '${name}' AS name, toFloat64(count()) AS n FROM resonant.${name}`).join(' UNION ALL '),
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
};

const whole = {
  ...{ touchpoints: 3, payloads: 3, log: 4, signals: 3, directory: 3, dead_letters: 4, ledger: 5, erasures: 0 },
  losses: 1,
};

let source: OwnEndpoint;
beforeAll(async () => {
  source = await migrated();
  await fill(source.clickhouse);
}, 60_000);
afterAll(async () => {
  for (const one of open) await one.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('a backup', () => {
  const backup = join(folder, 'backup');

  test('holds every table up to the end of each unbroken chain of ranges, with counts', async () => {
    const { clickhouse } = source;
    expect(await counts(clickhouse)).toEqual(whole);
    // Behind a range that is not stored yet: the chain ends before it.
    await storeRange(clickhouse, { topic: emails, partition: 0, first: 9, last: 9 }, [
      { offset: 9, value: ['EmailTouchpoint', mail('beyond', party({ contactId: 'zoe' }))] },
    ]);
    const { code, out } = await source.resonant('backup', backup);
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ rows of \d+ tables, \d+ bytes, in /)]);
    expect(readdirSync(backup)).toEqual(expect.arrayContaining(['manifest.json', 'ledger.native.zst']));
    expect(await source.resonant('backup', backup)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/not empty/),
    });
  }, 60_000);

  test('comes back with the same rows, ledger and hashes, and only into an empty database', async () => {
    const target = await migrated();
    expect(await target.resonant('restore', '--no-published', backup)).toMatchObject({ code: 0 });
    expect(await counts(target.clickhouse)).toEqual(whole);
    const hashes = (clickhouse: ClickHouse) =>
      clickhouse.query(
        `SELECT offset, hex(${rowHash('payloads')}) AS hash FROM resonant.payloads WHERE offset < 9 ORDER BY offset`,
      );
    expect(await hashes(target.clickhouse)).toEqual(await hashes(source.clickhouse));
    expect(await target.resonant('restore', '--no-published', backup)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/the ledger has 5 ranges: a backup is restored into an empty database only/),
    });
  }, 60_000);

  test('that did not come back whole is begun again with --again', async () => {
    const target = await migrated();
    await target.clickhouse.command(
      `INSERT INTO resonant.payloads (source, event_id, topic, occurred_at, appended_at)
       VALUES ('emails', 'emails:left-over', 'x', '2026-03-03', '2026-03-03')`,
    );
    expect(await target.resonant('restore', '--no-published', backup)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/payloads has 1 rows and the ledger none.*--again empties/),
    });
    expect(await target.resonant('restore', '--no-published', backup, '--again')).toMatchObject({ code: 0 });
    expect(await counts(target.clickhouse)).toEqual(whole);
  }, 60_000);

  test('is not restored where there are no tables, and what to do is said', async () => {
    const target = await ownEndpoint();
    open.push(target);
    expect(await target.resonant('restore', '--no-published', backup)).toEqual({
      code: 1,
      out: '',
      err: expect.stringContaining('make them with "resonant history migrate" first'),
    });
  }, 60_000);

  test('of which a byte has changed, or that did not end, is refused and changes nothing', async () => {
    const target = await migrated();
    appendFileSync(join(backup, 'alerts.native.zst'), 'x');
    expect(await target.resonant('restore', '--no-published', backup)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/alerts\.native\.zst is not what the backup wrote/),
    });
    rmSync(join(backup, 'manifest.json'));
    expect(await target.resonant('restore', '--no-published', backup)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/has no manifest\.json/),
    });
    expect((await counts(target.clickhouse)).payloads).toBe(0);
  }, 60_000);

  test('of which something is there and cannot be read is refused for that, not taken for one without it', async () => {
    const broken = join(folder, 'unreadable');
    expect((await source.resonant('backup', broken)).code).toBe(0);
    const target = await migrated();
    // A folder in its place: even root cannot read it as a file.
    const replaced = async (name: string): Promise<Ran> => {
      rmSync(join(broken, name));
      mkdirSync(join(broken, name));
      return target.resonant('restore', '--no-published', broken);
    };
    expect(await replaced('alerts.native.zst')).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^\S+alerts\.native\.zst cannot be read: EISDIR.*\n$/),
    });
    expect(await replaced('manifest.json')).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^\S+manifest\.json cannot be read: EISDIR.*\n$/),
    });
    expect((await counts(target.clickhouse)).payloads).toBe(0);
  }, 60_000);

  test('of which a file is missing is refused as such', async () => {
    const broken = join(folder, 'without-a-file');
    expect((await source.resonant('backup', broken)).code).toBe(0);
    rmSync(join(broken, 'alerts.native.zst'));
    const target = await migrated();
    expect(await target.resonant('restore', '--no-published', broken)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/alerts\.native\.zst is not what the backup wrote: .* got no file/),
    });
  }, 60_000);
});

describe('an erasure', () => {
  test('counts first, then removes the person’s rows by id and by every address, and nobody else’s', async () => {
    const { clickhouse } = source;
    const dry = await source.resonant('erase', '--contact', 'ann', '--dry-run');
    expect([dry.code, dry.out.replace(/ +/g, ' ')]).toEqual([
      0,
      [
        ...['payloads 2', 'log 2', 'signals 2', 'alerts 0', 'actions 0', 'dead_letters 2', 'touchpoints 2'],
        ...['directory 2', 'nothing was changed', ''],
      ].join('\n'),
    ]);
    const before = await clickhouse.query(
      `SELECT table, topic, offset, hex(hash) AS hash FROM resonant.row_hashes ORDER BY ALL`,
    );
    expect(
      await source.resonant('erase', '--contact', 'ann', '--reason', 'ticket 88', '--by', 'dpo', '--no-published'),
    ).toMatchObject({
      code: 0,
    });
    expect(await counts(clickhouse)).toEqual({
      ...{ touchpoints: 2, payloads: 2, log: 2, signals: 1, directory: 1, dead_letters: 2, ledger: 6, erasures: 12 },
      losses: 1,
    });
    expect(await clickhouse.query(`SELECT event_id FROM resonant.touchpoints ORDER BY event_id`)).toEqual([
      { event_id: 'emails:beyond' },
      { event_id: 'emails:by-bob' },
    ]);
    expect(await clickhouse.query('SELECT dead_letter_id AS id FROM resonant.dead_letters ORDER BY id')).toEqual([
      { id: 'd2' },
      { id: 'd3' },
    ]);
    expect(
      await clickhouse.query(`SELECT table, topic, offset, hex(hash) AS hash FROM resonant.row_hashes ORDER BY ALL`),
    ).toEqual(before);
  }, 60_000);

  test('leaves the hash, place and reason of each row, and no word of what it said', async () => {
    const { clickhouse } = source;
    const unknown = await clickhouse.query(
      `SELECT * FROM resonant.erasures AS gone
       LEFT ANTI JOIN resonant.row_hashes AS known
       ON gone.table = known.table AND gone.topic = known.topic AND gone.offset = known.offset AND gone.hash = known.hash`,
    );
    expect(unknown).toEqual([]);
    const rows = await clickhouse.query<Record<string, unknown>>(
      'SELECT * EXCEPT (hash, erased_at) FROM resonant.erasures ORDER BY table, offset',
    );
    expect(new Set(rows.map(({ reason, erased_by }) => `${reason} ${erased_by}`))).toEqual(new Set(['ticket 88 dpo']));
    expect(JSON.stringify(rows)).not.toMatch(/ann|acme\.example|text of/);
  });

  test('is still one after a backup from after it has come back', async () => {
    const backup = join(folder, 'later');
    expect((await source.resonant('backup', backup)).code).toBe(0);
    const target = await migrated();
    expect((await target.resonant('restore', '--no-published', backup)).code).toBe(0);
    expect(await counts(target.clickhouse)).toMatchObject({ touchpoints: 1, signals: 1, erasures: 12 });
  }, 60_000);

  test('of somebody who is not there says so', async () => {
    expect(await source.resonant('erase', '--contact', 'ann', '--reason', 'again', '--no-published')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nothing is stored about the contact ann/),
    });
  });
});
