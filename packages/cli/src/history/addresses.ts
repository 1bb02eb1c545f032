import type { Addresses } from '@resonant/clickhouse';
import { UsageError } from '../options.ts';

/** Options that name addresses; each may come more than once. */
export const addressOptions = {
  email: { type: 'string', multiple: true },
  phone: { type: 'string', multiple: true },
  handle: { type: 'string', multiple: true },
} as const;

type Values = { readonly [O in keyof typeof addressOptions]?: readonly string[] | undefined };

/** The addresses as ingest and the directory write them: hashes have to be of the same text. Throws a UsageError for others. */
export const addressesOf = ({ email = [], phone = [], handle = [] }: Values): Addresses => ({
  emails: email.map((text) =>
    checked('email', text, text.trim().toLowerCase(), /^[^\s@]+@[^\s@]+$/, 'ann@acme.example'),
  ),
  phones: phone.map((text) =>
    checked('phone', text, text.replaceAll(/[\s().\-/]/g, '').replace(/^00/, '+'), /^\+[1-9]\d{4,14}$/, '+4930123456'),
  ),
  handles: handle.map((text) =>
    checked('handle', text, text.trim().toLowerCase(), /^[a-z0-9-]+:\S+$/, 'github:octocat'),
  ),
});

function checked(option: string, given: string, written: string, form: RegExp, example: string): string {
  if (form.test(written)) return written;
  throw new UsageError(`--${option} expects an address such as ${example}, got ${given}`);
}
