// Writes rule.schema.json from the definition that validates rule documents.
// Run: node packages/rules/scripts/schema.ts [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ruleSchema } from '../src/document/json-schema.ts';

const file = new URL('../rule.schema.json', import.meta.url);
const schema = ruleSchema();

if (!process.argv.includes('--check')) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
else if (!isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(schema)))) {
  process.stderr.write('rule.schema.json is not what the definition says: run node packages/rules/scripts/schema.ts\n');
  process.exitCode = 1;
}
