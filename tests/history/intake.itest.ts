import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type ClickHouse,
  clickHouseCodeOf,
  errorClassOf,
  type hashedTables,
  intakeColumns,
  migrate,
  rowEncoder,
  rowFormat,
  rowHash,
} from '@resonant/clickhouse';
import { alertsTopic, deadLettersTopic, type Records, signalsTopic, touchpointsTopic } from '@resonant/contracts';
import fc from 'fast-check';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { storeRange, type TestRecord } from './support/stored-range.ts';

let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, 'embedded');
});
afterAll(() => own?.close());

const at = Date.UTC(2026, 2, 2, 9);

const signal = (more: Partial<Records['Signal']> = {}): Records['Signal'] => ({
  ...{ id: 's1', kind: 'touch', occurredAt: at, channel: null, accountId: 'acme', contactId: null, repId: null },
  ...{ teamId: null, regionId: null, leadId: null, opportunityId: null, measures: {}, labels: {}, eventId: null },
  ...more,
});

const alert = (more: Partial<Records['Alert']> = {}): Records['Alert'] => ({
  ...{ alertId: 'a1', seq: 1, ruleId: 'resonance', ruleVersion: 1, subject: { accountId: 'acme' } },
  ...{ transition: 'opened', state: 'resonating', at, decidedAt: at, values: {}, evidence: [], isLate: false },
  ...{ isShadow: false, openedAt: at, severity: 'high', title: {}, keyspace: 'account', partitionKey: 'acme' },
  ...{ partition: 1, tickOffset: 7 },
  ...more,
});

const mail = (payload: Buffer, text: string): Records['EmailTouchpoint'] => {
  const nobody = { role: 'other', speaker: null, repId: null, contactId: null, accountId: null, email: null };
  const from = { ...nobody, phone: null, handle: null, name: null };
  return {
    ...{ eventId: 'emails:1', source: 'emails', id: '1', occurredAt: at, receivedAt: at, channel: 'email' },
    ...{ language: null, threadId: null, leadId: null, opportunityId: null, via: 'http', keyId: null },
    ...{ payloadType: 'message/rfc822', payload, messageId: null, inReplyTo: null, references: [], from, to: [] },
    ...{ cc: [], subject: text, text, isAutoReply: false, attachments: [], defects: [] },
  };
};

const countOf = async (table: string, where = '1'): Promise<number> => {
  const [row] = await clickhouse.query<{ n: number }>(`SELECT count() AS n FROM resonant.${table} WHERE ${where}`);
  return row?.n ?? -1;
};

/** Rows whose hash, computed again from what is stored, is the one that the ledger has. */
async function hashesOf(table: (typeof hashedTables)[number]) {
  const [row] = await clickhouse.query<{ rows: number; same: number; hashes: number }>(
    `SELECT (SELECT count() FROM resonant.${table}) AS rows, countIf(h.hash = r.hash) AS same,
       (SELECT count() FROM resonant.row_hashes WHERE table = '${table}') AS hashes
     FROM (SELECT topic, partition, epoch, offset, ${rowHash(table)} AS hash FROM resonant.${table}) AS r
     INNER JOIN (SELECT * FROM resonant.row_hashes WHERE table = '${table}') AS h USING (topic, partition, epoch, offset)`,
  );
  return row;
}

let next = 0;
/** A range of its own for each call. */
const range = (topic: string, n: number) => {
  next += n;
  return { topic, partition: 2, first: next - n, last: next - 1 };
};
const numbered = (first: number, values: readonly TestRecord['value'][]): readonly TestRecord[] =>
  values.map((value, index) => ({ offset: first + index, value, key: 'acme' }));

describe('an insert into an intake table', () => {
  test('fills the tables and one ledger row, and fills them once however often it is sent', async () => {
    const place = range(signalsTopic('account'), 6);
    const records = numbered(place.first, [
      ['Tick', { at }],
      ['Signal', signal()],
      ['Signal', signal({ id: 's2', kind: 'acknowledgement', labels: { alertId: 'a1', acknowledgedBy: 'bo' } })],
      ['RuleChange', { action: 'put', ruleId: 'r', document: '{}', revision: 3 }],
      Buffer.from([0xff, 0, 0x0a]),
      null,
    ]);
    for (let sent = 0; sent < 3; sent++) await storeRange(clickhouse, place, records);
    const counts = [await countOf('log'), await countOf('signals'), await countOf('acknowledgements')];
    expect([...counts, await countOf('rule_changes'), await countOf('ledger')]).toEqual([6, 2, 1, 1, 1]);
    const ledger = await clickhouse.query(
      `SELECT topic, partition, first, last, n_records, n_rows, n_rejected, length(row_hashes) AS n_hashes,
         digest = SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(row_hashes.hash))))) AS is_digest, arrayMap(d -> (d.1, d.2), digests) AS tables
       FROM resonant.ledger`,
    );
    expect(ledger).toEqual([
      {
        ...place,
        ...{ n_records: 6, n_rows: 6, n_rejected: 2, n_hashes: 10, is_digest: 1 },
        tables: [
          ['log', 6],
          ['signals', 2],
          ['acknowledgements', 1],
          ['rule_changes', 1],
        ],
      },
    ]);
    expect(await countOf('log', "value IS NULL OR hex(value) = 'FF000A'")).toBe(2);
  });

  test('has a digest that is SHA-256 over the sorted hashes, those that end in zero bytes included', async () => {
    const place = range(signalsTopic('team'), 1000);
    const ticks = Array.from({ length: 1000 }, (_, n): TestRecord['value'] => ['Tick', { at: at + n }]);
    await storeRange(clickhouse, place, numbered(place.first, ticks));
    const [row] = await clickhouse.query<{ digest: string; hashes: readonly string[] }>(
      `SELECT lower(hex(digest)) AS digest, arrayMap(each -> lower(hex(each.hash)), row_hashes) AS hashes
       FROM resonant.ledger WHERE topic = '${place.topic}' AND first = ${place.first}`,
    );
    const hashes = [...(row?.hashes ?? [])].sort();
    expect([hashes.length, hashes.some((hash) => hash.endsWith('00'))]).toEqual([1000, true]);
    expect(row?.digest).toBe(
      createHash('sha256')
        .update(Buffer.from(hashes.join(''), 'hex'))
        .digest('hex'),
    );
  });

  test('of a range without rows has its ledger row all the same', async () => {
    const place = range(alertsTopic, 3);
    await storeRange(clickhouse, place, numbered(place.first, [null]));
    expect(
      await countOf('ledger', `topic = '${alertsTopic}' AND first = ${place.first} AND n_rows = 0 AND n_rejected = 1`),
    ).toBe(1);
  });

  test('keeps any bytes, texts and numbers as they were, and their hashes are computed again from the tables', async () => {
    const texts = fc.sample(fc.string({ unit: 'grapheme', maxLength: 40 }), { numRuns: 60, seed: 7 });
    const bytes = fc
      .sample(fc.uint8Array({ maxLength: 200 }), { numRuns: 60, seed: 7 })
      .map((one) => Buffer.from([...one, 10, 10, 0, 10, 10]));
    const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 60, seed: 7 });
    const mails = range(touchpointsTopic('emails'), 60);
    await storeRange(
      clickhouse,
      mails,
      numbered(
        mails.first,
        bytes.map((one, index) => ['EmailTouchpoint', mail(one, texts[index] as string)] as const),
      ),
    );
    const signals = range(signalsTopic('team'), 60);
    await storeRange(
      clickhouse,
      signals,
      numbered(
        signals.first,
        numbers.map(
          (x, index) =>
            [
              'Signal',
              signal({ id: `n${index}`, measures: { x, y: -0 }, labels: { t: texts[index] as string } }),
            ] as const,
        ),
      ),
    );
    const alerts = range(alertsTopic, 60);
    await storeRange(
      clickhouse,
      alerts,
      numbered(
        alerts.first,
        numbers.map(
          (x, index) =>
            ['Alert', alert({ seq: index + 1, values: { x }, title: { en: texts[index] as string } })] as const,
        ),
      ),
    );
    const letters = range(deadLettersTopic, 1);
    await storeRange(clickhouse, letters, numbered(letters.first, [Buffer.from([1, 2, 0])]));
    const stored = await clickhouse.query<{ bytes: string }>(
      'SELECT hex(bytes) AS bytes FROM resonant.payloads ORDER BY offset',
    );
    expect(stored.map((row) => row.bytes)).toEqual(bytes.map((one) => one.toString('hex').toUpperCase()));
    const read = await clickhouse.query<{ x: number }>(
      `SELECT measures['x'] AS x FROM resonant.signals WHERE keyspace = 'team' ORDER BY offset`,
    );
    expect(read.map(({ x }) => x + 0)).toEqual(numbers.map((x) => x + 0));
    for (const table of [
      'touchpoints',
      'payloads',
      'signals',
      'log',
      'acknowledgements',
      'rule_changes',
      'alerts',
      'dead_letters',
    ] as const) {
      const found = await hashesOf(table);
      expect([table, found?.same, found?.hashes]).toEqual([table, found?.rows, found?.rows]);
      expect(found?.rows).toBeGreaterThan(0);
    }
  });
});

describe('an intake table refuses', () => {
  const raw = (columns: Readonly<Record<string, string>>, rows: readonly Readonly<Record<string, unknown>>[]) =>
    clickhouse.insertRaw({
      table: 'resonant.intake_deliveries',
      format: rowFormat,
      body: rowEncoder(columns).encode(rows as never),
      settings: { input_format_parallel_parsing: 0, input_format_skip_unknown_fields: 0 },
    });
  const base = { topic: 'resonant.deliveries.v1', partition: 0, offset: 1, epoch: 0, appended_at: at, schema_id: 1 };
  const none = { range_first: 0, range_last: 0, range_records: 0, range_rejected: 0, range_token: '' };
  const row = {
    ...{ is_range: 0, ...none, ...base, delivery_id: 'd', action_id: 'x', alert_id: '', recipient: 'r' },
    ...{ medium: 'card', status: 'held', reason: '', at },
  };
  const rangeRow = {
    ...{ ...row, delivery_id: '', action_id: '', recipient: '', medium: '', status: '' },
    ...{ is_range: 1, range_first: 1, range_last: 1, range_records: 1, range_token: 't' },
  };
  const refusalOf = async (inserting: Promise<void>) => {
    try {
      await inserting;
      return 'taken';
    } catch (error) {
      return [errorClassOf(error), clickHouseCodeOf(error)];
    }
  };
  const columns: Readonly<Record<string, string>> = intakeColumns.intake_deliveries;
  const { medium: _medium, ...withoutMedium } = columns;

  test.each<[string, Readonly<Record<string, string>>, readonly object[], string, number]>([
    ['a row that a CHECK forbids', columns, [rangeRow, { ...row, status: 'lost' }], 'data', 469],
    ['an id that is empty', columns, [rangeRow, { ...row, delivery_id: '' }], 'data', 469],
    ['a column left out, which would be empty', withoutMedium, [rangeRow, row], 'data', 469],
    ['a column of another type', { ...columns, partition: 'UInt32' }, [rangeRow, row], 'schema', 117],
    [
      'a column that it does not have',
      { ...columns, colour: 'String' },
      [
        { ...rangeRow, colour: '' },
        { ...row, colour: 'red' },
      ],
      'schema',
      117,
    ],
    ['rows without their range', columns, [row], 'schema', 395],
    ['fewer rows than the range says', columns, [rangeRow], 'schema', 395],
    ['two ranges at once', columns, [rangeRow, rangeRow, row], 'schema', 395],
    ['a range that ends before it begins', columns, [{ ...rangeRow, range_first: 2 }, row], 'data', 469],
  ])('%s', async (_what, given, rows, name, code) => {
    expect(await refusalOf(raw(given, rows as never))).toEqual([name, code]);
  });

  test('for good: nothing of what a CHECK refused is stored anywhere', async () => {
    const before = [await countOf('deliveries'), await countOf('ledger')];
    expect(await refusalOf(raw(columns, [rangeRow, row, { ...row, status: 'lost' }]))).toEqual(['data', 469]);
    expect([await countOf('deliveries'), await countOf('ledger')]).toEqual(before);
  });
});

describe('a table that is written to by hand', () => {
  test.each([
    ["alerts (rule_id, seq) VALUES ('r', 0)"],
    ["signals (keyspace, kind, signal_id) VALUES ('planet', 'touch', 's')"],
    ["log (keyspace, record_type) VALUES ('account', 'Tick')"],
    ["touchpoints (source, event_id, id, channel, topic, via) VALUES ('calls', '', '1', 'call', 't', 'http')"],
  ])('checks its rows as well: %s', async (values) => {
    await expect(clickhouse.command(`INSERT INTO resonant.${values}`)).rejects.toMatchObject({
      code: 'history-refused-data',
    });
  });
});
