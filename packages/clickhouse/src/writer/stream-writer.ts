import { isResonantError, type ResonantError } from '@resonant/contracts';
import { errorClassOf } from '../client/failure.ts';
import type { Rejection } from '../rows/build.ts';
import { backOffMs, pause } from './clock.ts';
import { noteOf, type Pending, pendingMetadata, pendingOf } from './pending.ts';
import { type PreparedRange, prepare, type Rejected } from './prepared-range.ts';
import {
  halvesOf,
  hashOf,
  hashOfToken,
  type Range,
  type RawRecord,
  rangeOf,
  type Span,
  type StreamName,
  tokenOf,
} from './range.ts';
import { RecordBuffer } from './record-buffer.ts';
import { type Start, type StoredRange, startOf } from './start.ts';
import { doubledTable, isNowhere, isWhole, type RangeCount } from './store.ts';
import type { StreamContext, StreamState, StreamStatus } from './stream-context.ts';

type Reading = Extract<Start, { kind: 'read' }>;

/** Nothing may go on until someone has acted. */
class Stopped extends Error {}

/** A range that has waited so long that its token may be forgotten. */
class Discarded extends Error {}

/** The partition is not ours any more. */
class Lost extends Error {}

/**
 * The writer of one assigned partition: from `assigned` to `lost`. Exactly once: what is being inserted stands in the
 * metadata of the committed offset before it is sent, goes with a token that it alone has, and what is stored is what
 * the ledger says.
 */
export class StreamWriter {
  readonly stream: StreamName;
  readonly #context: StreamContext;
  readonly #end = new AbortController();
  #buffer = new RecordBuffer(0);
  #changed = Promise.withResolvers<void>();
  #epoch = 0;
  #next = 0;
  #state: StreamState = 'assigning';
  #reason: string | null = null;
  #pendingSince: number | null = null;
  #isDraining = false;
  #running: Promise<void> = Promise.resolve();

  constructor(context: StreamContext, stream: StreamName) {
    this.#context = context;
    this.stream = stream;
  }

  /** Step 1: finds out where to begin. Resolves with the offset to read from, once there is one. */
  async assigned(): Promise<{ readonly offset: number }> {
    for (let attempt = 1; !this.#end.signal.aborted; attempt++) {
      try {
        const start = await this.#start();
        if (this.#end.signal.aborted) break;
        if (start.kind === 'read') return this.#begin(start);
        if (start.kind === 'skip') await this.#storeSkipped(start.span);
        else {
          this.#say('stopped', start.reason);
          await this.#pause(this.#context.limits.stoppedMs);
        }
      } catch (error) {
        if (error instanceof Lost) break;
        this.#retrying(attempt, error as Error);
        await this.#backOff(attempt).catch(() => undefined);
      }
    }
    return { offset: 0 };
  }

  /** Takes what was read; resolves when there is room for more. */
  async records(records: readonly RawRecord[], nextOffset: number): Promise<void> {
    const { budget, clock, limits } = this.#context;
    if (this.#end.signal.aborted) return;
    this.#buffer.push(records, nextOffset, clock.now());
    budget.set(this, this.#buffer.bytes);
    this.#notify();
    await budget.room(this, limits.bufferBytes, this.#end.signal);
  }

  /** The partition is not ours any more: what is in hand is left to its next owner. */
  lost(): void {
    this.#end.abort();
    this.#context.budget.set(this, 0);
    this.#context.budget.wake();
    this.#notify();
  }

  /** Begins nothing more; resolves when what was being stored is. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#notify();
    await this.#running;
  }

  status(): StreamStatus {
    return {
      ...this.stream,
      state: this.#state,
      reason: this.#reason,
      epoch: this.#epoch,
      next: this.#next,
      passed: Math.max(this.#buffer.passed, this.#next),
      bufferedRecords: this.#buffer.records,
      bufferedBytes: this.#buffer.bytes,
      oldestAppendedAt: this.#buffer.oldestAppendedAt ?? null,
      pendingSince: this.#pendingSince,
    };
  }

  async #start(): Promise<Start> {
    const { store, positions, isCompacted, leastEpoch } = this.#context;
    this.#say('assigning');
    const ledger = await store.ledger(this.stream, leastEpoch);
    const { offset, metadata } = await positions.committed(this.stream);
    const ends = await positions.ends(this.stream);
    this.#epoch = ledger.epoch;
    this.#next = ledger.next;
    let note: ReturnType<typeof noteOf>;
    try {
      note = noteOf(metadata);
    } catch (error) {
      return {
        kind: 'refuse',
        reason: `the committed offset says what nobody here wrote: ${(error as Error).message}`,
      };
    }
    return startOf({ ledger, committed: offset, note, isCompacted, ...ends });
  }

  #begin(start: Reading): { readonly offset: number } {
    this.#buffer = new RecordBuffer(start.from);
    this.#say(start.verify === null && start.resend === null ? 'running' : 'checking');
    this.#context.observer.started?.(this.stream, start);
    this.#running = this.#run(start);
    return { offset: start.from };
  }

  async #run(start: Reading): Promise<void> {
    try {
      if (start.verify !== null) await this.#verify(start.verify);
      if (start.resend !== null) await this.#resend(start.resend);
      if (this.#isDraining) return;
      if (start.thenRestart) return this.#context.restart(this.stream);
      this.#say('running');
      for (
        let range = await this.#collect(start.behindGap);
        range !== null;
        range = await this.#collect(start.behindGap)
      ) {
        await this.#store(range);
        if (this.#next === start.behindGap) return this.#context.restart(this.stream);
      }
    } catch (error) {
      await this.#beginAnew(error as Error);
    }
  }

  /** Nothing is repaired in place: the ledger is asked again. */
  async #beginAnew(error: Error): Promise<void> {
    const { observer, limits, restart } = this.#context;
    if (error instanceof Lost || this.#end.signal.aborted) return;
    if (error instanceof Discarded) observer.discarded?.(this.stream, error.message);
    else if (error instanceof Stopped) this.#say('stopped', error.message);
    else this.#retrying(1, error);
    await pause(this.#context.clock, error instanceof Discarded ? 0 : limits.stoppedMs, this.#end.signal);
    if (!this.#end.signal.aborted) restart(this.stream);
  }

  /** Whether the log is the one that the last stored range came from. */
  async #verify(stored: StoredRange): Promise<void> {
    const records = await this.#read(stored);
    if (records === undefined) return;
    if (records.length !== stored.nRecords || hashOf(records) !== hashOfToken(stored.token)) {
      throw new Stopped(
        `the log holds other records at offsets ${stored.first} to ${stored.last} than are stored: the topic was made anew. ` +
          'If that was on purpose, raise its epoch; else restore it from a backup',
      );
    }
    this.#drop(stored.last);
  }

  /** What was pending goes first: its insert may have reached some tables and not others. */
  async #resend(pending: Pending): Promise<void> {
    const records = await this.#read(pending);
    if (records === undefined) return;
    const range = rangeOf(pending, records);
    const isSame = range.hash === pending.hash && records.length === pending.count;
    if (!isSame && !this.#context.isCompacted) {
      throw new Stopped(
        `the log holds other records at offsets ${pending.first} to ${pending.last} than were being stored: the topic was ` +
          'made anew. If that was on purpose, raise its epoch; else restore it from a backup',
      );
    }
    const before = await this.#recount(range);
    const isThere = isWhole(before) || (!isSame && before.ledger !== null);
    this.#context.observer.resent?.(this.stream, { pending, isThere });
    if (isThere) {
      this.#advance(range);
      await this.#commit(this.#next, '');
      return;
    }
    await this.#store(range);
    const doubled = doubledTable(await this.#recount(range));
    if (doubled !== undefined) {
      throw new Stopped(`${doubled} holds more rows of offsets ${range.first} to ${range.last} than the ledger says`);
    }
  }

  /** Step 2: the next range; null when draining. */
  async #collect(before: number | null): Promise<Range | null> {
    const { clock, limits } = this.#context;
    for (;;) {
      this.#check();
      if (this.#isDraining) return null;
      const records = this.#buffer.batch(limits.batch, clock.now(), before ?? undefined);
      const end = records?.at(-1)?.offset ?? this.#next - 1;
      // up to a range that is stored already, holes included: else the chain would stay broken
      const closes = before !== null && this.#buffer.through(before - 1)?.every(({ offset }) => offset <= end) === true;
      const span = { first: this.#next, last: closes ? before - 1 : end };
      if (records !== undefined || closes) return rangeOf(span, records ?? []);
      const oldest = this.#buffer.oldestArrivedAt;
      await this.#change(oldest === undefined ? undefined : oldest + limits.batch.ageMs - clock.now());
    }
  }

  /** Steps 3 to 7. Resolves when the range is stored, what is no row put aside; halves it if the engine takes it not. */
  async #store(range: Range, refusal?: Rejection): Promise<void> {
    const prepared = await this.#prepare(range, refusal);
    this.#pendingSince = this.#context.clock.now();
    await this.#commit(range.first, pendingMetadata(pendingOf(range)));
    await this.#putAside(prepared.rejected);
    const refused = await this.#insert(prepared);
    if (refused !== undefined) return this.#divide(range, refused, refusal !== undefined);
    this.#pendingSince = null;
    this.#say('running');
    this.#advance(range);
    const isNextReady = this.#buffer.batch(this.#context.limits.batch, this.#context.clock.now()) !== undefined;
    // the commit before the next insert says the same
    if (!isNextReady || this.#isDraining) await this.#commit(this.#next, '');
  }

  async #divide(range: Range, refused: ResonantError, isRefusedAgain: boolean): Promise<void> {
    if (isRefusedAgain) throw new Stopped(`not even the bytes of offset ${range.last} are taken: ${refused.message}`);
    const halves = halvesOf(range);
    this.#context.observer.divided?.(this.stream, range, refused);
    if (halves === undefined) return this.#store(range, { reason: 'history-refused-data', detail: refused.message });
    for (const half of halves) await this.#store(half);
  }

  async #prepare(range: Range, refusal: Rejection | undefined): Promise<PreparedRange> {
    const { decoder, maker } = this.#context;
    await this.#untilDone(() => decoder.prepare(range.records.map(({ value }) => value)));
    try {
      return prepare(maker, this.#epoch, range, refusal);
    } catch (error) {
      if (isResonantError(error, 'unknown-record-type')) throw new Stopped(error.message);
      throw error;
    }
  }

  async #putAside(rejected: readonly Rejected[]): Promise<void> {
    if (rejected.length === 0) return;
    await this.#untilDone(() => this.#context.deadLetters.write(rejected));
    this.#context.observer.rejected?.(this.stream, rejected);
  }

  /** Step 5 and 7: returns why the engine refuses the data for good, undefined when it is stored. */
  async #insert({ range, rows, rejected }: PreparedRange): Promise<ResonantError | undefined> {
    const { store, maker, clock, limits, observer } = this.#context;
    const token = tokenOf(this.stream, this.#epoch, range);
    const counts = { nRecords: range.records.length, nRejected: rejected.length };
    const { first, last } = range;
    const insert = {
      table: maker.rows.table,
      rows,
      range: { ...this.stream, epoch: this.#epoch, first, last, ...counts, token },
    };
    for (let attempt = 1; ; attempt++) {
      this.#check();
      this.#checkAge(range);
      const beganAt = clock.now();
      try {
        await store.insert(insert);
        const oldest = range.records[0]?.timestamp ?? beganAt;
        observer.stored?.(this.stream, {
          ...counts,
          nRows: rows.length,
          tookMs: clock.now() - beganAt,
          oldestAppendedAt: oldest,
        });
        return undefined;
      } catch (error) {
        const kind = errorClassOf(error);
        if (kind === undefined) throw error;
        if (kind === 'data' && isNowhere(await this.#recount(range))) return error as ResonantError;
        if (kind === 'transient') {
          this.#retrying(attempt, error as Error);
          await this.#backOff(attempt);
        } else {
          // a view that fails behind the intake leaves tables uneven: the same insert heals that once it is mended
          this.#say('stopped', (error as Error).message);
          await this.#pause(limits.stoppedMs);
        }
      }
    }
  }

  #checkAge({ first, last }: Span): void {
    const { clock, limits } = this.#context;
    const waited = clock.now() - (this.#pendingSince ?? clock.now());
    if (waited > limits.discardAfterMs) throw new Discarded(`the range ${first} to ${last} has waited ${waited} ms`);
  }

  /** A range that was given up: no records, so that the chain of the ledger stays whole. */
  async #storeSkipped({ first, last }: Span): Promise<void> {
    const { store, maker } = this.#context;
    const token = tokenOf(this.stream, this.#epoch, { first, last, hash: 'skipped' });
    const range = { ...this.stream, epoch: this.#epoch, first, last, nRecords: 0, nRejected: 0, token };
    await store.insert({ table: maker.rows.table, range, rows: [] });
    await this.#commit(last + 1, '');
  }

  #recount(span: Span): Promise<RangeCount> {
    const { store, maker } = this.#context;
    return this.#untilDone(() => store.recount(maker.rows.table, this.stream, this.#epoch, span));
  }

  #commit(offset: number, metadata: string): Promise<void> {
    return this.#untilDone(() => this.#context.positions.commit({ ...this.stream, offset, metadata }));
  }

  /** The same again until it succeeds; what repeating cannot help is thrown. */
  async #untilDone<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      this.#check();
      try {
        return await work();
      } catch (error) {
        if (!isResonantError(error) || !error.kind.retryable || error.code === 'fenced') throw error;
        this.#retrying(attempt, error);
        await this.#backOff(attempt);
      }
    }
  }

  /** The records of a span, once all of it was read; undefined when draining. */
  async #read({ first, last }: Span): Promise<readonly RawRecord[] | undefined> {
    for (;;) {
      this.#check();
      if (this.#isDraining) return undefined;
      const records = this.#buffer.through(last);
      if (records !== undefined) return records.filter(({ offset }) => offset >= first);
      await this.#change();
    }
  }

  #advance({ last }: Span): void {
    this.#next = Math.max(this.#next, last + 1);
    this.#drop(last);
  }

  #drop(last: number): void {
    this.#buffer.drop(last);
    this.#context.budget.set(this, this.#buffer.bytes);
  }

  #say(state: StreamState, reason: string | null = null): void {
    const isNew = state === 'stopped' && this.#reason !== reason;
    this.#state = state;
    this.#reason = reason;
    if (isNew) this.#context.observer.stopped?.(this.stream, reason as string);
  }

  #retrying(attempt: number, error: Error): void {
    this.#say('retrying', error.message);
    this.#context.observer.retrying?.(this.stream, attempt, error);
  }

  #backOff(attempt: number): Promise<void> {
    return this.#pause(backOffMs(attempt, this.#context.clock.random()));
  }

  async #pause(ms: number): Promise<void> {
    await pause(this.#context.clock, ms, this.#end.signal);
    this.#check();
  }

  #check(): void {
    if (this.#end.signal.aborted) throw new Lost();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Resolves when something was read or ended, or after `ms`. */
  async #change(ms?: number): Promise<void> {
    const changed = this.#changed.promise;
    if (ms === undefined) return changed;
    const { promise: due, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.after(Math.max(1, ms), resolve);
    await Promise.race([changed, due]);
    cancel();
  }
}
