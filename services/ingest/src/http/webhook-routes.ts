import { isResonantError, ResonantError } from '@resonant/contracts';
import type { FastifyInstance } from '@resonant/service';
import type { DeadLetters } from '../dead-letters.ts';
import type { Intake } from '../intake.ts';
import type { Vendor, WebhookContent } from '../webhooks/vendor.ts';
import { receiptOf } from './answers.ts';
import { bodyOf } from './body.ts';
import type { Gate } from './gate.ts';

/** What the routes are wired with; vendors by the name in the path. */
export interface WebhookRoutes {
  readonly intake: Intake;
  readonly gate: Gate;
  readonly deadLetters: DeadLetters;
  readonly vendors: ReadonlyMap<string, Vendor>;
  readonly now: () => number;
}

interface Endpoint {
  readonly Params: { readonly vendor: string; readonly endpointId: string };
}

/** `POST /v1/webhooks/{vendor}/{endpointId}`: a vendor's own payload under the vendor's own signature. */
export function webhookRoutes(app: FastifyInstance, { intake, gate, deadLetters, vendors, now }: WebhookRoutes): void {
  app.post<Endpoint>('/v1/webhooks/:vendor/:endpointId', async (request, reply) => {
    const { vendor: name, endpointId } = request.params;
    const vendor = vendors.get(name);
    if (vendor === undefined) throw new ResonantError('not-found', `there are no webhooks of ${name}`);
    const payload = bodyOf(request);
    vendor.verify(endpointId, request.headers, payload);
    gate.count(`${name}/${endpointId}`, 1);
    const payloadType =
      request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'application/octet-stream';
    const arrival = { receivedAt: now(), via: 'webhook', keyId: null, payload, payloadType } as const;
    let content: WebhookContent;
    try {
      content = vendor.read(request.headers, arrival);
    } catch (error) {
      if (!isResonantError(error)) throw error;
      // No vendor sends again what we cannot read: it is kept here, to be replayed once we can.
      const origin = `${request.url}#${request.id}`;
      await deadLetters.keep({ source: vendor.source, arrival, origin, headers: request.headers, error });
      return reply.code(202).send({ status: 'dead-letter', reason: error.code, detail: error.message });
    }
    if (content.kind === 'ignored') return reply.code(200).send({ status: 'ignored', reason: content.reason });
    const [outcome] = await intake.accept(content.source, [content.touchpoint], request.traceparent);
    if (outcome === undefined) throw new Error('the intake did not answer');
    const { code, body } = receiptOf(content.touchpoint, outcome);
    return reply.code(code).send(body);
  });
}
