import { setImmediate as turn } from 'node:timers/promises';
import type { ClickHouse, StatementOptions } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import type { FastifyInstance, FastifyReply, Metrics } from '@resonant/service';
import type { History } from './connection.ts';

/** What may be done of one kind of work on history. */
export interface WorkLimits {
  /** At the same time, by this replica. */
  readonly atOnce: number;
  /** From its begin to its end. */
  readonly ms: number;
}

/** One kind of work; `advice` is for whoever asked for more than the time allows. */
export interface WorkOptions extends WorkLimits {
  /** Plural, as metrics and problems name it. */
  readonly what: string;
  readonly advice: string;
  readonly metrics: Metrics;
}

/** How long rows are worked on before everything else in the process has its turn. */
const sliceMs = 10;

/** Tells that whoever asked has gone; nobody hears it. */
const goneCode = 'aborted';

/**
 * Work on history for requests: so much at once, each for so long. It ends when the client goes, when its time is over
 * and when the service stops, and with it the statement that it waits for.
 */
export class BoundedWork {
  readonly #options: WorkOptions;
  readonly #running = new Set<AbortController>();
  readonly #count: (outcome: string) => void;

  constructor(app: FastifyInstance, options: WorkOptions) {
    this.#options = options;
    const { what, metrics } = options;
    const counter = metrics.counter(`gateway_${what}_total`, `${what} by what became of them`, ['outcome']);
    this.#count = (outcome) => counter.add({ outcome });
    // A drain has 25 s; it does not wait for what takes longer.
    app.addHook('preClose', async () => {
      for (const end of this.#running) end.abort(new ResonantError('not-ready', 'the gateway is stopping; ask again'));
    });
  }

  /**
   * Gives what `work` gives. Rejects with `rate-limited` if all places are taken, `query-limit` after its time,
   * `not-ready` when the service stops, and with what `work` rejects with.
   */
  async run<T>(reply: FastifyReply, history: History, work: (clickHouse: ClickHouse) => Promise<T>): Promise<T> {
    const { what, atOnce, ms, advice } = this.#options;
    if (this.#running.size >= atOnce) {
      this.#count('rate-limited');
      throw new ResonantError('rate-limited', `expected at most ${atOnce} ${what} at once here; ask again later`, {
        extra: { retryAfterMs: 5000 },
      });
    }
    const end = new AbortController();
    const leave = (): void => end.abort(new Error('the client went away'));
    const limit = setTimeout(() => {
      end.abort(new ResonantError('query-limit', `expected an answer within ${ms} ms; ${advice}`));
    }, ms);
    this.#running.add(end);
    reply.raw.once('close', leave);
    try {
      const result = await work(endingWith(history(), end.signal));
      this.#count('ok');
      return result;
    } catch (error) {
      const told = end.signal.aborted ? (end.signal.reason as unknown) : error;
      this.#count(told instanceof ResonantError ? told.code : end.signal.aborted ? goneCode : 'internal');
      throw told;
    } finally {
      clearTimeout(limit);
      reply.raw.off('close', leave);
      this.#running.delete(end);
    }
  }
}

/** The connection, each of whose statements ends with `signal`; who works on its rows lets others have their turn. */
function endingWith(clickHouse: ClickHouse, signal: AbortSignal): ClickHouse {
  async function* stream<Row>(statement: string, options?: StatementOptions): AsyncGenerator<Row> {
    signal.throwIfAborted();
    let since = performance.now();
    for await (const row of clickHouse.stream<Row>(statement, { ...options, signal })) {
      if (performance.now() - since > sliceMs) {
        await turn();
        signal.throwIfAborted();
        since = performance.now();
      }
      yield row;
    }
  }
  return {
    ...clickHouse,
    stream,
    query: async <Row>(statement: string, options?: StatementOptions) => {
      signal.throwIfAborted();
      return await clickHouse.query<Row>(statement, { ...options, signal });
    },
  };
}
