-- The signals topics: every record as bytes (log), and what is in them (signals, acknowledgements, rule_changes).
CREATE TABLE IF NOT EXISTS {{local log}}{{on_cluster}}
(
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    record_type LowCardinality(String) COMMENT 'Signal, Tick or RuleChange, empty if it cannot be decoded; unit: name; e.g. Signal',
    key Nullable(String) COMMENT 'key as in Kafka, NULL = none; unit: bytes; e.g. acme',
    value Nullable(String) COMMENT 'value as in Kafka, NULL = tombstone; unit: bytes; e.g. unhex(''000000000c…'')',
    headers Map(String, String) COMMENT 'headers as in Kafka; unit: bytes by name; e.g. {''ce_id'': ''s1''}',
    tick_at Nullable(DateTime64(3, 'UTC')) COMMENT 'log time that a tick brings, NULL for other records; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:13.000' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    topic LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT known_record_type CHECK record_type IN ('Signal', 'Tick', 'RuleChange', ''),
    CONSTRAINT ticks_have_an_instant CHECK (record_type = 'Tick') = isNotNull(tick_at),
    CONSTRAINT instants_in_range CHECK appended_at >= '1970-01-01' AND appended_at < '2200-01-01' AND (isNull(tick_at) OR (tick_at >= '1970-01-01' AND tick_at < '2200-01-01'))
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (keyspace, partition, offset)
TTL appended_at + INTERVAL 2 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per record of the signals topics, as bytes: what replay and backtest read; unit: record; e.g. offset 12001 of account/3. Retention: 2 years from appended_at.';

{{distributed log by cityHash64(keyspace, partition)}};

CREATE TABLE IF NOT EXISTS {{local signals}}{{on_cluster}}
(
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    kind LowCardinality(String) COMMENT 'what the signal says; unit: name; e.g. sentiment',
    account_id String COMMENT 'account by the directory as of occurred_at, empty if none; unit: id; e.g. acme',
    contact_id String COMMENT 'contact by the directory as of occurred_at, empty if none; unit: id; e.g. ann',
    rep_id String COMMENT 'rep who took part, else the account''s owner, empty if none; unit: id; e.g. rep-07',
    team_id LowCardinality(String) COMMENT 'team of the rep as of occurred_at, empty if none; unit: id; e.g. north-1',
    region_id LowCardinality(String) COMMENT 'region of the team as of occurred_at, empty if none; unit: id; e.g. north',
    lead_id String COMMENT 'lead, empty if none; unit: id; e.g. lead-5',
    opportunity_id String COMMENT 'opportunity, empty if none; unit: id; e.g. opp-9',
    occurred_at DateTime64(3, 'UTC') COMMENT 'the instant it counts at; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:02.120' CODEC(Delta(8), ZSTD(1)),
    channel LowCardinality(String) COMMENT 'channel of the touchpoint, empty if none; unit: name; e.g. forum',
    signal_id String COMMENT 'id of the signal: a copy has the same; unit: id; e.g. 5f0c…',
    event_id String COMMENT 'touchpoint it came from, empty if none; unit: id; e.g. forum:991',
    measures Map(LowCardinality(String), Float64) COMMENT 'numbers by name; unit: as the name says, polarity from -1 to 1; e.g. {''polarity'': -0.8}',
    labels Map(LowCardinality(String), String) COMMENT 'words by name; unit: text by name; e.g. {''intent'': ''technical-consultation''}',
    empty_fields Array(LowCardinality(String)) COMMENT 'columns whose empty text was sent as such and is not an absent value (rules tell them apart); unit: column names; e.g. []',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    topic LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(kind) AND notEmpty(signal_id),
    CONSTRAINT finite_measures CHECK arrayAll(x -> isFinite(x), mapValues(measures)),
    CONSTRAINT instants_in_range CHECK occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01',
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1,
    INDEX signal_ids signal_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX event_ids event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION by_rep (SELECT rep_id, kind, occurred_at, _part_offset ORDER BY (rep_id, kind, occurred_at))
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (keyspace, kind, account_id, occurred_at, signal_id)
TTL appended_at + INTERVAL 2 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, lightweight_mutation_projection_mode = 'rebuild'
COMMENT 'One row per signal record, copies included: what the engine saw; unit: signal; e.g. a sentiment of acme. Retention: 2 years from appended_at.';

{{distributed signals by cityHash64(keyspace, partition)}};

CREATE TABLE IF NOT EXISTS {{local acknowledgements}}{{on_cluster}}
(
    alert_id String COMMENT 'alert that is acknowledged, empty if only an action is; unit: id; e.g. 9b2f…',
    action_id String COMMENT 'action that is acknowledged, empty if none; unit: id; e.g. 77aa…',
    acknowledged_by String COMMENT 'who did it, empty if not known; unit: id; e.g. rep-07',
    note String COMMENT 'what was noted; unit: text; e.g. called the customer',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    signal_id String COMMENT 'signal of the acknowledgement; unit: id; e.g. 5f0c…',
    occurred_at DateTime64(3, 'UTC') COMMENT 'the instant it counts at; unit: instant, ms, UTC; e.g. 2026-03-02 09:20:00.000' CODEC(Delta(8), ZSTD(1)),
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:20:00.010' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    topic LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(signal_id),
    CONSTRAINT instants_in_range CHECK occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (alert_id, action_id, occurred_at, signal_id)
TTL appended_at + INTERVAL 7 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per signal of kind acknowledgement: who took up what, when; unit: acknowledgement; e.g. an intervention taken by rep-07. Retention: 7 years from appended_at.';

{{distributed acknowledgements by cityHash64(keyspace, partition)}};

CREATE TABLE IF NOT EXISTS {{local rule_changes}}{{on_cluster}}
(
    rule_id LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    action LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    revision UInt64 COMMENT 'offset of the change in the rules topic; unit: Kafka offset; e.g. 17',
    document String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset: the place where it takes effect; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:00:00.000' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    topic LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(rule_id),
    CONSTRAINT known_action CHECK action IN ('put', 'delete'),
    CONSTRAINT instants_in_range CHECK appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYear(appended_at)
ORDER BY (rule_id, keyspace, partition, offset)
TTL appended_at + INTERVAL 7 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per rule put or deleted in a partition: where each version took effect; unit: change; e.g. revision 17 in account/3. Retention: 7 years from appended_at.';

{{distributed rule_changes by cityHash64(keyspace, partition)}};
