import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

const files = {
  '/play': { name: 'play.html', type: 'text/html; charset=UTF-8' },
  '/play.js': { name: 'play.js', type: 'text/javascript; charset=UTF-8' },
  '/play.css': { name: 'play.css', type: 'text/css; charset=UTF-8' },
} as const;

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
} as const;

/** The page for a quick query, which needs nothing from elsewhere. */
export class Page {
  readonly #bodies = new Map<string, { readonly body: Buffer; readonly type: string }>(
    Object.entries(files).map(([path, { name, type }]) => [
      path,
      { body: readFileSync(join(import.meta.dirname, 'play', name)), type },
    ]),
  );

  has(path: string): boolean {
    return this.#bodies.has(path);
  }

  send(path: string, response: ServerResponse): void {
    const found = this.#bodies.get(path);
    response.writeHead(200, { ...headers, 'Content-Type': found?.type }).end(found?.body);
  }
}
