import { expect, test } from '@jest/globals';
import { heldSayer } from '../src/held.ts';

test('says once that time waits and for what, and once that it goes on', () => {
  const said: unknown[] = [];
  const logger = {
    warn: (fields: object, message: string) => said.push([message, fields]),
    info: (message: string) => said.push(message),
  };
  const say = heldSayer(logger as unknown as Parameters<typeof heldSayer>[0]);
  const waiting = { topic: 'resonant.touchpoints.crm.v1', partition: 2, offset: 17, arrivedAt: Date.UTC(2026, 2, 2) };
  say(undefined);
  say(waiting);
  say({ ...waiting, offset: 18 });
  say(undefined);
  say(undefined);
  expect(said).toEqual([
    [
      'time waits for touchpoints that services/signals has not passed',
      { topic: 'resonant.touchpoints.crm.v1', partition: 2, offset: 17, arrivedAt: '2026-03-02T00:00:00.000Z' },
    ],
    'time goes on: no touchpoint waits',
  ]);
});
