import { ResonantError } from '@resonant/contracts';
import type { SchemaRegistry } from '../port.ts';

const mediaType = 'application/vnd.schemaregistry.v1+json';
const attempts = 5;
const requestTimeoutMs = 5000;

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The Confluent API of a schema registry: three routes, so a client of our own keeps what codecs need and no more. */
export class HttpRegistry implements SchemaRegistry {
  readonly #url: string;

  /** @param url base of the Confluent API, e.g. `http://127.0.0.1:7412/apis/ccompat/v7` */
  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  async register(subject: string, schema: object): Promise<number> {
    await this.#demandCompatibility();
    const path = `/subjects/${encodeURIComponent(subject)}`;
    const text = { schema: JSON.stringify(schema) };
    for (let attempt = 1; ; attempt++) {
      const { status, body } = await this.#ask('POST', `${path}/versions`, text);
      if (status === 200 && typeof body.id === 'number') return body.id;
      if (status !== 409) throw this.#unexpected(`registering ${subject}`, status, body);
      // Two who register a new subject at once: the slower one is refused as well, and the same schema is there.
      const known = await this.#ask('POST', path, text);
      if (known.status === 200 && typeof known.body.id === 'number') return known.body.id;
      if (attempt === attempts) {
        throw new ResonantError('incompatible-schema', `${subject}: ${String(body.message ?? 'refused')}`);
      }
      await pause(20 * attempt);
    }
  }

  async schemaById(id: number): Promise<unknown> {
    const { status, body } = await this.#ask('GET', `/schemas/ids/${id}`);
    if (status === 404) return undefined;
    if (status !== 200 || typeof body.schema !== 'string') throw this.#unexpected(`schema ${id}`, status, body);
    return JSON.parse(body.schema);
  }

  /** A registry starts with its own default, which may allow anything: what is registered here must stay readable. */
  async #demandCompatibility(): Promise<void> {
    const wanted = 'BACKWARD_TRANSITIVE';
    const current = await this.#ask('GET', '/config');
    if (current.status === 200 && current.body.compatibilityLevel === wanted) return;
    const { status, body } = await this.#ask('PUT', '/config', { compatibility: wanted });
    if (status !== 200) throw this.#unexpected(`setting compatibility ${wanted}`, status, body);
  }

  #unexpected(what: string, status: number, body: Record<string, unknown>): ResonantError {
    const code = status >= 500 ? 'log-unavailable' : 'internal';
    return new ResonantError(code, `${what}: the schema registry answered ${status} ${JSON.stringify(body)}`);
  }

  async #ask(method: string, path: string, body?: object): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#once(method, path, body).catch((error: Error) => error);
      const last = attempt === attempts;
      if (!(answer instanceof Error) && (answer.status < 500 || last)) return answer;
      if (answer instanceof Error && last) {
        const reason = answer.cause instanceof Error ? answer.cause.message : answer.message;
        throw new ResonantError('log-unavailable', `the schema registry at ${this.#url} does not answer: ${reason}`, {
          cause: answer,
        });
      }
      await pause(100 * attempt);
    }
  }

  async #once(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { accept: `${mediaType}, application/json`, 'content-type': mediaType },
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { message: text } };
  }
}
