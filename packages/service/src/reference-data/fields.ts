import { z } from 'zod';

const oneLine = (max: number) => z.string().trim().min(1).max(max);

/** Ids are made by the customer's systems; they stand in record keys and URL paths, so no white space and no slash. */
export const idField = z.string().regex(/^[^\s/\p{Cc}]{1,128}$/u, 'expected 1–128 characters without space or slash');

export const nameField = oneLine(200);

/** Epoch ms from an ISO 8601 instant with `Z` or an offset, or from a date (its midnight in UTC). */
export const instantField = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'expected an ISO 8601 instant with Z or an offset, or a date, e.g. 2026-03-02T09:00:00+08:00 or 2026-03-02',
  })
  .transform((text) => Date.parse(text));

export const emailField = z.email('expected an e-mail address').transform((text) => text.toLowerCase());

export const domainField = z
  .string()
  .regex(/^([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u, 'expected a domain, e.g. acme.example')
  .transform((text) => text.toLowerCase());

/** E.164; spaces, dots, dashes and brackets that people write are taken out. */
export const phoneField = z
  .string()
  .transform((text) => text.replaceAll(/[\s().-]/g, ''))
  .pipe(z.string().regex(/^\+[1-9]\d{4,14}$/, 'expected a phone number with its country code, e.g. +4930123456'));

export const handleField = z
  .string()
  .regex(/^[a-z0-9-]+:\S+$/i, 'expected platform:name, e.g. github:octocat')
  .transform((text) => text.toLowerCase());

export const languageField = z.enum(['en', 'zh']).nullable().default(null);

/** A list without repeats; left out = empty. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .max(1000)
    .default([])
    .transform((items) => [...new Set(items)]);

interface Span {
  readonly from: number;
  readonly to: number | null;
}

/**
 * What held during spans of time, e.g. owners of an account. `from` is inclusive, left out = since ever; `to` is
 * exclusive, left out = still. Spans must not overlap: at any instant there is at most one answer. Sorted by `from`.
 */
export const spansOf = <K extends string>(key: K) =>
  z
    .array(
      z
        .strictObject({
          [key]: idField,
          from: instantField.default(0),
          to: instantField.nullable().default(null),
        })
        .transform((span) => span as Span & Readonly<Record<K, string>>),
    )
    .max(1000)
    .default([])
    .superRefine((spans, context) => {
      for (const [index, span] of spans.entries()) {
        if (span.to !== null && span.to <= span.from) {
          context.addIssue({ code: 'custom', path: [index, 'to'], message: 'expected an instant after `from`' });
        }
        const other = spans.findIndex((earlier, at) => at < index && overlaps(earlier, span));
        if (other >= 0) {
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `overlaps with entry ${other}; end that one with \`to\` first`,
          });
        }
      }
    })
    .transform((spans) => spans.toSorted((a, b) => a.from - b.from));

const overlaps = (a: Span, b: Span): boolean =>
  a.from < (b.to ?? Number.POSITIVE_INFINITY) && b.from < (a.to ?? Number.POSITIVE_INFINITY);
