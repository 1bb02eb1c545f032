-- What the writer inserts into: one insert is one contiguous range of one partition, in one block, with one range row.
-- Constraints stand here too: they are checked before any view stores anything.
CREATE TABLE IF NOT EXISTS {{local intake_touchpoints}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    source LowCardinality(String) COMMENT 'source class; unit: name; e.g. calls',
    account_id String COMMENT 'account as the sender named it, empty if it did not; unit: id; e.g. acme',
    event_id String COMMENT 'source and id, unique over all sources; unit: id; e.g. calls:c-881',
    id String COMMENT 'the sender''s own id; unit: id; e.g. c-881',
    occurred_at DateTime64(3, 'UTC') COMMENT 'when it began, by the sender''s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.000',
    received_at DateTime64(3, 'UTC') COMMENT 'when ingest accepted it, by ingest''s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480',
    channel LowCardinality(String) COMMENT 'channel that the customer used; unit: name; e.g. call',
    language LowCardinality(String) COMMENT 'language if the sender said so, else empty; unit: language code; e.g. en',
    thread_id String COMMENT 'the sender''s thread or conversation, empty if none; unit: id; e.g. th-17',
    lead_id String COMMENT 'lead it belongs to, empty if none; unit: id; e.g. lead-5',
    opportunity_id String COMMENT 'opportunity it belongs to, empty if none; unit: id; e.g. opp-9',
    via LowCardinality(String) COMMENT 'the way in: http, webhook or kafka; unit: name; e.g. http',
    key_id String COMMENT 'API key that sent it, empty for webhooks and Kafka; unit: id; e.g. k_7f3a',
    rep_id String COMMENT 'first rep among the parties as the sender named them, empty if none; unit: id; e.g. rep-07',
    contact_id String COMMENT 'first contact among the parties as the sender named them, empty if none; unit: id; e.g. ann',
    direction LowCardinality(String) COMMENT 'inbound or outbound seen from us, empty outside of calls; unit: name; e.g. inbound',
    subject String COMMENT 'subject or title, empty if none; unit: text; e.g. Re: response times',
    text String COMMENT 'plain text, of calls one line per utterance; unit: text; e.g. We waited four days again.',
    n_utterances UInt32 COMMENT 'utterances of a call, else 0; unit: utterances; e.g. 42',
    duration_ms UInt64 COMMENT 'length of a call, active reading time of a page, else 0; unit: ms; e.g. 960000',
    is_auto_reply UInt8 COMMENT 'written by a machine: mails, and CRM entries by auto; unit: 0 or 1; e.g. 0',
    parties Array(Tuple(role LowCardinality(String), speaker String, rep_id String, contact_id String, account_id String, email String, phone String, handle String, name String)) COMMENT 'who took part as the sender named them, empty text where it did not; unit: ids and addresses; e.g. [(''customer'', '''', '''', ''ann'', ''acme'', ''ann@acme.example'', '''', '''', ''Ann'')]',
    attributes Map(LowCardinality(String), String) COMMENT 'what only this source has, named as in its record; unit: text by name; e.g. {''community'': ''github:octo-org/octo-repo''}',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.touchpoints.calls.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    media_type LowCardinality(String) COMMENT 'media type of bytes; unit: media type; e.g. message/rfc822',
    bytes String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":"c-881",…}',
    touchpoints_hash FixedString(32) MATERIALIZED {{row_hash touchpoints 1}} COMMENT 'hash of the row of touchpoints; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    payloads_hash FixedString(32) MATERIALIZED {{row_hash payloads 1}} COMMENT 'hash of the row of payloads; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT touchpoints_named CHECK is_range OR (notEmpty(source) AND notEmpty(event_id) AND notEmpty(id) AND notEmpty(channel) AND notEmpty(topic)),
    CONSTRAINT touchpoints_known_via CHECK is_range OR (via IN ('http', 'webhook', 'kafka')),
    CONSTRAINT touchpoints_instants_in_range CHECK is_range OR (occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND received_at >= '1970-01-01' AND received_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'),
    CONSTRAINT payloads_named CHECK is_range OR (notEmpty(source) AND notEmpty(event_id) AND notEmpty(topic)),
    CONSTRAINT payloads_instants_in_range CHECK is_range OR (occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of a touchpoints topic; unit: record or range; e.g. 500 calls. Retention: none, it stores nothing.';

{{distributed intake_touchpoints by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_touchpoints_to_touchpoints{{on_cluster}} TO {{local touchpoints}}
AS SELECT source, account_id, event_id, id, occurred_at, received_at, channel, language, thread_id, lead_id, opportunity_id, via, key_id, rep_id, contact_id, direction, subject, text, n_utterances, duration_ms, is_auto_reply, parties, attributes, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_touchpoints}}
WHERE NOT is_range
COMMENT 'Fills touchpoints from intake_touchpoints.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_touchpoints_to_payloads{{on_cluster}} TO {{local payloads}}
AS SELECT source, account_id, event_id, occurred_at, media_type, bytes, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_touchpoints}}
WHERE NOT is_range
COMMENT 'Fills payloads from intake_touchpoints.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_touchpoints_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_touchpoints')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [
        ('touchpoints', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(touchpoints_hash, NOT is_range))))))),
        ('payloads', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(payloads_hash, NOT is_range)))))))
    ] AS digests,
    toUInt16(1) AS hash_form,
    arrayConcat(
        groupArrayIf((CAST('touchpoints', 'LowCardinality(String)'), offset, touchpoints_hash), NOT is_range),
        groupArrayIf((CAST('payloads', 'LowCardinality(String)'), offset, payloads_hash), NOT is_range)
    ) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_touchpoints}}
COMMENT 'Fills the ledger from intake_touchpoints: one row per insert.';
