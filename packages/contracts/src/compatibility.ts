import avsc, { type Type } from 'avsc';

const parse = (schema: unknown): Type => avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);

/**
 * Why records written under `writer` cannot be read under `reader` (both parsed Avro JSON), or undefined if they can.
 * What a schema registry with BACKWARD compatibility asks of one earlier version.
 */
export function whyUnreadable(reader: unknown, writer: unknown): string | undefined {
  try {
    parse(reader).createResolver(parse(writer));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
