import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Methods and paths that change nothing, though they are POSTs: look-up and compatibility check. */
const reads = /^\/apis\/ccompat\/v\d+\/(subjects\/[^/]+|compatibility\/.*)$/;
const registration = /^\/apis\/ccompat\/v\d+\/subjects\/([^/]+)\/versions$/;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Stands before the registry, whose storage is memory only: a change is answered once it is on disk, so that an id
 * which somebody has written into a record never gets lost or given twice.
 */
export class RegistryGate {
  readonly #behind: string;
  readonly #save: () => Promise<void>;
  readonly #server: Server;
  readonly #saved = new Set<string>();
  #changing: Promise<unknown> = Promise.resolve();
  #open = false;
  #saving: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param behind the registry's own URL; @param save puts its content on disk */
  constructor(behind: string, save: () => Promise<void>) {
    this.#behind = behind;
    this.#save = save;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens; answers 503 until opened. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  open(): void {
    this.#open = true;
  }

  shut(): void {
    this.#open = false;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request).catch((error: Error) => unavailable(error.message));
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!this.#open) return unavailable('the schema registry is starting');
    const method = request.method ?? 'GET';
    const reading = method === 'GET' || method === 'HEAD';
    const answer = await (reading
      ? this.#forward(request, chunks)
      : this.#inTurn(() => this.#forward(request, chunks)));
    if (answer.status < 300 && !reading) {
      const path = (request.url ?? '').replace(/\?.*$/, '');
      await this.#keep(method, path, answer.body.toString());
    }
    return answer;
  }

  async #forward(request: IncomingMessage, chunks: readonly Buffer[]): Promise<Answer> {
    const sent = await fetch(`${this.#behind}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json', accept: '*/*' },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      signal: AbortSignal.timeout(30_000),
    });
    return {
      status: sent.status,
      type: sent.headers.get('content-type') ?? 'application/json',
      body: Buffer.from(await sent.arrayBuffer()),
    };
  }

  /** One change after another: of two first registrations of a subject at once, the registry refuses one. */
  #inTurn(change: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#changing.then(change);
    // Whoever asked for this change is told that it failed; the next one only waits for its end.
    this.#changing = answer.catch(() => undefined);
    return answer;
  }

  async #keep(method: string, path: string, body: string): Promise<void> {
    if (method === 'POST' && reads.test(path)) return;
    const subject = method === 'POST' ? registration.exec(path)?.[1] : undefined;
    const known = subject === undefined ? undefined : `${subject} ${body}`;
    if (known !== undefined && this.#saved.has(known)) return;
    await this.#saveSoon();
    if (known !== undefined) this.#saved.add(known);
  }

  /** A save that begins after this call; callers that wait for one under way share the next. */
  #saveSoon(): Promise<void> {
    this.#next ??= this.#saving
      // Those who wait for that save are told that it failed; here only its end counts.
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#saving = this.#save();
        return this.#saving;
      });
    return this.#next;
  }
}

const unavailable = (reason: string): Answer => ({
  status: 503,
  type: 'application/json',
  body: Buffer.from(JSON.stringify({ error_code: 50301, message: reason })),
});
