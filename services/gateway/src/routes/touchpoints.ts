import { ResonantError, type Touchpoint } from '@resonant/contracts';
import type { FastifyInstance, FastifyRequest, Principal } from '@resonant/service';
import { maySee } from '../access/placement.ts';
import { partiesOf, touchpointJson } from '../evidence/touchpoint.ts';
import type { Place } from '../evidence/touchpoint-index.ts';
import type { ApiContext } from './context.ts';

const mediaType = /^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w-]+=("[\w.+ -]*"|[\w.+-]+))*$/;

/** `GET /v1/touchpoints/{eventId}` and `…/payload`: from evidence back to the bytes as they were received. */
export function touchpointRoutes(app: FastifyInstance, context: ApiContext): void {
  const { authorize, index, directory, now, placementOf, teamsOf, touchpoints } = context;

  /** Whoever sees an alert sees its evidence; else a touchpoint belongs to the teams of those who took part. */
  const maySeeTouchpoint = (principal: Principal, touchpoint: Touchpoint): boolean => {
    for (const alertId of index.alertsOfEvent(touchpoint.eventId)) {
      const alert = index.get(alertId)?.latest;
      if (alert !== undefined && maySee(principal, placementOf(alert))) return true;
    }
    const teams = [...new Set(partiesOf(touchpoint).flatMap((party) => [...teamsOf(party)]))];
    const regions = teams.flatMap((team) => directory.regionOf(team, now()) ?? []);
    return maySee(principal, { teams, regions });
  };

  const find = async (
    request: FastifyRequest<{ Params: { eventId: string } }>,
  ): Promise<{ readonly touchpoint: Touchpoint; readonly place: Place }> => {
    const principal = authorize(request, 'alerts:read');
    const { eventId } = request.params;
    const found = await touchpoints.read(eventId);
    if (found === undefined || !maySeeTouchpoint(principal, found.touchpoint)) {
      throw new ResonantError('not-found', `there is no touchpoint ${eventId} that this key may see and is kept here`);
    }
    return found;
  };

  app.get<{ Params: { eventId: string } }>('/v1/touchpoints/:eventId', async (request) => {
    const { touchpoint, place } = await find(request);
    return { ...touchpointJson(touchpoint), position: place };
  });

  app.get<{ Params: { eventId: string } }>('/v1/touchpoints/:eventId/payload', async (request, reply) => {
    const { payload, payloadType } = (await find(request)).touchpoint;
    // The bytes come from outside: a browser must neither guess their type nor show them as a page of ours.
    return reply
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', 'sandbox')
      .header('content-disposition', 'attachment')
      .type(mediaType.test(payloadType) ? payloadType : 'application/octet-stream')
      .send(payload);
  });
}
