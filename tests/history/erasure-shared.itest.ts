import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, type ErasureRecord, erasable, erase, migrate } from '@resonant/clickhouse';
import { directoryTopic } from '@resonant/contracts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { at, contact, emails, mail, party } from './support/persons.ts';
import { storeRange } from './support/stored-range.ts';

const family = 'embedded';
const switchboard = '+4930123456';
let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, family);
  const ann = { ...contact('ann', ['ann@acme.example', 'help@acme.example']), phones: [switchboard] };
  const bob = { ...contact('bob', ['bob@acme.example', 'help@acme.example']), phones: [switchboard] };
  await storeRange(clickhouse, { topic: directoryTopic, partition: 0, first: 0, last: 1 }, [
    { offset: 0, key: 'contact:ann', value: ['Contact', ann] },
    { offset: 1, key: 'contact:bob', value: ['Contact', bob] },
  ]);
  await storeRange(clickhouse, { topic: emails, partition: 0, first: 0, last: 3 }, [
    { offset: 0, value: ['EmailTouchpoint', mail('of-ann', party({ email: 'ann@acme.example' }))] },
    { offset: 1, value: ['EmailTouchpoint', mail('of-bob', party({ contactId: 'bob', phone: switchboard }))] },
    { offset: 2, value: ['EmailTouchpoint', mail('of-anybody', party({ email: 'help@acme.example' }))] },
    { offset: 3, value: ['EmailTouchpoint', mail('by-id', party({ contactId: 'ann', phone: switchboard }))] },
  ]);
}, 180_000);
afterAll(() => own.close(), 180_000);

test('an address that others have, too, names nobody: an erasure leaves what names the person by it alone', async () => {
  const person = { contactId: 'ann', at: at + 86_400_000 };
  expect(await erasable(clickhouse, person)).toMatchObject({ touchpoints: 2, payloads: 2, directory: 1 });
  const published: ErasureRecord[] = [];
  const publish = async (record: ErasureRecord): Promise<void> => void published.push(record);
  const erasure = { erasureId: 'e', reason: 'ticket 88', by: 'dpo', ...person };
  await erase(clickhouse, erasure, { family, publish });
  const rows = await clickhouse.query('SELECT event_id AS id FROM resonant.touchpoints ORDER BY id');
  expect(rows).toEqual([{ id: 'emails:of-anybody' }, { id: 'emails:of-bob' }]);
  // contact and one address; two touchpoints
  expect(published.flatMap(({ keys }) => keys)).toHaveLength(4);
  await storeRange(clickhouse, { topic: emails, partition: 0, first: 4, last: 5 }, [
    { offset: 4, value: ['EmailTouchpoint', mail('later-of-bob', party({ contactId: 'bob', phone: switchboard }))] },
    { offset: 5, value: ['EmailTouchpoint', mail('later-of-ann', party({ email: 'ann@acme.example' }))] },
  ]);
  expect(await clickhouse.query(`SELECT event_id AS id FROM resonant.touchpoints WHERE offset > 3`)).toEqual([
    { id: 'emails:later-of-bob' },
  ]);
}, 180_000);
