import { isDeepStrictEqual } from 'node:util';
import { parseInstant } from '@resonant/engine';

type Fields = Readonly<Record<string, unknown>>;

/** A transition as printed, and what caused it, in words. */
export interface SaidLine {
  readonly line: Fields;
  readonly cause: string;
}

/**
 * What differs between the transitions that were said and those that were expected, in order: `-` was expected and not
 * said, `+` was said and not expected, `≠` differs in a field that is named. Equal ones are found first, so that one
 * transition too many or too few does not make all that follow differ.
 */
export function differencesOf(said: readonly SaidLine[], expected: readonly Fields[]): readonly string[] {
  const found: string[] = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...equalOnes(said, expected), [said.length, expected.length] as const]) {
    for (; i < nextI || j < nextJ; i++, j++) {
      found.push(...difference(i < nextI ? said[i] : undefined, j < nextJ ? expected[j] : undefined, j + 1));
      // What is left over on one side stands alone.
      if (i >= nextI) i--;
      if (j >= nextJ) j--;
    }
    i = nextI + 1;
    j = nextJ + 1;
  }
  return found;
}

function difference(said: SaidLine | undefined, wanted: Fields | undefined, place: number): readonly string[] {
  if (said === undefined) return [`- ${place}: expected ${JSON.stringify(wanted)}, nothing was said`];
  const { line, cause } = said;
  if (wanted === undefined) return [`+ ${shown(line)} by ${cause}, nothing was expected`];
  return Object.entries(wanted)
    .filter(([field, value]) => !matches(line[field], value))
    .map(([field, value]) => {
      const got = JSON.stringify(line[field]);
      return `≠ ${place}: ${field} is ${got}, expected ${JSON.stringify(value)}; ${shown(line)} by ${cause}`;
    });
}

const shown = ({ transition, state, at, subject }: Fields): string =>
  `${transition} ${state} at ${at} ${JSON.stringify(subject)}`;

/** Places of a longest row of transitions that are as expected, in order. */
function equalOnes(said: readonly SaidLine[], expected: readonly Fields[]): readonly (readonly [number, number])[] {
  const width = expected.length + 1;
  const longest = new Uint32Array((said.length + 1) * width);
  const equal = (i: number, j: number): boolean =>
    Object.entries(expected[j] as Fields).every(([field, value]) => matches(said[i]?.line[field], value));
  for (let i = said.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      const [below, right] = [longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number];
      const both = equal(i, j) ? (longest[(i + 1) * width + j + 1] as number) + 1 : 0;
      longest[i * width + j] = Math.max(below, right, both);
    }
  }
  const places: (readonly [number, number])[] = [];
  for (let [i, j] = [0, 0]; i < said.length && j < expected.length; ) {
    const here = longest[i * width + j] as number;
    if (equal(i, j) && here === (longest[(i + 1) * width + j + 1] as number) + 1) places.push([i++, j++]);
    else if (here === longest[(i + 1) * width + j]) i++;
    else j++;
  }
  return places;
}

/** Objects are compared by the fields that are named, numbers to a billionth, instants in whatever form they are written. */
function matches(got: unknown, wanted: unknown): boolean {
  if (typeof got === 'number' && typeof wanted === 'number') {
    return Math.abs(got - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(got) && got.length === wanted.length && wanted.every((item, i) => matches(got[i], item));
  }
  if (typeof wanted === 'object' && wanted !== null && typeof got === 'object' && got !== null) {
    return Object.entries(wanted).every(([key, value]) => matches((got as Fields)[key], value));
  }
  return isDeepStrictEqual(got ?? null, wanted) || isSameInstant(got, wanted);
}

const isSameInstant = (got: unknown, wanted: unknown): boolean => {
  const [a, b] = [got, wanted].map((text) => (typeof text === 'string' ? parseInstant(text) : undefined));
  return a !== undefined && a === b;
};
