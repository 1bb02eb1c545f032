import avsc, { type Type } from 'avsc';
import { ResonantError } from './errors.ts';
import { type Records, schemas } from './generated/records.ts';

export type RecordName = keyof Records;

/** A decoded value with the name of its record type. */
export type Decoded = { readonly [N in RecordName]: { readonly type: N; readonly value: Records[N] } }[RecordName];

const readerTypes = new Map<RecordName, Type>();

/** The avsc type of a record of this release. */
export function typeOf(name: RecordName): Type {
  let type = readerTypes.get(name);
  if (type === undefined) {
    type = avsc.Type.forSchema(structuredClone(schemas[name]) as avsc.Schema);
    readerTypes.set(name, type);
  }
  return type;
}

/** Confluent wire format: 0x00, schema id as 4 bytes big endian, Avro. */
const headerBytes = 5;
let scratch = Buffer.allocUnsafe(64 * 1024);

/**
 * Encodes a record under the id that the schema registry gave its schema. Returns a buffer of its own. Throws a
 * TypeError that names the field if the value does not fit the schema.
 */
export function encode<N extends RecordName>(name: N, value: Records[N], schemaId: number): Buffer {
  const type = typeOf(name);
  let end = type.encode(value, scratch, headerBytes);
  if (end < 0) {
    scratch = Buffer.allocUnsafe((scratch.length - end) * 2);
    end = type.encode(value, scratch, headerBytes);
  }
  scratch[0] = 0;
  scratch.writeUInt32BE(schemaId, 1);
  return Buffer.from(scratch.subarray(0, end));
}

/** The schema id in the wire format, or undefined if the bytes are not in it. */
export const schemaIdOf = (bytes: Uint8Array): number | undefined =>
  bytes.length >= headerBytes && bytes[0] === 0
    ? ((bytes[1] as number) << 24) | ((bytes[2] as number) << 16) | ((bytes[3] as number) << 8) | (bytes[4] as number)
    : undefined;

interface Reader {
  readonly name: RecordName;
  readonly type: Type;
  readonly resolver: Parameters<Type['decode']>[2];
}

/**
 * Decodes values written under any registered schema into the records of this release. Schemas are asked for once by
 * id; resolvers are kept. `prepare` does the asking, `decode` is synchronous for what is known.
 */
export class Decoder {
  readonly #schemaById: (id: number) => Promise<unknown>;
  readonly #readers = new Map<number, Reader | ResonantError>();

  /** @param schemaById the writer's schema as parsed JSON; rejects if the registry is away; undefined = no such id */
  constructor(schemaById: (id: number) => Promise<unknown>) {
    this.#schemaById = schemaById;
  }

  /** Makes sure that every schema id in `values` has been looked up. Rejects only if the registry cannot be reached. */
  async prepare(values: Iterable<Uint8Array | null>): Promise<void> {
    for (const value of values) {
      const id = value === null ? undefined : schemaIdOf(value);
      if (id !== undefined && !this.#readers.has(id)) this.#readers.set(id, readerFor(id, await this.#schemaById(id)));
    }
  }

  /** `prepare` and `decode` in one. */
  async read(value: Uint8Array): Promise<Decoded> {
    await this.prepare([value]);
    return this.decode(value);
  }

  /**
   * Throws `undecodable-record` for bytes that no schema fits (the same in every replay), `unknown-record-type` for a
   * record that this release has no type for. Byte fields share memory with `value`: copy what you keep.
   */
  decode(value: Uint8Array): Decoded {
    const id = schemaIdOf(value);
    if (id === undefined) {
      throw new ResonantError(
        'undecodable-record',
        'expected Confluent wire format (0x00, schema id, Avro), got other bytes',
      );
    }
    const reader = this.#readers.get(id);
    if (reader === undefined) throw new ResonantError('internal', `schema ${id} was not prepared before decoding`);
    if (reader instanceof ResonantError) throw reader;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    try {
      const { value: record, offset } = reader.type.decode(bytes, headerBytes, reader.resolver);
      if (offset !== bytes.length) throw new Error(`expected ${bytes.length} bytes, the record ends at ${offset}`);
      return { type: reader.name, value: record } as Decoded;
    } catch (error) {
      throw new ResonantError('undecodable-record', `${reader.name} under schema ${id}: ${(error as Error).message}`);
    }
  }
}

function readerFor(id: number, schema: unknown): Reader | ResonantError {
  if (schema === undefined) return new ResonantError('undecodable-record', `the registry has no schema ${id}`);
  let writer: Type;
  try {
    writer = avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);
  } catch (error) {
    return new ResonantError('undecodable-record', `schema ${id} is not Avro: ${(error as Error).message}`);
  }
  const name = writer.name?.replace(/^resonant\.v1\./, '');
  if (name === undefined || !Object.hasOwn(schemas, name)) {
    return new ResonantError(
      'unknown-record-type',
      `schema ${id} is ${writer.name ?? 'not a record'}; upgrade this release`,
    );
  }
  const type = typeOf(name as RecordName);
  if (writer.equals(type)) return { name: name as RecordName, type, resolver: undefined };
  try {
    return { name: name as RecordName, type, resolver: type.createResolver(writer) };
  } catch (error) {
    return new ResonantError(
      'undecodable-record',
      `schema ${id} cannot be read as ${name}: ${(error as Error).message}`,
    );
  }
}
