import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { runCommandLine } from '../src/command-line.ts';

let server: WebSocketServer;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

test('a subscription that the gateway refuses is one sentence and exit code 1', async () => {
  server.on('connection', (socket) => {
    socket.send('{"type":"welcome"}');
    socket.on('message', () =>
      socket.send('{"type":"error","id":"alerts","detail":"from: expected latest, got banana","retryable":false}'),
    );
  });
  expect(await tail('--from', 'banana')).toEqual({
    code: 1,
    out: '',
    err: 'The alert stream was refused: from: expected latest, got banana\n',
  });
});

test('a subscription that cannot be had now is asked for again', async () => {
  let asked = 0;
  server.on('connection', (socket) => {
    socket.send('{"type":"welcome"}');
    socket.on('message', () => {
      asked += 1;
      if (asked === 1) return socket.send('{"type":"error","id":"alerts","detail":"Kafka is away","retryable":true}');
      socket.send('{"type":"subscribed","id":"alerts","cursor":"c","resumed":false}');
      socket.send(JSON.stringify({ type: 'alert', id: 'alerts', cursor: 'd', alert: { alertId: 'a' } }));
    });
  });
  expect(await tail('--count', '1', '--json')).toEqual({
    code: 0,
    out: '{"alertId":"a"}\n',
    err: 'reconnecting: Kafka is away\nstreaming: subscribed\n',
  });
});

test('a key that the gateway closes on is one sentence and exit code 1', async () => {
  server.on('connection', (socket) => socket.close(4003, 'forbidden'));
  expect(await tail()).toEqual({ code: 1, out: '', err: 'The alert stream was refused: closed with 4003 forbidden\n' });
});

async function tail(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += chunk;
        done();
      },
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const code = await runCommandLine(['tail', '--gateway-url', url, '--key', 'rsn_a_b', ...args], {
    stdin: Readable.from([]),
    stdout: into('out'),
    stderr: into('err'),
    env: { RESONANT_DATA: '/nowhere' },
    signal: new AbortController().signal,
  });
  return { code, ...texts };
}
