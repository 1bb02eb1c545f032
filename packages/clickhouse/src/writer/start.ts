import type { CommitNote, Pending } from './pending.ts';
import { hashOfToken, type Span, saltOfToken } from './range.ts';

/** What the ledger holds of a stream in its newest epoch. */
export interface StreamLedger {
  /** The largest epoch that the topic has rows of; 0 if none. */
  readonly epoch: number;
  /** End of the unbroken chain of ranges, plus one: the first offset that is not stored. */
  readonly next: number;
  /** The last range of that chain. */
  readonly last: StoredRange | null;
  /** First offset that is stored behind a gap, if there is one. */
  readonly behindGap: number | null;
}

export interface StoredRange extends Span {
  readonly nRecords: number;
  /** Those of them that are no rows. */
  readonly nRejected: number;
  readonly token: string;
}

/** What is known when a partition is assigned. */
export interface StartFacts {
  readonly ledger: StreamLedger;
  /** null = nothing committed. */
  readonly committed: number | null;
  readonly note: CommitNote;
  /** First offset that the log holds, and the one that the next record gets. */
  readonly earliest: number;
  readonly latest: number;
  /** Compaction takes records out of ranges that are stored: their hashes do not last. */
  readonly isCompacted: boolean;
}

/** Where a stream begins, and what it does before it collects. */
export type Start =
  /** Nothing may be written until an operator has acted. */
  | {
      readonly kind: 'refuse';
      readonly reason: string;
      /** Where it could go on if what cannot be read again were given up; null if that does not help. */
      readonly goOnAt: number | null;
    }
  /** Offsets that an operator gave up: a range without records, so that the chain stays whole. */
  | {
      readonly kind: 'skip';
      /** To the end of what is given up, or to what is stored behind a gap before that. */
      readonly span: Span;
      /** First offset that is not given up. */
      readonly goOnAt: number;
    }
  | {
      readonly kind: 'read';
      /** First offset to read. */
      readonly from: number;
      /** Stored already: read again to see that this is the log it came from. */
      readonly verify: StoredRange | null;
      /** Insert again, with its token, before anything else, unless all of it is there. */
      readonly resend: Pending | null;
      /** What follows the resent range is not what comes next: begin anew. */
      readonly thenRestart: boolean;
      /** First offset not stored. */
      readonly next: number;
      /** Stored already from here on: close the gap, then begin anew. */
      readonly behindGap: number | null;
      /**
       * The committed offset is not from a writer that had stored everything before it, or not where the ledger ends: it
       * was reset. An insert may have ended half-way: unknown to the ledger, so rows behind its end are
       * removed before they come again; or known to it and to some tables only, so its last range counts as pending.
       */
      readonly wasReset: boolean;
    };

const raise = 'If the topic was made anew on purpose, raise its epoch; else restore it from a backup';

const giveUp = 'Restore the topic from a backup, or go on without what is lost: resonant history skip-lost';

/**
 * Decides from ledger, committed offset and log where to begin. The ledger says what is stored; the committed offset is a
 * hint, and what it says to be pending goes first: the insert may have reached some tables and not others.
 */
export function startOf(facts: StartFacts): Start {
  const { ledger, committed, note, earliest, latest, isCompacted } = facts;
  const { next, last, behindGap } = ledger;
  if (note.kind === 'pending' && note.pending.afterReset) return startAfterReset(facts, note.pending);
  if (latest < next) {
    return refuse(
      `the log ends at offset ${latest} and offsets to ${next - 1} are stored: it is another log. ${raise}`,
    );
  }
  const pending = note.kind === 'pending' ? note.pending : null;
  if (pending !== null && latest <= pending.last) {
    return refuse(
      `the log ends at offset ${latest} and ${textOf(pending)} was being stored: it is another log. ${raise}`,
    );
  }
  const isLast = pending !== null && last !== null && pending.first === last.first && pending.last === last.last;
  if (pending !== null && pending.first < next && pending.last >= next) {
    return refuse(`${textOf(pending)} was being stored and the ledger ends inside it, at offset ${next - 1}`);
  }
  if (isLast && !isCompacted && hashOfToken(last.token) !== pending.hash) {
    return refuse(`${textOf(pending)} was being stored and the ledger holds other records of it. ${raise}`);
  }
  if (pending !== null && pending.first < earliest && !isCompacted) {
    return refuse(
      `${textOf(pending)} was being stored and the log begins at offset ${earliest}: it cannot be read again. ${giveUp}`,
      Math.max(next, earliest),
    );
  }
  if (pending === null && next < earliest && !isCompacted) {
    if (note.kind === 'skip-lost' && committed !== null && committed >= earliest) {
      return {
        kind: 'skip',
        span: { first: next, last: Math.min(committed, behindGap ?? committed) - 1 },
        goOnAt: committed,
      };
    }
    return refuse(`offsets ${next} to ${earliest - 1} are no longer kept and were never stored. ${giveUp}`, earliest);
  }
  const isNew = committed === null && next === 0;
  const wasReset = pending === null && !isNew && (note.kind !== 'stored' || committed !== next);
  const rest = { next, behindGap, wasReset };
  if (pending !== null && pending.first !== next) {
    const from = Math.max(pending.first, earliest);
    return { kind: 'read', from, verify: null, resend: pending, thenRestart: true, ...rest };
  }
  const known = last !== null && last.nRecords > 0 && (last.first >= earliest || isCompacted) ? last : null;
  if (wasReset && known !== null) {
    const from = Math.max(known.first, earliest);
    return { kind: 'read', from, verify: null, resend: asPending(known), thenRestart: false, ...rest };
  }
  const verify = isCompacted ? null : known;
  const from = Math.max(verify?.first ?? next, earliest);
  return { kind: 'read', from, verify, resend: pending, thenRestart: false, ...rest };
}

/**
 * The last range of the ledger was being sent again because the offset was reset: as after the reset, and what was said of
 * it still holds. If it was just being made anew, so that the ledger does not have it, its insert may be under way and
 * goes first.
 */
function startAfterReset(facts: StartFacts, pending: Pending): Start {
  const { ledger, earliest, latest, isCompacted } = facts;
  const start = startOf({ ...facts, note: { kind: 'none' } });
  const isReadable = latest > pending.last && (pending.first >= earliest || isCompacted);
  if (start.kind !== 'read') return start;
  const { resend } = start;
  const isLast = resend !== null && resend.first === pending.first && resend.hash === pending.hash;
  if (isLast) return { ...start, resend: { ...resend, ...pending } };
  if (pending.first !== ledger.next || !isReadable) return start;
  return { ...start, from: Math.max(pending.first, earliest), verify: null, resend: pending };
}

/** A stored range as the note of its insert had it; the ledger does not say why the engine refused a record. */
function asPending({ first, last, nRecords, nRejected, token }: StoredRange): Pending {
  const salt = saltOfToken(token);
  const known = { first, last, count: nRecords, rejected: nRejected, hash: hashOfToken(token) };
  return { ...known, ...(salt === undefined ? {} : { salt }), afterReset: true };
}

const refuse = (reason: string, goOnAt: number | null = null): Start => ({ kind: 'refuse', reason, goOnAt });

const textOf = ({ first, last }: Span): string => `the range ${first} to ${last}`;
