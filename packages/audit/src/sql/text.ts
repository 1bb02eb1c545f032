/** A string as a ClickHouse literal. */
export const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;

/** A whole number as a literal that stays an Int64. Throws RangeError for any other number. */
export function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected a whole number within 2^53, got ${value}`);
  return `toInt64(${value})`;
}

/** A whole number of any size as an Int256. */
export const wide = (value: bigint): string => `toInt256('${value}')`;

/** A list of whole numbers as an Array(Int64). */
export const wholes = (values: readonly number[]): string =>
  values.length === 0 ? 'emptyArrayInt64()' : `[${values.map(whole).join(', ')}]`;

/** An instant of a DateTime64 column in epoch ms. */
export const ms = (column: string): string => `toUnixTimestamp64Milli(${column})`;
