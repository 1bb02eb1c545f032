import { ResonantError } from '@resonant/contracts';
import { UsageError } from '../options.ts';
import type { DeadLetterBook, Kept } from './book.ts';

/** Options that choose dead letters; spread them into a command's own. */
export const selectionOptions = {
  source: { type: 'string' },
  reason: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const;

/** Their part of a help text. */
export const selectionHelp = `Which ones:
  --source S         of this source or service, e.g. emails, signals, history
  --reason CODE      put aside for this reason, e.g. invalid-event
  --since T          put aside at or after T (ISO time with zone)
  --until T          put aside before T
`;

type Values = { readonly [O in keyof typeof selectionOptions]?: string | undefined };

/** The letters of the book that the options choose. */
export function selected(book: DeadLetterBook, values: Values): readonly Kept[] {
  const since = instantOf('since', values.since) ?? Number.NEGATIVE_INFINITY;
  const until = instantOf('until', values.until) ?? Number.POSITIVE_INFINITY;
  return [...book.letters.values()].filter(
    ({ letter }) =>
      (values.source === undefined || letter.source === values.source) &&
      (values.reason === undefined || letter.reason === values.reason) &&
      letter.at >= since &&
      letter.at < until,
  );
}

/** The pending letters that were named one by one or chosen by options. Throws for an id that is unknown or decided. */
export function pendingOf(book: DeadLetterBook, ids: readonly string[], values: Values): readonly Kept[] {
  const byOption = Object.values(values).some((value) => value !== undefined);
  if (ids.length > 0 && byOption) throw new UsageError('give ids, or options that choose, not both');
  if (ids.length === 0 && !byOption)
    throw new UsageError('which ones? give ids, or --source, --reason, --since, --until');
  if (ids.length === 0) return selected(book, values).filter(({ state }) => state === 'pending');
  return [...new Set(ids)].map((id) => {
    const kept = letterOf(book, id);
    if (kept.state === 'pending') return kept;
    const { at, by } = kept.outcome ?? { at: 0, by: 'somebody' };
    throw new ResonantError('invalid-request', `${id} was ${kept.state} by ${by} at ${new Date(at).toISOString()}`);
  });
}

/** The letter of an id or of its unambiguous beginning. Throws `not-found` or `invalid-request`. */
export function letterOf(book: DeadLetterBook, id: string): Kept {
  const exact = book.letters.get(id);
  if (exact !== undefined) return exact;
  const found = [...book.letters.values()].filter(({ letter }) => letter.deadLetterId.startsWith(id));
  if (found.length === 1 && id.length >= 6) return found[0] as Kept;
  throw found.length > 1
    ? new ResonantError('invalid-request', `${found.length} dead letters begin with ${id}; give more of the id`)
    : new ResonantError('not-found', `there is no dead letter ${id}; see: resonant dead-letters list`);
}

function instantOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) throw new UsageError(`--${name} expects a time such as 2026-03-03T09:00:00Z, got ${text}`);
  return instant;
}
