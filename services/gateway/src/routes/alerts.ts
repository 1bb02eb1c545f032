import { ResonantError } from '@resonant/contracts';
import { type FastifyInstance, type Principal, parse } from '@resonant/service';
import { z } from 'zod';
import { maySee, type Placement } from '../access/placement.ts';
import { acknowledgeById, acknowledgedJson } from '../alerts/acknowledge.ts';
import { type AlertEntry, isOpen } from '../alerts/alert-index.ts';
import { actionJson, alertJson } from '../alerts/alert-json.ts';
import { compileFilter, type Filter, filterShape } from '../stream/filter.ts';
import type { ApiContext } from './context.ts';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** `a,b` is a list, `a*` a prefix. */
const words = z
  .string()
  .min(1)
  .max(4000)
  .transform((text) => text.split(',').map((word) => (word.endsWith('*') ? { prefix: word.slice(0, -1) } : word)));

const matchNames = Object.keys(filterShape.shape).filter((name) => name !== 'shadow' && name !== 'subject');

const listQuery = z.strictObject({
  ...Object.fromEntries(matchNames.map((name) => [name, words.optional()])),
  shadow: z.stringbool().optional(),
  open: z.stringbool().optional(),
  since: instant.optional(),
  until: instant.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(256).optional(),
});

const acknowledgeBody = z.strictObject({
  actionId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable()
    .default(null),
  note: z.string().min(1).max(1000).nullable().default(null),
});

const encodePage = ({ openedAt, alertId }: AlertEntry): string =>
  Buffer.from(JSON.stringify([openedAt, alertId])).toString('base64url');

function decodePage(text: string): { readonly openedAt: number; readonly alertId: string } {
  try {
    const [openedAt, alertId] = z
      .tuple([z.number(), z.string()])
      .parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { openedAt, alertId };
  } catch (cause) {
    throw new ResonantError('invalid-request', 'cursor: expected `next` of an earlier answer', { cause });
  }
}

/** `GET /v1/alerts`, `/v1/alerts/{id}`, `/v1/breakers`, `POST /v1/alerts/{id}/acknowledgements`. */
export function alertRoutes(app: FastifyInstance, context: ApiContext): void {
  const { authorize, index, placementOf } = context;

  const visible = (principal: Principal, { latest }: AlertEntry): boolean => maySee(principal, placementOf(latest));

  app.get('/v1/alerts', async (request) => {
    const principal = authorize(request, 'alerts:read');
    const { limit, cursor, since, until, open, ...rest } = parse(listQuery, request.query);
    const matches = compileFilter(parse(filterShape, rest) as Filter);
    const found: AlertEntry[] = [];
    for (const entry of index.list(cursor === undefined ? undefined : decodePage(cursor))) {
      if (since !== undefined && entry.openedAt < since) break;
      if (until !== undefined && entry.openedAt >= until) continue;
      if (open !== undefined && isOpen(entry.latest) !== open) continue;
      let known: Placement | undefined;
      const placement = () => {
        known ??= placementOf(entry.latest);
        return known;
      };
      if (!matches(entry.latest, placement) || !maySee(principal, placement())) continue;
      found.push(entry);
      if (found.length > limit) break;
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      alerts: page.map(({ latest }) => alertJson(latest)),
      next: found.length > limit && last !== undefined ? encodePage(last) : null,
    };
  });

  app.get<{ Params: { id: string } }>('/v1/alerts/:id', async (request) => {
    const principal = authorize(request, 'alerts:read');
    const entry = index.get(request.params.id);
    if (entry === undefined || !visible(principal, entry)) throw unknownAlert(request.params.id);
    const { alertId, latest, transitions } = entry;
    return {
      ...alertJson(latest),
      evidence: alertJson(latest).evidence.map((evidence) => ({
        ...evidence,
        url: evidence.eventId === null ? null : `/v1/touchpoints/${encodeURIComponent(evidence.eventId)}`,
      })),
      transitions: transitions.map(alertJson),
      actions: index.actionsOf(alertId).map(actionJson),
      acknowledgements: index.acknowledgementsOf(alertId).map((acknowledgement) => ({
        ...acknowledgement,
        occurredAt: new Date(acknowledgement.occurredAt).toISOString(),
      })),
    };
  });

  app.get('/v1/breakers', async (request) => {
    const principal = authorize(request, 'alerts:read');
    const open = [...index.list()].filter(
      (entry) =>
        isOpen(entry.latest) && ['open', 'half-open'].includes(entry.latest.state) && visible(principal, entry),
    );
    return { breakers: open.slice(0, 500).map(({ latest }) => alertJson(latest)) };
  });

  app.post<{ Params: { id: string } }>('/v1/alerts/:id/acknowledgements', async (request, reply) => {
    const principal = authorize(request, 'alerts:read', 'alerts:acknowledge');
    const { actionId, note } = parse(acknowledgeBody, request.body ?? {});
    const requestId = idempotencyKeyOf(request.headers['idempotency-key']);
    const asked = { alertId: request.params.id, actionId, note, requestId, traceparent: request.traceparent };
    const acknowledged = await acknowledgeById(context, principal, asked);
    return reply.code(201).send(acknowledgedJson(asked, acknowledged));
  });
}

const maxKeyLength = 200;

/** Cut short, two keys could pass for one. */
function idempotencyKeyOf(header: string | string[] | undefined): string | null {
  if (typeof header !== 'string' || header === '') return null;
  if (header.length <= maxKeyLength) return header;
  throw new ResonantError(
    'invalid-request',
    `Idempotency-Key: expected at most ${maxKeyLength} characters, got ${header.length}`,
  );
}

const unknownAlert = (alertId: string): ResonantError =>
  new ResonantError('not-found', `there is no alert ${alertId} among those that this key sees and are kept here`);
