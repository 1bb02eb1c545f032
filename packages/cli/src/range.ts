import { durationOf, UsageError } from './options.ts';

/** `--from` and `--to` as epoch ms: an ISO time, or a span back from `now`. */
export function rangeOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): { readonly from: number; readonly to: number } {
  if (from === undefined || to === undefined)
    throw new UsageError('--from and --to are needed: an ISO time, or a span back such as 24h');
  const range = { from: instantOf('from', from, now), to: instantOf('to', to, now) };
  if (range.from >= range.to) throw new UsageError(`--from ${from} is not before --to ${to}`);
  return range;
}

/** An ISO time, a span back from `now`, or `now`, as epoch ms; throws a UsageError that names the option. */
export function instantOf(name: string, text: string, now: number): number {
  if (text === 'now') return now;
  if (/^\d{1,6}[smhdw]$/.test(text)) return now - durationOf(name, text);
  const at = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(
      `--${name} expects a time such as 2026-03-02T09:00:00Z, a span back such as 24h, or now, got ${text}`,
    );
  return at;
}
