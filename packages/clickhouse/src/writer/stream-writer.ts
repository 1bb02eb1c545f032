import { errorClassOf } from '../client/failure.ts';
import { Attempts, Discarded, Lost, Stopped } from './attempts.ts';
import { pause } from './clock.ts';
import { noteOf, type Pending, storedMetadata } from './pending.ts';
import { hashOf, hashOfToken, type Range, type RawRecord, rangeOf, type Span, type StreamName } from './range.ts';
import { RangeWriter } from './range-writer.ts';
import { RecordBuffer } from './record-buffer.ts';
import { type Start, type StoredRange, startOf } from './start.ts';
import type { Committed, StreamContext, StreamStatus } from './stream-context.ts';

type Reading = Extract<Start, { kind: 'read' }>;

const madeAnew = 'the topic was made anew. If that was on purpose, raise its epoch; else restore it from a backup';

/**
 * The writer of one assigned partition: from `assigned` to `lost`. Exactly once: what is being inserted stands in the
 * metadata of the committed offset before it is sent, goes with a token that it alone has, and what is stored is what
 * the ledger says.
 */
export class StreamWriter {
  readonly stream: StreamName;
  readonly #context: StreamContext;
  readonly #end = new AbortController();
  readonly #attempts: Attempts;
  #ranges: RangeWriter | undefined;
  #buffer = new RecordBuffer(0);
  #changed = Promise.withResolvers<void>();
  #epoch = 0;
  #next = 0;
  #committed: Committed = { offset: null, metadata: '' };
  #ledgerCheckAt = 0;
  #isDraining = false;
  #running: Promise<void> = Promise.resolve();

  constructor(context: StreamContext, stream: StreamName) {
    this.#context = context;
    this.stream = stream;
    this.#attempts = new Attempts(context, stream, this.#end.signal);
  }

  /** Step 1: finds out where to begin. Resolves with the offset to read from, once there is one. */
  async assigned(): Promise<{ readonly offset: number }> {
    for (let attempt = 1; !this.#end.signal.aborted; attempt++) {
      try {
        const start = await this.#start();
        if (this.#end.signal.aborted) break;
        const ranges = this.#rangeWriter();
        if (start.kind === 'read') return this.#begin(start, ranges);
        if (start.kind === 'skip') await ranges.storeSkipped(start.span, start.goOnAt);
        else {
          this.#attempts.say('stopped', start.reason);
          await this.#attempts.pause(this.#context.limits.stoppedMs);
        }
      } catch (error) {
        if (error instanceof Lost) break;
        this.#attempts.retrying(attempt, error as Error);
        await this.#attempts.backOff(attempt).catch(() => undefined);
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
      state: this.#attempts.state,
      reason: this.#attempts.reason,
      epoch: this.#epoch,
      next: this.#next,
      passed: Math.max(this.#buffer.passed, this.#next),
      bufferedRecords: this.#buffer.records,
      bufferedBytes: this.#buffer.bytes,
      oldestAppendedAt: this.#buffer.oldestAppendedAt ?? null,
      pendingSince: this.#ranges?.pendingSince ?? null,
    };
  }

  async #start(): Promise<Start> {
    const { store, positions, isCompacted, leastEpoch } = this.#context;
    const ledger = await store.ledger(this.stream, leastEpoch);
    this.#committed = await positions.committed(this.stream);
    const { offset, metadata } = this.#committed;
    const ends = await positions.ends(this.stream);
    this.#epoch = ledger.epoch;
    this.#next = ledger.next;
    let note: ReturnType<typeof noteOf>;
    try {
      note = noteOf(metadata);
    } catch (error) {
      return {
        kind: 'refuse',
        goOnAt: null,
        reason: `what stands beside the committed offset: ${(error as Error).message}`,
      };
    }
    return startOf({ ledger, committed: offset, note, isCompacted, ...ends });
  }

  #rangeWriter(): RangeWriter {
    const at = { stream: this.stream, epoch: this.#epoch };
    this.#ranges = new RangeWriter(this.#context, at, this.#attempts, (range) => this.#advance(range));
    return this.#ranges;
  }

  #begin(start: Reading, ranges: RangeWriter): { readonly offset: number } {
    const { observer, clock, limits } = this.#context;
    this.#buffer = new RecordBuffer(start.from);
    this.#attempts.say(start.verify === null && start.resend === null ? 'running' : 'checking');
    observer.started?.(this.stream, start);
    this.#ledgerCheckAt = clock.now() + limits.ledgerCheckMs;
    this.#running = this.#run(start, ranges);
    return { offset: start.from };
  }

  async #run(start: Reading, ranges: RangeWriter): Promise<void> {
    const { restart } = this.#context;
    const { verify, resend, wasReset, thenRestart, next, behindGap } = start;
    try {
      if (verify !== null) await this.#verify(verify);
      if (resend !== null) await this.#resend(resend, ranges, wasReset);
      if (this.#isDraining) return;
      if (thenRestart) return restart(this.stream);
      const behind = { first: next, last: (behindGap ?? Number.MAX_SAFE_INTEGER) - 1 };
      if (wasReset) await ranges.clear(behind, this.#committed);
      this.#attempts.say('running');
      for (let range = await this.#collect(behindGap); range !== null; range = await this.#collect(behindGap)) {
        await ranges.store(range);
        // else the commit before the next insert says the same
        if (this.#isDraining || !this.#isBatchReady()) await ranges.commit(this.#next, storedMetadata);
        if (this.#next === behindGap) return restart(this.stream);
      }
    } catch (error) {
      await this.#beginAnew(error as Error);
    }
  }

  /** Nothing is repaired in place: the ledger is asked again. */
  async #beginAnew(error: Error): Promise<void> {
    const { observer, limits, clock, restart } = this.#context;
    if (error instanceof Lost || this.#end.signal.aborted) return;
    if (error instanceof Discarded) observer.discarded?.(this.stream, error.message);
    else if (error instanceof Stopped || errorClassOf(error) === 'schema') this.#attempts.say('stopped', error.message);
    else this.#attempts.retrying(1, error);
    await pause(clock, error instanceof Discarded ? 0 : limits.stoppedMs, this.#end.signal);
    if (!this.#end.signal.aborted) restart(this.stream);
  }

  /** Whether the log is the one that the last stored range came from. */
  async #verify(stored: StoredRange): Promise<void> {
    const records = await this.#read(stored);
    if (records === undefined) return;
    if (records.length !== stored.nRecords || hashOf(records) !== hashOfToken(stored.token)) {
      throw new Stopped(
        `the log holds other records at offsets ${stored.first} to ${stored.last} than are stored: ${madeAnew}`,
      );
    }
    this.#drop(stored.last);
  }

  /** What was pending goes first: its insert may have reached some tables and not others. */
  async #resend(pending: Pending, ranges: RangeWriter, wasReset: boolean): Promise<void> {
    const records = await this.#read(pending);
    if (records === undefined) return;
    const range = rangeOf(pending, records);
    const isSame = range.hash === pending.hash && records.length === pending.count;
    if (!isSame && !this.#context.isCompacted) {
      const { first, last } = pending;
      throw new Stopped(
        `the log holds other records at offsets ${first} to ${last} than were being stored: ${madeAnew}`,
      );
    }
    const isThere = await ranges.resend(range, pending, isSame);
    this.#context.observer.resent?.(this.stream, { pending, isThere });
    // Once an offset is committed nobody knows that it was reset, and what stands behind the ledger is not removed yet.
    if (!wasReset) await ranges.commit(this.#next, storedMetadata);
  }

  /** Step 2: the next range; null when draining. */
  async #collect(before: number | null): Promise<Range | null> {
    const { clock, limits } = this.#context;
    for (;;) {
      this.#attempts.check();
      if (this.#isDraining) return null;
      if (clock.now() >= this.#ledgerCheckAt) await this.#checkLedger();
      const records = this.#buffer.batch(limits.batch, clock.now(), before ?? undefined);
      const end = records?.at(-1)?.offset ?? this.#next - 1;
      // up to a range that is stored already, holes included: else the chain would stay broken
      const closes = before !== null && this.#buffer.through(before - 1)?.every(({ offset }) => offset <= end) === true;
      const span = { first: this.#next, last: closes ? before - 1 : end };
      if (records !== undefined || closes) return rangeOf(span, records ?? []);
      const dueAt = this.#buffer.dueAt(limits.batch) ?? Number.POSITIVE_INFINITY;
      await this.#change(Math.min(dueAt, this.#ledgerCheckAt) - clock.now());
    }
  }

  /** A restore takes ledger and rows back together: what is missing then is read again. */
  async #checkLedger(): Promise<void> {
    const { store, clock, limits, leastEpoch } = this.#context;
    const { next, epoch } = await this.#attempts.untilDone(() => store.ledger(this.stream, leastEpoch));
    if (next !== this.#next || epoch !== this.#epoch) {
      throw new Discarded(`the ledger ends before offset ${next} of epoch ${epoch}, this writer is at ${this.#next}`);
    }
    this.#ledgerCheckAt = clock.now() + limits.ledgerCheckMs;
  }

  /** The records of a span, once all of it was read; undefined when draining. */
  async #read({ first, last }: Span): Promise<readonly RawRecord[] | undefined> {
    for (;;) {
      this.#attempts.check();
      if (this.#isDraining) return undefined;
      const records = this.#buffer.through(last);
      if (records !== undefined) return records.filter(({ offset }) => offset >= first);
      await this.#change();
    }
  }

  #isBatchReady(): boolean {
    return this.#buffer.batch(this.#context.limits.batch, this.#context.clock.now()) !== undefined;
  }

  #advance({ last }: Span): void {
    this.#next = Math.max(this.#next, last + 1);
    this.#drop(last);
  }

  #drop(last: number): void {
    this.#buffer.drop(last);
    this.#context.budget.set(this, this.#buffer.bytes);
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
