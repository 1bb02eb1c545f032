import { ByteWriter } from './byte-writer.ts';
import { type Value, ValueError, type ValueOf, type WriteValue, writerOf } from './column-types.ts';

/** The format that rows are inserted in: exact bytes, and a header that the engine compares with the table. */
export const rowFormat = 'RowBinaryWithNamesAndTypes';

/** Columns of a table by name: their ClickHouse types as the engine writes them. */
export type Columns = Readonly<Record<string, string>>;

/** A row for these columns: a value for each. */
export type RowOf<C extends Columns> = { readonly [N in keyof C]: ValueOf<C[N]> };

/** Encodes rows of one table. */
export interface RowEncoder<Row> {
  /** The whole body of an insert: header and rows. Throws a ValueError naming the column of a value that does not fit. */
  encode(rows: readonly Row[]): Buffer;
  /** One row without header, for its size and its hash. */
  encodeRow(row: Row): Buffer;
}

/** An encoder for rows of `columns`, see `RowOf`. */
export function rowEncoder<const C extends Columns>(columns: C): RowEncoder<RowOf<C>> {
  const names = Object.keys(columns);
  const writers = names.map((name): readonly [string, WriteValue] => [name, writerOf(columns[name] as string)]);
  const header = new ByteWriter(4096);
  header.varint(names.length);
  for (const name of names) header.text(name);
  for (const name of names) header.text(columns[name] as string);
  const headerBytes = header.bytes();

  const write = (out: ByteWriter, row: Readonly<Record<string, Value>>): void => {
    for (const [name, writeValue] of writers) {
      try {
        writeValue(out, row[name] as Value);
      } catch (error) {
        if (error instanceof ValueError) throw new ValueError(`${name}: ${error.message}`);
        throw error;
      }
    }
  };
  return {
    encode: (rows) => {
      const out = new ByteWriter(headerBytes.length + rows.length * 512);
      out.raw(headerBytes);
      for (const row of rows) write(out, row as Readonly<Record<string, Value>>);
      return out.bytes();
    },
    encodeRow: (row) => {
      const out = new ByteWriter(1024);
      write(out, row as Readonly<Record<string, Value>>);
      return out.bytes();
    },
  };
}
