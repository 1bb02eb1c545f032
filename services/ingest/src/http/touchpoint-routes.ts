import { isResonantError, type ResonantError, type Source } from '@resonant/contracts';
import { type FastifyInstance, type FastifyRequest, parse } from '@resonant/service';
import type { DeadLetters } from '../dead-letters.ts';
import type { Vendors } from '../inbound/record.ts';
import type { Intake } from '../intake.ts';
import { mailQuery } from '../sources/emails/event.ts';
import type { Arrival } from '../sources/source.ts';
import { mailType, touchpointOf } from '../sources/touchpoint.ts';
import { receiptOf } from './answers.ts';
import { acceptBatch, batchTypes, itemsOf } from './batch.ts';
import { bodyOf, checkItemSize, mediaTypeOf } from './body.ts';
import { checked } from './check.ts';
import type { Gate } from './gate.ts';

/** What the routes are wired with. */
export interface TouchpointRoutes {
  readonly intake: Intake;
  readonly gate: Gate;
  readonly deadLetters: DeadLetters;
  readonly vendors: Vendors;
  readonly now: () => number;
}

interface Target {
  readonly Params: { readonly target: string };
}

/** `POST /v1/touchpoints/{source}`, `POST /v1/touchpoints/{source}:batch` and `POST /v1/touchpoints/{source}:check`. */
export function touchpointRoutes(app: FastifyInstance, routes: TouchpointRoutes): void {
  const { intake, gate, deadLetters, vendors, now } = routes;
  app.post<Target>(
    '/v1/touchpoints/:target',
    { onRequest: async (request) => gate.admit(request, request.params.target) },
    async (request, reply) => {
      const { principal, source, verb } = gate.admission(request);
      const arrival = { receivedAt: now(), via: 'http', keyId: principal.keyId } as const;
      if (verb === 'check') {
        gate.count(principal.keyId, 1);
        return reply.code(200).send(await checked(source, request, now(), vendors));
      }
      if (verb === 'batch') {
        const items = itemsOf(bodyOf(request), mediaTypeOf(request, batchTypes));
        gate.count(principal.keyId, items.length);
        const results = await acceptBatch(intake, source, items, arrival, request.traceparent);
        return reply.code(results.some(({ status }) => status === 'rejected') ? 207 : 200).send({ results });
      }
      const payloadType = mediaTypeOf(request, typesOf(source));
      gate.count(principal.keyId, 1);
      const touchpoint = await single(source, { ...arrival, payloadType, payload: bodyOf(request) }, request);
      const [outcome] = await intake.accept(source, [touchpoint], request.traceparent);
      if (outcome === undefined) throw new Error('the intake did not answer');
      const { code, body } = receiptOf(touchpoint, outcome);
      return reply.code(code).send(body);
    },
  );

  async function single(source: Source, arrival: Arrival, request: FastifyRequest) {
    if (arrival.payloadType !== mailType) {
      checkItemSize(arrival.payload);
      return touchpointOf(source, arrival);
    }
    const context = parse(mailQuery, request.query);
    try {
      return await touchpointOf(source, arrival, context);
    } catch (error) {
      // Whoever relays mail cannot mend it, so the bytes are kept here.
      if (isResonantError(error)) await keep(source, arrival, request, error);
      throw error;
    }
  }

  const keep = (source: Source, arrival: Arrival, request: FastifyRequest, error: ResonantError): Promise<void> =>
    deadLetters.keep({ source, arrival, origin: `${request.url}#${request.id}`, headers: request.headers, error });
}

const typesOf = (source: Source): readonly string[] =>
  source === 'emails' ? ['application/json', mailType] : ['application/json'];
