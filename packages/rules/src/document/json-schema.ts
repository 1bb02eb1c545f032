import { z } from 'zod';
import { ruleDocument } from './schema.ts';

/**
 * The JSON Schema (draft 2020-12) of a rule document, for editors: made from the definition that validates. What fields
 * ask of each other (constraints.ts) and conditions are checked by `resonant rules check` only.
 */
export function ruleSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(ruleDocument, { io: 'input' });
  return { $schema, title: 'Rule of Resonant', ...schema };
}
