import { Decoder, encode, type RecordName, type Records, schemas, subjectOf } from '@resonant/contracts';
import type { Log, SchemaRegistry } from './port.ts';

/**
 * Registers a record's schema under its subject in `topic` and returns what encodes values of it (Confluent wire
 * format). Rejects with `incompatible-schema` if stored records would become unreadable, `log-unavailable` if the
 * registry is away.
 */
export async function encoderFor<N extends RecordName>(
  log: Log,
  topic: string,
  name: N,
): Promise<(value: Records[N]) => Buffer> {
  const id = await log.registry.register(subjectOf(topic, name), schemas[name]);
  return (value) => encode(name, value, id);
}

const decoders = new WeakMap<SchemaRegistry, Decoder>();

/** The decoder of a log: one per registry, so that each schema is asked for once. */
export function decoderFor(log: Log): Decoder {
  let decoder = decoders.get(log.registry);
  if (decoder === undefined) {
    decoder = new Decoder((id) => log.registry.schemaById(id));
    decoders.set(log.registry, decoder);
  }
  return decoder;
}
