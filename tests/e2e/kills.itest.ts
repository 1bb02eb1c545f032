import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serviceNames } from '@resonant/cli';
import { type Product, startProduct } from '../support/product.ts';
import { randomOf } from '../support/random.ts';

const kills = 10;
let product: Product;

beforeAll(async () => {
  product = await startProduct(7720, 'log');
  for (const section of ['directory', 'vocabulary']) {
    expect(await product.resonant([section, 'load', `packages/cli/demo/${section}.yaml`])).toMatchObject({ code: 0 });
  }
}, 120_000);

afterAll(() => product?.stop(), 60_000);

test('ten SIGKILLs of services while the demo plays change nothing in what is said', async () => {
  const seed = Number(process.env.RESONANT_SEED ?? 1);
  const random = randomOf(seed);
  let playing = true;
  const demo = product.resonant(['demo', '--speed', '600']).finally(() => {
    playing = false;
  });
  const done: string[] = [];
  const from = performance.now();
  for (let n = 0; n < kills; n += 1) {
    // At this speed the day's events take a minute, and each kill holds them up: work is in flight at all ten.
    await sleep(1500 + random() * 3500);
    const name = serviceNames[Math.floor(random() * serviceNames.length)] as (typeof serviceNames)[number];
    expect({ done, playing }).toEqual({ done, playing: true });
    await product.services.kill(name, 'SIGKILL');
    done.push(`${name} at ${Math.round(performance.now() - from)} ms`);
    await product.services.whenReady(name);
  }
  const { code, stdout, stderr } = await demo;
  expect({ seed, done, code, stderr, table: code === 0 ? '' : stdout }).toEqual({
    seed,
    done,
    code: 0,
    stderr: '',
    table: '',
  });
  expect(stdout).toMatch(/(\d+) of \1 lines as expected/);
  expect(done).toHaveLength(kills);
}, 600_000);
