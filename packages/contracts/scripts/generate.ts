// Writes src/generated from schemas/v1: one interface per record and the schemas themselves as data.
// Run: node packages/contracts/scripts/generate.ts [--check]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Schema = string | readonly Schema[] | SchemaObject;
interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly doc?: string;
  readonly items?: Schema;
  readonly values?: Schema;
  readonly fields?: readonly { readonly name: string; readonly type: Schema; readonly doc?: string }[];
}

const schemaDir = fileURLToPath(new URL('../../../schemas/v1/', import.meta.url));
const target = fileURLToPath(new URL('../src/generated/records.ts', import.meta.url));
const primitives: Record<string, string> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  bytes: 'Buffer',
};

const interfaces = new Map<string, string>();

function typeOf(schema: Schema): string {
  if (typeof schema === 'string') return primitives[schema] ?? schema;
  if (Array.isArray(schema)) return schema.map(typeOf).sort(nullLast).join(' | ');
  const object = schema as SchemaObject;
  if (object.type === 'array') return `readonly ${typeOf(object.items as Schema)}[]`;
  if (object.type === 'map') return `Readonly<Record<string, ${typeOf(object.values as Schema)}>>`;
  if (object.type === 'record') return declare(object);
  return typeOf(object.type);
}

const nullLast = (a: string, b: string): number => Number(a === 'null') - Number(b === 'null');

function declare(record: SchemaObject): string {
  const name = record.name as string;
  const lines = (record.fields ?? []).map(
    (field) => `  /** ${field.doc} */\n  readonly ${field.name}: ${typeOf(field.type)};`,
  );
  const text = `/** ${record.doc} */\nexport interface ${name} {\n${lines.join('\n')}\n}\n`;
  const known = interfaces.get(name);
  if (known !== undefined && known !== text) throw new Error(`two records named ${name} differ`);
  interfaces.set(name, text);
  return name;
}

const schemas = readdirSync(schemaDir)
  .filter((file) => file.endsWith('.avsc'))
  .sort()
  .map((file) => JSON.parse(readFileSync(schemaDir + file, 'utf8')) as SchemaObject);
for (const schema of schemas) declare(schema);

const names = schemas.map((schema) => schema.name as string);
const output = [
  '// Generated from schemas/v1 by scripts/generate.ts; do not edit.',
  '',
  ...interfaces.values(),
  '/** Every record that can be a value on a topic, by its Avro name. */',
  'export interface Records {',
  ...names.map((name) => `  readonly ${name}: ${name};`),
  '}',
  '',
  '/** The Avro schemas of schemas/v1, by record name. */',
  `export const schemas: Readonly<Record<keyof Records, object>> = ${JSON.stringify(Object.fromEntries(schemas.map((s) => [s.name, s])), null, 1)};`,
  '',
].join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== output) {
    console.error(
      'packages/contracts/src/generated is not what schemas/v1 makes: run node packages/contracts/scripts/generate.ts',
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, output);
}
