import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { openSocket } from '../src/broker/socket.ts';

test('a socket that the client gives up again and again after it is gone waits for no connection', async () => {
  const server = createServer((peer) => peer.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let connections = 0;
  const onConnect = () => {
    connections++;
  };
  const socket = openSocket({ host: '127.0.0.1', port, onConnect });
  await once(socket, 'connect');
  socket.destroy();
  await once(socket, 'close');
  for (let time = 0; time < 20; time++) socket.unref();
  expect([connections, socket.listenerCount('connect')]).toEqual([1, 0]);
  server.close();
});
