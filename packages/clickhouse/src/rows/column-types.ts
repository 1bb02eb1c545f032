import type { ByteWriter } from './byte-writer.ts';

/** A value of a column, see `ValueOf`. */
export type Value = string | number | Uint8Array | null | readonly Value[] | { readonly [name: string]: Value };

/**
 * What a column of a ClickHouse type takes: numbers for numbers and for DateTime64(3, …) epoch ms, texts or bytes for
 * String, plain objects for maps, lists for arrays and tuples.
 */
export type ValueOf<T extends string> = T extends `LowCardinality(${infer Inner})`
  ? ValueOf<Inner>
  : T extends `Nullable(${infer Inner})`
    ? ValueOf<Inner> | null
    : T extends 'String' | `FixedString(${string}`
      ? string | Uint8Array
      : T extends `Array(${infer Inner})`
        ? readonly ValueOf<Inner>[]
        : T extends `Map(${string}, ${infer Inner})`
          ? Readonly<Record<string, ValueOf<Inner>>>
          : T extends `Tuple(${string}`
            ? readonly Value[]
            : number;

/** Why a value cannot stand in its column. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

/** Writes one value in RowBinary; throws a ValueError for one that the type does not hold exactly. */
export type WriteValue = (out: ByteWriter, value: Value) => void;

/** How values of a ClickHouse type are written. Throws an Error for a type that no table of ours has. */
export function writerOf(type: string): WriteValue {
  const [, name, inner] = /^(\w+)(?:\((.*)\))?$/s.exec(type.trim()) ?? [];
  const whole = wholeNumbers[type.trim()];
  if (whole !== undefined) return whole;
  switch (name) {
    case 'Float64':
      return (out, value) => out.float64(typeof value === 'number' ? value : wrong('a number', value));
    case 'DateTime64':
      if (!inner?.startsWith('3,')) break;
      return integers('an instant in whole epoch ms', earliest, latest, (out, value) => out.int64(value));
    case 'String':
      return (out, value) => out.text(isText(value) ? value : wrong('a text or bytes', value));
    case 'FixedString':
      return fixedString(Number(inner));
    case 'LowCardinality':
      return writerOf(inner as string);
    case 'Nullable':
      return nullable(writerOf(inner as string));
    case 'Array':
      return array(writerOf(inner as string));
    case 'Map':
      return map(splitArguments(inner as string).map(writerOf));
    case 'Tuple':
      return tuple(splitArguments(inner as string).map((element) => writerOf(element.replace(/^\w+ (?=\w)/, ''))));
  }
  throw new Error(`expected a type that rows are written in, got ${type}`);
}

/** Instants that a column takes: from 1970 to before 2200, as the CHECK constraints say. */
export const earliest = 0;
export const latest = Date.UTC(2200, 0, 1) - 1;

function integers(what: string, min: number, max: number, write: (out: ByteWriter, value: number) => void): WriteValue {
  return (out, value) => {
    if (!(Number.isInteger(value) && (value as number) >= min && (value as number) <= max)) {
      wrong(`${what} from ${min} to ${max}`, value);
    }
    write(out, value as number);
  };
}

const wholeNumbers: Readonly<Record<string, WriteValue>> = {
  UInt8: integers('a whole number', 0, 255, (out, value) => out.uint8(value)),
  UInt16: integers('a whole number', 0, 65_535, (out, value) => out.uint16(value)),
  UInt32: integers('a whole number', 0, 4_294_967_295, (out, value) => out.uint32(value)),
  UInt64: integers('a whole number', 0, Number.MAX_SAFE_INTEGER, (out, value) => out.int64(value)),
  Int32: integers('a whole number', -2_147_483_648, 2_147_483_647, (out, value) => out.int32(value)),
};

const isText = (value: Value): value is string | Uint8Array => typeof value === 'string' || value instanceof Uint8Array;

function fixedString(length: number): WriteValue {
  return (out, value) => {
    if (!(value instanceof Uint8Array) || value.length !== length) return wrong(`${length} bytes`, value);
    out.raw(value);
  };
}

function nullable(write: WriteValue): WriteValue {
  return (out, value) => {
    out.uint8(value === null ? 1 : 0);
    if (value !== null) write(out, value);
  };
}

function array(write: WriteValue): WriteValue {
  return (out, value) => {
    if (!Array.isArray(value)) return wrong('a list', value);
    out.varint(value.length);
    for (const element of value as readonly Value[]) write(out, element);
  };
}

function tuple(writers: readonly WriteValue[]): WriteValue {
  return (out, value) => {
    if (!Array.isArray(value) || value.length !== writers.length) return wrong(`${writers.length} values`, value);
    for (const [index, write] of writers.entries()) write(out, value[index] as Value);
  };
}

function map([key, write]: readonly WriteValue[]): WriteValue {
  return (out, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
      return wrong('values by name', value);
    }
    const entries = Object.entries(value);
    out.varint(entries.length);
    for (const [name, element] of entries) {
      (key as WriteValue)(out, name);
      (write as WriteValue)(out, element);
    }
  };
}

/** `A, B(C, D)` → `A`, `B(C, D)`. */
function splitArguments(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++;
    else if (text[index] === ')') depth--;
    else if (text[index] === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

function wrong(expected: string, got: Value | undefined): never {
  throw new ValueError(`expected ${expected}, got ${shown(got)}`);
}

const shown = (value: Value | undefined): string =>
  value instanceof Uint8Array ? `${value.length} bytes` : (JSON.stringify(value)?.slice(0, 80) ?? String(value));
