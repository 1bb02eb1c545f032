import { describe, expect, test } from '@jest/globals';
import { isResonantError } from '@resonant/contracts';
import { z } from 'zod';
import { commonConfig, describeConfig, loadConfig, redisUrl } from '../src/index.ts';

const schema = z.object({ ...commonConfig, REDIS_URL: redisUrl(), TOKEN: z.string().min(8).optional() });
const good = {
  KAFKA_BROKERS: 'a:1, b:2',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:7812/apis/ccompat/v7',
  PORT: '7800',
  REDIS_URL: 'redis://127.0.0.1:7813',
};

const problemsOf = (env: Record<string, string>): string => {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (isResonantError(error, 'invalid-configuration')) return error.message;
    throw error;
  }
  return '';
};

describe('loadConfig', () => {
  test('reads variables and fills in defaults', () => {
    expect(loadConfig(schema, good)).toEqual({
      KAFKA_BROKERS: ['a:1', 'b:2'],
      SCHEMA_REGISTRY_URL: good.SCHEMA_REGISTRY_URL,
      HOST: '127.0.0.1',
      PORT: 7800,
      READINESS: 'required',
      LOG_LEVEL: 'info',
      REDIS_URL: good.REDIS_URL,
    });
  });

  test('takes an empty variable for a missing one', () => {
    expect(loadConfig(schema, { ...good, HOST: '' }).HOST).toBe('127.0.0.1');
  });

  test('names every problem in one message', () => {
    const message = problemsOf({ KAFKA_BROKERS: ' , ', SCHEMA_REGISTRY_URL: 'nonsense', PORT: '70000' });
    expect(message.split('\n')).toHaveLength(4);
    for (const name of ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'PORT', 'REDIS_URL: is missing']) {
      expect(message).toContain(name);
    }
  });

  test('never prints a value, since it may be a secret', () => {
    const message = problemsOf({ ...good, REDIS_URL: 'http://:hunter2@host', TOKEN: 'hunter2' });
    expect(message).toContain('REDIS_URL');
    expect(message).toContain('TOKEN');
    expect(message).not.toContain('hunter2');
  });

  test.each(['-1', '1.5', '7e3', 'x'])('refuses %s as a port', (PORT) => {
    expect(problemsOf({ ...good, PORT })).toMatch(/^PORT: /);
  });
});

test('describeConfig says what each variable is and its default', () => {
  const text = describeConfig(schema);
  expect(text).toContain('HOST                 address to listen on (default 127.0.0.1)');
  expect(text).toContain('REDIS_URL            Redis, e.g. redis://127.0.0.1:6379');
});
