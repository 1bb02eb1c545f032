import { deadLettersTopic, inboundTopic, keysTopic, sources, touchpointsTopic } from '@resonant/contracts';
import { checkLog, checkRedis, claims, httpComponent, logComponent, runService } from '@resonant/service';
import { configSchema } from './config.ts';
import { routes } from './http/routes.ts';
import { inboundComponent } from './inbound/component.ts';
import { Intake } from './intake.ts';
import { connect, deadLettersComponent, keysComponent, producerComponent } from './kafka.ts';
import { eventCounter } from './metrics.ts';
import { RateLimit } from './rate-limit.ts';
import { touchpointRecords } from './touchpoint-records.ts';
import { github } from './webhooks/github/index.ts';

const now = (): number => Date.now();

await runService({
  name: 'ingest',
  config: configSchema,

  wire: async ({ config, logger, metrics, health, start }) => {
    const log = await start(logComponent(() => connect(config, logger), keysTopic));
    const keys = await start(keysComponent(log, logger));
    const dedupe = await start(claims({ url: config.REDIS_URL, prefix: 'resonant:claim:', logger }));
    const producer = await start(producerComponent(log, config.PRODUCE_TIMEOUT_MS));
    const deadLetters = await start(deadLettersComponent(log));
    const records = await touchpointRecords(log);
    const counted = eventCounter(metrics);
    const intake = new Intake({ claims: dedupe, producer, records, maxUnderWay: config.MAX_UNDER_WAY, counted });
    const rates = new RateLimit(config.RATE_LIMIT_PER_SECOND);
    const vendors = new Map([['github', github(config.GITHUB_WEBHOOK_SECRETS)]]);
    await start(inboundComponent({ log, claims: dedupe, records, vendors, logger, counted, now }));
    await start(
      httpComponent({
        port: config.PORT,
        host: config.HOST,
        logger,
        metrics,
        health,
        routes: (app) => routes(app, { intake, keys, rates, deadLetters, vendors, now }),
      }),
    );
  },

  check: async ({ config, logger }) => {
    const topics = sources.flatMap((source) => [inboundTopic(source), touchpointsTopic(source)]);
    await checkLog(connect(config, logger), [keysTopic, deadLettersTopic, ...topics]);
    await checkRedis(config.REDIS_URL);
  },
});
