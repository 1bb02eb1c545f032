import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encode, type Rule, rulesTopic, schemas, subjectOf, topics } from '@resonant/contracts';
import { memoryLog } from '@resonant/kafka';
import type { Command } from '../src/command.ts';
import { rulesDeleteCommand } from '../src/commands/rules-delete.ts';
import { rulesListCommand } from '../src/commands/rules-list.ts';
import { rulesPutCommand } from '../src/commands/rules-put.ts';
import { refusalOf } from '../src/gateway-call.ts';
import { ruleHistory } from '../src/rule-history.ts';

const document = (version: number, mode = 'live'): string => `
apiVersion: resonant/v1
id: lead-response
version: ${version}
mode: "${mode}"
keyspace: lead
subject: [leadId]
pattern:
  deadline: {start: {when: "kind == 'lead-created'"}, stop: {when: "kind == 'lead-response'"}, within: 90s}
`;

interface Call {
  readonly request: string;
  readonly key: string | undefined;
  readonly body: string;
}

let folder: string;
let gateway: Server;
let calls: Call[];
let answer: { readonly status: number; readonly body: object; readonly retryAfter?: string };
/** Given before `answer`, one for each call. */
let firstAnswers: (typeof answer)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
  calls = [];
  firstAnswers = [];
  gateway = createServer(async (request, reply) => {
    calls.push({
      request: `${request.method} ${request.url} ${request.headers['content-type'] ?? ''}`.trim(),
      key: request.headers.authorization,
      body: await text(request),
    });
    const { status, body, retryAfter } = firstAnswers.shift() ?? answer;
    if (retryAfter !== undefined) reply.setHeader('retry-after', retryAfter);
    reply.writeHead(status).end(status === 204 ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
  await rm(folder, { recursive: true });
});

const file = async (name: string, content: string): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

async function run(command: Command, args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const env = { RESONANT_GATEWAY_URL: url, RESONANT_API_KEY: 'k1', RESONANT_DATA: folder };
  const io = { stdin: Readable.from([]), stdout, stderr, env, signal: new AbortController().signal };
  let code: number | string;
  try {
    code = await command.run(args, io);
  } catch (error) {
    code = (error as Error).message;
  }
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

const inForce = {
  ruleId: 'lead-response',
  version: 2,
  keyspace: 'lead',
  revision: 17,
  changedAt: '2026-03-02T08:00:00.000Z',
  changedBy: 'key-1',
  document: { mode: 'shadow', title: { en: 'Unanswered lead' } },
};

describe('resonant rules', () => {
  test('put sends each document as it is, with the key, and says what is in force', async () => {
    answer = { status: 201, body: inForce };
    const text2 = document(2, 'shadow');
    expect(await run(rulesPutCommand, [await file('r.yaml', text2)])).toEqual({
      code: 0,
      stdout: 'lead-response version 2 (shadow) is in force in keyspace lead, revision 17\n',
      stderr: '',
    });
    expect(calls).toEqual([{ request: 'PUT /v1/rules/lead-response application/yaml', key: 'Bearer k1', body: text2 }]);
  });

  test('put sends nothing if one of the files is refused or cannot be read', async () => {
    const good = await file('good.yaml', document(2));
    const bad = await file('bad.yaml', document(2).replace('keyspace: lead', 'keyspace: planet'));
    const { code, stderr } = await run(rulesPutCommand, [good, bad, join(folder, 'none.yaml')]);
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toMatch(/bad\.yaml: .*keyspace/);
    expect(stderr).toMatch(/none\.yaml: ENOENT/);
    expect(stderr).toMatch(/Nothing was put/);
  });

  test('put says why the gateway refused, with every problem', async () => {
    const errors = [{ path: 'version', expected: 'more than 5, the version in force', got: '2' }];
    answer = { status: 422, body: { detail: 'version: expected more than 5, got 2', errors } };
    const { code } = await run(rulesPutCommand, [await file('r.yaml', document(2))]);
    expect(code).toBe(
      'The gateway refused lead-response with 422: version: expected more than 5, got 2\n' +
        '  version: expected more than 5, the version in force, got 2',
    );
  });

  const away = { status: 503, body: { detail: 'Kafka cannot be reached; nothing was accepted' } };

  test('put and delete ask again while the gateway cannot do it, as often as it says', async () => {
    firstAnswers = [
      { ...away, retryAfter: '0' },
      { status: 429, body: {}, retryAfter: '0' },
    ];
    answer = { status: 201, body: inForce };
    expect(await run(rulesPutCommand, [await file('r.yaml', document(2))])).toMatchObject({ code: 0, stderr: '' });
    expect(calls.length).toBe(3);
    firstAnswers = [{ ...away, retryAfter: '0' }];
    answer = { status: 204, body: {} };
    expect((await run(rulesDeleteCommand, ['lead-response'])).code).toBe(0);
    expect(calls.length).toBe(5);
  });

  test('delete counts a rule as deleted that is gone after an answer that left it open', async () => {
    firstAnswers = [{ ...away, retryAfter: '0' }];
    answer = { status: 404, body: { detail: 'there is no rule lead-response' } };
    expect(await run(rulesDeleteCommand, ['lead-response'])).toMatchObject({
      code: 0,
      stdout: 'lead-response is deleted\n',
    });
  });

  test('put gives up when the gateway asks for more than half a minute, and does not blame the rule', async () => {
    answer = { ...away, retryAfter: '31' };
    expect((await run(rulesPutCommand, [await file('r.yaml', document(2))])).code).toBe(
      'The gateway failed at lead-response with 503: Kafka cannot be reached; nothing was accepted\n' +
        'It may have been done all the same; the call can be repeated.',
    );
    expect(calls.length).toBe(1);
  });

  test.each([
    [400, 'invalid-request'],
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [429, 'rate-limited'],
    [500, 'internal'],
    [502, 'not-ready'],
    [503, 'not-ready'],
  ])('the answer %i is the error %s', (status, code) => {
    expect(refusalOf('lead-response', status, '{}').code).toBe(code);
  });

  test('delete ends a rule, and says if there is none', async () => {
    answer = { status: 204, body: {} };
    expect(await run(rulesDeleteCommand, ['lead-response'])).toMatchObject({
      code: 0,
      stdout: 'lead-response is deleted\n',
    });
    expect(calls.map(({ request }) => request)).toEqual(['DELETE /v1/rules/lead-response']);
    answer = { status: 404, body: { detail: 'there is no rule other' } };
    expect((await run(rulesDeleteCommand, ['other'])).code).toBe(
      'The gateway refused other with 404: there is no rule other',
    );
  });

  test('list shows what is in force, as a table or as JSON lines', async () => {
    answer = { status: 200, body: { rules: [inForce, { ...inForce, ruleId: 'a', document: {} }] } };
    const { stdout } = await run(rulesListCommand, []);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/));
    expect(rows.slice(-2)).toEqual([
      ['a', '2', 'live', 'lead', '17', '2026-03-02T08:00:00'],
      ['lead-response', '2', 'shadow', 'lead', '17', '2026-03-02T08:00:00', 'Unanswered lead'],
    ]);
    expect(
      (await run(rulesListCommand, ['--json'])).stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).ruleId),
    ).toEqual(['a', 'lead-response']);
  });

  test('history reads every change that the rules topic holds, oldest first, of one rule or of all', async () => {
    const log = memoryLog();
    const admin = await log.admin();
    await admin.ensureTopics(topics, 1);
    const id = await log.registry.register(subjectOf(rulesTopic, 'Rule'), schemas.Rule);
    const producer = await log.producer();
    const change = (fields: Partial<Rule>): Rule => {
      return {
        action: 'put',
        ruleId: 'a',
        keyspace: 'lead',
        document: '{}',
        changedAt: 1,
        changedBy: 'key-1',
        ...fields,
      };
    };
    const sent = [
      change({}),
      change({ ruleId: 'b', changedAt: 2 }),
      change({ action: 'delete', keyspace: null, document: null, changedAt: 3, changedBy: null }),
    ];
    for (const rule of sent)
      await producer.send({ topic: rulesTopic, key: rule.ruleId, value: encode('Rule', rule, id) });
    await producer.send({ topic: rulesTopic, key: 'c', value: Buffer.from('not avro') });
    expect(await ruleHistory(log, undefined)).toEqual(sent.map((rule, revision) => ({ revision, rule })));
    expect((await ruleHistory(log, 'a')).map(({ revision, rule }) => [revision, rule.action])).toEqual([
      [0, 'put'],
      [2, 'delete'],
    ]);
    expect(await ruleHistory(log, 'other')).toEqual([]);
    await log.close();
  });
});
