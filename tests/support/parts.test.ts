import { expect, test } from '@jest/globals';
import { parts, type Surroundings } from './parts.ts';

const local = {
  KAFKA_BROKERS: '127.0.0.1:7610',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:7612',
  REDIS_URL: 'redis://127.0.0.1:7613',
};
const contained = { KAFKA_BROKERS: 'docker:1', SCHEMA_REGISTRY_URL: 'http://docker:2', REDIS_URL: 'redis://docker:3' };

const surroundings = (docker: boolean, env: Surroundings['env']): Surroundings => ({
  env,
  dockerAnswers: async () => docker,
  startContainers: async () => ({ env: contained, stop: async () => undefined }),
});

test('containers are taken when a Docker daemon answers', async () => {
  expect(await parts(surroundings(true, local))).toMatchObject({ env: contained, from: 'containers' });
});

test('the local stack is taken when none answers', async () => {
  expect(await parts(surroundings(false, local))).toMatchObject({ env: local, from: 'local stack' });
});

test('with neither, the test fails and says how to run it', async () => {
  await expect(parts(surroundings(false, { ...local, REDIS_URL: '' }))).rejects.toThrow(
    'No Docker daemon answers, and REDIS_URL is not set: run the test with "npm test -- PATTERN"',
  );
});
