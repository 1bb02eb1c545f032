import { ResonantError } from '@resonant/contracts';
import { type FastifyInstance, parse } from '@resonant/service';
import { z } from 'zod';
import type { Authorize } from '../access/authorize.ts';
import { maySee, type Placeable, type Placement } from '../access/placement.ts';
import { readAccountTouchpoints, type TouchpointPlace } from '../history/account-touchpoints.ts';
import type { History } from '../history/connection.ts';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const listQuery = z.strictObject({
  since: instant.optional(),
  until: instant.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1024).optional(),
});

/** How far back a list goes where `since` is not given. */
const defaultSpanMs = 90 * 86_400_000;

export interface AccountRoutes {
  readonly authorize: Authorize;
  readonly placementOf: (subject: Placeable) => Placement;
  readonly history: History;
  readonly now: () => number;
}

/** `GET /v1/accounts/{id}/touchpoints`: from history, newest first, for whom the account belongs to. */
export function accountRoutes(app: FastifyInstance, { authorize, placementOf, history, now }: AccountRoutes): void {
  app.get<{ Params: { id: string } }>('/v1/accounts/:id/touchpoints', async (request) => {
    const principal = authorize(request, 'alerts:read');
    const { id: accountId } = request.params;
    const { limit, cursor, until = now() + 1, since = until - defaultSpanMs } = parse(listQuery, request.query);
    const after = cursor === undefined ? undefined : decodePlace(cursor);
    const placement = placementOf({ subject: { accountId }, keyspace: 'account', partitionKey: accountId });
    if (!maySee(principal, placement)) {
      throw new ResonantError('not-found', `there is no account ${accountId} that this key sees`);
    }
    const found = await readAccountTouchpoints(history(), { accountId, since, until, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { touchpoints: page, next: found.length > limit && last !== undefined ? encodePlace(last) : null };
  });
}

const encodePlace = ({ occurredAt, eventId }: { readonly occurredAt: string; readonly eventId: string }): string =>
  Buffer.from(JSON.stringify([Date.parse(occurredAt), eventId])).toString('base64url');

function decodePlace(text: string): TouchpointPlace {
  try {
    const place = z.tuple([z.number(), z.string()]).parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { at: place[0], eventId: place[1] };
  } catch (cause) {
    throw new ResonantError('invalid-request', 'cursor: expected `next` of an earlier answer', { cause });
  }
}
