import { randomUUID } from 'node:crypto';
import { ResonantError, type Source, type Touchpoint } from '@resonant/contracts';
import type { Producer } from '@resonant/kafka';
import type { Claims } from '@resonant/service';
import { contentHashOf, isSameContent } from './content-hash.ts';
import type { TouchpointRecords } from './touchpoint-records.ts';

/** What became of a touchpoint that was offered. */
export type Outcome =
  /** It is in Kafka, acknowledged by all replicas. */
  | { readonly status: 'accepted' }
  /** The same event was stored within the last four days. */
  | { readonly status: 'duplicate' }
  /** Another event was stored under this id within the last four days; that one counts. */
  | { readonly status: 'id-reused' }
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
    try {
      await producer.sendAll(toWrite.map((touchpoint) => records(source, touchpoint, traceparent)));
    } catch (error) {
      await claims.release(
        toWrite.map(({ eventId }) => eventId),
        owner,
      );
      throw error;
    }
    const written = new Map(toWrite.map((touchpoint) => [touchpoint.eventId, contentHashOf(touchpoint)] as const));
    await claims.confirm([...written].map(([id, contentHash]) => ({ id, contentHash })));
    const outcomeOf = (touchpoint: Touchpoint): Outcome => {
      const { eventId } = touchpoint;
      const claim = byId.get(eventId);
      if (claim?.status === 'busy') return claim;
      if (written.has(eventId) && firsts.get(eventId) === touchpoint) return { status: 'accepted' };
      const stored = claim?.status === 'confirmed' ? claim.contentHash : (written.get(eventId) ?? null);
      return { status: isSameContent(stored, contentHashOf(touchpoint)) ? 'duplicate' : 'id-reused' };
    };
    return touchpoints.map((touchpoint) => {
      const outcome = outcomeOf(touchpoint);
      counted(source, touchpoint.via, outcome.status);
      return outcome;
    });
  }
}
