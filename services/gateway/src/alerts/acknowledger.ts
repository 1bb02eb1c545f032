import { createHash, randomUUID } from 'node:crypto';
import {
  type Alert,
  eventHeaders,
  type Keyspace,
  keyField,
  ResonantError,
  type Signal,
  signalsTopic,
} from '@resonant/contracts';
import type { Producer } from '@resonant/kafka';
import { traceparentFrom } from '@resonant/service';
import type { Encoders } from '../writing/encoders.ts';

/** A business act on an alert, as a client asks for it. */
export interface AcknowledgeRequest {
  readonly alert: Alert;
  readonly actionId: string | null;
  readonly note: string | null;
  /** The client's id of this request; null = each request counts. */
  readonly requestId: string | null;
  readonly keyId: string;
  /** W3C trace context of the request; default: a new one. */
  readonly traceparent?: string;
}

/** Where the signal of an acknowledgement came to stand. */
export interface Acknowledged {
  readonly signal: Signal;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Instant at which an acknowledgement counts in a partition, epoch ms; undefined = not known yet. */
export type InstantOf = (keyspace: Keyspace, partition: number) => number | undefined;

/** The signal of an acknowledgement. The same request of the same key makes the same id, so a repeat counts once. */
export function acknowledgementSignal(request: AcknowledgeRequest, occurredAt: number): Signal {
  const { alert, actionId, note, requestId, keyId } = request;
  const parts = ['acknowledgement', alert.alertId, actionId ?? '', keyId, requestId ?? randomUUID()];
  const id = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
  const none = { accountId: null, teamId: null, regionId: null, leadId: null };
  return {
    id,
    kind: 'acknowledgement',
    occurredAt,
    channel: null,
    ...none,
    [keyField[alert.keyspace as Keyspace]]: alert.partitionKey,
    contactId: null,
    repId: null,
    opportunityId: null,
    measures: {},
    labels: {
      alertId: alert.alertId,
      ...(actionId === null ? {} : { actionId }),
      ...(note === null ? {} : { note }),
      acknowledgedBy: keyId,
    },
    eventId: null,
  };
}

/** Writes acknowledgements into the partition that decided their alert; resolves once they are durable. */
export class Acknowledger {
  readonly #encoders: Encoders;
  readonly #producer: Producer;
  readonly #instantOf: InstantOf;

  constructor(encoders: Encoders, producer: Producer, instantOf: InstantOf) {
    this.#encoders = encoders;
    this.#producer = producer;
    this.#instantOf = instantOf;
  }

  /** Rejects with `log-unavailable` (nothing is confirmed) or `not-ready` (log time is not known yet). */
  async acknowledge(request: AcknowledgeRequest): Promise<Acknowledged> {
    const { alert } = request;
    const keyspace = alert.keyspace as Keyspace;
    const occurredAt = this.#instantOf(keyspace, alert.partition);
    if (occurredAt === undefined) {
      throw new ResonantError('not-ready', `no tick of ${signalsTopic(keyspace)}/${alert.partition} has been seen yet`);
    }
    const signal = acknowledgementSignal(request, occurredAt);
    const topic = signalsTopic(keyspace);
    const { partition, offset } = await this.#producer.send({
      topic,
      partition: alert.partition,
      key: alert.partitionKey,
      value: await this.#encoders.encode(topic, 'Signal', signal),
      headers: eventHeaders({
        id: signal.id,
        type: 'signal',
        source: acknowledgementSource,
        time: occurredAt,
        traceparent: request.traceparent ?? traceparentFrom(undefined),
      }),
    });
    return { signal, topic, partition, offset };
  }
}

/** `ce_source` of acknowledgements. */
export const acknowledgementSource = '/services/gateway';
