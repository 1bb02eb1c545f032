import { type BacktestReport, backtest, type Moved, storedRule, type WouldBe } from '@resonant/audit';
import { type Decoder, ResonantError } from '@resonant/contracts';
import { type FastifyInstance, type Metrics, type Principal, parse } from '@resonant/service';
import { z } from 'zod';
import type { Authorize } from '../access/authorize.ts';
import { maySee, type Placeable, type Placement } from '../access/placement.ts';
import { BoundedWork, type WorkLimits } from '../history/bounded-work.ts';
import type { History } from '../history/connection.ts';
import { acceptYaml, type DocumentHead, documentFor } from '../writing/rule-document.ts';

/** Every default: at once and for how long, the widest range, and the alerts that are told of each kind. */
const defaults = { atOnce: 1, ms: 120_000, rangeDays: 92, told: 1000 };

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const backtestQuery = z
  .strictObject({
    from: instant,
    to: instant,
    against: z.union([z.literal('none'), z.coerce.number('expected a version or none').int().min(1)]).optional(),
  })
  .refine(({ from, to }) => from < to, { path: ['from'], error: 'expected an instant before to' })
  .refine(({ from, to }) => to - from <= defaults.rangeDays * 86_400_000, {
    path: ['to'],
    error: `expected at most ${defaults.rangeDays} days behind from`,
  });

export interface BacktestRoutes {
  readonly authorize: Authorize;
  readonly placementOf: (subject: Placeable) => Placement;
  readonly history: History;
  /** Reads the records of the stored log. */
  readonly decoder: Decoder;
  readonly metrics: Metrics;
  /** Default: see `defaults`. */
  readonly limits?: Partial<WorkLimits & { readonly told: number }>;
}

/**
 * `POST /v1/rules/{id}/backtest`: what a document would have said over stored history, against a stored version. Counts
 * are of all alerts; told are those whose subject the key sees.
 */
export function backtestRoutes(app: FastifyInstance, routes: BacktestRoutes): void {
  const { authorize, placementOf, history, decoder, metrics } = routes;
  const { told, ...limits } = { ...defaults, ...routes.limits };
  const advice = 'the whole stored log of the keyspace is read: run resonant rules backtest, which takes its time';
  const backtests = new BoundedWork(app, { ...limits, what: 'backtests', advice, metrics });
  acceptYaml(app);

  app.post<{ Params: { id: string } }>('/v1/rules/:id/backtest', async (request, reply) => {
    const principal = authorize(request, 'rules:write');
    const ruleId = request.params.id;
    const { from, to, against } = parse(backtestQuery, request.query);
    const candidate = documentFor(ruleId, request.body);
    return await backtests.run(reply, history, async (clickHouse) => {
      const version = typeof against === 'number' ? against : null;
      const baseline = against === 'none' ? null : await storedRule(clickHouse, ruleId, version);
      if (baseline === null && against !== 'none') {
        const missing = version === null ? 'version' : `version ${version}`;
        throw new ResonantError(
          'not-found',
          `history has no ${missing} of ${ruleId}: give against=none to compare with nothing`,
        );
      }
      const report = await backtest(clickHouse, decoder, { candidate, baseline, range: { from, to } });
      const sees = seenBy(principal, placementOf, candidate.keyspace);
      return {
        ruleId,
        version: candidate.version,
        against: (baseline as DocumentHead | null)?.version ?? null,
        ...reportJson(report, sees, told),
      };
    });
  });
}

const seenBy = (principal: Principal, placementOf: BacktestRoutes['placementOf'], keyspace: string) => {
  const known = new Map<string, boolean>();
  return ({ subject }: WouldBe): boolean => {
    const before = known.get(subject);
    if (before !== undefined) return before;
    const sees = maySee(principal, placementOf({ subject: subjectOf(subject), keyspace, partitionKey: '' }));
    known.set(subject, sees);
    return sees;
  };
};

function reportJson(report: BacktestReport, sees: (alert: WouldBe) => boolean, told: number) {
  const { range, records, partitions, cutPartitions, candidate, baseline, same, added, lost, moved } = report;
  const listed = <T, J>(all: readonly T[], alertOf: (it: T) => WouldBe, json: (it: T) => J) => {
    const seen = all.filter((it) => sees(alertOf(it)));
    return { count: all.length, hidden: all.length - seen.length, alerts: seen.slice(0, told).map(json) };
  };
  return {
    from: iso(range.from),
    to: iso(range.to),
    ...{ records, partitions, cutPartitions, candidate, baseline, same },
    added: listed(added, (alert) => alert, wouldBeJson),
    lost: listed(lost, (alert) => alert, wouldBeJson),
    moved: listed(moved, ({ after }) => after, movedJson),
  };
}

const movedJson = ({ before, after }: Moved) => ({ before: wouldBeJson(before), after: wouldBeJson(after) });

const wouldBeJson = ({ partition, subject, openedAt, endedAt, endState, values, evidence }: WouldBe) => ({
  partition,
  subject: subjectOf(subject),
  openedAt: iso(openedAt),
  endedAt: endedAt === null ? null : iso(endedAt),
  endState,
  values,
  evidence: evidence.map(({ role, signalId, eventId, occurredAt }) => ({
    eventId: eventId === '' ? null : eventId,
    signalId,
    occurredAt: iso(occurredAt),
    role,
  })),
});

const iso = (instant: number): string => new Date(instant).toISOString();

const subjectOf = (text: string): Readonly<Record<string, string>> =>
  JSON.parse(text) as Readonly<Record<string, string>>;
