import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { directoryLoadCommand } from '../../src/commands/directory-load.ts';
import { vocabularyLoadCommand } from '../../src/commands/vocabulary-load.ts';

interface Put {
  readonly path: string | undefined;
  readonly key: string | undefined;
  readonly body: unknown;
}

let folder: string;
let gateway: Server;
let url: string;
let puts: Put[];
let answerOf: (put: Put) => { status: number; body?: object; headers?: Record<string, string> };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
  puts = [];
  answerOf = () => ({ status: 201 });
  gateway = createServer(async (request: IncomingMessage, reply) => {
    const put = {
      path: request.url,
      key: request.headers.authorization,
      body: JSON.parse(await text(request)) as unknown,
    };
    puts.push(put);
    const { status, body = {}, headers = {} } = answerOf(put);
    reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});

afterEach(async () => {
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
  await rm(folder, { recursive: true });
});

const file = async (name: string, content: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

async function run(command: typeof directoryLoadCommand, args: readonly string[], env: Record<string, string> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const signal = new AbortController().signal;
  const code = await command.run(args, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: { RESONANT_DATA: folder, ...env },
    signal,
  });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

const directory = `
contacts: [{id: contact-3, emails: [buyer@acme.example], accounts: [{accountId: acme}]}]
accounts: [{id: acme, name: Acme, owners: [{repId: rep-07, from: 2026-01-01}]}]
regions:
  - {id: north+east, name: North}
`;

describe('loading files through the API', () => {
  test('puts every entry as it stands in the file, in the order in which entries refer to each other', async () => {
    const path = await file('directory.yaml', directory);
    expect(await run(directoryLoadCommand, [path, '--url', `${url}/`, '--key', 'rsn_k_s'])).toEqual({
      code: 0,
      out: 'loaded 1 regions, 1 accounts, 1 contacts\n',
      err: '',
    });
    expect(puts).toEqual([
      { path: '/v1/directory/regions/north%2Beast', key: 'Bearer rsn_k_s', body: { name: 'North' } },
      {
        path: '/v1/directory/accounts/acme',
        key: 'Bearer rsn_k_s',
        body: { name: 'Acme', owners: [{ repId: 'rep-07', from: '2026-01-01' }] },
      },
      {
        path: '/v1/directory/contacts/contact-3',
        key: 'Bearer rsn_k_s',
        body: { emails: ['buyer@acme.example'], accounts: [{ accountId: 'acme' }] },
      },
    ]);
  });

  test('takes JSON, and where to go from the environment', async () => {
    const path = await file(
      'vocabulary.json',
      JSON.stringify({ talkTracks: [{ id: 'a', phrases: ['one'] }], glossary: [{ id: 'g', term: 'G' }] }),
    );
    const { code, out } = await run(vocabularyLoadCommand, [path], { RESONANT_URL: url, RESONANT_KEY: 'rsn_e_s' });
    expect([code, out]).toEqual([0, 'loaded 1 talk-tracks, 1 glossary\n']);
    expect(puts.map((put) => [put.path, put.key])).toEqual([
      ['/v1/vocabulary/talk-tracks/a', 'Bearer rsn_e_s'],
      ['/v1/vocabulary/glossary/g', 'Bearer rsn_e_s'],
    ]);
  });

  test('lists every problem of every file and sends nothing', async () => {
    const good = await file('good.yaml', 'regions: [{id: north, name: North}]');
    const bad = await file(
      'bad.yaml',
      'regions: [{id: north, name: North}]\nreps: [{name: R, teams: [{teamId: a, from: soon}]}]\nrep: []',
    );
    const broken = await file('broken.yaml', 'regions: [');
    const missing = join(folder, 'missing.yaml');
    const { code, out, err } = await run(directoryLoadCommand, [
      good,
      bad,
      broken,
      missing,
      '--url',
      url,
      '--key',
      'k',
    ]);
    expect({ code, out, puts }).toEqual({ code: 2, out: '', puts: [] });
    const named = err.split('\n').map((line) => line.replaceAll(`${folder}/`, ''));
    expect(named[0]).toBe('bad.yaml: /rep: unknown section; expected regions, teams, reps, accounts, contacts');
    expect(named[1]).toBe('bad.yaml: /reps/0/id: required');
    expect(named[2]).toMatch(/^bad\.yaml: \/reps\/0\/teams\/0\/from: expected an ISO 8601 instant/);
    expect(named[3]).toBe('bad.yaml: regions/north already stands in good.yaml');
    expect(named[4]).toMatch(/^broken\.yaml: .+ line 1/);
    expect(named[5]).toMatch(/^missing\.yaml: cannot be read: ENOENT/);
    expect(named.slice(6)).toEqual(['Nothing was loaded.', '']);
  });

  test('says what the gateway refused and how much is stored', async () => {
    answerOf = ({ path }) =>
      path?.includes('accounts') === true
        ? { status: 403, body: { detail: 'the key lacks directory:write' } }
        : { status: 201 };
    const path = await file('directory.yaml', directory);
    const { code, err } = await run(directoryLoadCommand, [path, '--url', url, '--key', 'k']);
    expect([code, err]).toEqual([
      1,
      'The gateway refused accounts/acme with 403: the key lacks directory:write\n1 of 3 entries are stored; load again.\n',
    ]);
  });

  test('waits as long as a busy gateway asks for', async () => {
    answerOf = () => (puts.length < 3 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 200 });
    const path = await file('region.yaml', 'regions: [{id: north, name: North}]');
    expect((await run(directoryLoadCommand, [path, '--url', url, '--key', 'k'])).code).toBe(0);
    expect(puts.length).toBe(3);
  });

  test('says so when nobody answers', async () => {
    const path = await file('region.yaml', 'regions: [{id: north, name: North}]');
    const { code, err } = await run(directoryLoadCommand, [path, '--url', 'http://127.0.0.1:1', '--key', 'k']);
    expect(code).toBe(1);
    expect(err).toMatch(/^The gateway does not answer at http:\/\/127\.0\.0\.1:1\/v1\/directory\/regions\/north: /);
  });

  test('finds nothing wrong with the files of the demo', async () => {
    const demo = (name: string) => join(import.meta.dirname, '../../demo', name);
    const where = ['--url', url, '--key', 'k'];
    expect((await run(directoryLoadCommand, [demo('directory.yaml'), ...where])).code).toBe(0);
    expect((await run(vocabularyLoadCommand, [demo('vocabulary.yaml'), ...where])).code).toBe(0);
  });

  test('without a file the call is wrong', async () => {
    await expect(run(directoryLoadCommand, [])).rejects.toThrow('expected at least one file');
  });
});
