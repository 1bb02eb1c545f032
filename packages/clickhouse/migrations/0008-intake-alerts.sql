-- What the writer inserts into: one insert is one contiguous range of one partition, in one block, with one range row.
-- Constraints stand here too: they are checked before any view stores anything.
CREATE TABLE IF NOT EXISTS {{local intake_alerts}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    rule_id LowCardinality(String) COMMENT 'rule that decided; unit: id; e.g. resonance',
    rule_version UInt32 COMMENT 'version of the rule that decided this transition; unit: number from 1; e.g. 3',
    subject String COMMENT 'whom it is about: JSON, keys sorted, no spaces; unit: JSON; e.g. {"accountId":"acme"}',
    subject_fields Map(LowCardinality(String), String) COMMENT 'the subject by field, in the order of the rule; unit: ids by name; e.g. {''accountId'': ''acme''}',
    alert_id String COMMENT 'the same for the alert''s life; unit: id, 32 hex digits; e.g. 9b2f…',
    seq UInt32 COMMENT 'transitions of this alert; unit: number from 1; e.g. 1',
    transition LowCardinality(String) COMMENT 'opened, updated, resolved or withdrawn; unit: name; e.g. opened',
    state LowCardinality(String) COMMENT 'the pattern''s own word; unit: name; e.g. resonating',
    at DateTime64(3, 'UTC') COMMENT 'instant for which the decision holds; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000',
    decided_at DateTime64(3, 'UTC') COMMENT 'tick that decided it; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.700',
    opened_at DateTime64(3, 'UTC') COMMENT 'at of the opening; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000',
    severity LowCardinality(String) COMMENT 'info, low, high or critical; unit: name; e.g. high',
    title Map(LowCardinality(String), String) COMMENT 'title of the rule by language; unit: text by language; e.g. {''en'': ''Resonance''}',
    values Map(LowCardinality(String), Float64) COMMENT 'the numbers compared, in the order of the rule''s pattern; unit: as the name says; e.g. {''strength'': 1, ''minutesBetween'': 42.5}',
    evidence Array(Tuple(event_id String, signal_id String, occurred_at DateTime64(3, 'UTC'), role LowCardinality(String))) COMMENT 'signals it rests on, empty where the window does; unit: ids, instants in ms UTC; e.g. [(''forum:991'', ''s1'', ''2026-03-02 00:59:58.120'', ''a'')]',
    is_late UInt8 COMMENT 'decided more than 5 min after at; unit: 0 or 1; e.g. 0',
    is_shadow UInt8 COMMENT 'the rule was in shadow mode; unit: 0 or 1; e.g. 0',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    partition_key String COMMENT 'value of the keyspace''s field of the subject; unit: id; e.g. acme',
    log_partition UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    tick_offset UInt64 COMMENT 'offset of the deciding tick in the signals topic; unit: Kafka offset; e.g. 88012',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.alerts.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    alerts_hash FixedString(32) MATERIALIZED {{row_hash alerts 1}} COMMENT 'hash of the row of alerts; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT named CHECK is_range OR (notEmpty(rule_id) AND notEmpty(alert_id) AND notEmpty(subject) AND notEmpty(state)),
    CONSTRAINT numbers_from_1 CHECK is_range OR (seq >= 1 AND rule_version >= 1),
    CONSTRAINT known_transition CHECK is_range OR (transition IN ('opened', 'updated', 'resolved', 'withdrawn')),
    CONSTRAINT known_severity CHECK is_range OR (severity IN ('info', 'low', 'high', 'critical')),
    CONSTRAINT decided_not_before_at CHECK is_range OR (decided_at >= at),
    CONSTRAINT finite_values CHECK is_range OR (arrayAll(x -> isFinite(x), mapValues(values))),
    CONSTRAINT instants_in_range CHECK is_range OR (at >= '1970-01-01' AND at < '2200-01-01' AND decided_at >= '1970-01-01' AND decided_at < '2200-01-01' AND opened_at >= '1970-01-01' AND opened_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of resonant.alerts.v1; unit: record or range; e.g. 500 transitions. Retention: none, it stores nothing.';

{{distributed intake_alerts by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_alerts_to_alerts{{on_cluster}} TO {{local alerts}}
AS SELECT rule_id, rule_version, subject, subject_fields, alert_id, seq, transition, state, at, decided_at, opened_at, severity, title, values, evidence, is_late, is_shadow, keyspace, partition_key, log_partition, tick_offset, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_alerts}}
WHERE NOT is_range
COMMENT 'Fills alerts from intake_alerts.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_alerts_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_alerts')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('alerts', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(alerts_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('alerts', 'LowCardinality(String)'), offset, alerts_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_alerts}}
COMMENT 'Fills the ledger from intake_alerts: one row per insert.';

CREATE TABLE IF NOT EXISTS {{local intake_actions}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    action LowCardinality(String) COMMENT 'what is asked for; unit: name; e.g. intervention',
    action_id String COMMENT 'the same however often it is derived; unit: id, 32 hex digits; e.g. 77aa…',
    alert_id String COMMENT 'alert it belongs to, empty when anonymous; unit: id; e.g. 9b2f…',
    seq UInt32 COMMENT 'seq of the transition, 0 when anonymous; unit: number from 1; e.g. 1',
    rule_id LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    rule_version UInt32 COMMENT 'version of the rule; unit: number from 1; e.g. 3',
    subject String COMMENT 'whom it is about: JSON, keys sorted, no spaces, without rep and contact when anonymous; unit: JSON; e.g. {"repId":"rep-07","teamId":"north-1"}',
    subject_fields Map(LowCardinality(String), String) COMMENT 'the subject by field; unit: ids by name; e.g. {''teamId'': ''north-1''}',
    to_role LowCardinality(String) COMMENT 'role it goes to; unit: name; e.g. supervisor',
    template String COMMENT 'template that the rule names, empty if none; unit: name; e.g. new-policy-refresher',
    at DateTime64(3, 'UTC') COMMENT 'instant of the transition or of the missed due, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.000',
    decided_at DateTime64(3, 'UTC') COMMENT 'tick that decided it, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.700',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'until when it has to be acknowledged, NULL = no due; unit: instant, ms, UTC; e.g. 2026-03-02 04:15:00.000',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. team',
    partition_key String COMMENT 'value of the keyspace''s field of the subject; unit: id; e.g. north-1',
    log_partition UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    tick_offset UInt64 COMMENT 'offset of the deciding tick in the signals topic, 0 when anonymous; unit: Kafka offset; e.g. 88012',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.actions.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    actions_hash FixedString(32) MATERIALIZED {{row_hash actions 1}} COMMENT 'hash of the row of actions; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT named CHECK is_range OR (notEmpty(action_id) AND notEmpty(rule_id) AND notEmpty(subject)),
    CONSTRAINT known_action CHECK is_range OR (action IN ('learning-card', 'intervention', 'board-mark', 'talk-track-pack', 'knowledge-push', 'warning', 'escalation')),
    CONSTRAINT known_role CHECK is_range OR (to_role IN ('rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region')),
    CONSTRAINT numbers_from_1 CHECK is_range OR (rule_version >= 1 AND (seq >= 1 OR empty(alert_id))),
    CONSTRAINT instants_in_range CHECK is_range OR (at >= '1970-01-01' AND at < '2200-01-01' AND decided_at >= '1970-01-01' AND decided_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01' AND (isNull(due_at) OR (due_at >= '1970-01-01' AND due_at < '2200-01-01')))
)
ENGINE = Null
COMMENT 'Takes one range of resonant.actions.v1; unit: record or range; e.g. 500 actions. Retention: none, it stores nothing.';

{{distributed intake_actions by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_actions_to_actions{{on_cluster}} TO {{local actions}}
AS SELECT action, action_id, alert_id, seq, rule_id, rule_version, subject, subject_fields, to_role, template, at, decided_at, due_at, keyspace, partition_key, log_partition, tick_offset, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_actions}}
WHERE NOT is_range
COMMENT 'Fills actions from intake_actions.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_actions_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_actions')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('actions', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(actions_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('actions', 'LowCardinality(String)'), offset, actions_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_actions}}
COMMENT 'Fills the ledger from intake_actions: one row per insert.';

CREATE TABLE IF NOT EXISTS {{local intake_deliveries}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    delivery_id String COMMENT 'this attempt; unit: id; e.g. d-61',
    action_id String COMMENT 'action that was delivered; unit: id; e.g. 77aa…',
    alert_id String COMMENT 'alert of the action, empty when anonymous; unit: id; e.g. 9b2f…',
    recipient String COMMENT 'person or board it went to; unit: id; e.g. rep-02',
    medium LowCardinality(String) COMMENT 'how: card, mail, chat or webhook; unit: name; e.g. card',
    status LowCardinality(String) COMMENT 'delivered, held or failed; unit: name; e.g. delivered',
    reason String COMMENT 'why it was held or failed, empty otherwise; unit: text; e.g. muted until 10:00',
    at DateTime64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:01.200',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.deliveries.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    deliveries_hash FixedString(32) MATERIALIZED {{row_hash deliveries 1}} COMMENT 'hash of the row of deliveries; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT named CHECK is_range OR (notEmpty(delivery_id) AND notEmpty(action_id) AND notEmpty(recipient) AND notEmpty(medium)),
    CONSTRAINT known_status CHECK is_range OR (status IN ('delivered', 'held', 'failed')),
    CONSTRAINT instants_in_range CHECK is_range OR (at >= '1970-01-01' AND at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of resonant.deliveries.v1; unit: record or range; e.g. 500 attempts. Retention: none, it stores nothing.';

{{distributed intake_deliveries by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_deliveries_to_deliveries{{on_cluster}} TO {{local deliveries}}
AS SELECT delivery_id, action_id, alert_id, recipient, medium, status, reason, at, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_deliveries}}
WHERE NOT is_range
COMMENT 'Fills deliveries from intake_deliveries.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_deliveries_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_deliveries')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('deliveries', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(deliveries_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('deliveries', 'LowCardinality(String)'), offset, deliveries_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_deliveries}}
COMMENT 'Fills the ledger from intake_deliveries: one row per insert.';
