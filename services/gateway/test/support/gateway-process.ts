import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stackEnv } from './stack.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The gateway as a process of its own on a free port. */
export class GatewayProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;

  private constructor(url: string, child: ChildProcess, exit: Promise<number | null>) {
    this.url = url;
    this.#child = child;
    this.#exit = exit;
  }

  /** Resolves once it listens; rejects with what it said if it exits before. */
  static start(env: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...stackEnv(), PORT: '0', LOG_LEVEL: 'info', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<GatewayProcess>();
    const exit = new Promise<number | null>((done) => child.once('exit', done));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
        if (url !== undefined) resolve(new GatewayProcess(url, child, exit));
      });
    }
    exit.then((code) => reject(new Error(`the gateway exited with ${code}:\n${said.slice(-20).join('\n')}`)));
    return promise;
  }

  /** Resolves with the exit code. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exit;
  }

  async request(
    method: string,
    path: string,
    options: { readonly key?: string; readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { key, body, headers } = options;
    return fetch(this.url + path, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** The JSON of a GET that must answer 200. */
  async get(path: string, key: string): Promise<Record<string, never>> {
    const response = await this.request('GET', path, { key });
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, never>;
  }
}
