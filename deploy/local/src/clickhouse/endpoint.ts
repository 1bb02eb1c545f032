import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { clickhouseUsers } from '@resonant/cli';
import { catalogStatements } from './analyst-catalog.ts';
import type { Config } from './config.ts';
import { Engine } from './engine.ts';
import { Exchange } from './exchange.ts';
import { Execution, ownDatabase } from './execution.ts';
import { takeLock } from './folder-lock.ts';
import { Front } from './front.ts';
import { limits } from './limits.ts';
import { Page } from './page.ts';
import { QueryError } from './query-error.ts';
import { QueryLog } from './query-log.ts';
import { Users } from './users.ts';

/** A ClickHouse endpoint that serves. */
export interface Endpoint {
  readonly port: number;
  readonly version: string;
  /** Begins nothing new, lets what runs come to its end within bounds, stores the query log, shuts the engine down. */
  stop(): Promise<void>;
}

/** Starts the engine on its folder and listens; rejects if the folder or the port is in use. */
export async function startEndpoint(config: Config, onLine: (line: string) => void): Promise<Endpoint> {
  const release = takeLock(config.CLICKHOUSE_DATA);
  const engine = new Engine(join(config.CLICKHOUSE_DATA, 'engine'));
  const exchange = new Exchange(
    join(config.CLICKHOUSE_DATA, 'exchange'),
    clickhouseUsers.length * config.MAX_CONCURRENT_QUERIES,
  );
  const { version, tableFunctions } = await engine.prepare(ownDatabase, catalogStatements);
  const execution = new Execution(engine, config, exchange, tableFunctions);
  const queryLog = new QueryLog({
    database: ownDatabase,
    everyMs: config.QUERY_LOG_SECONDS * 1000,
    insert: (sql, rows) => execution.insertOwn(sql, rows),
    onLine,
  });
  const front = new Front({
    config,
    users: new Users({ writer: config.CLICKHOUSE_WRITER_PASSWORD, analyst: config.CLICKHOUSE_ANALYST_PASSWORD }),
    execution,
    page: new Page(),
    version,
    log: (query) => queryLog.add(query),
  });
  const server = createServer({ maxHeaderSize: limits.headerBytes, requestTimeout: 300_000 }, (request, response) => {
    response.on('error', () => undefined);
    void front.handle(request, response).catch((error: Error) => {
      onLine(`a request could not be answered: ${error.stack}`);
      response.destroy();
    });
  });
  server.on('clientError', refuseUnreadable);
  server.maxConnections = limits.connections;
  // Longer than clients keep a connection, or they would send into one that is just being closed.
  server.keepAliveTimeout = 30_000;
  server.listen(config.PORT, config.HOST);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    version,
    stop: async () => {
      front.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await execution.stop(config.STOP_SECONDS * 1000);
      await queryLog.close();
      setTimeout(() => server.closeAllConnections(), 1000).unref();
      await closed;
      engine.close();
      release();
    },
  };
}

/** What is no HTTP, or longer than a head may be, gets an answer that says so before its connection is closed. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, why] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', `Request line and headers are longer than ${limits.headerBytes} bytes`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request did not come to its end in time']
        : ['400 Bad Request', 'The request is no HTTP: letters beyond ASCII are written as %XX in a URL'];
  const { code, message } = new QueryError('BAD_ARGUMENTS', `${why}: put the statement into the body of a POST`);
  const body = `${message}\n`;
  // A reset for bytes that nobody reads would overtake the answer.
  socket.resume();
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=UTF-8\r\n` +
      `X-ClickHouse-Exception-Code: ${code}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
