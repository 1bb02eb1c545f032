import { ResonantError } from '@resonant/contracts';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { FastifyInstance } from '@resonant/service';

/** Fields of a compiled document that are read here. */
export interface DocumentHead {
  readonly id: string;
  readonly version: number;
  readonly keyspace: string;
}

const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/** Takes bodies in YAML as they are; `documentOf` reads them. */
export function acceptYaml(app: FastifyInstance): void {
  const types = yamlTypes.filter((type) => !app.hasContentTypeParser(type));
  if (types.length === 0) return;
  app.addContentTypeParser(types, { parseAs: 'string' }, async (_request: unknown, body: string | Buffer) =>
    body.toString(),
  );
}

/** The document of a body, once it compiles. Throws `invalid-rule` with every problem by path. */
export function documentOf(body: unknown): DocumentHead {
  const document: unknown = typeof body === 'string' ? loadRuleDocument(body) : body;
  compileRule(document);
  return document as DocumentHead;
}

/** The document of a body, which has to be of the rule that the path names; throws as `documentOf` does. */
export function documentFor(ruleId: string, body: unknown): DocumentHead {
  const document = documentOf(body);
  if (document.id !== ruleId) throw refusedRule('id', `${ruleId} as in the path`, document.id);
  return document;
}

/** A document that compiles and is refused nevertheless. */
export const refusedRule = (path: string, expected: string, got: string): ResonantError =>
  new ResonantError('invalid-rule', `${path}: expected ${expected}, got ${got}`, {
    extra: { errors: [{ path, expected, got }] },
  });
