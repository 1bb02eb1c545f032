import { ResonantError, type Rule, rulesTopic } from '@resonant/contracts';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { FastifyInstance } from '@resonant/service';
import type { ApiContext } from './context.ts';

/** Fields of a compiled document that are read here. */
interface DocumentHead {
  readonly id: string;
  readonly version: number;
  readonly keyspace: string;
}

const ruleJson = (rule: Rule, revision: number) => {
  const document = JSON.parse(rule.document ?? '{}') as Partial<DocumentHead>;
  return {
    ruleId: rule.ruleId,
    version: document.version,
    keyspace: rule.keyspace,
    revision,
    changedAt: new Date(rule.changedAt).toISOString(),
    changedBy: rule.changedBy,
    document,
  };
};

/** `PUT/GET/DELETE /v1/rules/{id}`, `GET /v1/rules`, `POST /v1/rules/check`. Documents as JSON or YAML. */
export function ruleRoutes(app: FastifyInstance, context: ApiContext): void {
  const { authorize, now, rules, writer } = context;
  type Params = { Params: { id: string } };

  app.addContentTypeParser(
    ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'],
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => body.toString(),
  );

  const inForce = (id: string) => {
    const entry = rules.get(id);
    return entry?.value.action === 'put' ? entry : undefined;
  };

  const write = async (rule: Rule, traceparent: string): Promise<number> => {
    const { offset } = await writer.put(rulesTopic, rule.ruleId, 'Rule', rule, traceparent);
    rules.set(rule.ruleId, rule, offset);
    return offset;
  };

  app.get('/v1/rules', async (request) => {
    authorize(request, 'rules:read');
    const put = rules.all().filter(({ value }) => value.action === 'put');
    return { rules: put.map(({ value, offset }) => ruleJson(value, offset)) };
  });

  app.get<Params>('/v1/rules/:id', async (request) => {
    authorize(request, 'rules:read');
    const entry = inForce(request.params.id);
    if (entry === undefined) throw unknownRule(request.params.id);
    return ruleJson(entry.value, entry.offset);
  });

  app.post('/v1/rules/check', async (request) => {
    authorize(request, 'rules:read');
    const { id, version, keyspace } = documentOf(request.body);
    return { ruleId: id, version, keyspace, valid: true };
  });

  app.put<Params>('/v1/rules/:id', async (request, reply) => {
    const { keyId } = authorize(request, 'rules:write');
    const ruleId = request.params.id;
    const document = documentOf(request.body);
    if (document.id !== ruleId) throw refused('id', `${ruleId} as in the path`, document.id);
    const text = JSON.stringify(document);
    const before = inForce(ruleId);
    if (before?.value.document === text) return ruleJson(before.value, before.offset);
    const current = (JSON.parse(before?.value.document ?? '{}') as Partial<DocumentHead>).version ?? 0;
    if (document.version <= current) {
      throw refused('version', `more than ${current}, the version in force`, String(document.version));
    }
    const rule: Rule = {
      action: 'put',
      ruleId,
      keyspace: document.keyspace,
      document: text,
      changedAt: now(),
      changedBy: keyId,
    };
    const revision = await write(rule, request.traceparent);
    return reply.code(before === undefined ? 201 : 200).send(ruleJson(rule, revision));
  });

  app.delete<Params>('/v1/rules/:id', async (request, reply) => {
    const { keyId } = authorize(request, 'rules:write');
    const ruleId = request.params.id;
    if (inForce(ruleId) === undefined) throw unknownRule(ruleId);
    // A record, never a tombstone: the processor has to see that the rule ended, and when.
    const rule: Rule = {
      action: 'delete',
      ruleId,
      keyspace: null,
      document: null,
      changedAt: now(),
      changedBy: keyId,
    };
    await write(rule, request.traceparent);
    return reply.code(204).send();
  });
}

/** The document, once it compiles. Throws `invalid-rule` with every problem by path. */
function documentOf(body: unknown): DocumentHead {
  const document: unknown = typeof body === 'string' ? loadRuleDocument(body) : body;
  compileRule(document);
  return document as DocumentHead;
}

const refused = (path: string, expected: string, got: string): ResonantError =>
  new ResonantError('invalid-rule', `${path}: expected ${expected}, got ${got}`, {
    extra: { errors: [{ path, expected, got }] },
  });

const unknownRule = (ruleId: string): ResonantError => new ResonantError('not-found', `there is no rule ${ruleId}`);
