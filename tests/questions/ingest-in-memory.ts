import { deadLetterWriter, type MemoryLog } from '@resonant/kafka';
import {
  buildApp,
  type ClaimResult,
  type Claims,
  createLogger,
  Health,
  KeyRing,
  Metrics,
  makeKey,
} from '@resonant/service';
import type { Delivery } from '../../packages/cli/src/demo/delivery.ts';
import { DeadLetters } from '../../services/ingest/src/dead-letters.ts';
import { routes } from '../../services/ingest/src/http/routes.ts';
import { Intake } from '../../services/ingest/src/intake.ts';
import { RateLimit } from '../../services/ingest/src/rate-limit.ts';
import { touchpointRecords } from '../../services/ingest/src/touchpoint-records.ts';
import { github } from '../../services/ingest/src/webhooks/github/index.ts';

/** The HTTP side of ingest on a log in memory: delivers a request, and throws unless it was taken. `now` is its clock, epoch ms. */
export async function ingestOn(
  log: MemoryLog,
  endpoint: { readonly endpointId: string; readonly secret: string },
  now: () => number,
): Promise<(delivery: Delivery) => Promise<void>> {
  const keys = new KeyRing();
  const scopes = ['ingest:*'];
  const randomBytes = (length: number): Buffer => Buffer.alloc(length, 7);
  const { text, record } = makeKey({ name: 'demo', scopes, expiresAt: null, now: now(), randomBytes });
  keys.put(record);
  const intake = new Intake({
    claims: claimsInMemory(),
    producer: await log.producer(),
    records: await touchpointRecords(log),
    maxUnderWay: 1000,
    counted: () => undefined,
  });
  const deadLetters = new DeadLetters(await deadLetterWriter(log));
  const vendors = new Map([['github', github(new Map([[endpoint.endpointId, endpoint.secret]]))]]);
  const app = await buildApp({
    logger: createLogger('ingest', 'silent'),
    metrics: new Metrics(),
    health: new Health(),
    routes: (routed) => routes(routed, { intake, keys, rates: new RateLimit(100_000), deadLetters, vendors, now }),
  });
  let requests = 0;
  return async ({ path, headers, body }) => {
    // The origin of a dead letter names the request, and is the key of its record.
    const id = { 'x-request-id': `demo-${++requests}` };
    const request = { url: path, headers: { authorization: `Bearer ${text}`, ...id, ...headers }, payload: body };
    const answer = await app.inject({ method: 'POST', ...request });
    if (answer.statusCode >= 300) throw new Error(`${path} was answered ${answer.statusCode}: ${answer.body}`);
  };
}

/** What Redis holds, for one process. */
function claimsInMemory(): Claims {
  const confirmed = new Map<string, ClaimResult>();
  return {
    claim: async (ids) => ids.map((id) => confirmed.get(id) ?? { status: 'claimed' }),
    confirm: async (confirmations) => {
      for (const { id, contentHash } of confirmations) confirmed.set(id, { status: 'confirmed', contentHash });
    },
    release: async () => undefined,
  };
}
