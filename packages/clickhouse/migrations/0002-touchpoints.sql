-- Touchpoints as ingest normalised them, and the bytes as received. Partitions and retention go by appended_at: it moves
-- with the log, whereas a backfill may bring any occurred_at and one insert would touch a hundred months.
CREATE TABLE IF NOT EXISTS {{local touchpoints}}{{on_cluster}}
(
    source LowCardinality(String) COMMENT 'source class; unit: name; e.g. calls',
    account_id String COMMENT 'account as the sender named it, empty if it did not; unit: id; e.g. acme',
    event_id String COMMENT 'source and id, unique over all sources; unit: id; e.g. calls:c-881',
    id String COMMENT 'the sender''s own id; unit: id; e.g. c-881',
    occurred_at DateTime64(3, 'UTC') COMMENT 'when it began, by the sender''s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.000' CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'when ingest accepted it, by ingest''s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480' CODEC(Delta(8), ZSTD(1)),
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
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(source) AND notEmpty(event_id) AND notEmpty(id) AND notEmpty(channel) AND notEmpty(topic),
    CONSTRAINT known_via CHECK via IN ('http', 'webhook', 'kafka'),
    CONSTRAINT instants_in_range CHECK occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND received_at >= '1970-01-01' AND received_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01',
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (source, account_id, occurred_at, event_id)
TTL appended_at + INTERVAL 3 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per touchpoint: a call, mail, post, page read or CRM entry; unit: touchpoint; e.g. calls:c-881. Retention: 3 years from appended_at.';

{{distributed touchpoints by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local payloads}}{{on_cluster}}
(
    source LowCardinality(String) COMMENT 'source class; unit: name; e.g. calls',
    account_id String COMMENT 'account as the sender named it, empty if it did not; unit: id; e.g. acme',
    event_id String COMMENT 'source and id, unique over all sources; unit: id; e.g. calls:c-881',
    occurred_at DateTime64(3, 'UTC') COMMENT 'when it began, by the sender''s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.000' CODEC(Delta(8), ZSTD(1)),
    media_type LowCardinality(String) COMMENT 'media type of bytes; unit: media type; e.g. message/rfc822',
    bytes String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":"c-881",…}' CODEC(ZSTD(3)),
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.touchpoints.calls.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(source) AND notEmpty(event_id) AND notEmpty(topic),
    CONSTRAINT instants_in_range CHECK occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (source, account_id, occurred_at, event_id)
TTL appended_at + INTERVAL 1 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per touchpoint: the bytes as received; unit: touchpoint; e.g. the mail of emails:m-4. Retention: 1 year from appended_at.';

{{distributed payloads by cityHash64(topic, partition)}};
