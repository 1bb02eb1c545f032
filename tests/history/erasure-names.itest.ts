import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, erase, migrate, readMarks } from '@resonant/clickhouse';
import { deadLettersTopic, directoryTopic } from '@resonant/contracts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { accounts, at, contact, emails, letter, mail, party, signal } from './support/persons.ts';
import { storeRange, type TestRecord } from './support/stored-range.ts';

const family = 'embedded';
const day = 86_400_000;
let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, family);
}, 180_000);
afterAll(() => own.close(), 180_000);

/** Stores records behind what stands in partition 0; gives the ids of those that a table has of them. */
async function stored(topic: string, table: string, id: string, ...values: readonly TestRecord['value'][]) {
  const marks = await readMarks(clickhouse);
  const first = (marks.find((mark) => mark.topic === topic)?.last ?? -1) + 1;
  const records = values.map((value, index) => ({ offset: first + index, value }));
  await storeRange(clickhouse, { topic, partition: 0, first, last: first + values.length - 1 }, records);
  const rows = await clickhouse.query<{ id: string }>(
    `SELECT ${id} AS id FROM resonant.${table} WHERE offset >= {first:UInt64} ORDER BY id`,
    { params: { first } },
  );
  return rows.map((row) => row.id);
}

const mails = (...values: readonly TestRecord['value'][]) => stored(emails, 'touchpoints', 'event_id', ...values);

test('ids that end in a colon are erased, remembered and left out like others', async () => {
  await stored(directoryTopic, 'directory', 'id', ['Contact', contact('ann:', ['ann@acme.example'])]);
  expect(await mails(['EmailTouchpoint', mail('first:', party({ contactId: 'ann:' }))])).toEqual(['emails:first:']);
  const erasure = { erasureId: 'e-colon', contactId: 'ann:', reason: 'ticket 88', by: 'dpo', at: at + day };
  const keys: string[] = [];
  const publish = async (record: { readonly keys: readonly string[] }): Promise<void> => void keys.push(...record.keys);
  expect(await erase(clickhouse, erasure, { family, publish })).toMatchObject({ touchpoints: 1, directory: 1 });
  // contact, address, touchpoint
  expect(keys).toHaveLength(3);
  expect(await clickhouse.query('SELECT event_id FROM resonant.touchpoints')).toEqual([]);
  expect(
    await mails(
      ['EmailTouchpoint', mail('second', party({ contactId: 'ann:' }))],
      ['EmailTouchpoint', mail('first:', party({}))],
      ['EmailTouchpoint', mail('of-nobody', party({ contactId: null }))],
    ),
  ).toEqual(['emails:of-nobody']);
  expect(
    await stored(
      accounts,
      'signals',
      'signal_id',
      ['Signal', signal('s1', { contactId: 'ann:' })],
      ['Signal', signal('s2', { eventId: 'emails:first:' })],
      ['Signal', signal('s3')],
    ),
  ).toEqual(['s3']);
  expect(
    await stored(
      directoryTopic,
      'directory',
      'id',
      ['Contact', contact('ann:', [])],
      ['Contact', contact('bob', ['help@acme.example'])],
    ),
  ).toEqual(['bob']);
}, 180_000);

test('a dead letter whose id ends in a colon is erased and stays out', async () => {
  const of = (id: string): TestRecord['value'] => ['DeadLetter', letter(id, 'from eve@acme.example')];
  await stored(directoryTopic, 'directory', 'id', ['Contact', contact('eve', ['eve@acme.example'])]);
  expect(await stored(deadLettersTopic, 'dead_letters', 'dead_letter_id', of('d:'))).toEqual(['d:']);
  const erasure = { erasureId: 'e-letter', contactId: 'eve', reason: 'ticket 89', by: 'dpo', at: at + day };
  await erase(clickhouse, erasure, { family, publish: async () => undefined });
  expect(await stored(deadLettersTopic, 'dead_letters', 'dead_letter_id', of('d:'), of('e:'))).toEqual(['e:']);
}, 180_000);

const eraseBy = (...words: readonly string[]) =>
  own.resonant('erase', '--no-published', '--reason', 'ticket 91', ...words);

test('of whom nothing is stored it is said so, and how history remembers them nevertheless', async () => {
  const { code, err } = await eraseBy('--contact', 'zoe');
  expect([code, err]).toEqual([1, expect.stringContaining('nothing is stored about the contact zoe: with --remember')]);
  const { code: done, out } = await eraseBy(
    ...['--contact', 'zoe', '--remember', '--email', ' Zoe@Acme.example', '--email', 'zoe@old.example'],
    ...['--phone', '0049 (30) 12-34 56', '--handle', 'GitHub:Zoe'],
  );
  expect([done, out]).toEqual([0, expect.stringMatching(/^nothing was stored; remembered under \S+$/m)]);
  expect(
    await mails(
      ['EmailTouchpoint', mail('z1', party({ email: 'zoe@acme.example' }))],
      ['EmailTouchpoint', mail('z2', party({ email: 'zoe@old.example' }))],
      ['EmailTouchpoint', mail('z3', party({ phone: '+4930123456' }))],
      ['EmailTouchpoint', mail('z4', party({ handle: 'github:zoe' }))],
      ['EmailTouchpoint', mail('z5', party({ contactId: 'zoe' }))],
      ['EmailTouchpoint', mail('joe', party({ email: 'joe@acme.example' }))],
    ),
  ).toEqual(['emails:joe']);
}, 180_000);

test('an address that is given is erased like one of the directory, up to the instant that is given', async () => {
  const later = { occurredAt: at + day, receivedAt: at + day };
  const now = Date.now();
  const value = (id: string, over = {}): TestRecord['value'] => [
    'EmailTouchpoint',
    { ...mail(id, party({ email: 'kim@acme.example' })), ...over },
  ];
  const range = { topic: emails, partition: 1, first: 0, last: 1 };
  await storeRange(clickhouse, range, [
    { offset: 0, value: value('before') },
    { offset: 1, value: value('after', later), timestamp: now },
  ]);
  const options = ['--contact', 'kim', '--email', 'kim@acme.example', '--before', '2026-03-03T12:00:00Z'];
  const counted = await eraseBy(...options, '--dry-run');
  expect(counted.out).toMatch(/^touchpoints +1$/m);
  const { code, out } = await eraseBy(...options);
  expect([code, out]).toEqual([0, expect.stringMatching(/^touchpoints +1\n.*^erased under \S+$/ms)]);
  expect(await clickhouse.query('SELECT event_id AS id FROM resonant.touchpoints WHERE partition = 1')).toEqual([
    { id: 'emails:after' },
  ]);
  expect(await mails(value('again'))).toEqual([]);
}, 180_000);

test('an address that the directory has of somebody else is refused, and nothing is remembered', async () => {
  const before = await clickhouse.query('SELECT count() AS n FROM resonant.erased_keys');
  const { code, err } = await eraseBy('--contact', 'max', '--remember', '--email', 'help@acme.example');
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('somebody else in the directory has or had help@acme.example'),
  ]);
  expect(await clickhouse.query('SELECT count() AS n FROM resonant.erased_keys')).toEqual(before);
}, 180_000);

test.each([
  [['--contact', 'max', '--email', 'max'], '--email expects an address such as ann@acme.example, got max'],
  [['--contact', 'max', '--phone', '030 123456'], '--phone expects an address such as +4930123456, got 030 123456'],
  [['--contact', 'max', '--handle', 'max'], '--handle expects an address such as github:octocat, got max'],
  [['--contact', 'max', '--before', '2999-01-01'], '--before 2999-01-01 is still to come'],
  [['--contact', 'max', '--before', 'soon'], '--before expects a time such as'],
  [['--again', '--remember'], '--again is for all who were erased'],
  [['--again', '--email', 'max@acme.example'], '--again is for all who were erased'],
])('%j is a wrong call and says why', async (words, message) => {
  const { code, err } = await eraseBy(...words);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
