import { type AlertProof, prove, storedAlert, type TransitionProof } from '@resonant/audit';
import type { ClickHouse } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import type { FastifyInstance, Metrics } from '@resonant/service';
import type { Authorize } from '../access/authorize.ts';
import { maySee, type Placeable, type Placement } from '../access/placement.ts';
import type { AlertIndex } from '../alerts/alert-index.ts';
import { BoundedWork, type WorkLimits } from '../history/bounded-work.ts';
import type { History } from '../history/connection.ts';

/** Every default. The time is less than what ClickHouse gives a statement of the user who only reads (30 s). */
const defaults: WorkLimits = { atOnce: 4, ms: 25_000 };

export interface ProofRoutes {
  readonly authorize: Authorize;
  readonly index: Pick<AlertIndex, 'get'>;
  readonly placementOf: (subject: Placeable) => Placement;
  readonly history: History;
  readonly metrics: Metrics;
  /** Default: see `defaults`. */
  readonly limits?: Partial<WorkLimits>;
}

/**
 * `GET /v1/alerts/{id}/proof`: the numbers of an alert counted again from stored signals, beside the stored ones, for
 * whoever sees the alert. It reaches alerts that memory no longer holds.
 */
export function proofRoutes(app: FastifyInstance, routes: ProofRoutes): void {
  const { authorize, index, placementOf, history, metrics, limits } = routes;
  const advice = 'ask again when ClickHouse has less to do, or run resonant audit proof';
  const proofs = new BoundedWork(app, { ...defaults, ...limits, what: 'proofs', advice, metrics });

  app.get<{ Params: { id: string } }>('/v1/alerts/:id/proof', async (request, reply) => {
    const principal = authorize(request, 'alerts:read');
    const alertId = request.params.id;
    const answer = await proofs.run(reply, history, async (clickHouse) => {
      const place = index.get(alertId)?.latest ?? (await storedPlace(clickHouse, alertId));
      if (place === undefined || !maySee(principal, placementOf(place))) {
        throw new ResonantError('not-found', `there is no alert ${alertId} that this key sees`);
      }
      return proofJson(await prove(clickHouse, alertId));
    });
    return reply.header('cache-control', 'no-store').send(answer);
  });
}

async function storedPlace(clickHouse: ClickHouse, alertId: string): Promise<Placeable | undefined> {
  const alert = (await storedAlert(clickHouse, alertId)).at(-1);
  return alert && { subject: alert.fields, keyspace: alert.keyspace, partitionKey: alert.partitionKey };
}

/** Null where nothing is counted: what is left out does not count as agreed. */
const agreed = (same: readonly boolean[]): boolean | null => (same.length === 0 ? null : same.every((is) => is));

const transitionJson = ({ seq, transition, state, at, numbers, sql, why }: TransitionProof) => ({
  seq,
  transition,
  state,
  at: new Date(at).toISOString(),
  agrees: agreed(numbers.map(({ isSame }) => isSame)),
  numbers: numbers.map(({ name, stored, counted, isSame }) => ({ name, stored, counted, agrees: isSame })),
  sql,
  why,
});

const proofJson = ({ alertId, ruleId, subject, transitions }: AlertProof) => ({
  alertId,
  ruleId,
  subject: JSON.parse(subject) as Readonly<Record<string, string>>,
  agrees: agreed(transitions.flatMap(({ numbers }) => numbers.map(({ isSame }) => isSame))),
  transitions: transitions.map(transitionJson),
});
