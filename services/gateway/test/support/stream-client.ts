import { WebSocket } from 'ws';

/** A frame as it came. */
export interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly cursor: string;
  readonly alert: { readonly alertId: string; readonly seq: number; readonly [name: string]: unknown };
  readonly [name: string]: unknown;
}

export interface ConnectOptions {
  readonly key?: string;
  readonly ticket?: string;
  readonly origin?: string;
  readonly protocols?: readonly string[];
}

/** The stock client with what it has received. */
export class StreamClient {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  closed: { readonly code: number; readonly reason: string } | undefined;
  #changed: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
    socket.on('error', () => this.#wake());
  }

  /** Resolves after `welcome`; rejects with the HTTP status as message if the upgrade is refused. */
  static async connect(url: string, options: ConnectOptions): Promise<StreamClient> {
    const { key, ticket, origin, protocols = ['resonant.v1'] } = options;
    const query = ticket === undefined ? '' : `?ticket=${ticket}`;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/stream${query}`, [...protocols], {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      ...(origin === undefined ? {} : { origin }),
    });
    const client = new StreamClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Error(String(response.statusCode)));
      });
      socket.once('error', reject);
    });
    await client.until(() => client.frames.length > 0);
    return client;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Subscribes and resolves with the answer, `subscribed` or `error`. */
  async subscribe(id: string, rest: Record<string, unknown> = {}): Promise<Frame> {
    this.send({ type: 'subscribe', id, ...rest });
    return this.frame((frame) => frame.id === id && (frame.type === 'subscribed' || frame.type === 'error'));
  }

  /** The first frame, of those that came and will come, that fits. */
  async frame(fits: (frame: Frame) => boolean, withinMs = 30_000): Promise<Frame> {
    await this.until(() => this.frames.some(fits), withinMs);
    return this.frames.find(fits) as Frame;
  }

  ofType(type: string, id?: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === type && (id === undefined || frame.id === id));
  }

  alertIds(id?: string): readonly string[] {
    return this.ofType('alert', id).map(({ alert }) => alert.alertId);
  }

  /** Resolves when the condition holds; checked after everything that arrives. */
  async until(holds: () => boolean, withinMs = 30_000): Promise<void> {
    const end = Date.now() + withinMs;
    while (!holds()) {
      const left = end - Date.now();
      if (left <= 0)
        throw new Error(`not within ${withinMs} ms; last frames: ${JSON.stringify(this.frames.slice(-3))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 500));
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  close(): void {
    this.socket.close();
  }

  #wake(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const resolve of changed) resolve();
  }
}

/** Asks until the answer is right. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms; last answer: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
