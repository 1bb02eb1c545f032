import type { Party, Records } from '@resonant/contracts';
import { instant, named, oneOf, refuse, span } from './checks.ts';
import type { RecordRow } from './intake-columns.ts';
import type { Coordinates } from './record.ts';

type TouchpointName =
  | 'CallTouchpoint'
  | 'EmailTouchpoint'
  | 'ForumTouchpoint'
  | 'KnowledgeTouchpoint'
  | 'CrmTouchpoint';

/** A touchpoint with the name of its record. */
export type NamedTouchpoint = {
  readonly [N in TouchpointName]: { readonly type: N; readonly value: Records[N] };
}[TouchpointName];

/** Columns that a source fills in its own way. */
interface OwnColumns {
  readonly parties: readonly (readonly [role: string, speaker: string, party: Party])[];
  readonly direction?: string;
  readonly subject?: string;
  readonly text: string;
  readonly n_utterances?: number;
  readonly duration_ms?: number;
  readonly is_auto_reply?: number;
  readonly attributes: Readonly<Record<string, string | null>>;
}

/** The row of a touchpoint. Throws a ValueError for what no row can hold. */
export function touchpointRow(touchpoint: NamedTouchpoint, coordinates: Coordinates): RecordRow<'intake_touchpoints'> {
  const { value } = touchpoint;
  const own = ownColumns(touchpoint);
  const firstOf = (name: 'accountId' | 'contactId' | 'repId'): string =>
    own.parties.map(([, , party]) => party[name]).find((id) => id !== null) ?? '';
  return {
    source: named('source', value.source),
    account_id: firstOf('accountId'),
    event_id: named('eventId', value.eventId),
    id: named('id', value.id),
    occurred_at: instant('occurredAt', value.occurredAt),
    received_at: instant('receivedAt', value.receivedAt),
    channel: named('channel', value.channel),
    language: value.language ?? '',
    thread_id: value.threadId ?? '',
    lead_id: value.leadId ?? '',
    opportunity_id: value.opportunityId ?? '',
    via: oneOf('via', ['http', 'webhook', 'kafka'], value.via),
    key_id: value.keyId ?? '',
    rep_id: firstOf('repId'),
    contact_id: firstOf('contactId'),
    direction: own.direction ?? '',
    subject: own.subject ?? '',
    text: own.text,
    n_utterances: own.n_utterances ?? 0,
    duration_ms: own.duration_ms ?? 0,
    is_auto_reply: own.is_auto_reply ?? 0,
    parties: own.parties.map(([role, speaker, party]) => [
      ...[role, speaker, party.repId ?? '', party.contactId ?? '', party.accountId ?? ''],
      ...[party.email ?? '', party.phone ?? '', party.handle ?? '', party.name ?? ''],
    ]),
    attributes: present(own.attributes),
    media_type: value.payloadType,
    bytes: value.payload,
    ...coordinates,
  };
}

function ownColumns(touchpoint: NamedTouchpoint): OwnColumns {
  switch (touchpoint.type) {
    case 'CallTouchpoint':
      return callColumns(touchpoint.value);
    case 'EmailTouchpoint':
      return emailColumns(touchpoint.value);
    case 'ForumTouchpoint': {
      const { author, title, text, community, postId, kind, action, url } = touchpoint.value;
      const attributes = { community, postId, kind, action, url };
      return { parties: [[author.role, 'author', author]], subject: title ?? '', text, attributes };
    }
    case 'KnowledgeTouchpoint':
      return knowledgeColumns(touchpoint.value);
    case 'CrmTouchpoint': {
      const { parties, subject, text, type, by, isPersonalised, fields } = touchpoint.value;
      return {
        parties: parties.map((party) => [party.role, party.speaker ?? '', party]),
        subject: subject ?? '',
        text,
        is_auto_reply: by === 'auto' ? 1 : 0,
        attributes: {
          type,
          by,
          isPersonalised: isPersonalised === null ? null : String(isPersonalised),
          ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [`fields.${name}`, field])),
        },
      };
    }
  }
}

function callColumns(call: Records['CallTouchpoint']): OwnColumns {
  const { occurredAt, endedAt, direction, parties, utterances, recogniser } = call;
  if (endedAt < occurredAt) refuse('endedAt', `an instant not before occurredAt (${occurredAt})`, endedAt);
  return {
    parties: parties.map((party) => [party.role, party.speaker ?? '', party]),
    direction,
    text: utterances.map(({ text }) => text).join('\n'),
    n_utterances: utterances.length,
    duration_ms: span('endedAt', endedAt - occurredAt),
    attributes: { recogniser },
  };
}

function emailColumns(mail: Records['EmailTouchpoint']): OwnColumns {
  const { from, to, cc, subject, text, isAutoReply, messageId, inReplyTo, references, attachments, defects } = mail;
  const list = (name: string, parties: readonly Party[]) => parties.map((party) => [party.role, name, party] as const);
  return {
    parties: [...list('from', [from]), ...list('to', to), ...list('cc', cc)],
    subject,
    text,
    is_auto_reply: isAutoReply ? 1 : 0,
    attributes: {
      messageId,
      inReplyTo,
      references: jsonList(references),
      attachments: jsonList(attachments),
      defects: jsonList(defects),
    },
  };
}

function knowledgeColumns(read: Records['KnowledgeTouchpoint']): OwnColumns {
  const { reader, pageId, pageTitle, query, activeSeconds } = read;
  return {
    parties: [[reader.role, 'reader', reader]],
    subject: pageTitle ?? '',
    text: query ?? '',
    duration_ms: span('activeSeconds', Math.round(activeSeconds * 1000)),
    attributes: { pageId, query, activeSeconds: String(activeSeconds) },
  };
}

const jsonList = (list: readonly unknown[]): string | null => (list.length === 0 ? null : JSON.stringify(list));

const present = (attributes: OwnColumns['attributes']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== null));
