import { randomBytes } from 'node:crypto';
import {
  type Decoded,
  deadLettersTopic,
  ResonantError,
  type Source,
  topics,
  touchpointsTopic,
} from '@resonant/contracts';
import {
  deadLetterWriter,
  decoderFor,
  type LogRecord,
  type MemoryLog,
  memoryLog,
  type Producer,
} from '@resonant/kafka';
import {
  buildApp,
  type ClaimResult,
  type Claims,
  type Confirmation,
  createLogger,
  type FastifyInstance,
  Health,
  KeyRing,
  Metrics,
  makeKey,
} from '@resonant/service';
import { DeadLetters } from '../../src/dead-letters.ts';
import { routes } from '../../src/http/routes.ts';
import { Intake } from '../../src/intake.ts';
import { RateLimit } from '../../src/rate-limit.ts';
import { touchpointRecords } from '../../src/touchpoint-records.ts';
import { github } from '../../src/webhooks/github/index.ts';
import { now } from '../arrival.ts';

export const githubSecret = 'correct horse';

/** Claims in memory, which a test may take away or hold for somebody else: an owner, or what was confirmed. */
export class TestClaims implements Claims {
  available = true;
  readonly held = new Map<string, string | Confirmation>();

  async claim(ids: readonly string[], owner: string): Promise<readonly ClaimResult[]> {
    return ids.map((id): ClaimResult => {
      if (!this.available) return { status: 'unavailable' };
      const holder = this.held.get(id);
      if (holder === undefined || holder === owner) {
        this.held.set(id, owner);
        return { status: 'claimed' };
      }
      if (typeof holder === 'string') return { status: 'busy', retryAfterMs: 1500 };
      return { status: 'confirmed', contentHash: holder.contentHash };
    });
  }
  async confirm(confirmations: readonly Confirmation[]): Promise<void> {
    for (const confirmation of confirmations) this.held.set(confirmation.id, confirmation);
  }
  async release(ids: readonly string[], owner: string): Promise<void> {
    for (const id of ids) if (this.held.get(id) === owner) this.held.delete(id);
  }
}

/** The HTTP side of ingest on a log in memory. */
export interface Harness {
  readonly app: FastifyInstance;
  readonly claims: TestClaims;
  /** Makes the log refuse everything from now on. */
  breakLog(): void;
  /** Text of a key with these scopes. */
  key(scopes: readonly string[], expiresAt?: number | null): string;
  stored(source: Source): Promise<readonly Decoded[]>;
  deadLetters(): Promise<readonly Decoded[]>;
}

export async function harness(
  over: { readonly perSecond?: number; readonly maxUnderWay?: number } = {},
): Promise<Harness> {
  const log = memoryLog();
  const admin = await log.admin();
  await admin.ensureTopics(topics, 1);
  const keys = new KeyRing();
  const claims = new TestClaims();
  const producer = await log.producer();
  let isBroken = false;
  const refuse = () => Promise.reject(new ResonantError('log-unavailable', 'away'));
  const guarded: Producer = {
    send: (record) => (isBroken ? refuse() : producer.send(record)),
    sendAll: (records) => (isBroken ? refuse() : producer.sendAll(records)),
    close: () => producer.close(),
  };
  const intake = new Intake({
    claims,
    producer: guarded,
    records: await touchpointRecords(log),
    maxUnderWay: over.maxUnderWay ?? 1000,
    counted: () => undefined,
  });
  const deadLetters = new DeadLetters(await deadLetterWriter(log));
  const app = await buildApp({
    logger: createLogger('test', 'silent'),
    metrics: new Metrics(),
    health: new Health(),
    routes: (routed) =>
      routes(routed, {
        intake,
        keys,
        rates: new RateLimit(over.perSecond ?? 1000),
        deadLetters,
        vendors: new Map([['github', github(new Map([['community', githubSecret]]))]]),
        now: () => now,
      }),
  });
  return {
    app,
    claims,
    breakLog: () => {
      isBroken = true;
    },
    key: (scopes, expiresAt = null) => {
      const { text, record } = makeKey({ name: 'test', scopes, expiresAt: null, now, randomBytes });
      keys.put({ ...record, expiresAt });
      return text;
    },
    stored: (source) => all(log, touchpointsTopic(source)),
    deadLetters: () => all(log, deadLettersTopic),
  };
}

async function all(log: MemoryLog, topic: string): Promise<readonly Decoded[]> {
  const records: LogRecord[] = [];
  const follower = await log.follow({ topic, onRecords: (_partition, batch) => void records.push(...batch) });
  await follower.caughtUp;
  await follower.stop();
  return Promise.all(records.map(({ value }) => decoderFor(log).read(value ?? Buffer.alloc(0))));
}
