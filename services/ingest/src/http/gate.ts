import type { Source } from '@resonant/contracts';
import { type FastifyRequest, type KeyRing, type Principal, requireScope } from '@resonant/service';
import type { RateLimit } from '../rate-limit.ts';
import { sourceNamed } from '../sources/index.ts';

/** Who posts what: known before the body is read. */
export interface Admission {
  readonly principal: Principal;
  readonly source: Source;
  /** What stands behind the source: nothing, `:batch` or `:check`. */
  readonly verb: 'single' | 'batch' | 'check';
}

/** Checks requests to `/v1/touchpoints/{source}`, `{source}:batch` and `{source}:check` before their bodies are read. */
export class Gate {
  readonly #keys: KeyRing;
  readonly #rates: RateLimit;
  readonly #now: () => number;
  readonly #admitted = new WeakMap<FastifyRequest, Admission>();

  constructor(keys: KeyRing, rates: RateLimit, now: () => number) {
    this.#keys = keys;
    this.#rates = rates;
    this.#now = now;
  }

  /** Throws `unauthenticated`, `expired-key`, `unknown-source` or `forbidden`. */
  admit(request: FastifyRequest, target: string): void {
    const principal = this.#keys.authenticate(request.headers.authorization, this.#now());
    const [, name, verb] = /^(.*?)(?::(batch|check))?$/s.exec(target) ?? [];
    const { source } = sourceNamed(name ?? target);
    requireScope(principal, `ingest:${source}`);
    this.#admitted.set(request, { principal, source, verb: (verb as 'batch' | 'check' | undefined) ?? 'single' });
  }

  /** What `admit` found. */
  admission(request: FastifyRequest): Admission {
    const admission = this.#admitted.get(request);
    if (admission === undefined) throw new Error('the request was not admitted');
    return admission;
  }

  /** Throws `rate-limited`. */
  count(caller: string, events: number): void {
    this.#rates.take(caller, events, this.#now());
  }
}
