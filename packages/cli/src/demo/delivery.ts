import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seriesCalls } from './call-series.ts';
import { type CallText, type Day, type DayEvent, instantOf } from './day.ts';
import { transcriptOf } from './transcript.ts';

/** One request of an upstream system: when it is sent, in epoch ms of the demo's day, and what. */
export interface Delivery {
  readonly sendAt: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the deliveries of a day are made from. */
export interface DeliverySources {
  /** Folder with calls/, mails/ and forum/. */
  readonly folder: string;
  /** Last path segment of the GitHub endpoint and the secret that signs its payloads. */
  readonly github: { readonly endpointId: string; readonly secret: string };
}

/** Every request of the day, ordered by the time at which it is sent. */
export function deliveriesOf(day: Day, sources: DeliverySources): readonly Delivery[] {
  const deliveries = day.events.map((event) => eventDelivery(day, event, sources));
  for (const { call, at } of seriesCalls(day)) {
    const body = callBody(call, at, sources.folder);
    deliveries.push(json('calls', Date.parse(body.endedAt) + day.series.send, body));
  }
  return deliveries.sort((a, b) => a.sendAt - b.sendAt);
}

function eventDelivery(day: Day, event: DayEvent, sources: DeliverySources): Delivery {
  const at = instantOf(day, event.at);
  const sendAt = event.send === undefined ? at : instantOf(day, event.send);
  if (event.call !== undefined) return json('calls', sendAt, callBody(event.call, at, sources.folder));
  if (event.mail !== undefined) {
    return mail(sendAt, read(sources.folder, 'mails', `${event.mail.text}.eml`), event.mail.leadId);
  }
  if (event.github !== undefined) {
    return webhook(
      sendAt,
      event.github.event,
      read(sources.folder, 'forum', `${event.github.body}.json`),
      sources.github,
    );
  }
  const occurredAt = new Date(at).toISOString();
  if (event.knowledge !== undefined) return json('knowledge', sendAt, { ...event.knowledge, occurredAt });
  if (event.crm !== undefined) {
    const { rep, ...fields } = event.crm;
    return json('crm', sendAt, { ...fields, occurredAt, parties: [{ role: 'rep', repId: rep }] });
  }
  throw new Error(`the event at ${event.at} is none of call, mail, github, knowledge, crm`);
}

function callBody(call: CallText, at: number, folder: string) {
  const utterances = transcriptOf(read(folder, 'calls', `${call.text}.txt`).toString('utf8'));
  const length = utterances.at(-1)?.endMs ?? 0;
  return {
    id: call.id,
    occurredAt: new Date(at).toISOString(),
    endedAt: new Date(at + length + 1000).toISOString(),
    direction: call.direction,
    recogniser: 'demo',
    parties: [
      { role: 'rep', speaker: 'rep', repId: call.rep },
      { role: 'customer', speaker: 'customer', contactId: call.contact },
    ],
    utterances,
  };
}

const read = (folder: string, ...path: string[]): Buffer => readFileSync(join(folder, ...path));

const json = (source: string, sendAt: number, body: object): Delivery => ({
  sendAt,
  path: `/v1/touchpoints/${source}`,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});

const mail = (sendAt: number, body: Buffer, leadId: string | undefined): Delivery => ({
  sendAt,
  path: leadId === undefined ? '/v1/touchpoints/emails' : `/v1/touchpoints/emails?leadId=${leadId}`,
  headers: { 'content-type': 'message/rfc822' },
  body,
});

const webhook = (sendAt: number, event: string, body: Buffer, github: DeliverySources['github']): Delivery => ({
  sendAt,
  path: `/v1/webhooks/github/${github.endpointId}`,
  headers: {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': `demo-${sendAt}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', github.secret).update(body).digest('hex')}`,
  },
  body,
});
