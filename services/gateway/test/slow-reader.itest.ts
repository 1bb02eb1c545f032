import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { alertIdOf } from './support/alerts.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { Stack } from './support/stack.ts';
import { eventually, StreamClient } from './support/stream-client.ts';

let stack: Stack;
let gateway: GatewayProcess;
let key: string;

beforeAll(async () => {
  stack = await Stack.open();
  // Before the start: a gateway knows by then what its topics hold, and learns what comes later a moment after.
  key = await stack.key(['admin']);
  gateway = await GatewayProcess.start();
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await stack?.close();
}, 60_000);

test('a reader that stalls is cut with 4208 and misses nothing when it resumes', async () => {
  const account = stack.id('slow');
  const filter = { accountId: account };
  const count = 6_000;
  const slow = await StreamClient.connect(gateway.url, { key });
  await slow.subscribe('a', { filter });
  await stack.alerts(account, 10);
  await slow.until(() => slow.alertIds().length >= 10);
  slow.socket.pause();
  const title = { en: 'x'.repeat(2_000) };
  for (let from = 10; from < count; from += 1_000) {
    await stack.alerts(account, Math.min(1_000, count - from), { title }, from);
  }
  // Whoever reads sees each of them at once: the stalled one holds nobody up.
  const quick = await StreamClient.connect(gateway.url, { key });
  await quick.subscribe('a', { filter, from: slow.ofType('alert').at(-1)?.cursor });
  await quick.until(() => quick.alertIds().length >= count - 10, 20_000);
  quick.close();

  const metrics = async () => (await gateway.request('GET', '/metrics')).text();
  await eventually(metrics, (text) => text.includes('gateway_streams_closed_total{code="4208"} 1'), 30_000);
  slow.socket.resume();
  await slow.until(() => slow.closed !== undefined, 20_000);
  expect(slow.closed?.code).toBe(4208);
  const resumed = await StreamClient.connect(gateway.url, { key });
  const from = slow.ofType('alert').at(-1)?.cursor;
  expect(await resumed.subscribe('a', { filter, from })).toMatchObject({ resumed: true });
  await resumed.until(() => slow.alertIds().length + resumed.alertIds().length >= count, 20_000);
  const all = [...slow.alertIds(), ...resumed.alertIds()].sort();
  expect(all).toEqual(Array.from({ length: count }, (_, n) => alertIdOf(`${account}/${n}`)).sort());
  resumed.close();
}, 120_000);
