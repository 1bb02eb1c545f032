import type { FastifyInstance, KeyRing } from '@resonant/service';
import type { DeadLetters } from '../dead-letters.ts';
import type { Intake } from '../intake.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { Vendor } from '../webhooks/vendor.ts';
import { keepBodiesRaw } from './body.ts';
import { Gate } from './gate.ts';
import { openApi } from './openapi.ts';
import { touchpointRoutes } from './touchpoint-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** What the HTTP side of ingest is wired with. */
export interface Routes {
  readonly intake: Intake;
  readonly keys: KeyRing;
  readonly rates: RateLimit;
  readonly deadLetters: DeadLetters;
  readonly vendors: ReadonlyMap<string, Vendor>;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Every route of wire.md §1. */
export function routes(app: FastifyInstance, { intake, keys, rates, deadLetters, vendors, now }: Routes): void {
  const gate = new Gate(keys, rates, now);
  const document = openApi();
  keepBodiesRaw(app);
  touchpointRoutes(app, { intake, gate, deadLetters, vendors, now });
  webhookRoutes(app, { intake, gate, deadLetters, vendors, now });
  app.get('/v1/openapi.json', async () => document);
}
