import { ResonantError, type Rule } from '@resonant/contracts';
import type { FastifyInstance } from '@resonant/service';
import type { Decide } from '../writing/rule-changes.ts';
import { acceptYaml, type DocumentHead, documentFor, documentOf, refusedRule } from '../writing/rule-document.ts';
import type { ApiContext } from './context.ts';

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
  const { authorize, now, rules, ruleChanges } = context;
  type Params = { Params: { id: string } };

  acceptYaml(app);

  const inForce = (id: string) => {
    const entry = rules.get(id);
    return entry?.value.action === 'put' ? entry : undefined;
  };

  const change = async <T>(ruleId: string, traceparent: string, decide: Decide<T>) => {
    const result = await ruleChanges.change(ruleId, traceparent, decide);
    if ('written' in result) rules.set(ruleId, result.written.value, result.written.offset);
    return result;
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
    const document = documentFor(ruleId, request.body);
    const text = JSON.stringify(document);
    let isNew = false;
    const result = await change(ruleId, request.traceparent, (latest) => {
      const before = latest?.value.action === 'put' ? latest : undefined;
      if (before?.value.document === text) return { leave: before };
      const current = (JSON.parse(before?.value.document ?? '{}') as Partial<DocumentHead>).version ?? 0;
      if (document.version <= current) {
        throw refusedRule('version', `more than ${current}, the version in force`, String(document.version));
      }
      isNew = before === undefined;
      const { keyspace } = document;
      return { write: { action: 'put', ruleId, keyspace, document: text, changedAt: now(), changedBy: keyId } };
    });
    const { value, offset } = 'written' in result ? result.written : result.left;
    return reply.code('written' in result && isNew ? 201 : 200).send(ruleJson(value, offset));
  });

  app.delete<Params>('/v1/rules/:id', async (request, reply) => {
    const { keyId } = authorize(request, 'rules:write');
    const ruleId = request.params.id;
    await change(ruleId, request.traceparent, (latest) => {
      if (latest?.value.action !== 'put') throw unknownRule(ruleId);
      // A record, never a tombstone: the processor has to see that the rule ended, and when.
      const ended = { action: 'delete', ruleId, keyspace: null, document: null } as const;
      return { write: { ...ended, changedAt: now(), changedBy: keyId } };
    });
    return reply.code(204).send();
  });
}

const unknownRule = (ruleId: string): ResonantError => new ResonantError('not-found', `there is no rule ${ruleId}`);
