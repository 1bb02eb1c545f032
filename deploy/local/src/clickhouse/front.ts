import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import type { Engine } from './engine.ts';

const codeOf = (message: string): number => Number(/Code: (\d+)/.exec(message)?.[1] ?? 1001);

/** Speaks ClickHouse's HTTP protocol for the engine. */
export function front(engine: Engine, password: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://local');
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    const basic = Buffer.from(request.headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    const given = Buffer.from(basic);
    const expected = Buffer.from(`writer:${password}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      response.writeHead(403, { 'X-ClickHouse-Exception-Code': '516' });
      response.end('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)\n');
      return;
    }
    const plain = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    const body = await buffer(plain);
    const query = url.searchParams.get('query');
    const session = engine.open();
    try {
      const parameters = [...url.searchParams].filter(([name]) => name.startsWith('param_'));
      const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
      const sets = [
        `USE ${url.searchParams.get('database') ?? 'default'}`,
        ...parameters.map(([name, value]) => `SET ${name} = ${text(value)}`),
      ];
      await session.run(sets.join(';'));
      if (/^\s*insert\b/i.test(query ?? body.subarray(0, 200).toString())) {
        const { rowsWritten, bytesWritten } = await session.insert(
          // The engine puts a line's end between text and data.
          query === null ? '' : query.trimEnd(),
          body,
        );
        response.setHeader(
          'X-ClickHouse-Summary',
          JSON.stringify({ written_rows: String(rowsWritten), written_bytes: String(bytesWritten) }),
        );
        response.end();
      } else {
        const sql = query === null ? body.toString() : `${query}\n${body}`;
        const { bytes } = await session.run(sql, url.searchParams.get('default_format') ?? 'TabSeparated');
        response.end(bytes);
      }
    } catch (error) {
      const { message } = error as Error;
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': String(codeOf(message)) });
      response.end(`${message}\n`);
    } finally {
      session.close();
    }
  };
}
