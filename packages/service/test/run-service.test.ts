import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Host, runService, type ServiceDefinition } from '../src/index.ts';

const schema = z.object({
  COLOUR: z.enum(['red', 'green']).meta({ description: 'colour of the lamp' }),
  LOG_LEVEL: z.string().default('silent'),
});

class TestHost implements Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  output = '';
  readonly exits: number[] = [];
  readonly #listeners: ((signal: string) => void)[] = [];

  constructor(argv: readonly string[] = [], env: Readonly<Record<string, string>> = { COLOUR: 'red' }) {
    this.argv = argv;
    this.env = env;
  }
  write(_stream: 'stdout' | 'stderr', text: string): void {
    this.output += text;
  }
  onSignal(listener: (signal: string) => void): void {
    this.#listeners.push(listener);
  }
  exit(code: number): void {
    this.exits.push(code);
  }
  signal(name: string): void {
    for (const listener of this.#listeners) listener(name);
  }
}

const lamp = (over: Partial<ServiceDefinition<typeof schema>> = {}): ServiceDefinition<typeof schema> => ({
  name: 'lamp',
  config: schema,
  wire: async () => undefined,
  ...over,
});

describe('runService', () => {
  test('drains on SIGTERM: components stop in reverse order, exit 0', async () => {
    const host = new TestHost();
    const events: string[] = [];
    const part = (name: string) => ({
      name,
      start: async () => ({ value: name, stop: async () => void events.push(`stop ${name}`) }),
    });
    await runService(
      lamp({
        wire: async (w) => {
          events.push(`${await w.start(part('a'))} ${w.config.COLOUR}`);
          await w.start(part('b'));
          setImmediate(() => host.signal('SIGTERM'));
        },
      }),
      host,
    );
    expect(events).toEqual(['a red', 'stop b', 'stop a']);
    expect(host.exits).toEqual([0]);
  });

  test('rolls back what had started when a later component does not start, exit 1', async () => {
    const host = new TestHost();
    const events: string[] = [];
    await runService(
      lamp({
        wire: async (w) => {
          await w.start({ name: 'a', start: async () => ({ value: 1, stop: async () => void events.push('stop a') }) });
          await w.start({ name: 'b', start: () => Promise.reject(new Error('no')) });
        },
      }),
      host,
    );
    expect(events).toEqual(['stop a']);
    expect(host.exits).toEqual([1]);
  });

  test('exits with 1 when a component fails later', async () => {
    const host = new TestHost();
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    await runService(
      lamp({
        wire: async (w) => {
          await w.start({ name: 'a', start: async () => ({ value: 1, failed }) });
          setImmediate(() => fail(new Error('gone')));
        },
      }),
      host,
    );
    expect(host.exits).toEqual([1]);
  });

  test('a signal while starting stops what had started', async () => {
    const host = new TestHost();
    const events: string[] = [];
    await runService(
      lamp({
        wire: async (w) => {
          await w.start({ name: 'a', start: async () => ({ value: 1, stop: async () => void events.push('stop a') }) });
          host.signal('SIGINT');
          await w.start({ name: 'b', start: async () => ({ value: 1, stop: async () => void events.push('stop b') }) });
        },
      }),
      host,
    );
    expect(events).toEqual(['stop b', 'stop a']);
    expect(host.exits).toEqual([0]);
  });

  test('--help prints every variable and starts nothing', async () => {
    const host = new TestHost(['--help'], {});
    await runService(lamp({ wire: () => Promise.reject(new Error('started')) }), host);
    expect(host.output).toContain('COLOUR     colour of the lamp');
    expect(host.exits).toEqual([0]);
  });

  test.each([
    ['says so when all is well', ['--check'], { COLOUR: 'red' }, undefined, 0, 'are fine'],
    ['names a dependency that is away', ['--check'], { COLOUR: 'red' }, 'Kafka is away', 1, 'Kafka is away'],
    ['refuses a wrong configuration', ['--check'], { COLOUR: 'blue' }, undefined, 2, 'COLOUR'],
    ['does not start on a wrong configuration', [], {}, undefined, 2, 'COLOUR: is missing'],
    ['does not start on an unknown argument', ['--chekc'], { COLOUR: 'red' }, undefined, 2, 'unknown argument --chekc'],
  ])('%s', async (_name, argv, env, away, code, text) => {
    const host = new TestHost(argv, env as Record<string, string>);
    const check = async () => {
      if (away !== undefined) throw new Error(away);
    };
    await runService(lamp({ check, wire: () => Promise.reject(new Error('started')) }), host);
    expect(host.exits).toEqual([code]);
    expect(host.output).toContain(text);
  });
});
