-- What the writer inserts into: one insert is one contiguous range of one partition, in one block, with one range row.
-- Constraints stand here too: they are checked before any view stores anything.
CREATE TABLE IF NOT EXISTS {{local intake_signals}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    is_row UInt8 COMMENT 'what the record holds could be read: it is a row of signals or rule_changes as well as of log; unit: 0 or 1; e.g. 1',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    record_type LowCardinality(String) COMMENT 'Signal, Tick or RuleChange, empty if it cannot be decoded; unit: name; e.g. Signal',
    key Nullable(String) COMMENT 'key as in Kafka, NULL = none; unit: bytes; e.g. acme',
    value Nullable(String) COMMENT 'value as in Kafka, NULL = tombstone; unit: bytes; e.g. unhex(''000000000c…'')',
    headers Map(String, String) COMMENT 'headers as in Kafka; unit: bytes by name; e.g. {''ce_id'': ''s1''}',
    tick_at Nullable(DateTime64(3, 'UTC')) COMMENT 'log time that a tick brings, NULL for other records; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:13.000',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    kind LowCardinality(String) COMMENT 'what the signal says; unit: name; e.g. sentiment',
    account_id String COMMENT 'account by the directory as of occurred_at, empty if none; unit: id; e.g. acme',
    contact_id String COMMENT 'contact by the directory as of occurred_at, empty if none; unit: id; e.g. ann',
    rep_id String COMMENT 'rep who took part, else the account''s owner, empty if none; unit: id; e.g. rep-07',
    team_id LowCardinality(String) COMMENT 'team of the rep as of occurred_at, empty if none; unit: id; e.g. north-1',
    region_id LowCardinality(String) COMMENT 'region of the team as of occurred_at, empty if none; unit: id; e.g. north',
    lead_id String COMMENT 'lead, empty if none; unit: id; e.g. lead-5',
    opportunity_id String COMMENT 'opportunity, empty if none; unit: id; e.g. opp-9',
    occurred_at DateTime64(3, 'UTC') COMMENT 'the instant it counts at; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:02.120',
    channel LowCardinality(String) COMMENT 'channel of the touchpoint, empty if none; unit: name; e.g. forum',
    signal_id String COMMENT 'id of the signal: a copy has the same; unit: id; e.g. 5f0c…',
    event_id String COMMENT 'touchpoint it came from, empty if none; unit: id; e.g. forum:991',
    measures Map(LowCardinality(String), Float64) COMMENT 'numbers by name; unit: as the name says, polarity from -1 to 1; e.g. {''polarity'': -0.8}',
    labels Map(LowCardinality(String), String) COMMENT 'words by name; unit: text by name; e.g. {''intent'': ''technical-consultation''}',
    empty_fields Array(LowCardinality(String)) COMMENT 'columns whose empty text was sent as such and is not an absent value (rules tell them apart); unit: column names; e.g. []',
    rule_id LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    action LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    revision UInt64 COMMENT 'offset of the change in the rules topic; unit: Kafka offset; e.g. 17',
    document String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    alert_id String MATERIALIZED labels['alertId'] COMMENT 'alert that is acknowledged, empty if none; unit: id; e.g. 9b2f…',
    action_id String MATERIALIZED labels['actionId'] COMMENT 'action that is acknowledged, empty if none; unit: id; e.g. 77aa…',
    acknowledged_by String MATERIALIZED labels['acknowledgedBy'] COMMENT 'who acknowledged, empty if not known; unit: id; e.g. rep-07',
    note String MATERIALIZED labels['note'] COMMENT 'what was noted; unit: text; e.g. called the customer',
    log_hash FixedString(32) MATERIALIZED {{row_hash log 1}} COMMENT 'hash of the row of log; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    signals_hash FixedString(32) MATERIALIZED {{row_hash signals 1}} COMMENT 'hash of the row of signals; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    acknowledgements_hash FixedString(32) MATERIALIZED {{row_hash acknowledgements 1}} COMMENT 'hash of the row of acknowledgements; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    rule_changes_hash FixedString(32) MATERIALIZED {{row_hash rule_changes 1}} COMMENT 'hash of the row of rule_changes; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT log_known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT log_known_record_type CHECK is_range OR (record_type IN ('Signal', 'Tick', 'RuleChange', '')),
    CONSTRAINT log_ticks_have_an_instant CHECK is_range OR ((record_type = 'Tick') = isNotNull(tick_at)),
    CONSTRAINT log_instants_in_range CHECK is_range OR (appended_at >= '1970-01-01' AND appended_at < '2200-01-01' AND (isNull(tick_at) OR (tick_at >= '1970-01-01' AND tick_at < '2200-01-01'))),
    CONSTRAINT signals_known_keyspace CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal') OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT signals_named CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal') OR (notEmpty(kind) AND notEmpty(signal_id)),
    CONSTRAINT signals_finite_measures CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal') OR (arrayAll(x -> isFinite(x), mapValues(measures))),
    CONSTRAINT signals_instants_in_range CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal') OR (occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'),
    CONSTRAINT acknowledgements_known_keyspace CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement') OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT acknowledgements_named CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement') OR (notEmpty(signal_id)),
    CONSTRAINT acknowledgements_instants_in_range CHECK NOT (NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement') OR (occurred_at >= '1970-01-01' AND occurred_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'),
    CONSTRAINT rule_changes_known_keyspace CHECK NOT (NOT is_range AND is_row AND record_type = 'RuleChange') OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT rule_changes_named CHECK NOT (NOT is_range AND is_row AND record_type = 'RuleChange') OR (notEmpty(rule_id)),
    CONSTRAINT rule_changes_known_action CHECK NOT (NOT is_range AND is_row AND record_type = 'RuleChange') OR (action IN ('put', 'delete')),
    CONSTRAINT rule_changes_instants_in_range CHECK NOT (NOT is_range AND is_row AND record_type = 'RuleChange') OR (appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of a signals topic; unit: record or range; e.g. 500 signals and ticks. Retention: none, it stores nothing.';

{{distributed intake_signals by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_signals_to_log{{on_cluster}} TO {{local log}}
AS SELECT keyspace, partition, offset, epoch, appended_at, record_type, key, value, headers, tick_at, schema_id
FROM {{local intake_signals}}
WHERE NOT is_range
COMMENT 'Fills log from intake_signals.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_signals_to_signals{{on_cluster}} TO {{local signals}}
AS SELECT keyspace, kind, account_id, contact_id, rep_id, team_id, region_id, lead_id, opportunity_id, occurred_at, channel, signal_id, event_id, measures, labels, empty_fields, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_signals}}
WHERE NOT is_range AND is_row AND record_type = 'Signal'
COMMENT 'Fills signals from intake_signals.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_signals_to_acknowledgements{{on_cluster}} TO {{local acknowledgements}}
AS SELECT alert_id, action_id, acknowledged_by, note, keyspace, signal_id, occurred_at, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_signals}}
WHERE NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement'
COMMENT 'Fills acknowledgements from intake_signals.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_signals_to_rule_changes{{on_cluster}} TO {{local rule_changes}}
AS SELECT rule_id, action, revision, document, keyspace, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_signals}}
WHERE NOT is_range AND is_row AND record_type = 'RuleChange'
COMMENT 'Fills rule_changes from intake_signals.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_signals_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records), 'expected one range row and one row per record in one block: intake_signals')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [
        ('log', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(log_hash, NOT is_range))))))),
        ('signals', toUInt32(countIf(NOT is_range AND is_row AND record_type = 'Signal')), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(signals_hash, NOT is_range AND is_row AND record_type = 'Signal'))))))),
        ('acknowledgements', toUInt32(countIf(NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement')), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(acknowledgements_hash, NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement'))))))),
        ('rule_changes', toUInt32(countIf(NOT is_range AND is_row AND record_type = 'RuleChange')), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(rule_changes_hash, NOT is_range AND is_row AND record_type = 'RuleChange')))))))
    ] AS digests,
    toUInt16(1) AS hash_form,
    arrayConcat(
        groupArrayIf((CAST('log', 'LowCardinality(String)'), offset, log_hash), NOT is_range),
        groupArrayIf((CAST('signals', 'LowCardinality(String)'), offset, signals_hash), NOT is_range AND is_row AND record_type = 'Signal'),
        groupArrayIf((CAST('acknowledgements', 'LowCardinality(String)'), offset, acknowledgements_hash), NOT is_range AND is_row AND record_type = 'Signal' AND kind = 'acknowledgement'),
        groupArrayIf((CAST('rule_changes', 'LowCardinality(String)'), offset, rule_changes_hash), NOT is_range AND is_row AND record_type = 'RuleChange')
    ) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_signals}}
COMMENT 'Fills the ledger from intake_signals: one row per insert.';
