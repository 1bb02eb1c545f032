import type { ClickHouse } from '@resonant/clickhouse';

/** A touchpoint record in history, with the range of the ledger it came with. */
export interface TouchpointPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly appendedAt: string;
  /** When its range was stored; null if the ledger does not have it. */
  readonly storedAt: string | null;
  /** Bytes as received that are kept. */
  readonly payloadBytes: number;
}

/** A signal that was read from the event. */
export interface SignalPlace {
  readonly kind: string;
  readonly signalId: string;
  readonly keyspace: string;
  readonly partition: number;
  readonly offset: number;
  readonly occurredAt: string;
}

/** A transition of an alert that names the event as evidence. */
export interface AlertNaming {
  readonly alertId: string;
  readonly ruleId: string;
  readonly seq: number;
  readonly transition: string;
  readonly role: string;
  readonly at: string;
}

/** A dead letter about the event. */
export interface LetterAbout {
  readonly deadLetterId: string;
  readonly reason: string;
  readonly origin: string;
  readonly at: string;
}

/** What history holds of an event. */
export interface InHistory {
  readonly touchpoints: readonly TouchpointPlace[];
  readonly signals: readonly SignalPlace[];
  readonly alerts: readonly AlertNaming[];
  readonly deadLetters: readonly LetterAbout[];
}

const iso = (column: string): string => `concat(replaceOne(toString(${column}), ' ', 'T'), 'Z')`;

const touchpoints = `
SELECT t.topic AS topic, t.partition AS partition, t.offset AS offset, ${iso('t.occurred_at')} AS occurredAt,
    ${iso('t.received_at')} AS receivedAt, ${iso('t.appended_at')} AS appendedAt,
    if(l.last >= t.offset, ${iso('l.stored_at')}, NULL) AS storedAt, p.size AS payloadBytes
FROM (SELECT * FROM resonant.touchpoints WHERE event_id = {event:String}) AS t
ASOF LEFT JOIN (SELECT topic, partition, epoch, first, last, stored_at FROM resonant.ledger) AS l
    ON l.topic = t.topic AND l.partition = t.partition AND l.epoch = t.epoch AND l.first <= t.offset
LEFT JOIN (SELECT topic, partition, offset, length(bytes) AS size FROM resonant.payloads WHERE event_id = {event:String}) AS p
    ON p.topic = t.topic AND p.partition = t.partition AND p.offset = t.offset
ORDER BY appendedAt, topic, partition, offset`;

const signals = `
SELECT kind, signal_id AS signalId, keyspace, partition, offset, ${iso('occurred_at')} AS occurredAt
FROM resonant.signals
WHERE event_id = {event:String}
ORDER BY signals.occurred_at, kind, signal_id, keyspace, partition, offset
LIMIT 1000`;

const alerts = `
SELECT alert_id AS alertId, rule_id AS ruleId, seq, transition, item.role AS role, ${iso('at')} AS at
FROM resonant.alerts
ARRAY JOIN evidence AS item
WHERE item.event_id = {event:String}
ORDER BY alerts.at, alert_id, seq, role
LIMIT 1000`;

/** By its own id or the beginning that lists show, by the id that the record's headers name, or by the place of the record that was put aside. */
const deadLetters = `
SELECT dead_letter_id AS deadLetterId, reason, origin, ${iso('at')} AS at
FROM resonant.dead_letters
WHERE dead_letter_id = {event:String} OR (match({event:String}, '^[0-9a-f]{12,31}$') AND startsWith(dead_letter_id, {event:String}))
    OR headers['ce_id'] = {event:String}
    OR origin GLOBAL IN (SELECT concat(topic, '/', toString(partition), '/', toString(offset)) FROM resonant.touchpoints WHERE event_id = {event:String})
ORDER BY dead_letters.at, dead_letter_id
LIMIT 1 BY dead_letter_id
LIMIT 1000`;

/** Reads what history holds of an event; null if it holds nothing. Rejects as `ClickHouse.query` does. */
export async function traceInHistory(clickHouse: ClickHouse, eventId: string): Promise<InHistory | null> {
  const params = { event: eventId };
  const [found, derived, naming, letters] = await Promise.all([
    clickHouse.query<TouchpointPlace>(touchpoints, { params }),
    clickHouse.query<SignalPlace>(signals, { params }),
    clickHouse.query<AlertNaming>(alerts, { params }),
    clickHouse.query<LetterAbout>(deadLetters, { params }),
  ]);
  if (found.length + derived.length + naming.length + letters.length === 0) return null;
  return { touchpoints: found, signals: derived, alerts: naming, deadLetters: letters };
}
