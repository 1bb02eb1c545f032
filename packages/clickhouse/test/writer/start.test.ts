import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CommitNote, Pending } from '../../src/writer/pending.ts';
import { type Start, type StartFacts, type StoredRange, startOf } from '../../src/writer/start.ts';

const hash = (letter: string): string => letter.repeat(64);
const pending = (first: number, last: number, letter = 'a'): CommitNote & { pending: Pending } => ({
  kind: 'pending',
  pending: { first, last, count: last - first + 1, hash: hash(letter) },
});
const stored = (first: number, last: number, letter = 'a'): StoredRange => ({
  first,
  last,
  nRecords: last - first + 1,
  nRejected: 0,
  token: `t/0/0/${first}-${last}/${hash(letter)}`,
});

/** A range of the ledger, as it is looked at when nothing says that it was pending. */
const again = (first: number, last: number): Pending => ({
  ...pending(first, last).pending,
  rejected: 0,
  afterReset: true,
});

const nothing: StartFacts = {
  ledger: { epoch: 0, next: 0, last: null, behindGap: null },
  committed: null,
  note: { kind: 'none' },
  earliest: 0,
  latest: 100,
  isCompacted: false,
};
const facts = (
  changes: Omit<Partial<StartFacts>, 'ledger'> & { ledger?: Partial<StartFacts['ledger']> },
): StartFacts => ({
  ...nothing,
  ...changes,
  ledger: { ...nothing.ledger, ...changes.ledger },
});
/** What a writer commits behind an insert. */
const settled: CommitNote = { kind: 'stored' };
const upTo49 = { next: 50, last: stored(40, 49) };

const read = {
  kind: 'read',
  verify: null,
  resend: null,
  thenRestart: false,
  behindGap: null,
  wasReset: false,
} as const;

describe('where a stream begins', () => {
  test.each<[string, StartFacts, Start]>([
    ['nothing is stored or committed: at the beginning', facts({}), { ...read, from: 0, next: 0 }],
    [
      'a ledger and no committed offset: behind the ledger, after looking whether its last range is in every table',
      facts({ ledger: upTo49 }),
      { ...read, from: 40, resend: again(40, 49), next: 50, wasReset: true },
    ],
    [
      'offsets reset to the beginning: the ledger says where, and its last range may be in some tables only',
      facts({ ledger: upTo49, committed: 0 }),
      { ...read, from: 40, resend: again(40, 49), next: 50, wasReset: true },
    ],
    [
      'offsets reset, the last range was sent with a salt: with the same token again',
      facts({
        ledger: { next: 50, last: { ...stored(40, 49), token: `${stored(40, 49).token}~1772409600000` } },
        committed: 0,
      }),
      { ...read, from: 40, resend: { ...again(40, 49), salt: 1772409600000 }, next: 50, wasReset: true },
    ],
    [
      'killed when the last range was sent again after a reset: it is still a reset',
      facts({
        ledger: upTo49,
        committed: 40,
        note: { kind: 'pending', pending: { ...pending(40, 49).pending, afterReset: true } },
      }),
      { ...read, from: 40, resend: again(40, 49), next: 50, wasReset: true },
    ],
    [
      'killed when it had begun to make the last range anew after a reset: the next owner knows',
      facts({
        ledger: upTo49,
        committed: 40,
        note: { kind: 'pending', pending: { ...pending(40, 49).pending, salt: 7, afterReset: true, anew: true } },
      }),
      { ...read, from: 40, resend: { ...again(40, 49), salt: 7, anew: true }, next: 50, wasReset: true },
    ],
    [
      'killed when the last range was being made anew after a reset: its insert may be under way, and goes first',
      facts({
        ledger: { next: 40, last: stored(30, 39) },
        committed: 40,
        note: { kind: 'pending', pending: { ...pending(40, 49).pending, salt: 7, afterReset: true } },
      }),
      {
        ...read,
        from: 40,
        resend: { ...pending(40, 49).pending, salt: 7, afterReset: true },
        next: 40,
        wasReset: true,
      },
    ],
    [
      'killed when the only range was being made anew after a reset: it is no new stream',
      facts({
        committed: 0,
        note: { kind: 'pending', pending: { ...pending(0, 49).pending, afterReset: true } },
      }),
      { ...read, from: 0, resend: { ...pending(0, 49).pending, afterReset: true }, next: 0, wasReset: true },
    ],
    [
      'a range that was being made anew after a reset, and is no longer kept: as after the reset',
      facts({
        ledger: { next: 40, last: stored(30, 39) },
        committed: 40,
        earliest: 40,
        latest: 45,
        note: { kind: 'pending', pending: { ...pending(40, 49).pending, afterReset: true } },
      }),
      { ...read, from: 40, next: 40, wasReset: true },
    ],
    [
      'offsets of a compacted topic reset: its last range, as far as it is there',
      facts({ ledger: upTo49, isCompacted: true, earliest: 45, committed: 0 }),
      { ...read, from: 45, resend: again(40, 49), next: 50, wasReset: true },
    ],
    [
      'offsets reset, the last range is no longer kept: it cannot be sent again',
      facts({ ledger: upTo49, earliest: 45, committed: 0 }),
      { ...read, from: 50, next: 50, wasReset: true },
    ],
    [
      'nothing happened since the last commit: where ledger and committed offset agree',
      facts({ ledger: upTo49, committed: 50, note: settled }),
      { ...read, from: 40, verify: stored(40, 49), next: 50 },
    ],
    [
      'the offset was moved to where the ledger ends: what was pending is not known any more',
      facts({ ledger: upTo49, committed: 50 }),
      { ...read, from: 40, resend: again(40, 49), next: 50, wasReset: true },
    ],
    [
      'the offset was moved to the beginning and nothing is stored: what was pending is not known any more',
      facts({ committed: 0 }),
      { ...read, from: 0, next: 0, wasReset: true },
    ],
    [
      'ClickHouse restored, everything was stored: back to the end of the ledger',
      facts({ ledger: { next: 20, last: stored(10, 19) }, committed: 90, note: settled }),
      { ...read, from: 10, resend: again(10, 19), next: 20, wasReset: true },
    ],
    [
      'killed before the insert: the pending range is sent again',
      facts({ ledger: upTo49, committed: 50, note: pending(50, 59) }),
      { ...read, from: 40, verify: stored(40, 49), resend: pending(50, 59).pending, next: 50 },
    ],
    [
      'killed before the very first insert: the pending range is sent again',
      facts({ committed: 0, note: pending(0, 9) }),
      { ...read, from: 0, resend: pending(0, 9).pending, next: 0 },
    ],
    [
      'killed after the insert, the ledger has it: it is looked at all the same, since a view may lack it',
      facts({ ledger: upTo49, committed: 40, note: pending(40, 49) }),
      { ...read, from: 40, resend: pending(40, 49).pending, thenRestart: true, next: 50 },
    ],
    [
      'ClickHouse restored from a backup: the pending range first, then what is missing before it',
      facts({ ledger: { next: 20, last: stored(10, 19) }, committed: 50, note: pending(50, 59) }),
      { ...read, from: 50, resend: pending(50, 59).pending, thenRestart: true, next: 20 },
    ],
    [
      'ClickHouse restored, nothing pending: back to the end of the ledger',
      facts({ ledger: { next: 20, last: stored(10, 19) }, committed: 90 }),
      { ...read, from: 10, resend: again(10, 19), next: 20, wasReset: true },
    ],
    [
      'a gap in the ledger: it is closed up to what is stored behind it',
      facts({ ledger: { next: 20, last: stored(10, 19), behindGap: 50 }, committed: 20, note: settled }),
      { ...read, from: 10, verify: stored(10, 19), next: 20, behindGap: 50 },
    ],
    [
      'the last range is no longer kept: it cannot be read again',
      facts({ ledger: upTo49, earliest: 45, committed: 50, note: settled }),
      { ...read, from: 50, next: 50 },
    ],
    [
      'a range that was given up has no records to look at',
      facts({ ledger: { next: 50, last: { ...stored(40, 49), nRecords: 0 } }, committed: 50, note: settled }),
      { ...read, from: 50, next: 50 },
    ],
    [
      'a compacted topic: what compaction took away is not looked for',
      facts({ ledger: upTo49, isCompacted: true, earliest: 60, committed: 50, note: settled }),
      { ...read, from: 60, next: 50 },
    ],
    [
      'an operator gave up what is lost: a range without records stands for it',
      facts({ ledger: upTo49, earliest: 60, committed: 60, note: { kind: 'skip-lost' } }),
      { kind: 'skip', span: { first: 50, last: 59 }, goOnAt: 60 },
    ],
    [
      'what is lost lies on both sides of what is stored: first up to there',
      facts({ ledger: { ...upTo49, behindGap: 55 }, earliest: 60, committed: 60, note: { kind: 'skip-lost' } }),
      { kind: 'skip', span: { first: 50, last: 54 }, goOnAt: 60 },
    ],
    [
      'what is stored behind a gap lies behind what is lost: up to what is kept',
      facts({ ledger: { ...upTo49, behindGap: 70 }, earliest: 60, committed: 60, note: { kind: 'skip-lost' } }),
      { kind: 'skip', span: { first: 50, last: 59 }, goOnAt: 60 },
    ],
    [
      'what is lost was passed over: the operator’s word may have taken the place of a pending range',
      facts({ ledger: { next: 60, last: null }, earliest: 60, committed: 60, note: { kind: 'skip-lost' } }),
      { ...read, from: 60, next: 60, wasReset: true },
    ],
  ])('%s', (_name, given, expected) => {
    expect(startOf(given)).toEqual(expected);
  });

  test.each<[string, StartFacts, RegExp]>([
    [
      'the log ends before what is stored',
      facts({ ledger: upTo49, latest: 30 }),
      /ends at offset 30 .* to 49 are stored.*raise its epoch/,
    ],
    [
      'the log ends inside the pending range',
      facts({ committed: 90, note: pending(90, 110) }),
      /ends at offset 100 and the range 90 to 110/,
    ],
    [
      'the ledger holds other records of the pending range',
      facts({ ledger: upTo49, committed: 40, note: pending(40, 49, 'b') }),
      /40 to 49 .* other records.*raise its epoch/,
    ],
    [
      'the ledger ends inside the pending range',
      facts({ ledger: upTo49, committed: 45, note: pending(45, 54) }),
      /45 to 54 was being stored and the ledger ends inside it, at offset 49/,
    ],
    [
      'what was never stored is no longer kept',
      facts({ ledger: upTo49, earliest: 60 }),
      /offsets 50 to 59 are no longer kept.*skip-lost/,
    ],
    [
      'what was never stored is no longer kept, in an empty ledger',
      facts({ earliest: 60, committed: 70 }),
      /offsets 0 to 59 are no longer kept/,
    ],
    [
      'more is lost than was given up',
      facts({ ledger: upTo49, earliest: 70, committed: 60, note: { kind: 'skip-lost' } }),
      /offsets 50 to 69 are no longer kept/,
    ],
    [
      'the pending range is no longer kept',
      facts({ ledger: upTo49, earliest: 55, committed: 50, note: pending(50, 59) }),
      /50 to 59 was being stored and the log begins at offset 55/,
    ],
  ])('refuses if %s', (_name, given, reason) => {
    const start = startOf(given);
    expect(start.kind).toBe('refuse');
    expect(start.kind === 'refuse' && start.reason).toMatch(reason);
  });

  test.each<[string, StartFacts, number | null]>([
    ['what is not stored is no longer kept: where the log begins', facts({ ledger: upTo49, earliest: 60 }), 60],
    [
      'the pending range is no longer kept: where the log begins',
      facts({ ledger: upTo49, earliest: 55, committed: 50, note: pending(50, 59) }),
      55,
    ],
    [
      'the pending range is stored, and its beginning no longer kept: behind what is stored',
      facts({ ledger: upTo49, earliest: 45, committed: 40, note: pending(40, 49) }),
      50,
    ],
    ['the log is another: nowhere', facts({ ledger: upTo49, latest: 30 }), null],
  ])('says where it can go on without what cannot be read again: %s', (_name, given, goOnAt) => {
    expect(startOf(given)).toMatchObject({ kind: 'refuse', goOnAt });
  });

  test('whatever is known, what is read begins at or before what is not stored, and nothing is left out', () => {
    const arbitrary = fc.record({
      next: fc.nat(60),
      lastLength: fc.integer({ min: 1, max: 20 }),
      committed: fc.option(fc.nat(80)),
      earliest: fc.nat(60),
      latest: fc.integer({ min: 0, max: 120 }),
      pendingFirst: fc.option(fc.nat(80)),
      pendingLength: fc.integer({ min: 1, max: 20 }),
      isCompacted: fc.boolean(),
    });
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { next, committed, earliest, latest, pendingFirst, isCompacted } = given;
        const last = next === 0 ? null : stored(Math.max(0, next - given.lastLength), next - 1);
        const note: CommitNote =
          pendingFirst === null ? { kind: 'none' } : pending(pendingFirst, pendingFirst + given.pendingLength - 1);
        const start = startOf(facts({ ledger: { next, last }, committed, earliest, latest, note, isCompacted }));
        if (start.kind !== 'read') return;
        const wanted = start.resend !== null && start.thenRestart ? start.resend.first : next;
        const first = Math.max(wanted, isCompacted ? earliest : 0);
        expect(start.from).toBeLessThanOrEqual(first);
        expect(start.from).toBeGreaterThanOrEqual(isCompacted ? 0 : earliest);
        expect(start.next).toBe(next);
        const canBeSent = last !== null && (last.first >= earliest || isCompacted);
        const isLastAgain = note.kind === 'none' && start.wasReset && canBeSent;
        const looked = isLastAgain ? again(last.first, last.last) : null;
        expect(start.resend).toEqual(note.kind === 'pending' ? note.pending : looked);
      }),
      { numRuns: 2000 },
    );
  });
});
