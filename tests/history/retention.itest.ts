import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, migrate } from '@resonant/clickhouse';
import { type Records, touchpointsTopic } from '@resonant/contracts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { storeRange } from './support/stored-range.ts';

let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, 'embedded');
});
afterAll(() => own?.close());

const topic = touchpointsTopic('crm');
const day = 86_400_000;

const entry = (id: string, occurredAt: number): Records['CrmTouchpoint'] => ({
  ...{ eventId: `crm:${id}`, source: 'crm', id, occurredAt, receivedAt: occurredAt, channel: 'crm', language: null },
  ...{ threadId: null, leadId: null, opportunityId: null, via: 'http', keyId: null, payloadType: 'text/plain' },
  ...{ payload: Buffer.from(id), type: 'note', by: 'human', parties: [], isPersonalised: null, subject: null },
  ...{ text: id, fields: {} },
});

/** What is stored of each day, by the day's number: 0 = today a year ago. */
async function daysIn(table: string, place = 'offset'): Promise<readonly number[]> {
  const rows = await clickhouse.query<{ day: number }>(`SELECT ${place} AS day FROM resonant.${table} ORDER BY day`);
  return rows.map((row) => row.day);
}

test('a month in which payloads reach their year: they go by whole months of theirs, touchpoints and hashes stay', async () => {
  const today = new Date(new Date().toISOString().slice(0, 10));
  const yearAgo = Date.UTC(today.getUTCFullYear() - 1, today.getUTCMonth(), today.getUTCDate());
  // Merges would drop what has expired as soon as it comes: they wait until everything is there.
  await clickhouse.command('SYSTEM STOP TTL MERGES resonant.payloads');
  const appendedAt = (index: number): number => yearAgo + (index - 45) * day;
  const days = Array.from({ length: 25 }, (_, index) => 3 * index);
  for (const index of days) {
    const timestamp = appendedAt(index);
    const place = { topic, partition: 0, first: index, last: index };
    await storeRange(clickhouse, place, [
      { offset: index, value: ['CrmTouchpoint', entry(`d${index}`, timestamp)], timestamp },
    ]);
  }
  await clickhouse.command('SYSTEM START TTL MERGES resonant.payloads');
  await clickhouse.command('ALTER TABLE resonant.payloads MATERIALIZE TTL', { settings: { mutations_sync: 2 } });
  await clickhouse.command('OPTIMIZE TABLE resonant.payloads FINAL');

  // A month goes as one when the last day of it is a year old.
  const monthOf = (index: number): string => new Date(appendedAt(index)).toISOString().slice(0, 7);
  const lastOfMonth = (index: number): number => Math.max(...days.filter((other) => monthOf(other) === monthOf(index)));
  const kept = days.filter((index) => appendedAt(lastOfMonth(index)) > yearAgo);
  expect(kept.length).toBeLessThan(days.length);
  expect(await daysIn('payloads')).toEqual(kept);
  expect(await daysIn('touchpoints')).toEqual(days);
  expect(await daysIn("row_hashes WHERE table = 'payloads'")).toEqual(days);
  expect(await daysIn("digests WHERE table = 'payloads'", 'first')).toEqual(days);
});
