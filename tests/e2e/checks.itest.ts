import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repository, serviceNames } from '@resonant/cli';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a service with one argument on the stack that the environment names. */
const service = (name: string, argument: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repository, 'services', name, 'src', 'main.ts'), argument], {
      env: { ...process.env, PORT: '0', CLICKHOUSE_FAMILY: 'embedded', HISTORY_MIGRATIONS: 'run', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      texts.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      texts.err += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });

describe.each(serviceNames)('%s --check', (name) => {
  test('says that all is well where it is', async () => {
    expect(await service(name, '--check')).toEqual({
      code: 0,
      out: `${name}: configuration and dependencies are fine\n`,
      err: '',
    });
  });

  test.each([
    ['Kafka', { KAFKA_BROKERS: '127.0.0.1:1' }, /a dependency cannot be used: Kafka: .*127\.0\.0\.1:1\n$/],
    [
      'the schema registry',
      { SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9/x' },
      /a dependency cannot be used: the schema registry at http:\/\/127\.0\.0\.1:9\/x does not answer.*\n$/,
    ],
  ])('names %s in one line when it is away', async (_part, env, line) => {
    const { code, out, err } = await service(name, '--check', env);
    expect([code, out, err.split('\n').length]).toEqual([1, '', 2]);
    expect(err).toMatch(line);
  });

  test('lists every problem of its configuration at once, without a value', async () => {
    const { code, err } = await service(name, '--check', { PORT: 'eighty', LOG_LEVEL: 'secret' });
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      `${name}: the configuration is not valid`,
      'PORT: expected a whole number',
      expect.stringMatching(/^LOG_LEVEL: .*expected one of/),
      '',
    ]);
    expect(err).not.toMatch(/eighty|secret/);
  });
});

test.each(['ingest', 'gateway'])('%s --check names Redis in one line when it is away', async (name) => {
  const { code, err } = await service(name, '--check', { REDIS_URL: 'redis://127.0.0.1:1' });
  expect([code, err]).toEqual([
    1,
    `${name}: a dependency cannot be used: Redis does not answer: connect ECONNREFUSED 127.0.0.1:1\n`,
  ]);
});
