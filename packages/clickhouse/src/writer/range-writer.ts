import { isResonantError, type ResonantError } from '@resonant/contracts';
import { errorClassOf } from '../client/failure.ts';
import type { Rejection } from '../rows/build.ts';
import { type Attempts, Discarded, Stopped } from './attempts.ts';
import { type Pending, pendingMetadata, pendingOf, skipLostMetadata } from './pending.ts';
import { type PreparedRange, prepare, type Rejected } from './prepared-range.ts';
import { halvesOf, type Range, type Span, type StreamName, skipped, tokenOf } from './range.ts';
import { isNowhere, isWhole, type RangeCount } from './store.ts';
import type { Committed, StreamContext } from './stream-context.ts';

/** How a range is sent. */
interface Sending {
  /** Why the engine takes no row of it. */
  readonly refusal?: Rejection | undefined;
  /** Whether it may have been sent by an owner before. */
  readonly isResent: boolean;
  /** Whether the records are all that the range ever held: compaction may have taken some. */
  readonly isSame: boolean;
  /** Whether an owner before has begun to remove it. */
  readonly isAnew: boolean;
}

/** How often a range that came out uneven is made anew before its stream stops. */
const repairs = 3;

/** Stores ranges of one stream, each exactly once: commit before, insert, and what to do when that fails. */
export class RangeWriter {
  readonly #context: StreamContext;
  readonly #stream: StreamName;
  readonly #epoch: number;
  readonly #attempts: Attempts;
  readonly #stored: (range: Range) => void;
  /** Part of tokens where the engine may remember those of rows that are gone. */
  #salt: number | undefined;
  #isAfterReset = false;
  #isAnew = false;
  /** Whether an insert of the range in hand failed, so that the engine may have died in it. */
  #isUncertain = false;
  #pendingSince: number | null = null;

  /** @param stored hears of each range that is stored: those it was handed, or the parts it had to cut them into */
  constructor(
    context: StreamContext,
    at: { readonly stream: StreamName; readonly epoch: number },
    attempts: Attempts,
    stored: (range: Range) => void,
  ) {
    this.#context = context;
    this.#stream = at.stream;
    this.#epoch = at.epoch;
    this.#attempts = attempts;
    this.#stored = stored;
  }

  /** Since when a range is on its way, epoch ms. */
  get pendingSince(): number | null {
    return this.#pendingSince;
  }

  /** Steps 3 to 7. Resolves when all of the range is stored, what is no row put aside. */
  store(range: Range): Promise<void> {
    return this.#store(range, { isResent: false, isSame: true, isAnew: false });
  }

  /**
   * Sends again what was pending, unless it is whole already. Resolves with whether it was.
   *
   * @param isSame whether the log holds the very records that were pending
   */
  async resend(range: Range, pending: Pending, isSame: boolean): Promise<boolean> {
    const before = await this.recount(range);
    const isAnew = pending.anew === true && isSame;
    const isThere = !isAnew && (isWhole(before) || (!isSame && before.ledger !== null));
    if (isThere) {
      this.#stored(range);
      return true;
    }
    const salt = this.#salt;
    this.#salt = pending.salt;
    const refused = pending.refused ?? (await this.#refusedBefore(range, pending));
    const refusal = refused === undefined ? undefined : refusalOf(refused);
    this.#isAfterReset = pending.afterReset === true;
    await this.#store(range, { refusal, isResent: true, isSame, isAnew });
    this.#isAfterReset = false;
    this.#salt = salt;
    return false;
  }

  /**
   * What stands in a span, and in no range of the ledger, would come a second time: removes it. From now on tokens are
   * others than any the engine has seen, since it remembers those of rows that are gone.
   *
   * @param committed what stood committed when the partition was assigned: committing it again changes nothing, and is
   *   refused to who does not own the partition any more
   */
  async clear(span: Span, committed: Committed): Promise<void> {
    const { store, maker, observer, clock } = this.#context;
    this.#salt = clock.now();
    const { rows } = await this.recount(span);
    if (Object.values(rows).every((count) => count === 0)) return;
    const confirm = (): Promise<void> => this.commit(committed.offset ?? 0, committed.metadata);
    await this.#attempts.untilDone(() => store.clear(maker.rows.table, this.#stream, this.#epoch, span, confirm));
    observer.cleared?.(this.#stream, rows);
  }

  recount(span: Span): Promise<RangeCount> {
    const { store, maker } = this.#context;
    return this.#attempts.untilDone(() => store.recount(maker.rows.table, this.#stream, this.#epoch, span));
  }

  commit(offset: number, metadata: string): Promise<void> {
    return this.#attempts.untilDone(() => this.#context.positions.commit({ ...this.#stream, offset, metadata }));
  }

  /**
   * A range that was given up: no records, so that the chain of the ledger stays whole. The operator's word stays beside
   * the offset until the next range is stored: there may be more to pass over.
   *
   * @param goOnAt first offset that is not given up
   */
  async storeSkipped({ first, last }: Span, goOnAt: number): Promise<void> {
    const { store, maker, clock } = this.#context;
    // who does not own the partition any more is refused
    await this.commit(goOnAt, skipLostMetadata);
    // before a restore it may have stood there already, and the engine may remember its token
    for (const salt of [undefined, clock.now()]) {
      const token = tokenOf(this.#stream, this.#epoch, { first, last, hash: skipped }, salt);
      const range = { ...this.#stream, epoch: this.#epoch, first, last, nRecords: 0, nRejected: 0, token };
      await this.#attempts.untilDone(() => store.insert({ table: maker.rows.table, range, rows: [] }));
      if ((await this.recount({ first, last })).ledger !== null) return;
    }
    throw new Error(`the ledger does not hold the range that stands for offsets ${first} to ${last}`);
  }

  async #store(range: Range, how: Sending): Promise<void> {
    const prepared = await this.#prepare(range, how.refusal);
    const refused = await this.#send(prepared, how);
    if (refused === undefined) {
      this.#pendingSince = null;
      this.#attempts.say('running');
      this.#stored(range);
      return;
    }
    if (how.refusal !== undefined)
      throw new Stopped(`not even the bytes of offset ${range.last} are taken: ${refused.message}`);
    this.#context.observer.divided?.(this.#stream, range, refused);
    const halves = halvesOf(range);
    const again = { ...how, isAnew: false };
    if (halves === undefined) return this.#store(range, { ...again, refusal: refusalOf(refused.message) });
    for (const half of halves) await this.#store(half, again);
  }

  /** Why it has to be sent as refused, if the ledger counts a record as rejected that the rows can hold. */
  async #refusedBefore(range: Range, { rejected = 0 }: Pending): Promise<string | undefined> {
    if (range.records.length > 1 || rejected === 0) return undefined;
    const prepared = await this.#prepare(range, undefined);
    return prepared.rejected.length === 0 ? 'the engine took no row of it when it was first sent' : undefined;
  }

  /**
   * Sends a range and, if it may have been sent more than once, sees that it stands in every table as the ledger says. An
   * engine that died in an insert may know a token whose rows it has lost, or have kept rows whose token it has lost.
   * Returns why the engine refuses the data for good.
   */
  async #send(prepared: PreparedRange, how: Sending): Promise<ResonantError | undefined> {
    // also if it is to be made anew: the insert of an owner before may be under way, and has to find its token known
    this.#isAnew = how.isAnew;
    const refused = await this.#commitAndInsert(prepared, how.refusal);
    if (refused !== undefined || !(how.isResent || this.#isUncertain)) return refused;
    if (how.isAnew) return this.#makeAnew(prepared, how);
    const count = await this.recount(prepared.range);
    if (isWhole(count)) return undefined;
    // what compaction has taken since would not come again
    if (!how.isSame && !isNowhere(count)) throw new Stopped(unevenText(prepared.range, count));
    return this.#makeAnew(prepared, how);
  }

  /**
   * Removes all of a range and sends it with a token that no table knows. What stands there then came after every look at
   * what is to be removed, be it of an owner before who still removes; so it stays, and may be counted. That is said before
   * anything is removed: the next owner makes it anew, too, whatever it finds.
   */
  async #makeAnew(prepared: PreparedRange, { refusal }: Sending): Promise<ResonantError | undefined> {
    const { store, maker, clock, observer } = this.#context;
    const { range } = prepared;
    const salt = this.#salt;
    this.#isAnew = true;
    try {
      for (let attempt = 1; ; attempt++) {
        const before = await this.recount(range);
        this.#salt = Math.max(clock.now(), (this.#salt ?? 0) + 1);
        const confirm = (): Promise<void> => this.#announce(range, refusal);
        await this.#attempts.untilDone(() => store.remove(maker.rows.table, this.#stream, this.#epoch, range, confirm));
        observer.cleared?.(this.#stream, before.rows);
        const refused = await this.#commitAndInsert(prepared, refusal);
        if (refused !== undefined) return refused;
        const count = await this.recount(range);
        if (isWhole(count)) return undefined;
        if (attempt >= repairs) throw new Stopped(unevenText(range, count));
      }
    } finally {
      this.#salt = salt;
      this.#isAnew = false;
    }
  }

  async #prepare(range: Range, refusal: Rejection | undefined): Promise<PreparedRange> {
    const { decoder, maker } = this.#context;
    await this.#attempts.untilDone(() => decoder.prepare(range.records.map(({ value }) => value)));
    try {
      return prepare(maker, this.#epoch, range, refusal);
    } catch (error) {
      if (isResonantError(error, 'unknown-record-type')) throw new Stopped(error.message);
      throw error;
    }
  }

  /** Steps 4 and 5: returns why the engine refuses the data for good, undefined when it is stored. */
  async #commitAndInsert(prepared: PreparedRange, refusal: Rejection | undefined): Promise<ResonantError | undefined> {
    const { range, rejected } = prepared;
    this.#pendingSince = this.#context.clock.now();
    this.#isUncertain = false;
    await this.#announce(range, refusal);
    await this.#putAside(rejected);
    return this.#insert(prepared);
  }

  /** Step 4: says what is about to be inserted, and with which token. Refused to who does not own the partition any more. */
  #announce(range: Range, refusal: Rejection | undefined): Promise<void> {
    const note = { refused: refusal?.detail, salt: this.#salt, afterReset: this.#isAfterReset, anew: this.#isAnew };
    return this.commit(range.first, pendingMetadata(pendingOf(range, note)));
  }

  async #putAside(rejected: readonly Rejected[]): Promise<void> {
    if (rejected.length === 0) return;
    await this.#attempts.untilDone(() => this.#context.deadLetters.write(rejected));
    this.#context.observer.rejected?.(this.#stream, rejected);
  }

  async #insert({ range, rows, rejected }: PreparedRange): Promise<ResonantError | undefined> {
    const { store, maker, clock, limits, observer } = this.#context;
    const { first, last } = range;
    const counts = { nRecords: range.records.length, nRejected: rejected.length };
    const token = tokenOf(this.#stream, this.#epoch, range, this.#salt);
    const ranged = { ...this.#stream, epoch: this.#epoch, first, last, ...counts, token };
    for (let attempt = 1; ; attempt++) {
      this.#attempts.check();
      this.#checkAge(range);
      const beganAt = clock.now();
      try {
        await store.insert({ table: maker.rows.table, rows, range: ranged });
        const oldestAppendedAt = range.records[0]?.timestamp ?? beganAt;
        observer.stored?.(this.#stream, {
          ...counts,
          nRows: rows.length,
          tookMs: clock.now() - beganAt,
          oldestAppendedAt,
        });
        return undefined;
      } catch (error) {
        const kind = errorClassOf(error);
        if (kind === undefined) throw error;
        this.#isUncertain = true;
        if (kind === 'data' && isNowhere(await this.recount(range))) return error as ResonantError;
        if (kind === 'transient') {
          this.#attempts.retrying(attempt, error as Error);
          await this.#attempts.backOff(attempt);
        } else {
          // a view that fails behind the intake leaves tables uneven: the same insert heals that once it is mended
          this.#attempts.say('stopped', (error as Error).message);
          await this.#attempts.pause(limits.stoppedMs);
        }
      }
    }
  }

  #checkAge({ first, last }: Span): void {
    const { clock, limits } = this.#context;
    const waited = clock.now() - (this.#pendingSince ?? clock.now());
    if (waited > limits.discardAfterMs) throw new Discarded(`the range ${first} to ${last} has waited ${waited} ms`);
  }
}

const unevenText = ({ first, last }: Span, { ledger, rows }: RangeCount): string => {
  const counts = Object.entries(rows).map(([table, n]) => `${table} ${n} of ${ledger?.rows[table] ?? 0}`);
  return `the tables do not hold what the ledger says of offsets ${first} to ${last}: ${counts.join(', ')} rows`;
};

const refusalOf = (detail: string): Rejection => ({ reason: 'history-refused-data', detail });
