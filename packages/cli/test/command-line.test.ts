import { Readable, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Io } from '../src/command.ts';
import { runCommandLine } from '../src/command-line.ts';
import { commandFiles, commandsUnder, findCommand, loadCommand, nearest } from '../src/registry.ts';

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += chunk;
        done();
      },
    });
  const io: Io = {
    stdin: Readable.from([]),
    stdout: into('out'),
    stderr: into('err'),
    env: { RESONANT_DATA: '/nowhere' },
    signal: new AbortController().signal,
  };
  return { code: await runCommandLine(words, io), ...texts };
}

describe('the commands', () => {
  test('are each named as their file, explained in one line, and have examples', async () => {
    const commands = await Promise.all(commandFiles.map(loadCommand));
    expect(commands.map(({ name }) => name.replaceAll(' ', '-'))).toEqual(commandFiles);
    expect(commands.filter(({ summary }) => summary.includes('\n') || summary.length > 100 || summary === '')).toEqual(
      [],
    );
    expect(commands.filter(({ help }) => !/\bexamples?\b|\$ resonant/i.test(help)).map(({ name }) => name)).toEqual([]);
    expect(commands.filter(({ help }) => !help.endsWith('\n')).map(({ name }) => name)).toEqual([]);
  });

  test('are found by the longest name', () => {
    const files = ['keys-create', 'keys', 'doctor'];
    expect(findCommand(['keys', 'create', '--name', 'x'], files)).toEqual({
      file: 'keys-create',
      args: ['--name', 'x'],
    });
    expect(findCommand(['keys', 'other'], files)).toEqual({ file: 'keys', args: ['other'] });
    expect(findCommand(['doctor', '--base', '1'], files)).toEqual({ file: 'doctor', args: ['--base', '1'] });
    expect(findCommand(['other'], files)).toBeUndefined();
  });

  test('are listed by their first word', () => {
    const files = ['keys-create', 'keys-list', 'keyspace', 'doctor'];
    expect(commandsUnder(['keys'], files)).toEqual(['keys-create', 'keys-list']);
  });
});

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])(
    'resonant %j lists every command on standard output',
    async (words) => {
      const { code, out, err } = await run(...words);
      expect([code, err]).toEqual([0, '']);
      for (const name of ['doctor', 'keys create', 'log export', 'replay', 'status', 'tail'])
        expect(out).toContain(`  ${name} `);
    },
  );

  test.each([[['doctor', '--help']], [['help', 'doctor']], [['doctor', '-h']]])(
    'resonant %j explains it',
    async (words) => {
      const { code, out } = await run(...words);
      expect(code).toBe(0);
      expect(out).toContain('resonant doctor [--base PORT]');
    },
  );

  test('the first word of several commands alone lists them and is not a success', async () => {
    const { code, out, err } = await run('keys');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('keys create');
    expect(err).not.toContain('doctor');
  });
});

describe('a wrong call', () => {
  test.each([
    ['doctr', 'did you mean "doctor"?'],
    ['keys creat', 'did you mean "keys create"?'],
    ['log exprot', 'did you mean "log export"?'],
    ['dead-letter list', 'did you mean "dead-letters list"?'],
    ['xyzzy', 'There is no command "xyzzy"\n'],
  ])('resonant %s exits with 2 and says: %s', async (typed, said) => {
    const { code, err } = await run(...typed.split(' '));
    expect(code).toBe(2);
    expect(err).toContain(said);
  });

  test('names the unknown option and points to the help', async () => {
    const { code, err } = await run('doctor', '--bass', '7400');
    expect(code).toBe(2);
    expect(err).toBe("Unknown option '--bass'\nSee: resonant doctor --help\n");
  });

  test('points to the help under the name of the command, whatever its file is called', async () => {
    const { code, err } = await run('dead-letters', 'show');
    expect([code, err]).toEqual([2, 'which one? give its id\nSee: resonant dead-letters show --help\n']);
  });

  test.each([
    [
      ['query', 'SELECT 1', '--clickhouse-url', 'nonsense'],
      'URL is expected to be like http://127.0.0.1:7415, got nonsense',
    ],
    [['history', 'verify', '--clickhouse-url', 'ftp://x'], 'got ftp://x'],
    [
      ['rules', 'backtest', '/nowhere/x.yaml', '--from', '1d', '--to', 'now'],
      '/nowhere/x.yaml: ENOENT: no such file or directory',
    ],
  ])('%j says what was expected and shows no stack', async (words, said) => {
    const { code, err } = await run(...words);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test.each([
    [['keys', 'create', '--scope', 'admin'], '--name is missing'],
    [['keys', 'create', '--name', 'x'], '--scope is missing'],
    [['keys', 'create', '--name', 'x', '--scope', 'admin', '--expires', 'soon'], '--expires expects a span'],
    [['keys', 'revoke'], 'the id of the key is missing'],
    [['keys', 'revoke', 'a', 'b'], 'unexpected argument b'],
    [['doctor', '--base', 'x'], '--base expects a whole number'],
    [['doctor', '--base', '99999'], '--base expects a port from 1024 to 65500, got 99999'],
    [['offsets', 'skip-lost', '--group', 'g'], '--topic is missing'],
  ])('resonant %j exits with 2', async (words, said) => {
    const { code, err } = await run(...words);
    expect([code, err.includes(said)]).toEqual([2, true]);
  });

  test('without a local stack and without settings says what to do, and exits with 1', async () => {
    const { code, err } = await run('keys', 'list');
    expect([code, err]).toEqual([
      1,
      'No local stack runs on /nowhere: run "npm start", or give --brokers or KAFKA_BROKERS.\n',
    ]);
  });
});

test.each([
  ['tial', 'tail'],
  ['replya', 'replay'],
  ['q', undefined],
])('what is nearest to %s is %s', (typed, name) => {
  expect(nearest(typed, ['tail', 'replay', 'status'])).toBe(name);
});
