import { expect, test } from '@jest/globals';
import { probe } from '../src/index.ts';

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('not within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

test('a dependency that refuses is away until it answers again', async () => {
  let isThere = true;
  let asked = 0;
  const watched = probe(
    'the log',
    async () => {
      asked++;
      if (!isThere) throw new Error('refused');
    },
    {
      everyMs: 5,
    },
  );
  await until(() => asked > 1);
  expect(watched.reason()).toBeUndefined();
  isThere = false;
  await until(() => watched.reason() === 'the log does not answer: refused');
  isThere = true;
  await until(() => watched.reason() === undefined);
  watched.stop();
});

test('a dependency that does not answer in time is away, and is not asked a second time meanwhile', async () => {
  let asked = 0;
  const answer = Promise.withResolvers<void>();
  const ask = () => {
    asked++;
    return answer.promise;
  };
  const watched = probe('the log', ask, { everyMs: 5, limitMs: 20 });
  await until(() => watched.reason() === 'the log has not answered for 20 ms');
  expect(asked).toBe(1);
  answer.resolve();
  await until(() => watched.reason() === undefined);
  watched.stop();
});
