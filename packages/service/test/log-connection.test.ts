import { expect, test } from '@jest/globals';
import { checkLog, createLogger, logComponent, logSettings, type ReachableLog } from '../src/index.ts';

interface Away {
  kafka?: string;
  registry?: string;
}

/** A log of which parts can be taken away. */
function logWith(topics: readonly string[], away: Away = {}) {
  const state = { closed: 0 };
  const log: ReachableLog = {
    admin: async () => ({
      offsets: async (topic) => {
        if (away.kafka !== undefined) throw new Error(away.kafka);
        if (!topics.includes(topic)) throw new Error(`topic ${topic} does not exist`);
      },
    }),
    registry: {
      schemaById: async () => {
        if (away.registry !== undefined) throw new Error(away.registry);
      },
    },
    close: async () => {
      state.closed += 1;
    },
  };
  return { log, state };
}

test.each<[string, readonly string[], Away, string | undefined]>([
  ['everything is there', ['a', 'b'], {}, undefined],
  ['a topic is missing', ['a'], {}, 'Kafka: topic b does not exist'],
  ['Kafka is away', ['a', 'b'], { kafka: 'refused' }, 'Kafka: refused'],
  ['the registry is away', ['a', 'b'], { registry: 'the registry does not answer' }, 'the registry does not answer'],
])('a check where %s says so and closes the log', async (_name, topics, away, problem) => {
  const { log, state } = logWith(topics, away);
  const checked = await checkLog(log, ['a', 'b']).then(
    () => undefined,
    (error: Error) => error.message,
  );
  expect([checked, state.closed]).toEqual([problem, 1]);
});

test('the log is closed with its component, which gives the log itself', async () => {
  const { log, state } = logWith(['a']);
  const started = await logComponent(() => log, 'a').start();
  expect([started.value, started.ready?.(), state.closed]).toEqual([log, undefined, 0]);
  await started.stop?.();
  expect(state.closed).toBe(1);
});

test('what the client of the log says goes to the logger at its level', () => {
  const lines: unknown[] = [];
  const logger = createLogger('test', 'silent');
  logger.warn = (fields: object, message?: string) => void lines.push([fields, message]);
  const config = { KAFKA_BROKERS: ['a:1'], SCHEMA_REGISTRY_URL: 'http://r' };
  const { onLog, ...rest } = logSettings('resonant-lamp', config, logger);
  onLog('warn', 'fetching failed', { nodeId: 1 });
  expect(lines).toEqual([[{ nodeId: 1 }, 'fetching failed']]);
  expect(rest).toEqual({ brokers: ['a:1'], registryUrl: 'http://r', clientId: 'resonant-lamp' });
});
