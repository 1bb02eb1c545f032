import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { seriesCalls } from '../../src/demo/call-series.ts';
import { instantOf, loadDay } from '../../src/demo/day.ts';
import { deliveriesOf } from '../../src/demo/delivery.ts';
import { transcriptOf } from '../../src/demo/transcript.ts';

const folder = fileURLToPath(new URL('../../demo/', import.meta.url));
const day = loadDay(`${folder}day.yaml`);
const github = { endpointId: 'community', secret: 'not a real secret' };
const deliveries = deliveriesOf(day, { folder, github });

test('the day is in order, within its bounds, and the same each time it is read', () => {
  const times = deliveries.map((delivery) => delivery.sendAt);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThan(instantOf(day, day.from));
  expect(times.at(-1)).toBeLessThan(Date.parse(day.to));
  expect(deliveriesOf(day, { folder, github })).toEqual(deliveries);
});

test('it holds every source, and no event id twice', () => {
  const counts = Map.groupBy(deliveries, (delivery) => delivery.path.replace(/\?.*/, ''));
  const named = day.events.map((event) => Object.keys(event).filter((key) => key !== 'at' && key !== 'send')[0]);
  const count = (kind: string): number => named.filter((name) => name === kind).length;
  expect(counts.get('/v1/touchpoints/calls')?.length).toBe(count('call') + seriesCalls(day).length);
  expect(counts.get('/v1/touchpoints/emails')?.length).toBe(count('mail'));
  expect(counts.get('/v1/touchpoints/knowledge')?.length).toBe(count('knowledge'));
  expect(counts.get('/v1/touchpoints/crm')?.length).toBe(count('crm'));
  expect(counts.get('/v1/webhooks/github/community')?.length).toBe(count('github'));
  const ids = deliveries
    .filter(
      (delivery) => delivery.headers['content-type'] === 'application/json' && !delivery.path.includes('webhooks'),
    )
    .map((delivery) => delivery.path + (JSON.parse(delivery.body.toString()) as { id: string }).id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('of four renewal calls in a row a rep uses the talk-track in three, and in none while silent', () => {
  const used = (rep: string, from: string, to: string): readonly boolean[] =>
    seriesCalls(day)
      .filter(
        ({ call, at }) => call.id.startsWith(`${rep}-renewal`) && at >= instantOf(day, from) && at < instantOf(day, to),
      )
      .map(({ call }) => call.text.startsWith('policy-used'));
  expect(used('rep-03', '08:00:00', '10:00:00')).toEqual([true, true, true, false, true, true, true, false]);
  expect(used('rep-03', '10:30:00', '14:00:00')).toEqual(Array(14).fill(false));
});

test('webhooks are signed over the very bytes that are sent', () => {
  for (const { headers, body } of deliveries.filter((delivery) => delivery.path.includes('webhooks'))) {
    const signature = createHmac('sha256', github.secret).update(body).digest('hex');
    expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
  }
});

test('a transcript gives speech the time that its words take', () => {
  expect(transcriptOf('rep: one two\ncustomer: 你好\n')).toEqual([
    { speaker: 'rep', startMs: 1000, endMs: 1760, text: 'one two' },
    { speaker: 'customer', startMs: 2460, endMs: 2880, text: '你好' },
  ]);
});
