import { alertsTopic } from '@resonant/contracts';
import { decoderFor } from '@resonant/kafka';
import { httpComponent, keep, logComponent, type Wiring } from '@resonant/service';
import { authorizer } from './access/authorize.ts';
import { Leads, teamsOfParty } from './access/leads.ts';
import { type Placeable, placementOf } from './access/placement.ts';
import { Acknowledger } from './alerts/acknowledger.ts';
import { AlertIndex } from './alerts/alert-index.ts';
import { signalsTail } from './alerts/signals-tail.ts';
import type { Config } from './config.ts';
import { touchpointIndex } from './evidence/touchpoint-index.ts';
import { historyComponent } from './history/connection.ts';
import { connect, producerComponent } from './kafka.ts';
import { accountRoutes } from './routes/accounts.ts';
import { alertRoutes } from './routes/alerts.ts';
import { backtestRoutes } from './routes/backtest.ts';
import { proofRoutes } from './routes/proof.ts';
import { queryRoutes } from './routes/query.ts';
import { referenceDataRoutes } from './routes/reference-data.ts';
import { ruleRoutes } from './routes/rules.ts';
import { streamRoutes } from './routes/stream.ts';
import { touchpointRoutes } from './routes/touchpoints.ts';
import { alertFeed } from './stream/alert-feed.ts';
import { alertArchive } from './stream/archive.ts';
import { actionsComponent, tablesComponent } from './tables.ts';
import { Encoders } from './writing/encoders.ts';
import { RuleChanges } from './writing/rule-changes.ts';
import { Writer } from './writing/writer.ts';

/** Starts the gateway's parts in order: the log, what is followed, what is written, and the server last. */
export async function wireGateway(w: Wiring<Config>): Promise<{ readonly url: string }> {
  const { config, logger, metrics } = w;
  const now = Date.now;
  const log = await w.start(logComponent(() => connect(config, logger), alertsTopic));
  const without = 'no tickets are issued and no acks are kept';
  const kept = await w.start(keep({ url: config.REDIS_URL, prefix: 'resonant:gateway:', without, logger }));

  const history = await w.start(historyComponent(config));
  const leads = new Leads();
  const index = new AlertIndex(config.ALERT_INDEX_TRANSITIONS);
  const { keys, directory, vocabulary, rules } = await w.start(tablesComponent(log, logger));
  const touchpoints = await w.start(
    touchpointIndex({
      log,
      maxTouchpoints: config.TOUCHPOINT_INDEX_EVENTS,
      onLead: (leadId, parties) => leads.put(leadId, parties),
    }),
  );
  const ticks = await w.start(signalsTail(log, (acknowledgement) => index.putAcknowledgement(acknowledgement)));
  await w.start(actionsComponent(log, logger, config.ALERT_INDEX_TRANSITIONS, (action) => index.putAction(action)));
  const feed = await w.start(
    alertFeed({
      log,
      logger,
      now,
      onAlert: (alert) => index.put(alert),
      archive: config.CLICKHOUSE_URL === undefined ? undefined : alertArchive(history()),
      ringBytes: config.HOT_RING_BYTES,
      startRecords: config.ALERT_INDEX_TRANSITIONS,
    }),
  );

  const producer = await w.start(producerComponent(log));
  const encoders = new Encoders(log);
  const instantOf = config.RESONANT_CLOCK === 'log' ? ticks.lastTick : now;
  const acknowledger = new Acknowledger(encoders, producer, instantOf);
  const writer = new Writer(producer, encoders, now);
  const ruleChanges = new RuleChanges(log, encoders, now);

  const authorize = authorizer(keys, now);
  const place = (alert: Placeable) => placementOf(alert, directory, leads, now());
  const shared = { index, acknowledger, placementOf: place, now };
  return w.start(
    httpComponent({
      port: config.PORT,
      host: config.HOST,
      logger,
      metrics,
      health: w.health,
      routes: async (app) => {
        await streamRoutes(app, {
          context: { ...shared, feed, keys, keep: kept, logger },
          authorize,
          allowedOrigins: new Set(config.ALLOWED_ORIGINS),
          maxConnections: config.MAX_CONNECTIONS,
          metrics,
        });
        const api = {
          ...shared,
          authorize,
          touchpoints,
          directory,
          vocabulary,
          rules,
          ruleChanges,
          writer,
          teamsOf: (party: Parameters<typeof teamsOfParty>[0]) => teamsOfParty(party, directory, now()),
        };
        alertRoutes(app, api);
        touchpointRoutes(app, api);
        referenceDataRoutes(app, api);
        ruleRoutes(app, api);
        accountRoutes(app, { authorize, placementOf: place, history, now });
        queryRoutes(app, { authorize, history, metrics });
        proofRoutes(app, { authorize, index, placementOf: place, history, metrics });
        backtestRoutes(app, { authorize, placementOf: place, history, decoder: decoderFor(log), metrics });
      },
    }),
  );
}
