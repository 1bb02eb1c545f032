import type { ClickHouse } from '@resonant/clickhouse';

/** Where a page goes on: behind this touchpoint. `at` is epoch ms. */
export interface TouchpointPlace {
  readonly at: number;
  readonly eventId: string;
}

/** A touchpoint of an account as history has it; instants in epoch ms. */
interface TouchpointRow {
  readonly event_id: string;
  readonly source: string;
  readonly channel: string;
  readonly occurred: number;
  readonly received: number;
  readonly rep_id: string;
  readonly contact_id: string;
  readonly lead_id: string;
  readonly direction: string;
  readonly subject: string;
  readonly text: string;
  readonly duration_ms: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Which touchpoints of an account are wanted: in [since, until), epoch ms, newest first. */
export interface TouchpointsWanted {
  readonly accountId: string;
  readonly since: number;
  readonly until: number;
  readonly after?: TouchpointPlace | undefined;
  readonly limit: number;
}

/** An account is named by the sender, or by the directory in the signals of the touchpoint. */
const statement = `
SELECT event_id, source, channel, toUnixTimestamp64Milli(occurred_at) AS occurred,
    toUnixTimestamp64Milli(received_at) AS received, rep_id, contact_id, lead_id, direction, subject, text, duration_ms,
    topic, partition, offset
FROM resonant.touchpoints
WHERE occurred_at >= {since:DateTime64(3, 'UTC')} AND occurred_at < {until:DateTime64(3, 'UTC')}
    AND (occurred_at, event_id) < ({before:DateTime64(3, 'UTC')}, {beforeId:String})
    AND (account_id = {account:String} OR event_id GLOBAL IN (
        SELECT event_id FROM resonant.signals
        WHERE keyspace = 'account' AND account_id = {account:String}
            AND occurred_at >= {since:DateTime64(3, 'UTC')} AND occurred_at < {until:DateTime64(3, 'UTC')} + toIntervalDay(1)))
ORDER BY touchpoints.occurred_at DESC, event_id DESC, appended_at, offset
LIMIT 1 BY event_id
LIMIT {limit:UInt32}`;

/** Reads a page of an account's touchpoints. Rejects as `ClickHouse.query` does. */
export async function readAccountTouchpoints(clickHouse: ClickHouse, wanted: TouchpointsWanted) {
  const { accountId, since, until, after, limit } = wanted;
  const rows = await clickHouse.query<TouchpointRow>(statement, {
    params: {
      account: accountId,
      since: utc(since),
      until: utc(until),
      before: utc(after?.at ?? until),
      beforeId: after?.eventId ?? '',
      limit,
    },
  });
  return rows.map((row) => ({
    eventId: row.event_id,
    source: row.source,
    channel: row.channel,
    occurredAt: new Date(row.occurred).toISOString(),
    receivedAt: new Date(row.received).toISOString(),
    repId: orNull(row.rep_id),
    contactId: orNull(row.contact_id),
    leadId: orNull(row.lead_id),
    direction: orNull(row.direction),
    subject: orNull(row.subject),
    text: row.text,
    durationMs: row.duration_ms === 0 ? null : row.duration_ms,
    position: { topic: row.topic, partition: row.partition, offset: row.offset },
    url: `/v1/touchpoints/${encodeURIComponent(row.event_id)}`,
  }));
}

const orNull = (text: string): string | null => (text === '' ? null : text);

const utc = (instant: number): string => new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
