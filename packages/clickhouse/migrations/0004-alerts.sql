-- What the rules said: transitions of alerts, actions they asked for, deliveries of those.
CREATE TABLE IF NOT EXISTS {{local alerts}}{{on_cluster}}
(
    rule_id LowCardinality(String) COMMENT 'rule that decided; unit: id; e.g. resonance',
    rule_version UInt32 COMMENT 'version of the rule that decided this transition; unit: number from 1; e.g. 3',
    subject String COMMENT 'whom it is about: JSON, keys sorted, no spaces; unit: JSON; e.g. {"accountId":"acme"}',
    subject_fields Map(LowCardinality(String), String) COMMENT 'the subject by field, in the order of the rule; unit: ids by name; e.g. {''accountId'': ''acme''}',
    alert_id String COMMENT 'the same for the alert''s life; unit: id, 32 hex digits; e.g. 9b2f…',
    seq UInt32 COMMENT 'transitions of this alert; unit: number from 1; e.g. 1',
    transition LowCardinality(String) COMMENT 'opened, updated, resolved or withdrawn; unit: name; e.g. opened',
    state LowCardinality(String) COMMENT 'the pattern''s own word; unit: name; e.g. resonating',
    at DateTime64(3, 'UTC') COMMENT 'instant for which the decision holds; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000' CODEC(Delta(8), ZSTD(1)),
    decided_at DateTime64(3, 'UTC') COMMENT 'tick that decided it; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.700' CODEC(Delta(8), ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'at of the opening; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000' CODEC(Delta(8), ZSTD(1)),
    severity LowCardinality(String) COMMENT 'info, low, high or critical; unit: name; e.g. high',
    title Map(LowCardinality(String), String) COMMENT 'title of the rule by language; unit: text by language; e.g. {''en'': ''Resonance''}',
    values Map(LowCardinality(String), Float64) COMMENT 'the numbers compared, in the order of the rule''s pattern; unit: as the name says; e.g. {''strength'': 1, ''minutesBetween'': 42.5}',
    evidence Array(Tuple(event_id String, signal_id String, occurred_at DateTime64(3, 'UTC'), role LowCardinality(String))) COMMENT 'signals it rests on, empty where the window does; unit: ids, instants in ms UTC; e.g. [(''forum:991'', ''s1'', ''2026-03-02 00:59:58.120'', ''a'')]',
    is_late UInt8 COMMENT 'decided more than 5 min after at; unit: 0 or 1; e.g. 0',
    is_shadow UInt8 COMMENT 'the rule was in shadow mode; unit: 0 or 1; e.g. 0',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    partition_key String COMMENT 'value of the keyspace''s field of the subject; unit: id; e.g. acme',
    log_partition UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    tick_offset UInt64 COMMENT 'offset of the deciding tick in the signals topic; unit: Kafka offset; e.g. 88012' CODEC(Delta(8), ZSTD(1)),
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.alerts.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(rule_id) AND notEmpty(alert_id) AND notEmpty(subject) AND notEmpty(state),
    CONSTRAINT numbers_from_1 CHECK seq >= 1 AND rule_version >= 1,
    CONSTRAINT known_transition CHECK transition IN ('opened', 'updated', 'resolved', 'withdrawn'),
    CONSTRAINT known_severity CHECK severity IN ('info', 'low', 'high', 'critical'),
    CONSTRAINT decided_not_before_at CHECK decided_at >= at,
    CONSTRAINT finite_values CHECK arrayAll(x -> isFinite(x), mapValues(values)),
    CONSTRAINT instants_in_range CHECK at >= '1970-01-01' AND at < '2200-01-01' AND decided_at >= '1970-01-01' AND decided_at < '2200-01-01' AND opened_at >= '1970-01-01' AND opened_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (rule_id, subject, opened_at, alert_id, seq)
TTL appended_at + INTERVAL 7 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per transition of an alert, append-only; unit: transition; e.g. the opening of 9b2f…. Retention: 7 years from appended_at.';

{{distributed alerts by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local actions}}{{on_cluster}}
(
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
    at DateTime64(3, 'UTC') COMMENT 'instant of the transition or of the missed due, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.000' CODEC(Delta(8), ZSTD(1)),
    decided_at DateTime64(3, 'UTC') COMMENT 'tick that decided it, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.700' CODEC(Delta(8), ZSTD(1)),
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'until when it has to be acknowledged, NULL = no due; unit: instant, ms, UTC; e.g. 2026-03-02 04:15:00.000',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. team',
    partition_key String COMMENT 'value of the keyspace''s field of the subject; unit: id; e.g. north-1',
    log_partition UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    tick_offset UInt64 COMMENT 'offset of the deciding tick in the signals topic, 0 when anonymous; unit: Kafka offset; e.g. 88012' CODEC(Delta(8), ZSTD(1)),
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.actions.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(action_id) AND notEmpty(rule_id) AND notEmpty(subject),
    CONSTRAINT known_action CHECK action IN ('learning-card', 'intervention', 'board-mark', 'talk-track-pack', 'knowledge-push', 'warning', 'escalation'),
    CONSTRAINT known_role CHECK to_role IN ('rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region'),
    CONSTRAINT numbers_from_1 CHECK rule_version >= 1 AND (seq >= 1 OR empty(alert_id)),
    CONSTRAINT instants_in_range CHECK at >= '1970-01-01' AND at < '2200-01-01' AND decided_at >= '1970-01-01' AND decided_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01' AND (isNull(due_at) OR (due_at >= '1970-01-01' AND due_at < '2200-01-01'))
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (alert_id, seq, action_id)
TTL appended_at + INTERVAL 7 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per action that a rule asked for, by role; unit: action; e.g. an intervention for the supervisor. Retention: 7 years from appended_at.';

{{distributed actions by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local deliveries}}{{on_cluster}}
(
    delivery_id String COMMENT 'this attempt; unit: id; e.g. d-61',
    action_id String COMMENT 'action that was delivered; unit: id; e.g. 77aa…',
    alert_id String COMMENT 'alert of the action, empty when anonymous; unit: id; e.g. 9b2f…',
    recipient String COMMENT 'person or board it went to; unit: id; e.g. rep-02',
    medium LowCardinality(String) COMMENT 'how: card, mail, chat or webhook; unit: name; e.g. card',
    status LowCardinality(String) COMMENT 'delivered, held or failed; unit: name; e.g. delivered',
    reason String COMMENT 'why it was held or failed, empty otherwise; unit: text; e.g. muted until 10:00',
    at DateTime64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:01.200' CODEC(Delta(8), ZSTD(1)),
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.deliveries.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(delivery_id) AND notEmpty(action_id) AND notEmpty(recipient) AND notEmpty(medium),
    CONSTRAINT known_status CHECK status IN ('delivered', 'held', 'failed'),
    CONSTRAINT instants_in_range CHECK at >= '1970-01-01' AND at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (alert_id, action_id, at, delivery_id)
TTL appended_at + INTERVAL 7 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per attempt to bring an action to a person; unit: attempt; e.g. a card for rep-02. Retention: 7 years from appended_at.';

{{distributed deliveries by cityHash64(topic, partition)}};

CREATE OR REPLACE VIEW resonant.alerts_current{{on_cluster}}
(
    alert_id String COMMENT 'the alert; unit: id, 32 hex digits; e.g. 9b2f…',
    rule_id LowCardinality(String) COMMENT 'rule that decided; unit: id; e.g. resonance',
    rule_version UInt32 COMMENT 'version of the rule that decided the last transition; unit: number from 1; e.g. 3',
    subject String COMMENT 'whom it is about: JSON, keys sorted, no spaces; unit: JSON; e.g. {"accountId":"acme"}',
    subject_fields Map(LowCardinality(String), String) COMMENT 'the subject by field; unit: ids by name; e.g. {''accountId'': ''acme''}',
    seq UInt32 COMMENT 'transitions so far; unit: number from 1; e.g. 2',
    transition LowCardinality(String) COMMENT 'the last transition; unit: name; e.g. resolved',
    state LowCardinality(String) COMMENT 'the pattern''s own word after it; unit: name; e.g. expired',
    is_open UInt8 COMMENT 'neither resolved nor withdrawn; unit: 0 or 1; e.g. 0',
    opened_at DateTime64(3, 'UTC') COMMENT 'at of the opening; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000',
    at DateTime64(3, 'UTC') COMMENT 'instant of the last transition; unit: instant, ms, UTC; e.g. 2026-03-05 01:00:00.000',
    decided_at DateTime64(3, 'UTC') COMMENT 'tick that decided the last transition; unit: instant, ms, UTC; e.g. 2026-03-05 01:00:00.700',
    severity LowCardinality(String) COMMENT 'info, low, high or critical; unit: name; e.g. high',
    title Map(LowCardinality(String), String) COMMENT 'title of the rule by language; unit: text by language; e.g. {''en'': ''Resonance''}',
    values Map(LowCardinality(String), Float64) COMMENT 'numbers of the last transition; unit: as the name says; e.g. {''strength'': 0.05}',
    is_shadow UInt8 COMMENT 'the rule was in shadow mode; unit: 0 or 1; e.g. 0',
    keyspace LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    partition_key String COMMENT 'value of the keyspace''s field of the subject; unit: id; e.g. acme',
    log_partition UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3'
)
AS SELECT
    alert_id, tupleElement(latest, 1) AS rule_id, tupleElement(latest, 2) AS rule_version, tupleElement(latest, 3) AS subject,
    tupleElement(latest, 4) AS subject_fields, last_seq AS seq, tupleElement(latest, 5) AS transition,
    tupleElement(latest, 6) AS state, toUInt8(transition NOT IN ('resolved', 'withdrawn')) AS is_open,
    tupleElement(latest, 7) AS opened_at, tupleElement(latest, 8) AS at, tupleElement(latest, 9) AS decided_at,
    tupleElement(latest, 10) AS severity, tupleElement(latest, 11) AS title, tupleElement(latest, 12) AS values,
    tupleElement(latest, 13) AS is_shadow, tupleElement(latest, 14) AS keyspace, tupleElement(latest, 15) AS partition_key,
    tupleElement(latest, 16) AS log_partition
FROM
(
    SELECT
        alert_id, max(seq) AS last_seq,
        argMax((rule_id, rule_version, subject, subject_fields, transition, state, opened_at, at, decided_at, severity, title, values, is_shadow, keyspace, partition_key, log_partition), seq) AS latest
    FROM resonant.alerts
    GROUP BY alert_id
)
COMMENT 'One row per alert as its last transition left it; unit: alert; e.g. 9b2f… resolved. Retention: as alerts.';
