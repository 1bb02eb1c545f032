import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serviceNames } from '@resonant/cli';
import { touchpointsTopic } from '@resonant/contracts';
import { readTopic } from '@resonant/kafka';
import { type Product, startProduct } from '../support/product.ts';

const perSecond = 100;
const outageMs = 30_000;
let product: Product;

beforeAll(async () => {
  product = await startProduct(7740, 'wall');
}, 120_000);

afterAll(() => product?.stop(), 60_000);

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly type: string | undefined;
}

test('while Kafka is stopped for 30 s no service is ready and none ends, ingest answers 503 with Retry-After, and what it acknowledged is there afterwards', async () => {
  const before = serviceNames.map((name) => product.services.pid(name));
  const answers: Promise<Answer>[] = [];
  let sending = true;
  const sender = (async () => {
    for (let n = 0; sending; n += 1) {
      answers.push(send(`outage-${n}`));
      await sleep(1000 / perSecond);
    }
  })();
  await sleep(3000);
  await product.stack.halt('kafka');
  const halted = answers.length;
  await sleep(outageMs);
  const inOutageReady = await readiness();
  const restarted = answers.length;
  await product.stack.restart('kafka');
  await until(async () => (await readiness()).every((status) => status === 200));
  await until(async () => (await send(`probe-${Date.now()}`)).status === 201);
  const working = answers.length;
  await sleep(3000);
  sending = false;
  await sender;
  const all = await Promise.all(answers);

  expect(inOutageReady).toEqual(serviceNames.map(() => 503));
  expect(serviceNames.map((name) => product.services.pid(name))).toEqual(before);

  const statuses = new Set(all.map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  const refused = all.filter(({ status }) => status === 503);
  expect(refused.filter(({ retryAfter }) => !/^\d+$/.test(retryAfter ?? ''))).toEqual([]);
  expect(new Set(refused.map(({ type }) => type))).toEqual(new Set(['urn:resonant:error:log-unavailable']));
  const inOutage = all.slice(halted + perSecond, restarted - 6 * perSecond);
  expect(inOutage.length).toBeGreaterThan(10 * perSecond);
  expect(inOutage.filter(({ status }) => status !== 503)).toEqual([]);
  expect(all.slice(working).filter(({ status }) => status !== 201)).toEqual([]);

  const stored = (await readTopic(product.log, touchpointsTopic('crm'))).flatMap((record) =>
    record.type === 'CrmTouchpoint' ? [record.value.id] : [],
  );
  const there = new Set(stored);
  expect(all.filter(({ id, status }) => status === 201 && !there.has(id))).toEqual([]);
}, 180_000);

describe.each([
  ['the schema registry', 'registry', serviceNames],
  ['Redis', 'redis', ['ingest', 'gateway']],
] as const)('%s', (_name, part, users) => {
  const ready = serviceNames.map((name) => [name, 200]);
  const withoutUsers = serviceNames.map((name) => [name, (users as readonly string[]).includes(name) ? 503 : 200]);
  const statuses = async () => (await readiness()).map((status, index) => [serviceNames[index], status]);

  test.each([
    ['hangs', () => product.stack.kill(part, 'SIGSTOP'), () => product.stack.kill(part, 'SIGCONT')],
    ['is stopped', () => product.stack.halt(part), () => product.stack.restart(part)],
  ])(
    'while it %s, those that use it are not ready and serve, and they come back by themselves',
    async (_how, take, give) => {
      await untilEqual(statuses, ready);
      const before = serviceNames.map((name) => product.services.pid(name));
      await take();
      await untilEqual(statuses, withoutUsers);
      const sent = await send(`${part}-${Date.now()}`);
      const alerts = await fetch(`${product.api.url}/v1/alerts`, {
        headers: { authorization: `Bearer ${product.api.key}` },
      });
      await give();
      await untilEqual(statuses, ready);
      expect([sent.status, alerts.status]).toEqual([201, 200]);
      expect(serviceNames.map((name) => product.services.pid(name))).toEqual(before);
    },
    90_000,
  );
});

/** Asks for a minute at most; fails with what came last. */
async function untilEqual<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  const deadline = Date.now() + 60_000;
  let answer = await ask();
  while (!isDeepStrictEqual(answer, wanted) && Date.now() < deadline) {
    await sleep(100);
    answer = await ask();
  }
  expect(answer).toEqual(wanted);
}

async function send(id: string): Promise<Answer> {
  const response = await fetch(`${product.services.urls.ingest}/v1/touchpoints/crm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.api.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id, occurredAt: new Date().toISOString(), type: 'note', text: 'a note' }),
  });
  const body = (await response.json()) as { readonly type?: string };
  return { id, status: response.status, retryAfter: response.headers.get('retry-after'), type: body.type };
}

const readiness = (): Promise<number[]> =>
  Promise.all(serviceNames.map(async (name) => (await fetch(`${product.services.urls[name]}/readyz`)).status));

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('not within a minute');
    await sleep(100);
  }
}
