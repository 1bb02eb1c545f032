import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RegistryGate } from '../src/registry-gate.ts';

/** A registry that gives every content the id 7 and notes what it was asked. */
let registry: Server;
let asked: string[];
let atOnce: { now: number; most: number };
let saves: number;
let saving: () => Promise<void>;
let gate: RegistryGate;
let url: string;

beforeEach(async () => {
  asked = [];
  atOnce = { now: 0, most: 0 };
  saves = 0;
  saving = async () => undefined;
  registry = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    setTimeout(() => {
      atOnce.now -= 1;
      response.writeHead(request.url?.includes('refused') ? 409 : 200, { 'content-type': 'application/json' });
      response.end('{"id":7}');
    }, 5);
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  gate = new RegistryGate(`http://127.0.0.1:${(registry.address() as AddressInfo).port}`, async () => {
    await saving();
    saves += 1;
  });
  url = `http://127.0.0.1:${await gate.listen(0)}/apis/ccompat/v7`;
  gate.open();
});

afterEach(async () => {
  await gate.close();
  await new Promise((resolve) => registry.close(resolve));
});

const post = (path: string): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'POST', body: '{"schema":"\\"int\\""}' });

describe('a registration', () => {
  test('is answered after it was saved, and saved once', async () => {
    const answer = await post('/subjects/a/versions');
    expect([answer.status, await answer.text(), saves]).toEqual([200, '{"id":7}', 1]);
    await post('/subjects/a/versions');
    expect(saves).toBe(1);
    await post('/subjects/b/versions');
    expect(saves).toBe(2);
  });

  test('that cannot be saved is not acknowledged, and is saved when it is tried again', async () => {
    saving = async () => {
      throw new Error('the disk is full');
    };
    expect((await post('/subjects/a/versions')).status).toBe(503);
    saving = async () => undefined;
    expect((await post('/subjects/a/versions')).status).toBe(200);
    expect(saves).toBe(1);
  });

  test('that is refused is not saved', async () => {
    expect((await post('/subjects/refused/versions')).status).toBe(409);
    expect(saves).toBe(0);
  });

  test('waits for one that is under way: of two first ones at once the registry would refuse one', async () => {
    const answers = await Promise.all(['a', 'a', 'b'].map((subject) => post(`/subjects/${subject}/versions`)));
    expect([answers.map(({ status }) => status), asked.length, atOnce.most]).toEqual([[200, 200, 200], 3, 1]);
  });

  test('shares the next save with others that came while one was under way', async () => {
    const release = Promise.withResolvers<void>();
    saving = () => release.promise;
    const first = post('/subjects/a/versions');
    while (asked.length < 1) await new Promise(setImmediate);
    const others = ['b', 'c', 'd'].map((subject) => post(`/subjects/${subject}/versions`));
    while (asked.length < 4) await new Promise(setImmediate);
    release.resolve();
    await Promise.all([first, ...others]);
    expect(saves).toBeLessThanOrEqual(3);
  });
});

test.each(['/subjects/a', '/compatibility/subjects/a/versions/latest'])(
  'a POST to %s changes nothing and is not saved',
  async (path) => {
    expect((await post(path)).status).toBe(200);
    expect(saves).toBe(0);
  },
);

test('while the registry is down, requests get 503 and do not reach it', async () => {
  gate.shut();
  const answer = await fetch(`${url}/subjects`);
  expect([answer.status, asked]).toEqual([503, []]);
});
