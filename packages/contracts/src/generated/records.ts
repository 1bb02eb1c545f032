// Generated from schemas/v1 by scripts/generate.ts; do not edit.

/** Who owns an account during a span of time. */
export interface Ownership {
  /** rep */
  readonly repId: string;
  /** from when on, inclusive */
  readonly from: number;
  /** until when, exclusive; null = still */
  readonly to: number | null;
}

/** A customer organisation. */
export interface Account {
  /** id */
  readonly accountId: string;
  /** name */
  readonly name: string;
  /** owners over time */
  readonly owners: readonly Ownership[];
  /** e-mail domains, lower case, that belong to this account alone */
  readonly domains: readonly string[];
  /** ids in CRM systems */
  readonly crmIds: readonly string[];
}

/** What a rule asks for, by role: the action line of rules.md section 5 and where it came from. */
export interface Action {
  /** learning-card, intervention, board-mark, talk-track-pack, knowledge-push, warning or escalation */
  readonly action: string;
  /** the same however often it is derived */
  readonly actionId: string;
  /** alert it belongs to; null when anonymous */
  readonly alertId: string | null;
  /** seq of the transition; 0 when anonymous */
  readonly seq: number;
  /** rule */
  readonly ruleId: string;
  /** version of the rule */
  readonly ruleVersion: number;
  /** whom it is about; without rep and contact when anonymous */
  readonly subject: Readonly<Record<string, string>>;
  /** role it goes to: rep, supervisor, director, account-owner, team-board or region */
  readonly to: string;
  /** template named by the rule */
  readonly template: string | null;
  /** instant of the transition, or of the missed due; cut to the hour when anonymous */
  readonly at: number;
  /** tick that decided it; cut to the hour when anonymous */
  readonly decidedAt: number;
  /** until when it has to be acknowledged */
  readonly dueAt: number | null;
  /** account, team, region or lead */
  readonly keyspace: string;
  /** value of the keyspace's field of the subject */
  readonly partitionKey: string;
  /** partition of the signals topic */
  readonly partition: number;
  /** offset of the tick that decided it in the signals topic */
  readonly tickOffset: number;
}

/** One signal that the decision rests on. */
export interface Evidence {
  /** touchpoint */
  readonly eventId: string | null;
  /** signal */
  readonly signalId: string;
  /** instant of the signal */
  readonly occurredAt: number;
  /** role in the pattern: a, b, start or stop */
  readonly role: string;
}

/** One transition of one alert: the alert line of rules.md section 1 and where it came from. */
export interface Alert {
  /** the same for the alert's life */
  readonly alertId: string;
  /** transitions of this alert, counted from 1 */
  readonly seq: number;
  /** rule that decided */
  readonly ruleId: string;
  /** version of the rule that decided this transition */
  readonly ruleVersion: number;
  /** whom it is about, fields as the rule names them, in its order */
  readonly subject: Readonly<Record<string, string>>;
  /** opened, updated, resolved or withdrawn */
  readonly transition: string;
  /** the pattern's own word, e.g. resonating, open, overdue */
  readonly state: string;
  /** instant for which the decision holds */
  readonly at: number;
  /** tick that decided it */
  readonly decidedAt: number;
  /** the numbers compared, in the order of rules.md */
  readonly values: Readonly<Record<string, number>>;
  /** signals in the order of rules.md; empty where history has the window */
  readonly evidence: readonly Evidence[];
  /** decidedAt - at > 5 min */
  readonly isLate: boolean;
  /** the rule is in shadow mode */
  readonly isShadow: boolean;
  /** at of the opening transition */
  readonly openedAt: number;
  /** info, low, high or critical */
  readonly severity: string;
  /** title of the rule by language */
  readonly title: Readonly<Record<string, string>>;
  /** account, team, region or lead */
  readonly keyspace: string;
  /** value of the keyspace's field of the subject */
  readonly partitionKey: string;
  /** partition of the signals topic */
  readonly partition: number;
  /** offset of the tick that decided it in the signals topic */
  readonly tickOffset: number;
}

/** An API key; the secret itself is nowhere, only its hash. */
export interface ApiKey {
  /** public part of the key */
  readonly keyId: string;
  /** what it is for */
  readonly name: string;
  /** SHA-256 of the secret part */
  readonly hash: Buffer;
  /** what it may do, e.g. ingest:calls, alerts:read, team:north */
  readonly scopes: readonly string[];
  /** when it was made */
  readonly createdAt: number;
  /** until when it is valid; null = no end */
  readonly expiresAt: number | null;
  /** when it was revoked; null = not */
  readonly revokedAt: number | null;
}

/** Someone who took part, as the sender named them; the directory turns these hints into accounts, contacts and reps. */
export interface Party {
  /** rep, customer or other: which side of the sale, as far as the source knows; other = let the directory decide */
  readonly role: string;
  /** label of this party in the transcript; null outside of calls */
  readonly speaker: string | null;
  /** id of a rep in the directory */
  readonly repId: string | null;
  /** id of a contact in the directory */
  readonly contactId: string | null;
  /** id of an account in the directory */
  readonly accountId: string | null;
  /** e-mail address, lower case */
  readonly email: string | null;
  /** phone number in E.164 */
  readonly phone: string | null;
  /** handle in a community as platform:name, e.g. github:octocat */
  readonly handle: string | null;
  /** display name */
  readonly name: string | null;
}

/** One stretch of speech by one speaker. */
export interface Utterance {
  /** speaker label, as in parties */
  readonly speaker: string;
  /** start in milliseconds since occurredAt */
  readonly startMs: number;
  /** end in milliseconds since occurredAt */
  readonly endMs: number;
  /** the words as recognised */
  readonly text: string;
}

/** A call with its transcript as a speech recogniser heard it. */
export interface CallTouchpoint {
  /** <source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence */
  readonly eventId: string;
  /** source class: calls, emails, forum, knowledge or crm */
  readonly source: string;
  /** the sender's own id; for webhooks the object's id and its update time */
  readonly id: string;
  /** when it began, by the sender's clock */
  readonly occurredAt: number;
  /** when ingest accepted it, by ingest's clock */
  readonly receivedAt: number;
  /** channel the customer used: call, email, forum, knowledge or crm */
  readonly channel: string;
  /** en or zh when the sender says so; null = detect from the text */
  readonly language: string | null;
  /** the sender's thread or conversation id; part of the record key */
  readonly threadId: string | null;
  /** lead this belongs to, if any */
  readonly leadId: string | null;
  /** opportunity this belongs to, if any */
  readonly opportunityId: string | null;
  /** http, webhook or kafka: the way in */
  readonly via: string;
  /** API key that sent it; null for webhooks and Kafka */
  readonly keyId: string | null;
  /** media type of payload */
  readonly payloadType: string;
  /** the bytes as received: the single body, the item of a batch, the whole mail */
  readonly payload: Buffer;
  /** when the call ended */
  readonly endedAt: number;
  /** inbound or outbound, seen from us */
  readonly direction: string;
  /** which speech recogniser made the transcript */
  readonly recogniser: string | null;
  /** who took part */
  readonly parties: readonly Party[];
  /** the transcript in order of start */
  readonly utterances: readonly Utterance[];
}

/** Which account a contact belongs to during a span of time. */
export interface Employment {
  /** account */
  readonly accountId: string;
  /** from when on, inclusive */
  readonly from: number;
  /** until when, exclusive; null = still */
  readonly to: number | null;
}

/** A person on the customer's side. */
export interface Contact {
  /** id */
  readonly contactId: string;
  /** name */
  readonly name: string | null;
  /** accounts over time */
  readonly accounts: readonly Employment[];
  /** e-mail addresses, lower case */
  readonly emails: readonly string[];
  /** phone numbers in E.164 */
  readonly phones: readonly string[];
  /** handles as platform:name */
  readonly handles: readonly string[];
}

/** A change in the CRM. */
export interface CrmTouchpoint {
  /** <source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence */
  readonly eventId: string;
  /** source class: calls, emails, forum, knowledge or crm */
  readonly source: string;
  /** the sender's own id; for webhooks the object's id and its update time */
  readonly id: string;
  /** when it began, by the sender's clock */
  readonly occurredAt: number;
  /** when ingest accepted it, by ingest's clock */
  readonly receivedAt: number;
  /** channel the customer used: call, email, forum, knowledge or crm */
  readonly channel: string;
  /** en or zh when the sender says so; null = detect from the text */
  readonly language: string | null;
  /** the sender's thread or conversation id; part of the record key */
  readonly threadId: string | null;
  /** lead this belongs to, if any */
  readonly leadId: string | null;
  /** opportunity this belongs to, if any */
  readonly opportunityId: string | null;
  /** http, webhook or kafka: the way in */
  readonly via: string;
  /** API key that sent it; null for webhooks and Kafka */
  readonly keyId: string | null;
  /** media type of payload */
  readonly payloadType: string;
  /** the bytes as received: the single body, the item of a batch, the whole mail */
  readonly payload: Buffer;
  /** lead-created, lead-response, note or stage-change */
  readonly type: string;
  /** human or auto: who did it */
  readonly by: string;
  /** who it concerns */
  readonly parties: readonly Party[];
  /** whether the sender knows the touch to be personalised; null = judge from the text */
  readonly isPersonalised: boolean | null;
  /** subject or title */
  readonly subject: string | null;
  /** free text; empty if there is none */
  readonly text: string;
  /** further fields of the CRM object */
  readonly fields: Readonly<Record<string, string>>;
}

/** What could not be read, with its bytes and the reason. */
export interface DeadLetter {
  /** id: hash of origin and bytes */
  readonly deadLetterId: string;
  /** source or service it was meant for, e.g. emails, signals */
  readonly source: string;
  /** where it came from: topic/partition/offset, or the route and request id */
  readonly origin: string;
  /** code of the error registry */
  readonly reason: string;
  /** what was expected and what came */
  readonly detail: string;
  /** when it was put aside */
  readonly at: number;
  /** media type of payload, as far as known */
  readonly mediaType: string;
  /** key of the record, if it came from Kafka */
  readonly key: Buffer | null;
  /** headers of the record or request, without credentials */
  readonly headers: Readonly<Record<string, Buffer>>;
  /** the bytes as received */
  readonly payload: Buffer;
}

/** What somebody decided about a dead letter; it stands in the topic and under the key of that letter. */
export interface DeadLetterOutcome {
  /** the dead letter */
  readonly deadLetterId: string;
  /** replayed or discarded */
  readonly outcome: string;
  /** when */
  readonly at: number;
  /** who, as the command was told or the system names the user */
  readonly by: string;
  /** why; empty if nothing was said */
  readonly note: string;
  /** where a replayed letter was appended, in the same transaction; null when discarded */
  readonly topic: string | null;
}

/** An attempt to bring an action to a person. */
export interface Delivery {
  /** id of this attempt */
  readonly deliveryId: string;
  /** action that was delivered */
  readonly actionId: string;
  /** alert of the action; null when anonymous */
  readonly alertId: string | null;
  /** id of the person or board */
  readonly recipient: string;
  /** how: card, mail, chat, webhook */
  readonly medium: string;
  /** delivered, held or failed */
  readonly status: string;
  /** why it was held or failed */
  readonly reason: string | null;
  /** when */
  readonly at: number;
}

/** An attachment; its bytes are in payload. */
export interface Attachment {
  /** file name */
  readonly name: string | null;
  /** media type */
  readonly mediaType: string;
  /** bytes after decoding */
  readonly size: number;
}

/** An e-mail, from our JSON or from an RFC 5322 message. */
export interface EmailTouchpoint {
  /** <source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence */
  readonly eventId: string;
  /** source class: calls, emails, forum, knowledge or crm */
  readonly source: string;
  /** the sender's own id; for webhooks the object's id and its update time */
  readonly id: string;
  /** when it began, by the sender's clock */
  readonly occurredAt: number;
  /** when ingest accepted it, by ingest's clock */
  readonly receivedAt: number;
  /** channel the customer used: call, email, forum, knowledge or crm */
  readonly channel: string;
  /** en or zh when the sender says so; null = detect from the text */
  readonly language: string | null;
  /** the sender's thread or conversation id; part of the record key */
  readonly threadId: string | null;
  /** lead this belongs to, if any */
  readonly leadId: string | null;
  /** opportunity this belongs to, if any */
  readonly opportunityId: string | null;
  /** http, webhook or kafka: the way in */
  readonly via: string;
  /** API key that sent it; null for webhooks and Kafka */
  readonly keyId: string | null;
  /** media type of payload */
  readonly payloadType: string;
  /** the bytes as received: the single body, the item of a batch, the whole mail */
  readonly payload: Buffer;
  /** Message-ID without angle brackets */
  readonly messageId: string | null;
  /** message id this answers */
  readonly inReplyTo: string | null;
  /** message ids of the thread, oldest first */
  readonly references: readonly string[];
  /** author */
  readonly from: Party;
  /** primary recipients */
  readonly to: readonly Party[];
  /** copied recipients */
  readonly cc: readonly Party[];
  /** decoded subject; empty if there was none */
  readonly subject: string;
  /** plain text of the body without quoted earlier mails */
  readonly text: string;
  /** written by a machine: Auto-Submitted, vacation or bounce headers, or said by the sender */
  readonly isAutoReply: boolean;
  /** attachments in order */
  readonly attachments: readonly Attachment[];
  /** what was broken in the MIME and read all the same */
  readonly defects: readonly string[];
}

/** A part of a person's erasure from history: by which hashes what is written later is known to be theirs. */
export interface Erasure {
  /** one request to erase */
  readonly erasureId: string;
  /** which part of it, from 0; a part is never written with other keys */
  readonly part: number;
  /** why, without the person's name */
  readonly reason: string;
  /** who asked for it */
  readonly erasedBy: string;
  /** what happened or was appended before it is erased */
  readonly erasedAt: number;
  /** SHA-256 in hexadecimal of contact:<id>, email:<address>, phone:<number>, handle:<handle>, event:<event id> or dead-letter:<id> */
  readonly keys: readonly string[];
}

/** A post or comment in a community. */
export interface ForumTouchpoint {
  /** <source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence */
  readonly eventId: string;
  /** source class: calls, emails, forum, knowledge or crm */
  readonly source: string;
  /** the sender's own id; for webhooks the object's id and its update time */
  readonly id: string;
  /** when it began, by the sender's clock */
  readonly occurredAt: number;
  /** when ingest accepted it, by ingest's clock */
  readonly receivedAt: number;
  /** channel the customer used: call, email, forum, knowledge or crm */
  readonly channel: string;
  /** en or zh when the sender says so; null = detect from the text */
  readonly language: string | null;
  /** the sender's thread or conversation id; part of the record key */
  readonly threadId: string | null;
  /** lead this belongs to, if any */
  readonly leadId: string | null;
  /** opportunity this belongs to, if any */
  readonly opportunityId: string | null;
  /** http, webhook or kafka: the way in */
  readonly via: string;
  /** API key that sent it; null for webhooks and Kafka */
  readonly keyId: string | null;
  /** media type of payload */
  readonly payloadType: string;
  /** the bytes as received: the single body, the item of a batch, the whole mail */
  readonly payload: Buffer;
  /** platform and place, e.g. github:octo-org/octo-repo */
  readonly community: string;
  /** id of the post or comment in the community */
  readonly postId: string;
  /** post or comment */
  readonly kind: string;
  /** created, edited or deleted */
  readonly action: string;
  /** where it can be read */
  readonly url: string | null;
  /** title of the post or of the thread */
  readonly title: string | null;
  /** plain text */
  readonly text: string;
  /** who wrote it */
  readonly author: Party;
}

/** A term of the trade and its other spellings. */
export interface GlossaryEntry {
  /** id */
  readonly termId: string;
  /** the term */
  readonly term: string;
  /** en or zh; null = any */
  readonly language: string | null;
  /** other spellings, among them what recognisers make of it */
  readonly aliases: readonly string[];
  /** a question about it is technical */
  readonly isTechnical: boolean;
}

/** A page of the knowledge base that was read. */
export interface KnowledgeTouchpoint {
  /** <source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence */
  readonly eventId: string;
  /** source class: calls, emails, forum, knowledge or crm */
  readonly source: string;
  /** the sender's own id; for webhooks the object's id and its update time */
  readonly id: string;
  /** when it began, by the sender's clock */
  readonly occurredAt: number;
  /** when ingest accepted it, by ingest's clock */
  readonly receivedAt: number;
  /** channel the customer used: call, email, forum, knowledge or crm */
  readonly channel: string;
  /** en or zh when the sender says so; null = detect from the text */
  readonly language: string | null;
  /** the sender's thread or conversation id; part of the record key */
  readonly threadId: string | null;
  /** lead this belongs to, if any */
  readonly leadId: string | null;
  /** opportunity this belongs to, if any */
  readonly opportunityId: string | null;
  /** http, webhook or kafka: the way in */
  readonly via: string;
  /** API key that sent it; null for webhooks and Kafka */
  readonly keyId: string | null;
  /** media type of payload */
  readonly payloadType: string;
  /** the bytes as received: the single body, the item of a batch, the whole mail */
  readonly payload: Buffer;
  /** who read it */
  readonly reader: Party;
  /** id of the page */
  readonly pageId: string;
  /** title of the page */
  readonly pageTitle: string | null;
  /** what the reader had searched for; that of a customer is judged for intents like any text of theirs */
  readonly query: string | null;
  /** time with the page in front and the reader active, in seconds */
  readonly activeSeconds: number;
}

/** How far services/signals is with one touchpoint partition. */
export interface Position {
  /** touchpoint topic */
  readonly topic: string;
  /** partition */
  readonly partition: number;
  /** next offset that is not yet signals */
  readonly offset: number;
  /** append time of the oldest record that is not yet signals; null = none waits */
  readonly oldestWaitingAt: number | null;
  /** when this was published */
  readonly publishedAt: number;
}

/** A sales region. */
export interface Region {
  /** id */
  readonly regionId: string;
  /** name */
  readonly name: string;
  /** rep who directs the region */
  readonly directorId: string | null;
}

/** Which team a rep belongs to during a span of time. */
export interface Membership {
  /** team */
  readonly teamId: string;
  /** from when on, inclusive */
  readonly from: number;
  /** until when, exclusive; null = still */
  readonly to: number | null;
}

/** One of our sales people. */
export interface Rep {
  /** id */
  readonly repId: string;
  /** name */
  readonly name: string;
  /** teams over time */
  readonly teams: readonly Membership[];
  /** e-mail addresses, lower case */
  readonly emails: readonly string[];
  /** phone numbers in E.164 */
  readonly phones: readonly string[];
  /** handles as platform:name */
  readonly handles: readonly string[];
}

/** A change of a rule as its author sent it; its offset is the revision. */
export interface Rule {
  /** put or delete */
  readonly action: string;
  /** id of the rule */
  readonly ruleId: string;
  /** keyspace of the document; null for a delete */
  readonly keyspace: string | null;
  /** the rule document as JSON for a put; null for a delete */
  readonly document: string | null;
  /** when it was accepted */
  readonly changedAt: number;
  /** id of the API key that sent it */
  readonly changedBy: string | null;
}

/** A rule put or deleted, at the place in the partition where it takes effect. */
export interface RuleChange {
  /** put or delete */
  readonly action: string;
  /** id of the rule */
  readonly ruleId: string;
  /** the rule document as JSON for a put; null for a delete */
  readonly document: string | null;
  /** offset of this change in the rules topic; a revision seen before changes nothing */
  readonly revision: number;
}

/** A signed link of the chain over the history's batches. */
export interface Seal {
  /** number in the chain, from 1 */
  readonly sealId: number;
  /** hash of the seal before; empty for the first */
  readonly previousHash: Buffer;
  /** start of the sealed hour */
  readonly from: number;
  /** end of the sealed hour, exclusive */
  readonly to: number;
  /** ranges of the ledger stored in the hour */
  readonly nRanges: number;
  /** row hashes of those ranges */
  readonly nRows: number;
  /** SHA-256 over what the hour's ranges and erasures are, each a SHA-256 of its own, sorted */
  readonly digest: Buffer;
  /** signing key */
  readonly keyId: string;
  /** Ed25519 over the SHA-256 of the other fields but keyId (packages/audit has the form) */
  readonly signature: Buffer;
}

/** One fact derived from a touchpoint, or an acknowledgement; what rules see (rules.md section 1). */
export interface Signal {
  /** signal id: hash of event id, kind and position; seen before = duplicate */
  readonly id: string;
  /** sentiment, intent, talk-track, talk-track-mention, eligible-call, touch, lead-created, lead-response, kb-read, acknowledgement */
  readonly kind: string;
  /** the instant it counts at */
  readonly occurredAt: number;
  /** channel of the touchpoint */
  readonly channel: string | null;
  /** account by the directory as of occurredAt */
  readonly accountId: string | null;
  /** contact by the directory as of occurredAt */
  readonly contactId: string | null;
  /** rep: who took part, else the account's owner as of occurredAt */
  readonly repId: string | null;
  /** team of the rep as of occurredAt */
  readonly teamId: string | null;
  /** region of the team as of occurredAt */
  readonly regionId: string | null;
  /** lead */
  readonly leadId: string | null;
  /** opportunity */
  readonly opportunityId: string | null;
  /** numbers by name, e.g. polarity from -1 to 1, activeSeconds */
  readonly measures: Readonly<Record<string, number>>;
  /** words by name, e.g. intent, track, by */
  readonly labels: Readonly<Record<string, string>>;
  /** touchpoint it came from */
  readonly eventId: string | null;
}

/** Head of the latest complete snapshot of a partition: with it the parts up to its offset are valid. */
export interface Snapshot {
  /** source offset: the state is that before the record at this offset */
  readonly offset: number;
  /** version of the format that the parts have */
  readonly version: number;
  /** partitions of the source topic */
  readonly partitions: number;
  /** offset of the last source record that the state contains; -1 = none */
  readonly lastOffset: number;
  /** SHA-256 over that record, which tells this log from another one with the same name; empty = none */
  readonly lastDigest: string;
  /** parts of the whole state */
  readonly parts: number;
  /** bytes of the whole state */
  readonly bytes: number;
  /** when it was taken */
  readonly takenAt: number;
}

/** One part of a task's state, or a chunk of one: a snapshot holds all parts that changed since the one before. */
export interface StatePart {
  /** name of the part, e.g. <rule>/<subject> */
  readonly part: string;
  /** version of the format that the parts of this snapshot have */
  readonly version: number;
  /** source offset that the snapshot belongs to */
  readonly offset: number;
  /** the part as the task exports it (UTF-8), or a chunk of it */
  readonly state: Buffer;
  /** place of this chunk in the part, from 0 */
  readonly chunk: number;
  /** chunks of the part in this snapshot; 0 = the part is gone */
  readonly chunks: number;
}

/** Wording that reps are to use. */
export interface TalkTrack {
  /** id */
  readonly trackId: string;
  /** title */
  readonly title: string;
  /** en or zh; null = any */
  readonly language: string | null;
  /** phrases of the talk-track */
  readonly phrases: readonly string[];
  /** how many distinct phrases in one touchpoint make one use */
  readonly quorum: number;
  /** phrases that make a call eligible; none = every call of a rep with a customer */
  readonly triggers: readonly string[];
}

/** Which region a team belongs to during a span of time. */
export interface Placement {
  /** region */
  readonly regionId: string;
  /** from when on, inclusive */
  readonly from: number;
  /** until when, exclusive; null = still */
  readonly to: number | null;
}

/** A team of reps. */
export interface Team {
  /** id */
  readonly teamId: string;
  /** name */
  readonly name: string;
  /** regions over time */
  readonly regions: readonly Placement[];
  /** rep who supervises the team */
  readonly supervisorId: string | null;
}

/** Wall-clock time as a record: the only thing that moves time in a partition. */
export interface Tick {
  /** log time, never smaller than that of the tick before */
  readonly at: number;
}

/** Every record that can be a value on a topic, by its Avro name. */
export interface Records {
  readonly Account: Account;
  readonly Action: Action;
  readonly Alert: Alert;
  readonly ApiKey: ApiKey;
  readonly CallTouchpoint: CallTouchpoint;
  readonly Contact: Contact;
  readonly CrmTouchpoint: CrmTouchpoint;
  readonly DeadLetter: DeadLetter;
  readonly DeadLetterOutcome: DeadLetterOutcome;
  readonly Delivery: Delivery;
  readonly EmailTouchpoint: EmailTouchpoint;
  readonly Erasure: Erasure;
  readonly ForumTouchpoint: ForumTouchpoint;
  readonly GlossaryEntry: GlossaryEntry;
  readonly KnowledgeTouchpoint: KnowledgeTouchpoint;
  readonly Position: Position;
  readonly Region: Region;
  readonly Rep: Rep;
  readonly Rule: Rule;
  readonly RuleChange: RuleChange;
  readonly Seal: Seal;
  readonly Signal: Signal;
  readonly Snapshot: Snapshot;
  readonly StatePart: StatePart;
  readonly TalkTrack: TalkTrack;
  readonly Team: Team;
  readonly Tick: Tick;
}

/** The Avro schemas of schemas/v1, by record name. */
export const schemas: Readonly<Record<keyof Records, object>> = {
 "Account": {
  "type": "record",
  "name": "Account",
  "namespace": "resonant.v1",
  "doc": "A customer organisation.",
  "fields": [
   {
    "name": "accountId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "name",
    "type": "string",
    "doc": "name"
   },
   {
    "name": "owners",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Ownership",
      "doc": "Who owns an account during a span of time.",
      "fields": [
       {
        "name": "repId",
        "type": "string",
        "doc": "rep"
       },
       {
        "name": "from",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "from when on, inclusive"
       },
       {
        "name": "to",
        "type": [
         "null",
         {
          "type": "long",
          "logicalType": "timestamp-millis"
         }
        ],
        "doc": "until when, exclusive; null = still",
        "default": null
       }
      ]
     }
    },
    "doc": "owners over time"
   },
   {
    "name": "domains",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "e-mail domains, lower case, that belong to this account alone"
   },
   {
    "name": "crmIds",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "ids in CRM systems"
   }
  ]
 },
 "Action": {
  "type": "record",
  "name": "Action",
  "namespace": "resonant.v1",
  "doc": "What a rule asks for, by role: the action line of rules.md section 5 and where it came from.",
  "fields": [
   {
    "name": "action",
    "type": "string",
    "doc": "learning-card, intervention, board-mark, talk-track-pack, knowledge-push, warning or escalation"
   },
   {
    "name": "actionId",
    "type": "string",
    "doc": "the same however often it is derived"
   },
   {
    "name": "alertId",
    "type": [
     "null",
     "string"
    ],
    "doc": "alert it belongs to; null when anonymous",
    "default": null
   },
   {
    "name": "seq",
    "type": "int",
    "doc": "seq of the transition; 0 when anonymous"
   },
   {
    "name": "ruleId",
    "type": "string",
    "doc": "rule"
   },
   {
    "name": "ruleVersion",
    "type": "int",
    "doc": "version of the rule"
   },
   {
    "name": "subject",
    "type": {
     "type": "map",
     "values": "string"
    },
    "doc": "whom it is about; without rep and contact when anonymous"
   },
   {
    "name": "to",
    "type": "string",
    "doc": "role it goes to: rep, supervisor, director, account-owner, team-board or region"
   },
   {
    "name": "template",
    "type": [
     "null",
     "string"
    ],
    "doc": "template named by the rule",
    "default": null
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "instant of the transition, or of the missed due; cut to the hour when anonymous"
   },
   {
    "name": "decidedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "tick that decided it; cut to the hour when anonymous"
   },
   {
    "name": "dueAt",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "doc": "until when it has to be acknowledged",
    "default": null
   },
   {
    "name": "keyspace",
    "type": "string",
    "doc": "account, team, region or lead"
   },
   {
    "name": "partitionKey",
    "type": "string",
    "doc": "value of the keyspace's field of the subject"
   },
   {
    "name": "partition",
    "type": "int",
    "doc": "partition of the signals topic"
   },
   {
    "name": "tickOffset",
    "type": "long",
    "doc": "offset of the tick that decided it in the signals topic"
   }
  ]
 },
 "Alert": {
  "type": "record",
  "name": "Alert",
  "namespace": "resonant.v1",
  "doc": "One transition of one alert: the alert line of rules.md section 1 and where it came from.",
  "fields": [
   {
    "name": "alertId",
    "type": "string",
    "doc": "the same for the alert's life"
   },
   {
    "name": "seq",
    "type": "int",
    "doc": "transitions of this alert, counted from 1"
   },
   {
    "name": "ruleId",
    "type": "string",
    "doc": "rule that decided"
   },
   {
    "name": "ruleVersion",
    "type": "int",
    "doc": "version of the rule that decided this transition"
   },
   {
    "name": "subject",
    "type": {
     "type": "map",
     "values": "string"
    },
    "doc": "whom it is about, fields as the rule names them, in its order"
   },
   {
    "name": "transition",
    "type": "string",
    "doc": "opened, updated, resolved or withdrawn"
   },
   {
    "name": "state",
    "type": "string",
    "doc": "the pattern's own word, e.g. resonating, open, overdue"
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "instant for which the decision holds"
   },
   {
    "name": "decidedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "tick that decided it"
   },
   {
    "name": "values",
    "type": {
     "type": "map",
     "values": "double"
    },
    "doc": "the numbers compared, in the order of rules.md"
   },
   {
    "name": "evidence",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Evidence",
      "doc": "One signal that the decision rests on.",
      "fields": [
       {
        "name": "eventId",
        "type": [
         "null",
         "string"
        ],
        "doc": "touchpoint",
        "default": null
       },
       {
        "name": "signalId",
        "type": "string",
        "doc": "signal"
       },
       {
        "name": "occurredAt",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "instant of the signal"
       },
       {
        "name": "role",
        "type": "string",
        "doc": "role in the pattern: a, b, start or stop"
       }
      ]
     }
    },
    "doc": "signals in the order of rules.md; empty where history has the window"
   },
   {
    "name": "isLate",
    "type": "boolean",
    "doc": "decidedAt - at > 5 min"
   },
   {
    "name": "isShadow",
    "type": "boolean",
    "doc": "the rule is in shadow mode"
   },
   {
    "name": "openedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "at of the opening transition"
   },
   {
    "name": "severity",
    "type": "string",
    "doc": "info, low, high or critical"
   },
   {
    "name": "title",
    "type": {
     "type": "map",
     "values": "string"
    },
    "doc": "title of the rule by language"
   },
   {
    "name": "keyspace",
    "type": "string",
    "doc": "account, team, region or lead"
   },
   {
    "name": "partitionKey",
    "type": "string",
    "doc": "value of the keyspace's field of the subject"
   },
   {
    "name": "partition",
    "type": "int",
    "doc": "partition of the signals topic"
   },
   {
    "name": "tickOffset",
    "type": "long",
    "doc": "offset of the tick that decided it in the signals topic"
   }
  ]
 },
 "ApiKey": {
  "type": "record",
  "name": "ApiKey",
  "namespace": "resonant.v1",
  "doc": "An API key; the secret itself is nowhere, only its hash.",
  "fields": [
   {
    "name": "keyId",
    "type": "string",
    "doc": "public part of the key"
   },
   {
    "name": "name",
    "type": "string",
    "doc": "what it is for"
   },
   {
    "name": "hash",
    "type": "bytes",
    "doc": "SHA-256 of the secret part"
   },
   {
    "name": "scopes",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "what it may do, e.g. ingest:calls, alerts:read, team:north"
   },
   {
    "name": "createdAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it was made"
   },
   {
    "name": "expiresAt",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "doc": "until when it is valid; null = no end",
    "default": null
   },
   {
    "name": "revokedAt",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "doc": "when it was revoked; null = not",
    "default": null
   }
  ]
 },
 "CallTouchpoint": {
  "type": "record",
  "name": "CallTouchpoint",
  "namespace": "resonant.v1",
  "doc": "A call with its transcript as a speech recogniser heard it.",
  "fields": [
   {
    "name": "eventId",
    "type": "string",
    "doc": "<source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence"
   },
   {
    "name": "source",
    "type": "string",
    "doc": "source class: calls, emails, forum, knowledge or crm"
   },
   {
    "name": "id",
    "type": "string",
    "doc": "the sender's own id; for webhooks the object's id and its update time"
   },
   {
    "name": "occurredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it began, by the sender's clock"
   },
   {
    "name": "receivedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when ingest accepted it, by ingest's clock"
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "channel the customer used: call, email, forum, knowledge or crm"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh when the sender says so; null = detect from the text",
    "default": null
   },
   {
    "name": "threadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "the sender's thread or conversation id; part of the record key",
    "default": null
   },
   {
    "name": "leadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "lead this belongs to, if any",
    "default": null
   },
   {
    "name": "opportunityId",
    "type": [
     "null",
     "string"
    ],
    "doc": "opportunity this belongs to, if any",
    "default": null
   },
   {
    "name": "via",
    "type": "string",
    "doc": "http, webhook or kafka: the way in"
   },
   {
    "name": "keyId",
    "type": [
     "null",
     "string"
    ],
    "doc": "API key that sent it; null for webhooks and Kafka",
    "default": null
   },
   {
    "name": "payloadType",
    "type": "string",
    "doc": "media type of payload"
   },
   {
    "name": "payload",
    "type": "bytes",
    "doc": "the bytes as received: the single body, the item of a batch, the whole mail"
   },
   {
    "name": "endedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when the call ended"
   },
   {
    "name": "direction",
    "type": "string",
    "doc": "inbound or outbound, seen from us"
   },
   {
    "name": "recogniser",
    "type": [
     "null",
     "string"
    ],
    "doc": "which speech recogniser made the transcript",
    "default": null
   },
   {
    "name": "parties",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Party",
      "doc": "Someone who took part, as the sender named them; the directory turns these hints into accounts, contacts and reps.",
      "fields": [
       {
        "name": "role",
        "type": "string",
        "doc": "rep, customer or other: which side of the sale, as far as the source knows; other = let the directory decide"
       },
       {
        "name": "speaker",
        "type": [
         "null",
         "string"
        ],
        "doc": "label of this party in the transcript; null outside of calls",
        "default": null
       },
       {
        "name": "repId",
        "type": [
         "null",
         "string"
        ],
        "doc": "id of a rep in the directory",
        "default": null
       },
       {
        "name": "contactId",
        "type": [
         "null",
         "string"
        ],
        "doc": "id of a contact in the directory",
        "default": null
       },
       {
        "name": "accountId",
        "type": [
         "null",
         "string"
        ],
        "doc": "id of an account in the directory",
        "default": null
       },
       {
        "name": "email",
        "type": [
         "null",
         "string"
        ],
        "doc": "e-mail address, lower case",
        "default": null
       },
       {
        "name": "phone",
        "type": [
         "null",
         "string"
        ],
        "doc": "phone number in E.164",
        "default": null
       },
       {
        "name": "handle",
        "type": [
         "null",
         "string"
        ],
        "doc": "handle in a community as platform:name, e.g. github:octocat",
        "default": null
       },
       {
        "name": "name",
        "type": [
         "null",
         "string"
        ],
        "doc": "display name",
        "default": null
       }
      ]
     }
    },
    "doc": "who took part"
   },
   {
    "name": "utterances",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Utterance",
      "doc": "One stretch of speech by one speaker.",
      "fields": [
       {
        "name": "speaker",
        "type": "string",
        "doc": "speaker label, as in parties"
       },
       {
        "name": "startMs",
        "type": "long",
        "doc": "start in milliseconds since occurredAt"
       },
       {
        "name": "endMs",
        "type": "long",
        "doc": "end in milliseconds since occurredAt"
       },
       {
        "name": "text",
        "type": "string",
        "doc": "the words as recognised"
       }
      ]
     }
    },
    "doc": "the transcript in order of start"
   }
  ]
 },
 "Contact": {
  "type": "record",
  "name": "Contact",
  "namespace": "resonant.v1",
  "doc": "A person on the customer's side.",
  "fields": [
   {
    "name": "contactId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "name",
    "type": [
     "null",
     "string"
    ],
    "doc": "name",
    "default": null
   },
   {
    "name": "accounts",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Employment",
      "doc": "Which account a contact belongs to during a span of time.",
      "fields": [
       {
        "name": "accountId",
        "type": "string",
        "doc": "account"
       },
       {
        "name": "from",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "from when on, inclusive"
       },
       {
        "name": "to",
        "type": [
         "null",
         {
          "type": "long",
          "logicalType": "timestamp-millis"
         }
        ],
        "doc": "until when, exclusive; null = still",
        "default": null
       }
      ]
     }
    },
    "doc": "accounts over time"
   },
   {
    "name": "emails",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "e-mail addresses, lower case"
   },
   {
    "name": "phones",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "phone numbers in E.164"
   },
   {
    "name": "handles",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "handles as platform:name"
   }
  ]
 },
 "CrmTouchpoint": {
  "type": "record",
  "name": "CrmTouchpoint",
  "namespace": "resonant.v1",
  "doc": "A change in the CRM.",
  "fields": [
   {
    "name": "eventId",
    "type": "string",
    "doc": "<source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence"
   },
   {
    "name": "source",
    "type": "string",
    "doc": "source class: calls, emails, forum, knowledge or crm"
   },
   {
    "name": "id",
    "type": "string",
    "doc": "the sender's own id; for webhooks the object's id and its update time"
   },
   {
    "name": "occurredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it began, by the sender's clock"
   },
   {
    "name": "receivedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when ingest accepted it, by ingest's clock"
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "channel the customer used: call, email, forum, knowledge or crm"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh when the sender says so; null = detect from the text",
    "default": null
   },
   {
    "name": "threadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "the sender's thread or conversation id; part of the record key",
    "default": null
   },
   {
    "name": "leadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "lead this belongs to, if any",
    "default": null
   },
   {
    "name": "opportunityId",
    "type": [
     "null",
     "string"
    ],
    "doc": "opportunity this belongs to, if any",
    "default": null
   },
   {
    "name": "via",
    "type": "string",
    "doc": "http, webhook or kafka: the way in"
   },
   {
    "name": "keyId",
    "type": [
     "null",
     "string"
    ],
    "doc": "API key that sent it; null for webhooks and Kafka",
    "default": null
   },
   {
    "name": "payloadType",
    "type": "string",
    "doc": "media type of payload"
   },
   {
    "name": "payload",
    "type": "bytes",
    "doc": "the bytes as received: the single body, the item of a batch, the whole mail"
   },
   {
    "name": "type",
    "type": "string",
    "doc": "lead-created, lead-response, note or stage-change"
   },
   {
    "name": "by",
    "type": "string",
    "doc": "human or auto: who did it"
   },
   {
    "name": "parties",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Party",
      "doc": "Someone who took part, as the sender named them; the directory turns these hints into accounts, contacts and reps.",
      "fields": [
       {
        "name": "role",
        "type": "string",
        "doc": "rep, customer or other: which side of the sale, as far as the source knows; other = let the directory decide"
       },
       {
        "name": "speaker",
        "type": [
         "null",
         "string"
        ],
        "doc": "label of this party in the transcript; null outside of calls",
        "default": null
       },
       {
        "name": "repId",
        "type": [
         "null",
         "string"
        ],
        "doc": "id of a rep in the directory",
        "default": null
       },
       {
        "name": "contactId",
        "type": [
         "null",
         "string"
        ],
        "doc": "id of a contact in the directory",
        "default": null
       },
       {
        "name": "accountId",
        "type": [
         "null",
         "string"
        ],
        "doc": "id of an account in the directory",
        "default": null
       },
       {
        "name": "email",
        "type": [
         "null",
         "string"
        ],
        "doc": "e-mail address, lower case",
        "default": null
       },
       {
        "name": "phone",
        "type": [
         "null",
         "string"
        ],
        "doc": "phone number in E.164",
        "default": null
       },
       {
        "name": "handle",
        "type": [
         "null",
         "string"
        ],
        "doc": "handle in a community as platform:name, e.g. github:octocat",
        "default": null
       },
       {
        "name": "name",
        "type": [
         "null",
         "string"
        ],
        "doc": "display name",
        "default": null
       }
      ]
     }
    },
    "doc": "who it concerns"
   },
   {
    "name": "isPersonalised",
    "type": [
     "null",
     "boolean"
    ],
    "doc": "whether the sender knows the touch to be personalised; null = judge from the text",
    "default": null
   },
   {
    "name": "subject",
    "type": [
     "null",
     "string"
    ],
    "doc": "subject or title",
    "default": null
   },
   {
    "name": "text",
    "type": "string",
    "doc": "free text; empty if there is none"
   },
   {
    "name": "fields",
    "type": {
     "type": "map",
     "values": "string"
    },
    "doc": "further fields of the CRM object"
   }
  ]
 },
 "DeadLetter": {
  "type": "record",
  "name": "DeadLetter",
  "namespace": "resonant.v1",
  "doc": "What could not be read, with its bytes and the reason.",
  "fields": [
   {
    "name": "deadLetterId",
    "type": "string",
    "doc": "id: hash of origin and bytes"
   },
   {
    "name": "source",
    "type": "string",
    "doc": "source or service it was meant for, e.g. emails, signals"
   },
   {
    "name": "origin",
    "type": "string",
    "doc": "where it came from: topic/partition/offset, or the route and request id"
   },
   {
    "name": "reason",
    "type": "string",
    "doc": "code of the error registry"
   },
   {
    "name": "detail",
    "type": "string",
    "doc": "what was expected and what came"
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it was put aside"
   },
   {
    "name": "mediaType",
    "type": "string",
    "doc": "media type of payload, as far as known"
   },
   {
    "name": "key",
    "type": [
     "null",
     "bytes"
    ],
    "doc": "key of the record, if it came from Kafka",
    "default": null
   },
   {
    "name": "headers",
    "type": {
     "type": "map",
     "values": "bytes"
    },
    "doc": "headers of the record or request, without credentials"
   },
   {
    "name": "payload",
    "type": "bytes",
    "doc": "the bytes as received"
   }
  ]
 },
 "DeadLetterOutcome": {
  "type": "record",
  "name": "DeadLetterOutcome",
  "namespace": "resonant.v1",
  "doc": "What somebody decided about a dead letter; it stands in the topic and under the key of that letter.",
  "fields": [
   {
    "name": "deadLetterId",
    "type": "string",
    "doc": "the dead letter"
   },
   {
    "name": "outcome",
    "type": "string",
    "doc": "replayed or discarded"
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when"
   },
   {
    "name": "by",
    "type": "string",
    "doc": "who, as the command was told or the system names the user"
   },
   {
    "name": "note",
    "type": "string",
    "doc": "why; empty if nothing was said"
   },
   {
    "name": "topic",
    "type": [
     "null",
     "string"
    ],
    "doc": "where a replayed letter was appended, in the same transaction; null when discarded",
    "default": null
   }
  ]
 },
 "Delivery": {
  "type": "record",
  "name": "Delivery",
  "namespace": "resonant.v1",
  "doc": "An attempt to bring an action to a person.",
  "fields": [
   {
    "name": "deliveryId",
    "type": "string",
    "doc": "id of this attempt"
   },
   {
    "name": "actionId",
    "type": "string",
    "doc": "action that was delivered"
   },
   {
    "name": "alertId",
    "type": [
     "null",
     "string"
    ],
    "doc": "alert of the action; null when anonymous",
    "default": null
   },
   {
    "name": "recipient",
    "type": "string",
    "doc": "id of the person or board"
   },
   {
    "name": "medium",
    "type": "string",
    "doc": "how: card, mail, chat, webhook"
   },
   {
    "name": "status",
    "type": "string",
    "doc": "delivered, held or failed"
   },
   {
    "name": "reason",
    "type": [
     "null",
     "string"
    ],
    "doc": "why it was held or failed",
    "default": null
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when"
   }
  ]
 },
 "EmailTouchpoint": {
  "type": "record",
  "name": "EmailTouchpoint",
  "namespace": "resonant.v1",
  "doc": "An e-mail, from our JSON or from an RFC 5322 message.",
  "fields": [
   {
    "name": "eventId",
    "type": "string",
    "doc": "<source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence"
   },
   {
    "name": "source",
    "type": "string",
    "doc": "source class: calls, emails, forum, knowledge or crm"
   },
   {
    "name": "id",
    "type": "string",
    "doc": "the sender's own id; for webhooks the object's id and its update time"
   },
   {
    "name": "occurredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it began, by the sender's clock"
   },
   {
    "name": "receivedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when ingest accepted it, by ingest's clock"
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "channel the customer used: call, email, forum, knowledge or crm"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh when the sender says so; null = detect from the text",
    "default": null
   },
   {
    "name": "threadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "the sender's thread or conversation id; part of the record key",
    "default": null
   },
   {
    "name": "leadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "lead this belongs to, if any",
    "default": null
   },
   {
    "name": "opportunityId",
    "type": [
     "null",
     "string"
    ],
    "doc": "opportunity this belongs to, if any",
    "default": null
   },
   {
    "name": "via",
    "type": "string",
    "doc": "http, webhook or kafka: the way in"
   },
   {
    "name": "keyId",
    "type": [
     "null",
     "string"
    ],
    "doc": "API key that sent it; null for webhooks and Kafka",
    "default": null
   },
   {
    "name": "payloadType",
    "type": "string",
    "doc": "media type of payload"
   },
   {
    "name": "payload",
    "type": "bytes",
    "doc": "the bytes as received: the single body, the item of a batch, the whole mail"
   },
   {
    "name": "messageId",
    "type": [
     "null",
     "string"
    ],
    "doc": "Message-ID without angle brackets",
    "default": null
   },
   {
    "name": "inReplyTo",
    "type": [
     "null",
     "string"
    ],
    "doc": "message id this answers",
    "default": null
   },
   {
    "name": "references",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "message ids of the thread, oldest first"
   },
   {
    "name": "from",
    "type": {
     "type": "record",
     "name": "Party",
     "doc": "Someone who took part, as the sender named them; the directory turns these hints into accounts, contacts and reps.",
     "fields": [
      {
       "name": "role",
       "type": "string",
       "doc": "rep, customer or other: which side of the sale, as far as the source knows; other = let the directory decide"
      },
      {
       "name": "speaker",
       "type": [
        "null",
        "string"
       ],
       "doc": "label of this party in the transcript; null outside of calls",
       "default": null
      },
      {
       "name": "repId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of a rep in the directory",
       "default": null
      },
      {
       "name": "contactId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of a contact in the directory",
       "default": null
      },
      {
       "name": "accountId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of an account in the directory",
       "default": null
      },
      {
       "name": "email",
       "type": [
        "null",
        "string"
       ],
       "doc": "e-mail address, lower case",
       "default": null
      },
      {
       "name": "phone",
       "type": [
        "null",
        "string"
       ],
       "doc": "phone number in E.164",
       "default": null
      },
      {
       "name": "handle",
       "type": [
        "null",
        "string"
       ],
       "doc": "handle in a community as platform:name, e.g. github:octocat",
       "default": null
      },
      {
       "name": "name",
       "type": [
        "null",
        "string"
       ],
       "doc": "display name",
       "default": null
      }
     ]
    },
    "doc": "author"
   },
   {
    "name": "to",
    "type": {
     "type": "array",
     "items": "Party"
    },
    "doc": "primary recipients"
   },
   {
    "name": "cc",
    "type": {
     "type": "array",
     "items": "Party"
    },
    "doc": "copied recipients"
   },
   {
    "name": "subject",
    "type": "string",
    "doc": "decoded subject; empty if there was none"
   },
   {
    "name": "text",
    "type": "string",
    "doc": "plain text of the body without quoted earlier mails"
   },
   {
    "name": "isAutoReply",
    "type": "boolean",
    "doc": "written by a machine: Auto-Submitted, vacation or bounce headers, or said by the sender"
   },
   {
    "name": "attachments",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Attachment",
      "doc": "An attachment; its bytes are in payload.",
      "fields": [
       {
        "name": "name",
        "type": [
         "null",
         "string"
        ],
        "doc": "file name",
        "default": null
       },
       {
        "name": "mediaType",
        "type": "string",
        "doc": "media type"
       },
       {
        "name": "size",
        "type": "long",
        "doc": "bytes after decoding"
       }
      ]
     }
    },
    "doc": "attachments in order"
   },
   {
    "name": "defects",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "what was broken in the MIME and read all the same"
   }
  ]
 },
 "Erasure": {
  "type": "record",
  "name": "Erasure",
  "namespace": "resonant.v1",
  "doc": "A part of a person's erasure from history: by which hashes what is written later is known to be theirs.",
  "fields": [
   {
    "name": "erasureId",
    "type": "string",
    "doc": "one request to erase"
   },
   {
    "name": "part",
    "type": "int",
    "doc": "which part of it, from 0; a part is never written with other keys"
   },
   {
    "name": "reason",
    "type": "string",
    "doc": "why, without the person's name"
   },
   {
    "name": "erasedBy",
    "type": "string",
    "doc": "who asked for it"
   },
   {
    "name": "erasedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "what happened or was appended before it is erased"
   },
   {
    "name": "keys",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "SHA-256 in hexadecimal of contact:<id>, email:<address>, phone:<number>, handle:<handle>, event:<event id> or dead-letter:<id>"
   }
  ]
 },
 "ForumTouchpoint": {
  "type": "record",
  "name": "ForumTouchpoint",
  "namespace": "resonant.v1",
  "doc": "A post or comment in a community.",
  "fields": [
   {
    "name": "eventId",
    "type": "string",
    "doc": "<source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence"
   },
   {
    "name": "source",
    "type": "string",
    "doc": "source class: calls, emails, forum, knowledge or crm"
   },
   {
    "name": "id",
    "type": "string",
    "doc": "the sender's own id; for webhooks the object's id and its update time"
   },
   {
    "name": "occurredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it began, by the sender's clock"
   },
   {
    "name": "receivedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when ingest accepted it, by ingest's clock"
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "channel the customer used: call, email, forum, knowledge or crm"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh when the sender says so; null = detect from the text",
    "default": null
   },
   {
    "name": "threadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "the sender's thread or conversation id; part of the record key",
    "default": null
   },
   {
    "name": "leadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "lead this belongs to, if any",
    "default": null
   },
   {
    "name": "opportunityId",
    "type": [
     "null",
     "string"
    ],
    "doc": "opportunity this belongs to, if any",
    "default": null
   },
   {
    "name": "via",
    "type": "string",
    "doc": "http, webhook or kafka: the way in"
   },
   {
    "name": "keyId",
    "type": [
     "null",
     "string"
    ],
    "doc": "API key that sent it; null for webhooks and Kafka",
    "default": null
   },
   {
    "name": "payloadType",
    "type": "string",
    "doc": "media type of payload"
   },
   {
    "name": "payload",
    "type": "bytes",
    "doc": "the bytes as received: the single body, the item of a batch, the whole mail"
   },
   {
    "name": "community",
    "type": "string",
    "doc": "platform and place, e.g. github:octo-org/octo-repo"
   },
   {
    "name": "postId",
    "type": "string",
    "doc": "id of the post or comment in the community"
   },
   {
    "name": "kind",
    "type": "string",
    "doc": "post or comment"
   },
   {
    "name": "action",
    "type": "string",
    "doc": "created, edited or deleted"
   },
   {
    "name": "url",
    "type": [
     "null",
     "string"
    ],
    "doc": "where it can be read",
    "default": null
   },
   {
    "name": "title",
    "type": [
     "null",
     "string"
    ],
    "doc": "title of the post or of the thread",
    "default": null
   },
   {
    "name": "text",
    "type": "string",
    "doc": "plain text"
   },
   {
    "name": "author",
    "type": {
     "type": "record",
     "name": "Party",
     "doc": "Someone who took part, as the sender named them; the directory turns these hints into accounts, contacts and reps.",
     "fields": [
      {
       "name": "role",
       "type": "string",
       "doc": "rep, customer or other: which side of the sale, as far as the source knows; other = let the directory decide"
      },
      {
       "name": "speaker",
       "type": [
        "null",
        "string"
       ],
       "doc": "label of this party in the transcript; null outside of calls",
       "default": null
      },
      {
       "name": "repId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of a rep in the directory",
       "default": null
      },
      {
       "name": "contactId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of a contact in the directory",
       "default": null
      },
      {
       "name": "accountId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of an account in the directory",
       "default": null
      },
      {
       "name": "email",
       "type": [
        "null",
        "string"
       ],
       "doc": "e-mail address, lower case",
       "default": null
      },
      {
       "name": "phone",
       "type": [
        "null",
        "string"
       ],
       "doc": "phone number in E.164",
       "default": null
      },
      {
       "name": "handle",
       "type": [
        "null",
        "string"
       ],
       "doc": "handle in a community as platform:name, e.g. github:octocat",
       "default": null
      },
      {
       "name": "name",
       "type": [
        "null",
        "string"
       ],
       "doc": "display name",
       "default": null
      }
     ]
    },
    "doc": "who wrote it"
   }
  ]
 },
 "GlossaryEntry": {
  "type": "record",
  "name": "GlossaryEntry",
  "namespace": "resonant.v1",
  "doc": "A term of the trade and its other spellings.",
  "fields": [
   {
    "name": "termId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "term",
    "type": "string",
    "doc": "the term"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh; null = any",
    "default": null
   },
   {
    "name": "aliases",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "other spellings, among them what recognisers make of it"
   },
   {
    "name": "isTechnical",
    "type": "boolean",
    "doc": "a question about it is technical"
   }
  ]
 },
 "KnowledgeTouchpoint": {
  "type": "record",
  "name": "KnowledgeTouchpoint",
  "namespace": "resonant.v1",
  "doc": "A page of the knowledge base that was read.",
  "fields": [
   {
    "name": "eventId",
    "type": "string",
    "doc": "<source>:<id>; unique over all sources, the dedupe key of ingest and the trace id of evidence"
   },
   {
    "name": "source",
    "type": "string",
    "doc": "source class: calls, emails, forum, knowledge or crm"
   },
   {
    "name": "id",
    "type": "string",
    "doc": "the sender's own id; for webhooks the object's id and its update time"
   },
   {
    "name": "occurredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it began, by the sender's clock"
   },
   {
    "name": "receivedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when ingest accepted it, by ingest's clock"
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "channel the customer used: call, email, forum, knowledge or crm"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh when the sender says so; null = detect from the text",
    "default": null
   },
   {
    "name": "threadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "the sender's thread or conversation id; part of the record key",
    "default": null
   },
   {
    "name": "leadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "lead this belongs to, if any",
    "default": null
   },
   {
    "name": "opportunityId",
    "type": [
     "null",
     "string"
    ],
    "doc": "opportunity this belongs to, if any",
    "default": null
   },
   {
    "name": "via",
    "type": "string",
    "doc": "http, webhook or kafka: the way in"
   },
   {
    "name": "keyId",
    "type": [
     "null",
     "string"
    ],
    "doc": "API key that sent it; null for webhooks and Kafka",
    "default": null
   },
   {
    "name": "payloadType",
    "type": "string",
    "doc": "media type of payload"
   },
   {
    "name": "payload",
    "type": "bytes",
    "doc": "the bytes as received: the single body, the item of a batch, the whole mail"
   },
   {
    "name": "reader",
    "type": {
     "type": "record",
     "name": "Party",
     "doc": "Someone who took part, as the sender named them; the directory turns these hints into accounts, contacts and reps.",
     "fields": [
      {
       "name": "role",
       "type": "string",
       "doc": "rep, customer or other: which side of the sale, as far as the source knows; other = let the directory decide"
      },
      {
       "name": "speaker",
       "type": [
        "null",
        "string"
       ],
       "doc": "label of this party in the transcript; null outside of calls",
       "default": null
      },
      {
       "name": "repId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of a rep in the directory",
       "default": null
      },
      {
       "name": "contactId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of a contact in the directory",
       "default": null
      },
      {
       "name": "accountId",
       "type": [
        "null",
        "string"
       ],
       "doc": "id of an account in the directory",
       "default": null
      },
      {
       "name": "email",
       "type": [
        "null",
        "string"
       ],
       "doc": "e-mail address, lower case",
       "default": null
      },
      {
       "name": "phone",
       "type": [
        "null",
        "string"
       ],
       "doc": "phone number in E.164",
       "default": null
      },
      {
       "name": "handle",
       "type": [
        "null",
        "string"
       ],
       "doc": "handle in a community as platform:name, e.g. github:octocat",
       "default": null
      },
      {
       "name": "name",
       "type": [
        "null",
        "string"
       ],
       "doc": "display name",
       "default": null
      }
     ]
    },
    "doc": "who read it"
   },
   {
    "name": "pageId",
    "type": "string",
    "doc": "id of the page"
   },
   {
    "name": "pageTitle",
    "type": [
     "null",
     "string"
    ],
    "doc": "title of the page",
    "default": null
   },
   {
    "name": "query",
    "type": [
     "null",
     "string"
    ],
    "doc": "what the reader had searched for; that of a customer is judged for intents like any text of theirs",
    "default": null
   },
   {
    "name": "activeSeconds",
    "type": "double",
    "doc": "time with the page in front and the reader active, in seconds"
   }
  ]
 },
 "Position": {
  "type": "record",
  "name": "Position",
  "namespace": "resonant.v1",
  "doc": "How far services/signals is with one touchpoint partition.",
  "fields": [
   {
    "name": "topic",
    "type": "string",
    "doc": "touchpoint topic"
   },
   {
    "name": "partition",
    "type": "int",
    "doc": "partition"
   },
   {
    "name": "offset",
    "type": "long",
    "doc": "next offset that is not yet signals"
   },
   {
    "name": "oldestWaitingAt",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "doc": "append time of the oldest record that is not yet signals; null = none waits",
    "default": null
   },
   {
    "name": "publishedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when this was published"
   }
  ]
 },
 "Region": {
  "type": "record",
  "name": "Region",
  "namespace": "resonant.v1",
  "doc": "A sales region.",
  "fields": [
   {
    "name": "regionId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "name",
    "type": "string",
    "doc": "name"
   },
   {
    "name": "directorId",
    "type": [
     "null",
     "string"
    ],
    "doc": "rep who directs the region",
    "default": null
   }
  ]
 },
 "Rep": {
  "type": "record",
  "name": "Rep",
  "namespace": "resonant.v1",
  "doc": "One of our sales people.",
  "fields": [
   {
    "name": "repId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "name",
    "type": "string",
    "doc": "name"
   },
   {
    "name": "teams",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Membership",
      "doc": "Which team a rep belongs to during a span of time.",
      "fields": [
       {
        "name": "teamId",
        "type": "string",
        "doc": "team"
       },
       {
        "name": "from",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "from when on, inclusive"
       },
       {
        "name": "to",
        "type": [
         "null",
         {
          "type": "long",
          "logicalType": "timestamp-millis"
         }
        ],
        "doc": "until when, exclusive; null = still",
        "default": null
       }
      ]
     }
    },
    "doc": "teams over time"
   },
   {
    "name": "emails",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "e-mail addresses, lower case"
   },
   {
    "name": "phones",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "phone numbers in E.164"
   },
   {
    "name": "handles",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "handles as platform:name"
   }
  ]
 },
 "Rule": {
  "type": "record",
  "name": "Rule",
  "namespace": "resonant.v1",
  "doc": "A change of a rule as its author sent it; its offset is the revision.",
  "fields": [
   {
    "name": "action",
    "type": "string",
    "doc": "put or delete"
   },
   {
    "name": "ruleId",
    "type": "string",
    "doc": "id of the rule"
   },
   {
    "name": "keyspace",
    "type": [
     "null",
     "string"
    ],
    "doc": "keyspace of the document; null for a delete",
    "default": null
   },
   {
    "name": "document",
    "type": [
     "null",
     "string"
    ],
    "doc": "the rule document as JSON for a put; null for a delete",
    "default": null
   },
   {
    "name": "changedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it was accepted"
   },
   {
    "name": "changedBy",
    "type": [
     "null",
     "string"
    ],
    "doc": "id of the API key that sent it",
    "default": null
   }
  ]
 },
 "RuleChange": {
  "type": "record",
  "name": "RuleChange",
  "namespace": "resonant.v1",
  "doc": "A rule put or deleted, at the place in the partition where it takes effect.",
  "fields": [
   {
    "name": "action",
    "type": "string",
    "doc": "put or delete"
   },
   {
    "name": "ruleId",
    "type": "string",
    "doc": "id of the rule"
   },
   {
    "name": "document",
    "type": [
     "null",
     "string"
    ],
    "doc": "the rule document as JSON for a put; null for a delete",
    "default": null
   },
   {
    "name": "revision",
    "type": "long",
    "doc": "offset of this change in the rules topic; a revision seen before changes nothing"
   }
  ]
 },
 "Seal": {
  "type": "record",
  "name": "Seal",
  "namespace": "resonant.v1",
  "doc": "A signed link of the chain over the history's batches.",
  "fields": [
   {
    "name": "sealId",
    "type": "long",
    "doc": "number in the chain, from 1"
   },
   {
    "name": "previousHash",
    "type": "bytes",
    "doc": "hash of the seal before; empty for the first"
   },
   {
    "name": "from",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "start of the sealed hour"
   },
   {
    "name": "to",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "end of the sealed hour, exclusive"
   },
   {
    "name": "nRanges",
    "type": "int",
    "doc": "ranges of the ledger stored in the hour",
    "default": 0
   },
   {
    "name": "nRows",
    "type": "long",
    "doc": "row hashes of those ranges",
    "default": 0
   },
   {
    "name": "digest",
    "type": "bytes",
    "doc": "SHA-256 over what the hour's ranges and erasures are, each a SHA-256 of its own, sorted"
   },
   {
    "name": "keyId",
    "type": "string",
    "doc": "signing key"
   },
   {
    "name": "signature",
    "type": "bytes",
    "doc": "Ed25519 over the SHA-256 of the other fields but keyId (packages/audit has the form)"
   }
  ]
 },
 "Signal": {
  "type": "record",
  "name": "Signal",
  "namespace": "resonant.v1",
  "doc": "One fact derived from a touchpoint, or an acknowledgement; what rules see (rules.md section 1).",
  "fields": [
   {
    "name": "id",
    "type": "string",
    "doc": "signal id: hash of event id, kind and position; seen before = duplicate"
   },
   {
    "name": "kind",
    "type": "string",
    "doc": "sentiment, intent, talk-track, talk-track-mention, eligible-call, touch, lead-created, lead-response, kb-read, acknowledgement"
   },
   {
    "name": "occurredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "the instant it counts at"
   },
   {
    "name": "channel",
    "type": [
     "null",
     "string"
    ],
    "doc": "channel of the touchpoint",
    "default": null
   },
   {
    "name": "accountId",
    "type": [
     "null",
     "string"
    ],
    "doc": "account by the directory as of occurredAt",
    "default": null
   },
   {
    "name": "contactId",
    "type": [
     "null",
     "string"
    ],
    "doc": "contact by the directory as of occurredAt",
    "default": null
   },
   {
    "name": "repId",
    "type": [
     "null",
     "string"
    ],
    "doc": "rep: who took part, else the account's owner as of occurredAt",
    "default": null
   },
   {
    "name": "teamId",
    "type": [
     "null",
     "string"
    ],
    "doc": "team of the rep as of occurredAt",
    "default": null
   },
   {
    "name": "regionId",
    "type": [
     "null",
     "string"
    ],
    "doc": "region of the team as of occurredAt",
    "default": null
   },
   {
    "name": "leadId",
    "type": [
     "null",
     "string"
    ],
    "doc": "lead",
    "default": null
   },
   {
    "name": "opportunityId",
    "type": [
     "null",
     "string"
    ],
    "doc": "opportunity",
    "default": null
   },
   {
    "name": "measures",
    "type": {
     "type": "map",
     "values": "double"
    },
    "doc": "numbers by name, e.g. polarity from -1 to 1, activeSeconds"
   },
   {
    "name": "labels",
    "type": {
     "type": "map",
     "values": "string"
    },
    "doc": "words by name, e.g. intent, track, by"
   },
   {
    "name": "eventId",
    "type": [
     "null",
     "string"
    ],
    "doc": "touchpoint it came from",
    "default": null
   }
  ]
 },
 "Snapshot": {
  "type": "record",
  "name": "Snapshot",
  "namespace": "resonant.v1",
  "doc": "Head of the latest complete snapshot of a partition: with it the parts up to its offset are valid.",
  "fields": [
   {
    "name": "offset",
    "type": "long",
    "doc": "source offset: the state is that before the record at this offset"
   },
   {
    "name": "version",
    "type": "int",
    "doc": "version of the format that the parts have"
   },
   {
    "name": "partitions",
    "type": "int",
    "doc": "partitions of the source topic"
   },
   {
    "name": "lastOffset",
    "type": "long",
    "doc": "offset of the last source record that the state contains; -1 = none"
   },
   {
    "name": "lastDigest",
    "type": "string",
    "doc": "SHA-256 over that record, which tells this log from another one with the same name; empty = none"
   },
   {
    "name": "parts",
    "type": "int",
    "doc": "parts of the whole state"
   },
   {
    "name": "bytes",
    "type": "long",
    "doc": "bytes of the whole state"
   },
   {
    "name": "takenAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "when it was taken"
   }
  ]
 },
 "StatePart": {
  "type": "record",
  "name": "StatePart",
  "namespace": "resonant.v1",
  "doc": "One part of a task's state, or a chunk of one: a snapshot holds all parts that changed since the one before.",
  "fields": [
   {
    "name": "part",
    "type": "string",
    "doc": "name of the part, e.g. <rule>/<subject>"
   },
   {
    "name": "version",
    "type": "int",
    "doc": "version of the format that the parts of this snapshot have"
   },
   {
    "name": "offset",
    "type": "long",
    "doc": "source offset that the snapshot belongs to"
   },
   {
    "name": "state",
    "type": "bytes",
    "doc": "the part as the task exports it (UTF-8), or a chunk of it"
   },
   {
    "name": "chunk",
    "type": "int",
    "doc": "place of this chunk in the part, from 0",
    "default": 0
   },
   {
    "name": "chunks",
    "type": "int",
    "doc": "chunks of the part in this snapshot; 0 = the part is gone",
    "default": 1
   }
  ]
 },
 "TalkTrack": {
  "type": "record",
  "name": "TalkTrack",
  "namespace": "resonant.v1",
  "doc": "Wording that reps are to use.",
  "fields": [
   {
    "name": "trackId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "title",
    "type": "string",
    "doc": "title"
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "doc": "en or zh; null = any",
    "default": null
   },
   {
    "name": "phrases",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "phrases of the talk-track"
   },
   {
    "name": "quorum",
    "type": "int",
    "doc": "how many distinct phrases in one touchpoint make one use",
    "default": 1
   },
   {
    "name": "triggers",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "phrases that make a call eligible; none = every call of a rep with a customer"
   }
  ]
 },
 "Team": {
  "type": "record",
  "name": "Team",
  "namespace": "resonant.v1",
  "doc": "A team of reps.",
  "fields": [
   {
    "name": "teamId",
    "type": "string",
    "doc": "id"
   },
   {
    "name": "name",
    "type": "string",
    "doc": "name"
   },
   {
    "name": "regions",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Placement",
      "doc": "Which region a team belongs to during a span of time.",
      "fields": [
       {
        "name": "regionId",
        "type": "string",
        "doc": "region"
       },
       {
        "name": "from",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "from when on, inclusive"
       },
       {
        "name": "to",
        "type": [
         "null",
         {
          "type": "long",
          "logicalType": "timestamp-millis"
         }
        ],
        "doc": "until when, exclusive; null = still",
        "default": null
       }
      ]
     }
    },
    "doc": "regions over time"
   },
   {
    "name": "supervisorId",
    "type": [
     "null",
     "string"
    ],
    "doc": "rep who supervises the team",
    "default": null
   }
  ]
 },
 "Tick": {
  "type": "record",
  "name": "Tick",
  "namespace": "resonant.v1",
  "doc": "Wall-clock time as a record: the only thing that moves time in a partition.",
  "fields": [
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "log time, never smaller than that of the tick before"
   }
  ]
 }
};
