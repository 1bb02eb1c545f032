import { describe, expect, test } from '@jest/globals';
import { type Component, Components, createLogger, Health } from '../src/index.ts';

const quiet = createLogger('test', 'silent');

const recorded = (name: string, events: string[], over: { failStop?: boolean } = {}): Component<string> => ({
  name,
  start: async () => {
    events.push(`start ${name}`);
    return {
      value: name,
      stop: async () => {
        events.push(`stop ${name}`);
        if (over.failStop === true) throw new Error('stuck');
      },
    };
  },
});

describe('components', () => {
  test('give their value and stop in reverse order', async () => {
    const events: string[] = [];
    const components = new Components(new Health(), quiet);
    expect(await components.start(recorded('a', events))).toBe('a');
    await components.start(recorded('b', events));
    expect(await components.stop()).toEqual([]);
    expect(events).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  test('stop even when a later one does not', async () => {
    const events: string[] = [];
    const components = new Components(new Health(), quiet);
    await components.start(recorded('a', events));
    await components.start(recorded('b', events, { failStop: true }));
    expect((await components.stop()).map((error) => error.message)).toEqual(['b did not stop: stuck']);
    expect(events.slice(2)).toEqual(['stop b', 'stop a']);
  });

  test('name the one that does not start', async () => {
    const components = new Components(new Health(), quiet);
    const broken: Component<never> = { name: 'kafka', start: () => Promise.reject(new Error('refused')) };
    await expect(components.start(broken)).rejects.toThrow('kafka did not start: refused');
  });

  test('report the first failure while running', async () => {
    const components = new Components(new Health(), quiet);
    const failed = Promise.reject<never>(new Error('gone'));
    await components.start({ name: 'consumer', start: async () => ({ value: 1, failed }) });
    expect((await components.failure).message).toBe('consumer failed: gone');
  });

  test('are asked by health until they are stopped', async () => {
    const health = new Health();
    const components = new Components(health, quiet);
    let reason: string | undefined = 'catching up';
    await components.start({ name: 'table', start: async () => ({ value: 1, ready: () => reason }) });
    expect(health.reasons()).toEqual({ table: 'catching up' });
    reason = undefined;
    expect(health.reasons()).toEqual({});
    await components.start({ name: 'cache', start: async () => ({ value: 1, degraded: () => 'is cold' }) });
    expect([health.reasons(), health.degraded()]).toEqual([{}, { cache: 'is cold' }]);
    health.drain();
    expect(health.reasons()).toEqual({ service: 'is shutting down' });
  });
});
