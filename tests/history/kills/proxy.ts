import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a proxy does to a call that it was told to spoil. */
export const spoilings = [
  /** Answers 500; ClickHouse never sees the call. */
  'refused',
  /** ClickHouse does it; the answer is lost. */
  'answer lost',
  /** ClickHouse does it; the caller hears 500. */
  'answer replaced by 500',
] as const;

export type Spoiling = (typeof spoilings)[number];

/** Stands between writers and ClickHouse. */
export interface SpoilingProxy {
  readonly url: string;
  /** The next insert is spoilt so. */
  spoilNext(how: Spoiling): void;
  /** What was spoilt so far. */
  readonly spoilt: readonly Spoiling[];
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function startProxy(target: string): Promise<SpoilingProxy> {
  const waiting: Spoiling[] = [];
  const spoilt: Spoiling[] = [];
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const isInsert = /query=INSERT/i.test(incoming.url ?? '');
    const spoiling = isInsert ? waiting.shift() : undefined;
    if (spoiling !== undefined) spoilt.push(spoiling);
    if (spoiling === 'refused') {
      outgoing.writeHead(500).end('out of order');
      return;
    }
    const answer = await call(target, incoming, body);
    if (spoiling === 'answer lost') outgoing.destroy();
    else if (spoiling === 'answer replaced by 500') outgoing.writeHead(500).end('out of order');
    else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spoilNext: (how) => void waiting.push(how),
    spoilt,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const call = (target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = headers;
    const passed = { ...rest, host: new URL(target).host, 'content-length': String(body.length) };
    const onwards = request(new URL(url ?? '/', target), { method, headers: passed }, (answer) => {
      const { 'transfer-encoding': _answered, ...kept } = answer.headers;
      buffer(answer).then((bytes) => resolve({ status: answer.statusCode ?? 500, headers: kept, body: bytes }), reject);
    });
    onwards.once('error', reject);
    onwards.end(body);
  });
