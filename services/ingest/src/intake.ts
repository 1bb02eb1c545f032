import { randomUUID } from 'node:crypto';
import { ResonantError, type Source, type Touchpoint } from '@resonant/contracts';
import type { Producer } from '@resonant/kafka';
import type { Claims } from '@resonant/service';
import type { TouchpointRecords } from './touchpoint-records.ts';

/** What became of a touchpoint that was offered. */
export type Outcome =
  /** It is in Kafka, acknowledged by all replicas. */
  | { readonly status: 'accepted' }
  /** The same id was stored within the last four days. */
  | { readonly status: 'duplicate' }
  /** The same id is being written by somebody else. */
  | { readonly status: 'busy'; readonly retryAfterMs: number };

/** What the intake is wired with. */
export interface IntakeOptions {
  readonly claims: Claims;
  readonly producer: Producer;
  readonly records: TouchpointRecords;
  /** Touchpoints that may be under way at once; more are turned away, so that an outage cannot fill the memory. */
  readonly maxUnderWay: number;
  /** Hears what became of each touchpoint that was offered. */
  readonly counted: (source: Source, via: string, outcome: Outcome['status']) => void;
}

/** The one way into the touchpoint topics for HTTP: claim, write, confirm. */
export class Intake {
  readonly #options: IntakeOptions;
  #underWay = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Touchpoints being written now. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Outcomes in the order of `touchpoints`. Rejects with `log-unavailable` if nothing was accepted because Kafka did not
   * take it; a repeated request is then safe.
   */
  async accept(source: Source, touchpoints: readonly Touchpoint[], traceparent?: string): Promise<readonly Outcome[]> {
    if (this.#underWay > 0 && this.#underWay + touchpoints.length > this.#options.maxUnderWay) {
      throw new ResonantError('log-unavailable', `${this.#underWay} events wait for Kafka, no more are taken now`);
    }
    this.#underWay += touchpoints.length;
    try {
      return await this.#accept(source, touchpoints, traceparent);
    } finally {
      this.#underWay -= touchpoints.length;
    }
  }

  async #accept(
    source: Source,
    touchpoints: readonly Touchpoint[],
    traceparent: string | undefined,
  ): Promise<readonly Outcome[]> {
    const { claims, producer, records, counted } = this.#options;
    // An id that stands twice in one request is written once.
    const firsts = new Map(touchpoints.map((touchpoint) => [touchpoint.eventId, touchpoint] as const).reverse());
    const ids = [...firsts.keys()];
    const owner = randomUUID();
    const results = await claims.claim(ids, owner);
    const byId = new Map(ids.map((id, index) => [id, results[index]] as const));
    const toWrite = touchpoints.filter((touchpoint) => {
      const status = byId.get(touchpoint.eventId)?.status;
      return (status === 'claimed' || status === 'unavailable') && firsts.get(touchpoint.eventId) === touchpoint;
    });
    const written = toWrite.map(({ eventId }) => eventId);
    try {
      await producer.sendAll(toWrite.map((touchpoint) => records(source, touchpoint, traceparent)));
    } catch (error) {
      await claims.release(written, owner);
      throw error;
    }
    await claims.confirm(written);
    const accepted = new Set(toWrite);
    return touchpoints.map((touchpoint): Outcome => {
      const result = byId.get(touchpoint.eventId);
      const other: Outcome = result?.status === 'busy' ? result : { status: 'duplicate' };
      const outcome: Outcome = accepted.has(touchpoint) ? { status: 'accepted' } : other;
      counted(source, touchpoint.via, outcome.status);
      return outcome;
    });
  }
}
