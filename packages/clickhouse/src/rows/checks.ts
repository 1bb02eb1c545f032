import { earliest, latest, ValueError } from './column-types.ts';

/** Throws a ValueError that names the field, what was expected and what came. */
export function refuse(field: string, expected: string, got: unknown): never {
  throw new ValueError(`${field}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 80) ?? String(got)}`);
}

/** The text, if it is not empty. */
export const named = (field: string, text: string): string => (text === '' ? refuse(field, 'a text', text) : text);

/** The text, if it is one of these. */
export const oneOf = (field: string, known: readonly string[], text: string): string =>
  known.includes(text) ? text : refuse(field, known.join(', '), text);

/** The number, if it is a whole one from 1. */
export const from1 = (field: string, number: number): number =>
  Number.isInteger(number) && number >= 1 ? number : refuse(field, 'a whole number from 1', number);

/** Epoch ms, if a column can hold it. */
export const instant = (field: string, at: number): number =>
  Number.isInteger(at) && at >= earliest && at <= latest
    ? at
    : refuse(field, 'an instant from 1970 to 2199 in epoch ms', at);

/** Numbers by name, if each is a number that can be compared. */
export function finite(field: string, numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [name, number] of Object.entries(numbers)) {
    if (!Number.isFinite(number)) refuse(`${field}.${name}`, 'a finite number', String(number));
  }
  return numbers;
}

/** A whole number of ms that is not negative. */
export const span = (field: string, ms: number): number =>
  Number.isInteger(ms) && ms >= 0 && ms <= Number.MAX_SAFE_INTEGER
    ? ms
    : refuse(field, 'a whole number of ms that is not negative', Number.isFinite(ms) ? ms : String(ms));
