import { expect, test } from '@jest/globals';
import { buildApp, createLogger, Health, Metrics, maxFrameBytes, registerWebsocket } from '../src/index.ts';

test('a websocket speaks the chosen subprotocol, without compression, and closes on a frame over 64 KiB', async () => {
  const app = await buildApp({
    logger: createLogger('test', 'silent'),
    metrics: new Metrics(),
    health: new Health(),
    routes: async (routes) => {
      await registerWebsocket(routes, {
        chooseProtocol: (offered) => (offered.has('resonant.v1') ? 'resonant.v1' : false),
      });
      routes.get('/v1/stream', { websocket: true }, (socket) => {
        socket.on('message', (data) => socket.send(String(String(data).length)));
      });
    },
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, ['resonant.v1']);
  const messages: string[] = [];
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', (event) => resolve(event.code)));
  const first = new Promise<void>((resolve) =>
    socket.addEventListener('message', (event) => {
      messages.push(String(event.data));
      resolve();
    }),
  );
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send('x'.repeat(maxFrameBytes));
  await first;
  socket.send('x'.repeat(maxFrameBytes + 1));
  expect(await closed).toBe(1009);
  expect([messages, socket.protocol, socket.extensions]).toEqual([['65536'], 'resonant.v1', '']);
  await app.close();
});
