import { type RecordName, type Records, schemas } from '../../src/index.ts';

type Schema = string | readonly Schema[] | { readonly type: Schema; readonly [key: string]: unknown };

/** A value of a record with every field filled, nullable ones too; the same one each time. */
export const sampleOf = <N extends RecordName>(name: N): Records[N] =>
  sample(schemas[name] as Schema, new Map()) as Records[N];

function sample(schema: Schema, named: Map<string, Schema>): unknown {
  if (Array.isArray(schema)) return sample(schema.find((branch) => branch !== 'null') as Schema, named);
  if (typeof schema === 'string') {
    const known = named.get(schema);
    return known === undefined ? primitives[schema] : sample(known, named);
  }
  const object = schema as { type: Schema; name?: string; items?: Schema; values?: Schema; fields?: Field[] };
  if (object.type === 'array') return [sample(object.items as Schema, named), sample(object.items as Schema, named)];
  if (object.type === 'map') return { one: sample(object.values as Schema, named) };
  if (object.type !== 'record') return sample(object.type, named);
  named.set(object.name as string, schema);
  return Object.fromEntries((object.fields ?? []).map((field) => [field.name, sample(field.type, named)]));
}

interface Field {
  readonly name: string;
  readonly type: Schema;
}

const primitives: Readonly<Record<string, unknown>> = {
  string: 'Größe 价格',
  boolean: true,
  int: -42,
  long: 2 ** 41,
  double: 0.1,
  bytes: Buffer.from([0, 255, 10]),
};
