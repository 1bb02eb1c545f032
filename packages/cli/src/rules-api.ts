import type { Io } from './command.ts';
import { Connection, type connectionOptions } from './connection.ts';
import { type Call, callPatiently, type PatientAnswer, refusalOf } from './gateway-call.ts';

/** A rule in force, as the gateway shows it. */
export interface RuleInForce {
  readonly ruleId: string;
  readonly version: number;
  readonly keyspace: string;
  /** Offset of the change in the rules topic. */
  readonly revision: number;
  readonly changedAt: string;
  /** Id of the API key; null = unknown. */
  readonly changedBy: string | null;
  readonly document: { readonly mode?: string; readonly title?: Readonly<Record<string, string>> };
}

type Values = { readonly [O in keyof typeof connectionOptions]?: string | undefined };

/** Calls the gateway's rules routes. Rejects with what it refused; `what` names it in the message. */
export class RulesApi {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;

  constructor(values: Values, io: Pick<Io, 'env' | 'signal'>) {
    this.#connection = new Connection(values, io.env);
    this.#signal = io.signal;
  }

  async list(): Promise<readonly RuleInForce[]> {
    const text = await this.#call('the list of rules', { method: 'GET', path: '/v1/rules' });
    return (JSON.parse(text) as { readonly rules: readonly RuleInForce[] }).rules;
  }

  /** @param text the document, YAML or JSON */
  async put(ruleId: string, text: string): Promise<RuleInForce> {
    const call: Call = { method: 'PUT', path: pathOf(ruleId), body: text, mediaType: 'application/yaml' };
    return JSON.parse(await this.#call(ruleId, call)) as RuleInForce;
  }

  async delete(ruleId: string): Promise<void> {
    const { response, calls } = await this.#answer({ method: 'DELETE', path: pathOf(ruleId) });
    // A call that was answered with 503 may have done it.
    if (response.status === 404 && calls > 1) return;
    if (!response.ok) throw refusalOf(ruleId, response.status, await response.text());
  }

  async #call(what: string, call: Call): Promise<string> {
    const { response } = await this.#answer(call);
    const text = await response.text();
    if (!response.ok) throw refusalOf(what, response.status, text);
    return text;
  }

  #answer(call: Call): Promise<PatientAnswer> {
    const gateway = { url: this.#connection.serviceUrl('gateway'), key: this.#connection.key, signal: this.#signal };
    return callPatiently(gateway, call);
  }
}

const pathOf = (ruleId: string): string => `/v1/rules/${encodeURIComponent(ruleId)}`;
