import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClickHouse, until } from '../../src/index.ts';
import { type TestEndpoint, testEndpoint } from './ask.ts';

/** Runs for as long as it is let. */
const endless = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)';

let endpoint: TestEndpoint;

beforeAll(async () => {
  // Longer than a busy machine lets a client that reads stand still.
  endpoint = await testEndpoint(9554, { STALL_SECONDS: '8', MAX_CONCURRENT_QUERIES: '4' });
}, 60_000);

afterAll(() => endpoint.end(), 30_000);

/** A request whose answer the test reads when it likes. */
function open(statement: string, search: Readonly<Record<string, string>> = {}): ClientRequest {
  const { hostname, port } = new URL(endpoint.url);
  const asked = request({
    hostname,
    port,
    method: 'POST',
    path: `/?${new URLSearchParams(search)}`,
    headers: { authorization: endpoint.authorization('writer') },
    agent: false,
  });
  asked.on('error', () => undefined);
  asked.end(statement);
  return asked;
}

const running = async (): Promise<readonly string[]> => {
  const text = await endpoint.text(
    'writer',
    "SELECT Settings['log_comment'] FROM system.processes WHERE query NOT LIKE '%system.processes%' ORDER BY 1",
  );
  return text.split('\n').filter((line) => line !== '');
};

const untilRunning = (ids: readonly string[]): Promise<void> =>
  until(
    `the run of ${ids.join()}`,
    async () => {
      const found = await running();
      if (found.join() !== ids.join()) throw new Error(`running: ${found.join()}`);
    },
    { withinMs: 15_000, everyMs: 50 },
  );

const rssMegabytes = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${endpoint.pid()}/status`, 'utf8'))?.[1]) / 1024;

describe('a query that runs', () => {
  test('is ended by KILL QUERY SYNC under the id that its client gave', async () => {
    const victim = endpoint.ask('writer', endless, { query_id: 'victim' });
    const other = endpoint.ask('writer', endless, { query_id: 'other' });
    await untilRunning(['other', 'victim']);
    const killed = await endpoint.text('writer', "KILL QUERY WHERE query_id = 'victim' SYNC FORMAT TSV");
    expect(killed).toContain('finished');
    expect(await victim).toMatchObject({ status: 500, code: 394 });
    expect(await running()).toEqual(['other']);
    await endpoint.text('writer', "KILL QUERY WHERE query_id IN ('other') ASYNC");
    expect(await other).toMatchObject({ code: 394 });
  });

  test('is ended by an analyst only if it is an analyst’s', async () => {
    const victim = endpoint.ask('analyst', endless, { query_id: 'of-analyst' });
    const product = endpoint.ask('writer', endless, { query_id: 'of-writer' });
    await untilRunning(['of-analyst', 'of-writer']);
    for (const id of ['of-writer', 'nobody', "it's"]) {
      const named = id.replaceAll("'", "''");
      expect(await endpoint.text('analyst', `KILL QUERY WHERE query_id = '${named}' SYNC`)).toBe('');
    }
    const killed = await endpoint.text(
      'analyst',
      "kill query where query_id in ('of-analyst', 'of-writer') sync format TSV",
    );
    expect(killed.trimEnd().split('\n')).toEqual([expect.stringContaining('finished')]);
    expect(await victim).toMatchObject({ status: 500, code: 394 });
    expect(await running()).toEqual(['of-writer']);
    await endpoint.text('writer', "KILL QUERY WHERE query_id = 'of-writer' SYNC");
    expect(await product).toMatchObject({ code: 394 });
  });

  test('is ended when its client goes away', async () => {
    const asked = open(endless, { query_id: 'left' });
    await untilRunning(['left']);
    asked.destroy();
    await untilRunning([]);
  });

  test('is ended when its client goes away in the middle of the answer', async () => {
    const asked = open('SELECT number FROM numbers(100000000000)', { query_id: 'half-read' });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    await once(response, 'data');
    asked.destroy();
    await untilRunning([]);
  });

  test('is ended when its client takes nothing for too long', async () => {
    const asked = open('SELECT number FROM numbers(100000000000)', { query_id: 'stalled' });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.pause();
    await untilRunning([]);
    response.on('error', () => undefined);
    asked.destroy();
  });

  test('has its id for itself', async () => {
    const first = endpoint.ask('writer', endless, { query_id: 'taken' });
    await untilRunning(['taken']);
    expect(await endpoint.ask('writer', 'SELECT 1', { query_id: 'taken' })).toMatchObject({ code: 216 });
    await endpoint.text('writer', "KILL QUERY WHERE query_id = 'taken' SYNC");
    expect(await first).toMatchObject({ code: 394 });
  });

  test('holds up neither inserts nor another user, while others of its own wait for their turn', async () => {
    await endpoint.text('writer', 'CREATE OR REPLACE TABLE resonant.t (a UInt64) ENGINE = MergeTree ORDER BY a');
    const four = ['1', '2', '3', '4'].map((id) => endpoint.ask('writer', endless, { query_id: id }));
    await until(
      'four queries',
      async () => {
        // A fifth would wait, also one about processes.
        const { status } = await endpoint.ask('writer', '', { query: 'SELECT 1', query_id: '4' });
        if (status === 200) throw new Error('not yet');
      },
      { withinMs: 10_000 },
    );
    const waiting = endpoint.ask('writer', 'SELECT 5');
    expect(await endpoint.text('analyst', 'SELECT 6')).toBe('6\n');
    for (const a of [1, 2, 3]) await endpoint.text('writer', `INSERT INTO resonant.t VALUES (${a})`);
    await endpoint.text('writer', "KILL QUERY WHERE query_id = '2' SYNC");
    expect((await waiting).text).toBe('5\n');
    await endpoint.text('writer', "KILL QUERY WHERE query_id IN ('1', '3', '4') SYNC");
    for (const answer of four) expect((await answer).code).toBe(394);
    expect(await endpoint.text('writer', 'SELECT count() FROM resonant.t')).toBe('3\n');
  });
});

test('an answer is handed on as it comes, however large it is', async () => {
  const asked = open('SELECT number, repeat(toString(number), 10) FROM numbers(4000000)');
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const before = rssMegabytes();
  let bytes = 0;
  let most = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    most = Math.max(most, rssMegabytes());
  }
  expect(bytes).toBe(303_777_790);
  // Held in memory it would take more than its length.
  expect(most - before).toBeLessThan(200);
}, 60_000);

test('32 clients at once, one of which vanishes, get each their own answers', async () => {
  await endpoint.text('writer', 'CREATE DATABASE own');
  await endpoint.text(
    'writer',
    'CREATE OR REPLACE TABLE own.c (client UInt64, n UInt64) ENGINE = MergeTree ORDER BY n',
  );
  const vanishing = open(endless, { query_id: 'vanishing' });
  const sums = await Promise.all(
    Array.from({ length: 32 }, async (_, client) => {
      if (client === 7) vanishing.destroy();
      await endpoint.ask('writer', `{"client":${client},"n":${client * 2}}`, {
        query: 'INSERT INTO own.c FORMAT JSONEachRow',
      });
      const answers: string[] = [];
      for (let n = 0; n < 5; n++) {
        const user = n % 2 === 0 ? 'analyst' : 'writer';
        answers.push(
          await endpoint.text(user, 'SELECT {c:UInt32} * 1000 + {n:UInt32} FROM c WHERE client = {c:UInt32}', {
            param_c: String(client),
            param_n: String(n),
            database: 'own',
          }),
        );
      }
      return answers.map(Number);
    }),
  );
  expect(sums).toEqual(Array.from({ length: 32 }, (_, client) => [0, 1, 2, 3, 4].map((n) => client * 1000 + n)));
  expect(await endpoint.text('writer', 'SELECT count(), sum(n) FROM own.c')).toBe('32\t992\n');
  await untilRunning([]);
}, 60_000);

test('clients that go away at any moment leave nothing behind', async () => {
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      Array.from({ length: 16 }, async (_, n) => {
        const asked = open('SELECT number FROM numbers(900000)');
        const closed = new Promise((resolve) => asked.once('close', resolve));
        await new Promise((resolve) => setTimeout(resolve, n * 2));
        asked.destroy();
        await closed;
      }),
    );
  }
  await untilRunning([]);
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => endpoint.text('writer', `SELECT ${n}, sleep(0.1)`)));
  expect(answers).toEqual([1, 2, 3, 4, 5].map((n) => `${n}\t0\n`));
}, 60_000);

describe('a folder', () => {
  test('is used by one endpoint at a time', async () => {
    const { folder } = endpoint;
    await expect(startClickHouse({ folder, port: 9555 })).rejects.toThrow(
      `The data folder ${folder} is in use by process ${process.pid}`,
    );
  });

  test('is refused to a second process, in a sentence that names the first', async () => {
    const second = spawn(process.execPath, [join(import.meta.dirname, '../../src/clickhouse/main.ts')], {
      env: {
        ...process.env,
        CLICKHOUSE_DATA: join(endpoint.folder, 'clickhouse'),
        PORT: '9555',
        CLICKHOUSE_WRITER_PASSWORD: endpoint.passwords.writer,
        CLICKHOUSE_ANALYST_PASSWORD: endpoint.passwords.analyst,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [said, [code]] = await Promise.all([text(second.stdout), once(second, 'exit')]);
    expect(code).toBe(1);
    expect(said).toContain(`${join(endpoint.folder, 'clickhouse')} are in use by process ${endpoint.pid()}: `);
  });

  test('keeps what was stored when the endpoint is killed, and it comes back by itself', async () => {
    await endpoint.text('writer', 'CREATE OR REPLACE TABLE resonant.k (a UInt64) ENGINE = MergeTree ORDER BY a');
    for (let a = 0; a < 20; a++) await endpoint.text('writer', `INSERT INTO resonant.k VALUES (${a})`);
    await endpoint.kill('SIGKILL');
    await endpoint.whenReady();
    expect(await endpoint.text('writer', 'SELECT count(), sum(a) FROM resonant.k')).toBe('20\t190\n');
    expect(endpoint.lines.filter((line) => line === 'clickhouse is back')).toHaveLength(1);
  }, 30_000);
});

test('SIGTERM lets an insert that has come end, cancels what would not, and stores the query log', async () => {
  const own = await testEndpoint(9556, { STOP_SECONDS: '1' });
  await own.text(
    'writer',
    `CREATE TABLE resonant.queries (query_id String, user String, asked_at DateTime64(3, 'UTC'), statement String,
      parameters Map(String, String), duration_ms UInt64, n_rows UInt64, code Int32) ENGINE = MergeTree ORDER BY asked_at`,
  );
  await own.text('writer', 'CREATE TABLE resonant.s (a UInt64) ENGINE = MergeTree ORDER BY a');
  const slow = own.ask('writer', 'INSERT INTO resonant.s SELECT number FROM numbers(10) WHERE sleepEachRow(0.05) = 0');
  const never = own.ask('analyst', endless, { query_id: 'never' });
  await until(
    'both',
    async () => {
      const text = await own.text('writer', 'SELECT count() FROM system.processes');
      if (text !== '3\n') throw new Error(text);
    },
    { withinMs: 10_000 },
  );
  const stopped = own.halt();
  expect(await slow).toMatchObject({ status: 200 });
  expect(await never).toMatchObject({ code: 394 });
  await stopped;
  expect(readFileSync(join(own.folder, 'logs', 'clickhouse.log'), 'utf8')).toMatch(/stopped\n$/);
  await own.restart();
  expect(await own.text('writer', 'SELECT count() FROM resonant.s')).toBe('10\n');
  expect(await own.text('writer', "SELECT code FROM resonant.queries WHERE query_id = 'never'")).toBe('394\n');
  await own.end();
}, 60_000);
