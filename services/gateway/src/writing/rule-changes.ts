import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { eventHeaders, isResonantError, ResonantError, type Rule, rulesTopic } from '@resonant/contracts';
import { followTable, type Log } from '@resonant/kafka';
import type { Encoders } from './encoders.ts';

/** Whoever changes a rule holds this id from reading what is in force until its own change stands. */
const transactionalId = 'resonant-rules';
const limitMs = 10_000;

/** A change of a rule and its place in the rules topic. */
export interface StoredRule {
  readonly value: Rule;
  readonly offset: number;
}

/**
 * Gives the change to write, or what to answer with if nothing is to be written.
 *
 * @param latest the latest change of the rule by anyone, undefined = there was none
 */
export type Decide<T> = (latest: StoredRule | undefined) => { readonly write: Rule } | { readonly leave: T };

/**
 * Changes rules one at a time, whichever gateway the requests come to. Two that accepted the same version at once would
 * leave some partitions with the one and some with the other. So a change first takes a transactional id away from
 * whoever holds it, then reads what is in force, and what it commits is refused once another one has taken the id.
 */
export class RuleChanges {
  readonly #log: Log;
  readonly #encoders: Encoders;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: Log, encoders: Encoders, now: () => number) {
    this.#log = log;
    this.#encoders = encoders;
    this.#now = now;
  }

  /**
   * Resolves with the change once it is durable, or with what `decide` gave to leave it at that. Rejects with what
   * `decide` throws; with `log-unavailable` if the log cannot be reached in time (the change may stand nevertheless).
   */
  change<T>(
    ruleId: string,
    traceparent: string,
    decide: Decide<T>,
  ): Promise<{ readonly written: StoredRule } | { readonly left: T }> {
    const deadline = performance.now() + limitMs;
    const result = this.#last.then(() => this.#untilSettled(ruleId, traceparent, decide, deadline));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Taking the id anew ends what is open, so that reading shows whether a try of unknown outcome was committed. */
  async #untilSettled<T>(ruleId: string, traceparent: string, decide: Decide<T>, deadline: number) {
    const tried: Rule[] = [];
    let failed = new ResonantError('log-unavailable', 'other rules are being changed; send it again');
    for (let attempt = 1; performance.now() < deadline; attempt += 1) {
      try {
        return await this.#once(ruleId, traceparent, decide, tried);
      } catch (error) {
        if (isResonantError(error, 'log-unavailable')) failed = error;
        else if (!isResonantError(error, 'fenced')) throw error;
        // Two that wait equally long would take the id from each other for ever.
        await sleep(Math.random() * Math.min(20 * attempt, 200));
      }
    }
    throw failed;
  }

  async #once<T>(ruleId: string, traceparent: string, decide: Decide<T>, tried: Rule[]) {
    const producer = await this.#log.transactionalProducer(transactionalId, { timeoutMs: limitMs });
    try {
      const read = await this.#follow(ruleId);
      try {
        const before = read.changes.length;
        const own = read.changes.find(({ value }) => tried.some((rule) => isDeepStrictEqual(rule, value)));
        if (own !== undefined) return { written: own };
        const decision = decide(read.changes.at(-1));
        if ('leave' in decision) return { left: decision.leave };
        tried.push(decision.write);
        const value = await this.#encoders.encode(rulesTopic, 'Rule', decision.write);
        const headers = eventHeaders({
          id: ruleId,
          type: 'rule',
          source: '/services/gateway',
          time: this.#now(),
          traceparent,
        });
        await producer.commit({ records: [{ topic: rulesTopic, key: ruleId, value, headers }] });
        // Whoever holds the id next comes after it: the first change that is new is this one.
        return { written: await read.at(before) };
      } finally {
        await read.stop();
      }
    } finally {
      await producer.close();
    }
  }

  /** Reads the changes of a rule; resolves when all that stood there have been read. Rejects with `log-unavailable`. */
  async #follow(ruleId: string) {
    const changes: StoredRule[] = [];
    let arrived = (): void => undefined;
    const follower = await followTable(this.#log, rulesTopic, {
      put: (_key, decoded, { offset }) => {
        if (decoded.type !== 'Rule' || decoded.value.ruleId !== ruleId) return;
        changes.push({ value: decoded.value, offset });
        arrived();
      },
      remove: () => undefined,
      undecodable: () => undefined, // the table that answers are read from tells of it
    });
    const inTime = async (promise: Promise<void>): Promise<void> => {
      const late = new AbortController();
      const limit = sleep(limitMs, undefined, { signal: late.signal }).then(() => {
        throw new ResonantError('log-unavailable', `the rules could not be read within ${limitMs / 1000} s`);
      });
      limit.catch(() => undefined);
      await Promise.race([promise, follower.failed, limit]).finally(() => late.abort());
    };
    const at = async (index: number): Promise<StoredRule> => {
      await inTime(
        new Promise((resolve) => {
          arrived = () => changes.length > index && resolve();
          arrived();
        }),
      );
      return changes[index] as StoredRule;
    };
    const stop = () => follower.stop();
    await inTime(follower.caughtUp).catch(async (error) => {
      await stop();
      throw error;
    });
    return { changes, at, stop };
  }
}
