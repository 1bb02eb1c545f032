import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { servicesStatus } from '../src/status/services.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A service that answers these paths. */
async function serving(answers: Readonly<Record<string, unknown>>): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(JSON.stringify(answer ?? {}));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('says by how much time is held, for which touchpoint, what is restored and what has stopped', async () => {
  const at = (partition: number) => ({ topic: 'resonant.signals.lead.v1', partition, state: 'running', heldMs: 0 });
  const processor = await serving({
    '/readyz': {},
    '/v1/status': {
      waitingFor: {
        topic: 'resonant.touchpoints.crm.v1',
        partition: 2,
        offset: 17,
        arrivedAt: '2026-03-02T00:00:00.000Z',
      },
      tasks: [
        { ...at(0), heldMs: 61_000, restoring: null, problem: null },
        { ...at(1), state: 'restoring', restoring: { position: 40, to: 90 }, problem: null },
        { ...at(2), state: 'stopped', restoring: null, problem: 'its log begins at offset 5' },
      ],
    },
  });
  const other = await serving({ '/readyz': {} });
  const services = await servicesStatus((name) => (name === 'processor' ? processor : other));
  expect(services.find(({ name }) => name === 'processor')).toEqual({
    name: 'processor',
    url: processor,
    state: 'ready',
    reason: null,
    held: [{ task: 'resonant.signals.lead.v1/0', heldMs: 61_000 }],
    waitingFor: 'resonant.touchpoints.crm.v1/2, offset 17, arrived 2026-03-02T00:00:00.000Z',
    restoring: [{ task: 'resonant.signals.lead.v1/1', position: 40, to: 90 }],
    problems: ['resonant.signals.lead.v1/2 (stopped): its log begins at offset 5'],
  });
  expect(services.find(({ name }) => name === 'ingest')).toMatchObject({ held: [], waitingFor: null, restoring: [] });
});
