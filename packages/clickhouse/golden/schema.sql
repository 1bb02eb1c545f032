CREATE DICTIONARY resonant.accounts
(
    `id` String,
    `name` String DEFAULT '',
    `owner_id` String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS owner_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = \'account\' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per account as the directory has it now: id, name, owner_id (rep who owns it now); unit: account; e.g. acme, Acme Ltd, rep-07. Retention: kept, from directory.';

CREATE TABLE resonant.acknowledgements
(
    `alert_id` String COMMENT 'alert that is acknowledged, empty if only an action is; unit: id; e.g. 9b2f…',
    `action_id` String COMMENT 'action that is acknowledged, empty if none; unit: id; e.g. 77aa…',
    `acknowledged_by` String COMMENT 'who did it, empty if not known; unit: id; e.g. rep-07',
    `note` String COMMENT 'what was noted; unit: text; e.g. called the customer',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `signal_id` String COMMENT 'signal of the acknowledgement; unit: id; e.g. 5f0c…',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'the instant it counts at; unit: instant, ms, UTC; e.g. 2026-03-02 09:20:00.000' CODEC(Delta(8), ZSTD(1)),
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:20:00.010' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    `topic` LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(signal_id),
    CONSTRAINT instants_in_range CHECK (occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (alert_id, action_id, occurred_at, signal_id)
TTL appended_at + toIntervalYear(7)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per signal of kind acknowledgement: who took up what, when; unit: acknowledgement; e.g. an intervention taken by rep-07. Retention: 7 years from appended_at.';

CREATE TABLE resonant.actions
(
    `action` LowCardinality(String) COMMENT 'what is asked for; unit: name; e.g. intervention',
    `action_id` String COMMENT 'the same however often it is derived; unit: id, 32 hex digits; e.g. 77aa…',
    `alert_id` String COMMENT 'alert it belongs to, empty when anonymous; unit: id; e.g. 9b2f…',
    `seq` UInt32 COMMENT 'seq of the transition, 0 when anonymous; unit: number from 1; e.g. 1',
    `rule_id` LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    `rule_version` UInt32 COMMENT 'version of the rule; unit: number from 1; e.g. 3',
    `subject` String COMMENT 'whom it is about: JSON, keys sorted, no spaces, without rep and contact when anonymous; unit: JSON; e.g. {"repId":"rep-07","teamId":"north-1"}',
    `subject_fields` Map(LowCardinality(String), String) COMMENT 'the subject by field; unit: ids by name; e.g. {\'teamId\': \'north-1\'}',
    `to_role` LowCardinality(String) COMMENT 'role it goes to; unit: name; e.g. supervisor',
    `template` String COMMENT 'template that the rule names, empty if none; unit: name; e.g. new-policy-refresher',
    `at` DateTime64(3, 'UTC') COMMENT 'instant of the transition or of the missed due, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.000' CODEC(Delta(8), ZSTD(1)),
    `decided_at` DateTime64(3, 'UTC') COMMENT 'tick that decided it, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.700' CODEC(Delta(8), ZSTD(1)),
    `due_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'until when it has to be acknowledged, NULL = no due; unit: instant, ms, UTC; e.g. 2026-03-02 04:15:00.000',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. team',
    `partition_key` String COMMENT 'value of the keyspace\'s field of the subject; unit: id; e.g. north-1',
    `log_partition` UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    `tick_offset` UInt64 COMMENT 'offset of the deciding tick in the signals topic, 0 when anonymous; unit: Kafka offset; e.g. 88012' CODEC(Delta(8), ZSTD(1)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.actions.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(action_id) AND notEmpty(rule_id) AND notEmpty(subject),
    CONSTRAINT known_action CHECK action IN ('learning-card', 'intervention', 'board-mark', 'talk-track-pack', 'knowledge-push', 'warning', 'escalation'),
    CONSTRAINT known_role CHECK to_role IN ('rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region'),
    CONSTRAINT numbers_from_1 CHECK (rule_version >= 1) AND ((seq >= 1) OR empty(alert_id)),
    CONSTRAINT instants_in_range CHECK (at >= '1970-01-01') AND (at < '2200-01-01') AND (decided_at >= '1970-01-01') AND (decided_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01') AND (isNull(due_at) OR ((due_at >= '1970-01-01') AND (due_at < '2200-01-01')))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (alert_id, seq, action_id)
TTL appended_at + toIntervalYear(7)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per action that a rule asked for, by role; unit: action; e.g. an intervention for the supervisor. Retention: 7 years from appended_at.';

CREATE TABLE resonant.alerts
(
    `rule_id` LowCardinality(String) COMMENT 'rule that decided; unit: id; e.g. resonance',
    `rule_version` UInt32 COMMENT 'version of the rule that decided this transition; unit: number from 1; e.g. 3',
    `subject` String COMMENT 'whom it is about: JSON, keys sorted, no spaces; unit: JSON; e.g. {"accountId":"acme"}',
    `subject_fields` Map(LowCardinality(String), String) COMMENT 'the subject by field, in the order of the rule; unit: ids by name; e.g. {\'accountId\': \'acme\'}',
    `alert_id` String COMMENT 'the same for the alert\'s life; unit: id, 32 hex digits; e.g. 9b2f…',
    `seq` UInt32 COMMENT 'transitions of this alert; unit: number from 1; e.g. 1',
    `transition` LowCardinality(String) COMMENT 'opened, updated, resolved or withdrawn; unit: name; e.g. opened',
    `state` LowCardinality(String) COMMENT 'the pattern\'s own word; unit: name; e.g. resonating',
    `at` DateTime64(3, 'UTC') COMMENT 'instant for which the decision holds; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000' CODEC(Delta(8), ZSTD(1)),
    `decided_at` DateTime64(3, 'UTC') COMMENT 'tick that decided it; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.700' CODEC(Delta(8), ZSTD(1)),
    `opened_at` DateTime64(3, 'UTC') COMMENT 'at of the opening; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000' CODEC(Delta(8), ZSTD(1)),
    `severity` LowCardinality(String) COMMENT 'info, low, high or critical; unit: name; e.g. high',
    `title` Map(LowCardinality(String), String) COMMENT 'title of the rule by language; unit: text by language; e.g. {\'en\': \'Resonance\'}',
    `values` Map(LowCardinality(String), Float64) COMMENT 'the numbers compared, in the order of the rule\'s pattern; unit: as the name says; e.g. {\'strength\': 1, \'minutesBetween\': 42.5}',
    `evidence` Array(Tuple(
        event_id String,
        signal_id String,
        occurred_at DateTime64(3, 'UTC'),
        role LowCardinality(String))) COMMENT 'signals it rests on, empty where the window does; unit: ids, instants in ms UTC; e.g. [(\'forum:991\', \'s1\', \'2026-03-02 00:59:58.120\', \'a\')]',
    `is_late` UInt8 COMMENT 'decided more than 5 min after at; unit: 0 or 1; e.g. 0',
    `is_shadow` UInt8 COMMENT 'the rule was in shadow mode; unit: 0 or 1; e.g. 0',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `partition_key` String COMMENT 'value of the keyspace\'s field of the subject; unit: id; e.g. acme',
    `log_partition` UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    `tick_offset` UInt64 COMMENT 'offset of the deciding tick in the signals topic; unit: Kafka offset; e.g. 88012' CODEC(Delta(8), ZSTD(1)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.alerts.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(rule_id) AND notEmpty(alert_id) AND notEmpty(subject) AND notEmpty(state),
    CONSTRAINT numbers_from_1 CHECK (seq >= 1) AND (rule_version >= 1),
    CONSTRAINT known_transition CHECK transition IN ('opened', 'updated', 'resolved', 'withdrawn'),
    CONSTRAINT known_severity CHECK severity IN ('info', 'low', 'high', 'critical'),
    CONSTRAINT decided_not_before_at CHECK decided_at >= at,
    CONSTRAINT finite_values CHECK arrayAll(x -> isFinite(x), mapValues(`values`)),
    CONSTRAINT instants_in_range CHECK (at >= '1970-01-01') AND (at < '2200-01-01') AND (decided_at >= '1970-01-01') AND (decided_at < '2200-01-01') AND (opened_at >= '1970-01-01') AND (opened_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (rule_id, subject, opened_at, alert_id, seq)
TTL appended_at + toIntervalYear(7)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per transition of an alert, append-only; unit: transition; e.g. the opening of 9b2f…. Retention: 7 years from appended_at.';

CREATE VIEW resonant.alerts_current
(
    `alert_id` String COMMENT 'the alert; unit: id, 32 hex digits; e.g. 9b2f…',
    `rule_id` LowCardinality(String) COMMENT 'rule that decided; unit: id; e.g. resonance',
    `rule_version` UInt32 COMMENT 'version of the rule that decided the last transition; unit: number from 1; e.g. 3',
    `subject` String COMMENT 'whom it is about: JSON, keys sorted, no spaces; unit: JSON; e.g. {"accountId":"acme"}',
    `subject_fields` Map(LowCardinality(String), String) COMMENT 'the subject by field; unit: ids by name; e.g. {\'accountId\': \'acme\'}',
    `seq` UInt32 COMMENT 'transitions so far; unit: number from 1; e.g. 2',
    `transition` LowCardinality(String) COMMENT 'the last transition; unit: name; e.g. resolved',
    `state` LowCardinality(String) COMMENT 'the pattern\'s own word after it; unit: name; e.g. expired',
    `is_open` UInt8 COMMENT 'neither resolved nor withdrawn; unit: 0 or 1; e.g. 0',
    `opened_at` DateTime64(3, 'UTC') COMMENT 'at of the opening; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000',
    `at` DateTime64(3, 'UTC') COMMENT 'instant of the last transition; unit: instant, ms, UTC; e.g. 2026-03-05 01:00:00.000',
    `decided_at` DateTime64(3, 'UTC') COMMENT 'tick that decided the last transition; unit: instant, ms, UTC; e.g. 2026-03-05 01:00:00.700',
    `severity` LowCardinality(String) COMMENT 'info, low, high or critical; unit: name; e.g. high',
    `title` Map(LowCardinality(String), String) COMMENT 'title of the rule by language; unit: text by language; e.g. {\'en\': \'Resonance\'}',
    `values` Map(LowCardinality(String), Float64) COMMENT 'numbers of the last transition; unit: as the name says; e.g. {\'strength\': 0.05}',
    `is_shadow` UInt8 COMMENT 'the rule was in shadow mode; unit: 0 or 1; e.g. 0',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `partition_key` String COMMENT 'value of the keyspace\'s field of the subject; unit: id; e.g. acme',
    `log_partition` UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3'
)
COMMENT 'One row per alert as its last transition left it; unit: alert; e.g. 9b2f… resolved. Retention: as alerts.'
AS SELECT
    alert_id,
    tupleElement(latest, 1) AS rule_id,
    tupleElement(latest, 2) AS rule_version,
    tupleElement(latest, 3) AS subject,
    tupleElement(latest, 4) AS subject_fields,
    last_seq AS seq,
    tupleElement(latest, 5) AS transition,
    tupleElement(latest, 6) AS state,
    toUInt8(transition NOT IN ('resolved', 'withdrawn')) AS is_open,
    tupleElement(latest, 7) AS opened_at,
    tupleElement(latest, 8) AS at,
    tupleElement(latest, 9) AS decided_at,
    tupleElement(latest, 10) AS severity,
    tupleElement(latest, 11) AS title,
    tupleElement(latest, 12) AS `values`,
    tupleElement(latest, 13) AS is_shadow,
    tupleElement(latest, 14) AS keyspace,
    tupleElement(latest, 15) AS partition_key,
    tupleElement(latest, 16) AS log_partition
FROM
(
    SELECT
        alert_id,
        max(seq) AS last_seq,
        argMax((rule_id, rule_version, subject, subject_fields, transition, state, opened_at, at, decided_at, severity, title, `values`, is_shadow, keyspace, partition_key, log_partition), seq) AS latest
    FROM resonant.alerts
    GROUP BY alert_id
);

CREATE DICTIONARY resonant.contacts
(
    `id` String,
    `name` String DEFAULT '',
    `account_id` String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS account_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = \'contact\' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per contact as the directory has it now: id, name, account_id (where they are now); unit: contact; e.g. ann, Ann, acme. Retention: kept, from directory.';

CREATE TABLE resonant.dead_letter_outcomes
(
    `dead_letter_id` String COMMENT 'the dead letter; unit: id, 32 hex digits; e.g. 0a1b…',
    `outcome` LowCardinality(String) COMMENT 'replayed or discarded; unit: name; e.g. replayed',
    `at` DateTime64(3, 'UTC') COMMENT 'when it was decided; unit: instant, ms, UTC; e.g. 2026-03-02 10:00:00.000' CODEC(Delta(8), ZSTD(1)),
    `decided_by` String COMMENT 'who decided, as the command was told or the system names the user; unit: name; e.g. ops',
    `note` String COMMENT 'why, empty if nothing was said; unit: text; e.g. schema was fixed',
    `replayed_to` LowCardinality(String) COMMENT 'topic that a replayed letter was appended to, empty when discarded; unit: name; e.g. resonant.inbound.emails.v1',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.dead-letters.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(dead_letter_id),
    CONSTRAINT known_outcome CHECK outcome IN ('replayed', 'discarded'),
    CONSTRAINT instants_in_range CHECK (at >= '1970-01-01') AND (at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (dead_letter_id, offset)
TTL appended_at + toIntervalYear(3)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per decision about a dead letter; unit: decision; e.g. a letter that was replayed. Retention: 3 years from appended_at.';

CREATE TABLE resonant.dead_letters
(
    `dead_letter_id` String COMMENT 'hash of origin and bytes: the same letter has the same; unit: id, 32 hex digits; e.g. 0a1b…',
    `source` LowCardinality(String) COMMENT 'source or service it was meant for; unit: name; e.g. emails',
    `origin` String COMMENT 'where it came from: topic/partition/offset, or route and request; unit: text; e.g. resonant.inbound.emails.v1/0/17',
    `reason` LowCardinality(String) COMMENT 'code of the error registry; unit: name; e.g. undecodable-record',
    `detail` String COMMENT 'what was expected and what came; unit: text; e.g. expected JSON, got other bytes',
    `at` DateTime64(3, 'UTC') COMMENT 'when it was put aside; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480' CODEC(Delta(8), ZSTD(1)),
    `media_type` LowCardinality(String) COMMENT 'media type of payload as far as known; unit: media type; e.g. application/json',
    `key` Nullable(String) COMMENT 'key of the record, NULL = none; unit: bytes; e.g. acme',
    `headers` Map(String, String) COMMENT 'headers of the record or request without credentials; unit: bytes by name; e.g. {\'ce_id\': \'s1\'}',
    `payload` String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":' CODEC(ZSTD(3)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.dead-letters.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(dead_letter_id) AND notEmpty(origin) AND notEmpty(reason),
    CONSTRAINT instants_in_range CHECK (at >= '1970-01-01') AND (at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (dead_letter_id, offset)
TTL appended_at + toIntervalYear(3)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per dead letter as it was written, copies included; unit: letter; e.g. a mail that could not be read. Retention: 3 years from appended_at.';

CREATE TABLE resonant.deliveries
(
    `delivery_id` String COMMENT 'this attempt; unit: id; e.g. d-61',
    `action_id` String COMMENT 'action that was delivered; unit: id; e.g. 77aa…',
    `alert_id` String COMMENT 'alert of the action, empty when anonymous; unit: id; e.g. 9b2f…',
    `recipient` String COMMENT 'person or board it went to; unit: id; e.g. rep-02',
    `medium` LowCardinality(String) COMMENT 'how: card, mail, chat or webhook; unit: name; e.g. card',
    `status` LowCardinality(String) COMMENT 'delivered, held or failed; unit: name; e.g. delivered',
    `reason` String COMMENT 'why it was held or failed, empty otherwise; unit: text; e.g. muted until 10:00',
    `at` DateTime64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:01.200' CODEC(Delta(8), ZSTD(1)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.deliveries.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(delivery_id) AND notEmpty(action_id) AND notEmpty(recipient) AND notEmpty(medium),
    CONSTRAINT known_status CHECK status IN ('delivered', 'held', 'failed'),
    CONSTRAINT instants_in_range CHECK (at >= '1970-01-01') AND (at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (alert_id, action_id, at, delivery_id)
TTL appended_at + toIntervalYear(7)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per attempt to bring an action to a person; unit: attempt; e.g. a card for rep-02. Retention: 7 years from appended_at.';

CREATE VIEW resonant.digests
(
    `table` LowCardinality(String) COMMENT 'table; unit: name; e.g. alerts',
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.alerts.v1',
    `partition` UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 0',
    `epoch` UInt32 COMMENT 'stream epoch of the range; unit: number from 0; e.g. 0',
    `first` UInt64 COMMENT 'first offset of the range; unit: Kafka offset; e.g. 12001',
    `last` UInt64 COMMENT 'last offset of the range, inclusive; unit: Kafka offset; e.g. 12500',
    `n_rows` UInt32 COMMENT 'rows of the range in this table; unit: rows; e.g. 497',
    `digest` FixedString(32) COMMENT 'SHA-256 over the sorted hashes of those rows; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `stored_at` DateTime64(3, 'UTC') COMMENT 'when the range was stored; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.123'
)
COMMENT 'One row per stored range and table: the digests of the ledger; unit: range; e.g. the rows of alerts from offsets 12001 to 12500. Retention: as ledger.'
AS SELECT
    tupleElement(entry, 'table') AS `table`,
    topic,
    partition,
    epoch,
    first,
    last,
    tupleElement(entry, 'n_rows') AS n_rows,
    tupleElement(entry, 'digest') AS digest,
    stored_at
FROM resonant.ledger
ARRAY JOIN digests AS entry;

CREATE TABLE resonant.directory
(
    `kind` LowCardinality(String) COMMENT 'account, contact, rep, team or region; unit: name; e.g. account',
    `id` String COMMENT 'id of the entry; unit: id; e.g. acme',
    `is_deleted` UInt8 COMMENT 'the entry was removed by this version; unit: 0 or 1; e.g. 0',
    `name` String COMMENT 'name, empty if not known; unit: text; e.g. Acme Ltd',
    `belongs_to` Array(Tuple(
        id String,
        from_at DateTime64(3, 'UTC'),
        to_at Nullable(DateTime64(3, 'UTC')))) COMMENT 'owners of an account, accounts of a contact, teams of a rep, regions of a team, over time, to_at NULL = still; unit: ids, instants in ms UTC; e.g. [(\'rep-07\', \'2026-01-01 00:00:00.000\', NULL)]',
    `head_id` String COMMENT 'supervisor of a team or director of a region, empty if none; unit: id; e.g. rep-02',
    `emails` Array(String) COMMENT 'e-mail addresses of a contact or rep, lower case; unit: addresses; e.g. [\'ann@acme.example\']',
    `phones` Array(String) COMMENT 'phone numbers of a contact or rep; unit: E.164; e.g. [\'+4915112345678\']',
    `handles` Array(String) COMMENT 'handles of a contact or rep; unit: platform:name; e.g. [\'github:octocat\']',
    `domains` Array(String) COMMENT 'e-mail domains of an account, lower case; unit: domains; e.g. [\'acme.example\']',
    `crm_ids` Array(String) COMMENT 'ids of an account in CRM systems; unit: ids; e.g. [\'sf-0012\']',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.directory.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_kind CHECK kind IN ('account', 'contact', 'rep', 'team', 'region'),
    CONSTRAINT named CHECK notEmpty(id),
    CONSTRAINT instants_in_range CHECK (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01') AND arrayAll(span -> (((span.2) >= '1970-01-01') AND ((span.2) < '2200-01-01') AND (isNull(span.3) OR (((span.3) >= '1970-01-01') AND ((span.3) < '2200-01-01')))), belongs_to)
)
ENGINE = MergeTree
ORDER BY (kind, id, epoch, offset)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per version of an entry of the directory; unit: version; e.g. account acme. Retention: kept.';

CREATE DICTIONARY resonant.erased
(
    `key` String,
    `erasure_id` String DEFAULT '',
    `reason` String DEFAULT '',
    `erased_by` String DEFAULT '',
    `erased_at` DateTime64(3, 'UTC') DEFAULT '1970-01-01 00:00:00.000'
)
PRIMARY KEY key
SOURCE(CLICKHOUSE(QUERY 'SELECT key, latest.1 AS erasure_id, latest.2 AS reason, latest.3 AS erased_by, last_at AS erased_at FROM (SELECT key, argMax((erasure_id, reason, erased_by), erased_keys.erased_at) AS latest, max(erased_keys.erased_at) AS last_at FROM resonant.erased_keys GROUP BY key)'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per key of an erased person: key, and of its last erasure erasure_id, reason, erased_by, erased_at; unit: key; e.g. 9f86d081…, e-20260302-1. Retention: kept, from erased_keys.';

CREATE TABLE resonant.erased_keys
(
    `key` String COMMENT 'SHA-256 of what names the person or what the person took part in: contact:<id>, email:<address>, phone:<number>, handle:<handle>, event:<event id>, dead-letter:<id>; unit: 64 hex digits; e.g. 9f86d081…',
    `erasure_id` String COMMENT 'request to erase; unit: id; e.g. e-20260302-1',
    `reason` String COMMENT 'why, as the operator gave it, without the person\'s name; unit: text; e.g. request of the person, ticket 88',
    `erased_by` String COMMENT 'who asked for it; unit: id; e.g. dpo',
    `erased_at` DateTime64(3, 'UTC') COMMENT 'what happened or was appended before it is erased; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:00.000',
    CONSTRAINT named CHECK match(key, '^[0-9a-f]{64}$') AND notEmpty(erasure_id) AND notEmpty(reason)
)
ENGINE = MergeTree
ORDER BY (erasure_id, key)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per key of an erased person, as resonant.erasures.v1 has them: hashes, never what they are of; unit: key; e.g. of an e-mail address. Retention: kept.';

CREATE TABLE resonant.erasures
(
    `erasure_id` String COMMENT 'one request to erase; unit: id; e.g. e-20260302-1',
    `reason` String COMMENT 'why, as the operator gave it, without the person\'s name; unit: text; e.g. request of the person, ticket 88',
    `table` LowCardinality(String) COMMENT 'table of the erased row; unit: name; e.g. touchpoints',
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the erased row; unit: name; e.g. resonant.touchpoints.calls.v1',
    `partition` UInt16 COMMENT 'Kafka partition of the erased row; unit: number from 0; e.g. 3',
    `epoch` UInt32 COMMENT 'stream epoch of the erased row; unit: number from 0; e.g. 0',
    `offset` UInt64 COMMENT 'Kafka offset of the erased row; unit: Kafka offset; e.g. 12001',
    `hash` FixedString(32) COMMENT 'hash that the row had, as in row_hashes; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_by` String COMMENT 'who asked for it; unit: id; e.g. dpo',
    `erased_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:00.000',
    CONSTRAINT named CHECK notEmpty(erasure_id) AND notEmpty(reason) AND notEmpty(`table`) AND notEmpty(topic)
)
ENGINE = MergeTree
ORDER BY (`table`, topic, partition, epoch, offset)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per row that was erased on request: its place, its hash and why, never what it said; unit: row; e.g. a call of someone who asked for it. Retention: kept.';

CREATE VIEW resonant.glossary
(
    `term_id` String COMMENT 'id of the term; unit: id; e.g. rate-limit',
    `term` String COMMENT 'the term; unit: text; e.g. rate limit',
    `language` String COMMENT 'language, empty = any; unit: language code; e.g. en',
    `aliases` Array(String) COMMENT 'other spellings; unit: texts; e.g. [\'ratelimit\']',
    `is_technical` UInt8 COMMENT 'a question about it is technical; unit: 0 or 1; e.g. 1'
)
COMMENT 'One row per term as the vocabulary has it now; unit: term; e.g. rate limit. Retention: kept, from vocabulary.'
AS SELECT
    id AS term_id,
    latest.2 AS term,
    latest.3 AS language,
    latest.4 AS aliases,
    latest.7 AS is_technical
FROM
(
    SELECT
        id,
        argMax((is_deleted, title, language, phrases, triggers, quorum, is_technical), (epoch, offset)) AS latest
    FROM resonant.vocabulary
    WHERE kind = 'glossary-entry'
    GROUP BY id
)
WHERE (latest.1) = 0;

CREATE TABLE resonant.intake_actions
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `action` LowCardinality(String) COMMENT 'what is asked for; unit: name; e.g. intervention',
    `action_id` String COMMENT 'the same however often it is derived; unit: id, 32 hex digits; e.g. 77aa…',
    `alert_id` String COMMENT 'alert it belongs to, empty when anonymous; unit: id; e.g. 9b2f…',
    `seq` UInt32 COMMENT 'seq of the transition, 0 when anonymous; unit: number from 1; e.g. 1',
    `rule_id` LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    `rule_version` UInt32 COMMENT 'version of the rule; unit: number from 1; e.g. 3',
    `subject` String COMMENT 'whom it is about: JSON, keys sorted, no spaces, without rep and contact when anonymous; unit: JSON; e.g. {"repId":"rep-07","teamId":"north-1"}',
    `subject_fields` Map(LowCardinality(String), String) COMMENT 'the subject by field; unit: ids by name; e.g. {\'teamId\': \'north-1\'}',
    `to_role` LowCardinality(String) COMMENT 'role it goes to; unit: name; e.g. supervisor',
    `template` String COMMENT 'template that the rule names, empty if none; unit: name; e.g. new-policy-refresher',
    `at` DateTime64(3, 'UTC') COMMENT 'instant of the transition or of the missed due, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.000',
    `decided_at` DateTime64(3, 'UTC') COMMENT 'tick that decided it, cut to the hour when anonymous; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:00.700',
    `due_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'until when it has to be acknowledged, NULL = no due; unit: instant, ms, UTC; e.g. 2026-03-02 04:15:00.000',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. team',
    `partition_key` String COMMENT 'value of the keyspace\'s field of the subject; unit: id; e.g. north-1',
    `log_partition` UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    `tick_offset` UInt64 COMMENT 'offset of the deciding tick in the signals topic, 0 when anonymous; unit: Kafka offset; e.g. 88012',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.actions.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `actions_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', action, action_id, alert_id, seq, rule_id, rule_version, subject, subject_fields, to_role, template, at, decided_at, due_at, keyspace, partition_key, log_partition, tick_offset, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of actions; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_key` String MATERIALIZED arrayFirst(key -> (dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > least(at, appended_at)), arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), [('contact:', subject_fields['contactId'])]))) COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT named CHECK is_range OR (notEmpty(action_id) AND notEmpty(rule_id) AND notEmpty(subject)),
    CONSTRAINT known_action CHECK is_range OR (action IN ('learning-card', 'intervention', 'board-mark', 'talk-track-pack', 'knowledge-push', 'warning', 'escalation')),
    CONSTRAINT known_role CHECK is_range OR (to_role IN ('rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region')),
    CONSTRAINT numbers_from_1 CHECK is_range OR ((rule_version >= 1) AND ((seq >= 1) OR empty(alert_id))),
    CONSTRAINT instants_in_range CHECK is_range OR ((at >= '1970-01-01') AND (at < '2200-01-01') AND (decided_at >= '1970-01-01') AND (decided_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01') AND (isNull(due_at) OR ((due_at >= '1970-01-01') AND (due_at < '2200-01-01'))))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.actions.v1; unit: record or range; e.g. 500 actions. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_actions_to_actions TO resonant.actions
(
    `action` LowCardinality(String),
    `action_id` String,
    `alert_id` String,
    `seq` UInt32,
    `rule_id` LowCardinality(String),
    `rule_version` UInt32,
    `subject` String,
    `subject_fields` Map(LowCardinality(String), String),
    `to_role` LowCardinality(String),
    `template` String,
    `at` DateTime64(3, 'UTC'),
    `decided_at` DateTime64(3, 'UTC'),
    `due_at` Nullable(DateTime64(3, 'UTC')),
    `keyspace` LowCardinality(String),
    `partition_key` String,
    `log_partition` UInt16,
    `tick_offset` UInt64,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills actions from intake_actions.'
AS SELECT
    action,
    action_id,
    alert_id,
    seq,
    rule_id,
    rule_version,
    subject,
    subject_fields,
    to_role,
    template,
    at,
    decided_at,
    due_at,
    keyspace,
    partition_key,
    log_partition,
    tick_offset,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_actions
WHERE (NOT is_range) AND empty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_actions_to_erasures TO resonant.erasures
(
    `erasure_id` String,
    `reason` String,
    `table` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `epoch` UInt32,
    `offset` UInt64,
    `hash` FixedString(32),
    `erased_by` String,
    `erased_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills erasures from intake_actions: what is left out because its person was erased.'
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id,
    dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS `table`,
    topic,
    partition,
    epoch,
    offset,
    tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by,
    now64(3, 'UTC') AS erased_at
FROM resonant.intake_actions
ARRAY JOIN [('actions', actions_hash)] AS entry
WHERE (NOT is_range) AND notEmpty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_actions_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_actions: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_actions')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('actions', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(actions_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('actions', 'LowCardinality(String)'), offset, actions_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_actions;

CREATE TABLE resonant.intake_alerts
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `rule_id` LowCardinality(String) COMMENT 'rule that decided; unit: id; e.g. resonance',
    `rule_version` UInt32 COMMENT 'version of the rule that decided this transition; unit: number from 1; e.g. 3',
    `subject` String COMMENT 'whom it is about: JSON, keys sorted, no spaces; unit: JSON; e.g. {"accountId":"acme"}',
    `subject_fields` Map(LowCardinality(String), String) COMMENT 'the subject by field, in the order of the rule; unit: ids by name; e.g. {\'accountId\': \'acme\'}',
    `alert_id` String COMMENT 'the same for the alert\'s life; unit: id, 32 hex digits; e.g. 9b2f…',
    `seq` UInt32 COMMENT 'transitions of this alert; unit: number from 1; e.g. 1',
    `transition` LowCardinality(String) COMMENT 'opened, updated, resolved or withdrawn; unit: name; e.g. opened',
    `state` LowCardinality(String) COMMENT 'the pattern\'s own word; unit: name; e.g. resonating',
    `at` DateTime64(3, 'UTC') COMMENT 'instant for which the decision holds; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000',
    `decided_at` DateTime64(3, 'UTC') COMMENT 'tick that decided it; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.700',
    `opened_at` DateTime64(3, 'UTC') COMMENT 'at of the opening; unit: instant, ms, UTC; e.g. 2026-03-02 01:00:00.000',
    `severity` LowCardinality(String) COMMENT 'info, low, high or critical; unit: name; e.g. high',
    `title` Map(LowCardinality(String), String) COMMENT 'title of the rule by language; unit: text by language; e.g. {\'en\': \'Resonance\'}',
    `values` Map(LowCardinality(String), Float64) COMMENT 'the numbers compared, in the order of the rule\'s pattern; unit: as the name says; e.g. {\'strength\': 1, \'minutesBetween\': 42.5}',
    `evidence` Array(Tuple(
        event_id String,
        signal_id String,
        occurred_at DateTime64(3, 'UTC'),
        role LowCardinality(String))) COMMENT 'signals it rests on, empty where the window does; unit: ids, instants in ms UTC; e.g. [(\'forum:991\', \'s1\', \'2026-03-02 00:59:58.120\', \'a\')]',
    `is_late` UInt8 COMMENT 'decided more than 5 min after at; unit: 0 or 1; e.g. 0',
    `is_shadow` UInt8 COMMENT 'the rule was in shadow mode; unit: 0 or 1; e.g. 0',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `partition_key` String COMMENT 'value of the keyspace\'s field of the subject; unit: id; e.g. acme',
    `log_partition` UInt16 COMMENT 'partition of the signals topic; unit: number from 0; e.g. 3',
    `tick_offset` UInt64 COMMENT 'offset of the deciding tick in the signals topic; unit: Kafka offset; e.g. 88012',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.alerts.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `alerts_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', rule_id, rule_version, subject, subject_fields, alert_id, seq, transition, state, at, decided_at, opened_at, severity, title, `values`, evidence, is_late, is_shadow, keyspace, partition_key, log_partition, tick_offset, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of alerts; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_key` String MATERIALIZED arrayFirst(key -> (dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > least(at, appended_at)), arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), [('contact:', subject_fields['contactId'])]))) COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT named CHECK is_range OR (notEmpty(rule_id) AND notEmpty(alert_id) AND notEmpty(subject) AND notEmpty(state)),
    CONSTRAINT numbers_from_1 CHECK is_range OR ((seq >= 1) AND (rule_version >= 1)),
    CONSTRAINT known_transition CHECK is_range OR (transition IN ('opened', 'updated', 'resolved', 'withdrawn')),
    CONSTRAINT known_severity CHECK is_range OR (severity IN ('info', 'low', 'high', 'critical')),
    CONSTRAINT decided_not_before_at CHECK is_range OR (decided_at >= at),
    CONSTRAINT finite_values CHECK is_range OR (arrayAll(x -> isFinite(x), mapValues(`values`))),
    CONSTRAINT instants_in_range CHECK is_range OR ((at >= '1970-01-01') AND (at < '2200-01-01') AND (decided_at >= '1970-01-01') AND (decided_at < '2200-01-01') AND (opened_at >= '1970-01-01') AND (opened_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.alerts.v1; unit: record or range; e.g. 500 transitions. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_alerts_to_alerts TO resonant.alerts
(
    `rule_id` LowCardinality(String),
    `rule_version` UInt32,
    `subject` String,
    `subject_fields` Map(LowCardinality(String), String),
    `alert_id` String,
    `seq` UInt32,
    `transition` LowCardinality(String),
    `state` LowCardinality(String),
    `at` DateTime64(3, 'UTC'),
    `decided_at` DateTime64(3, 'UTC'),
    `opened_at` DateTime64(3, 'UTC'),
    `severity` LowCardinality(String),
    `title` Map(LowCardinality(String), String),
    `values` Map(LowCardinality(String), Float64),
    `evidence` Array(Tuple(
        event_id String,
        signal_id String,
        occurred_at DateTime64(3, 'UTC'),
        role LowCardinality(String))),
    `is_late` UInt8,
    `is_shadow` UInt8,
    `keyspace` LowCardinality(String),
    `partition_key` String,
    `log_partition` UInt16,
    `tick_offset` UInt64,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills alerts from intake_alerts.'
AS SELECT
    rule_id,
    rule_version,
    subject,
    subject_fields,
    alert_id,
    seq,
    transition,
    state,
    at,
    decided_at,
    opened_at,
    severity,
    title,
    `values`,
    evidence,
    is_late,
    is_shadow,
    keyspace,
    partition_key,
    log_partition,
    tick_offset,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_alerts
WHERE (NOT is_range) AND empty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_alerts_to_erasures TO resonant.erasures
(
    `erasure_id` String,
    `reason` String,
    `table` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `epoch` UInt32,
    `offset` UInt64,
    `hash` FixedString(32),
    `erased_by` String,
    `erased_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills erasures from intake_alerts: what is left out because its person was erased.'
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id,
    dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS `table`,
    topic,
    partition,
    epoch,
    offset,
    tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by,
    now64(3, 'UTC') AS erased_at
FROM resonant.intake_alerts
ARRAY JOIN [('alerts', alerts_hash)] AS entry
WHERE (NOT is_range) AND notEmpty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_alerts_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_alerts: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_alerts')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('alerts', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(alerts_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('alerts', 'LowCardinality(String)'), offset, alerts_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_alerts;

CREATE TABLE resonant.intake_dead_letters
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `record_type` LowCardinality(String) COMMENT 'DeadLetter or DeadLetterOutcome; unit: name; e.g. DeadLetter',
    `dead_letter_id` String COMMENT 'hash of origin and bytes: the same letter has the same; unit: id, 32 hex digits; e.g. 0a1b…',
    `source` LowCardinality(String) COMMENT 'source or service it was meant for; unit: name; e.g. emails',
    `origin` String COMMENT 'where it came from: topic/partition/offset, or route and request; unit: text; e.g. resonant.inbound.emails.v1/0/17',
    `reason` LowCardinality(String) COMMENT 'code of the error registry; unit: name; e.g. undecodable-record',
    `detail` String COMMENT 'what was expected and what came; unit: text; e.g. expected JSON, got other bytes',
    `at` DateTime64(3, 'UTC') COMMENT 'when it was put aside; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480',
    `media_type` LowCardinality(String) COMMENT 'media type of payload as far as known; unit: media type; e.g. application/json',
    `key` Nullable(String) COMMENT 'key of the record, NULL = none; unit: bytes; e.g. acme',
    `headers` Map(String, String) COMMENT 'headers of the record or request without credentials; unit: bytes by name; e.g. {\'ce_id\': \'s1\'}',
    `payload` String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.dead-letters.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `outcome` LowCardinality(String) COMMENT 'replayed or discarded; unit: name; e.g. replayed',
    `decided_by` String COMMENT 'who decided, as the command was told or the system names the user; unit: name; e.g. ops',
    `note` String COMMENT 'why, empty if nothing was said; unit: text; e.g. schema was fixed',
    `replayed_to` LowCardinality(String) COMMENT 'topic that a replayed letter was appended to, empty when discarded; unit: name; e.g. resonant.inbound.emails.v1',
    `dead_letters_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', dead_letter_id, source, origin, reason, detail, at, media_type, key, headers, payload, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of dead_letters; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `dead_letter_outcomes_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', dead_letter_id, outcome, at, decided_by, note, replayed_to, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of dead_letter_outcomes; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_key` String MATERIALIZED arrayFirst(key -> (dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > least(at, appended_at)), arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), [('dead-letter:', dead_letter_id)]))) COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT known_record_type CHECK is_range OR (record_type IN ('DeadLetter', 'DeadLetterOutcome')),
    CONSTRAINT dead_letters_named CHECK (NOT ((NOT is_range) AND (record_type = 'DeadLetter'))) OR (notEmpty(dead_letter_id) AND notEmpty(origin) AND notEmpty(reason)),
    CONSTRAINT dead_letters_instants_in_range CHECK (NOT ((NOT is_range) AND (record_type = 'DeadLetter'))) OR ((at >= '1970-01-01') AND (at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')),
    CONSTRAINT dead_letter_outcomes_named CHECK (NOT ((NOT is_range) AND (record_type = 'DeadLetterOutcome'))) OR (notEmpty(dead_letter_id)),
    CONSTRAINT dead_letter_outcomes_known_outcome CHECK (NOT ((NOT is_range) AND (record_type = 'DeadLetterOutcome'))) OR (outcome IN ('replayed', 'discarded')),
    CONSTRAINT dead_letter_outcomes_instants_in_range CHECK (NOT ((NOT is_range) AND (record_type = 'DeadLetterOutcome'))) OR ((at >= '1970-01-01') AND (at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.dead-letters.v1; unit: record or range; e.g. 5 letters. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_dead_letters_to_dead_letter_outcomes TO resonant.dead_letter_outcomes
(
    `dead_letter_id` String,
    `outcome` LowCardinality(String),
    `at` DateTime64(3, 'UTC'),
    `decided_by` String,
    `note` String,
    `replayed_to` LowCardinality(String),
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills dead_letter_outcomes from intake_dead_letters.'
AS SELECT
    dead_letter_id,
    outcome,
    at,
    decided_by,
    note,
    replayed_to,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_dead_letters
WHERE (NOT is_range) AND (record_type = 'DeadLetterOutcome');

CREATE MATERIALIZED VIEW resonant.intake_dead_letters_to_dead_letters TO resonant.dead_letters
(
    `dead_letter_id` String,
    `source` LowCardinality(String),
    `origin` String,
    `reason` LowCardinality(String),
    `detail` String,
    `at` DateTime64(3, 'UTC'),
    `media_type` LowCardinality(String),
    `key` Nullable(String),
    `headers` Map(String, String),
    `payload` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills dead_letters from intake_dead_letters.'
AS SELECT
    dead_letter_id,
    source,
    origin,
    reason,
    detail,
    at,
    media_type,
    key,
    headers,
    payload,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_dead_letters
WHERE (NOT is_range) AND (record_type = 'DeadLetter') AND empty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_dead_letters_to_erasures TO resonant.erasures
(
    `erasure_id` String,
    `reason` String,
    `table` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `epoch` UInt32,
    `offset` UInt64,
    `hash` FixedString(32),
    `erased_by` String,
    `erased_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills erasures from intake_dead_letters: what is left out because its person was erased.'
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id,
    dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS `table`,
    topic,
    partition,
    epoch,
    offset,
    tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by,
    now64(3, 'UTC') AS erased_at
FROM resonant.intake_dead_letters
ARRAY JOIN [('dead_letters', dead_letters_hash)] AS entry
WHERE (NOT is_range) AND notEmpty(erased_key) AND (record_type = 'DeadLetter');

CREATE MATERIALIZED VIEW resonant.intake_dead_letters_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_dead_letters: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != max(range_records)), 'expected one range row and one row per record in one block: intake_dead_letters')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('dead_letters', toUInt32(countIf((NOT is_range) AND (record_type = 'DeadLetter'))), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(dead_letters_hash, (NOT is_range) AND (record_type = 'DeadLetter')))))))), ('dead_letter_outcomes', toUInt32(countIf((NOT is_range) AND (record_type = 'DeadLetterOutcome'))), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(dead_letter_outcomes_hash, (NOT is_range) AND (record_type = 'DeadLetterOutcome'))))))))] AS digests,
    toUInt16(1) AS hash_form,
    arrayConcat(groupArrayIf((CAST('dead_letters', 'LowCardinality(String)'), offset, dead_letters_hash), (NOT is_range) AND (record_type = 'DeadLetter')), groupArrayIf((CAST('dead_letter_outcomes', 'LowCardinality(String)'), offset, dead_letter_outcomes_hash), (NOT is_range) AND (record_type = 'DeadLetterOutcome'))) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_dead_letters;

CREATE TABLE resonant.intake_deliveries
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `delivery_id` String COMMENT 'this attempt; unit: id; e.g. d-61',
    `action_id` String COMMENT 'action that was delivered; unit: id; e.g. 77aa…',
    `alert_id` String COMMENT 'alert of the action, empty when anonymous; unit: id; e.g. 9b2f…',
    `recipient` String COMMENT 'person or board it went to; unit: id; e.g. rep-02',
    `medium` LowCardinality(String) COMMENT 'how: card, mail, chat or webhook; unit: name; e.g. card',
    `status` LowCardinality(String) COMMENT 'delivered, held or failed; unit: name; e.g. delivered',
    `reason` String COMMENT 'why it was held or failed, empty otherwise; unit: text; e.g. muted until 10:00',
    `at` DateTime64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 04:00:01.200',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.deliveries.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `deliveries_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', delivery_id, action_id, alert_id, recipient, medium, status, reason, at, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of deliveries; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT named CHECK is_range OR (notEmpty(delivery_id) AND notEmpty(action_id) AND notEmpty(recipient) AND notEmpty(medium)),
    CONSTRAINT known_status CHECK is_range OR (status IN ('delivered', 'held', 'failed')),
    CONSTRAINT instants_in_range CHECK is_range OR ((at >= '1970-01-01') AND (at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.deliveries.v1; unit: record or range; e.g. 500 attempts. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_deliveries_to_deliveries TO resonant.deliveries
(
    `delivery_id` String,
    `action_id` String,
    `alert_id` String,
    `recipient` String,
    `medium` LowCardinality(String),
    `status` LowCardinality(String),
    `reason` String,
    `at` DateTime64(3, 'UTC'),
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills deliveries from intake_deliveries.'
AS SELECT
    delivery_id,
    action_id,
    alert_id,
    recipient,
    medium,
    status,
    reason,
    at,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_deliveries
WHERE NOT is_range;

CREATE MATERIALIZED VIEW resonant.intake_deliveries_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_deliveries: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_deliveries')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('deliveries', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(deliveries_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('deliveries', 'LowCardinality(String)'), offset, deliveries_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_deliveries;

CREATE TABLE resonant.intake_directory
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `kind` LowCardinality(String) COMMENT 'account, contact, rep, team or region; unit: name; e.g. account',
    `id` String COMMENT 'id of the entry; unit: id; e.g. acme',
    `is_deleted` UInt8 COMMENT 'the entry was removed by this version; unit: 0 or 1; e.g. 0',
    `name` String COMMENT 'name, empty if not known; unit: text; e.g. Acme Ltd',
    `belongs_to` Array(Tuple(
        id String,
        from_at DateTime64(3, 'UTC'),
        to_at Nullable(DateTime64(3, 'UTC')))) COMMENT 'owners of an account, accounts of a contact, teams of a rep, regions of a team, over time, to_at NULL = still; unit: ids, instants in ms UTC; e.g. [(\'rep-07\', \'2026-01-01 00:00:00.000\', NULL)]',
    `head_id` String COMMENT 'supervisor of a team or director of a region, empty if none; unit: id; e.g. rep-02',
    `emails` Array(String) COMMENT 'e-mail addresses of a contact or rep, lower case; unit: addresses; e.g. [\'ann@acme.example\']',
    `phones` Array(String) COMMENT 'phone numbers of a contact or rep; unit: E.164; e.g. [\'+4915112345678\']',
    `handles` Array(String) COMMENT 'handles of a contact or rep; unit: platform:name; e.g. [\'github:octocat\']',
    `domains` Array(String) COMMENT 'e-mail domains of an account, lower case; unit: domains; e.g. [\'acme.example\']',
    `crm_ids` Array(String) COMMENT 'ids of an account in CRM systems; unit: ids; e.g. [\'sf-0012\']',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.directory.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `directory_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', kind, id, is_deleted, name, belongs_to, head_id, emails, phones, handles, domains, crm_ids, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of directory; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_key` String MATERIALIZED arrayFirst(key -> (dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > appended_at), arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), [('contact:', if(kind = 'contact', id, ''))]))) COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT known_kind CHECK is_range OR (kind IN ('account', 'contact', 'rep', 'team', 'region')),
    CONSTRAINT named CHECK is_range OR (notEmpty(id)),
    CONSTRAINT instants_in_range CHECK is_range OR ((appended_at >= '1970-01-01') AND (appended_at < '2200-01-01') AND arrayAll(span -> (((span.2) >= '1970-01-01') AND ((span.2) < '2200-01-01') AND (isNull(span.3) OR (((span.3) >= '1970-01-01') AND ((span.3) < '2200-01-01')))), belongs_to))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.directory.v1; unit: record or range; e.g. 500 entries. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_directory_to_directory TO resonant.directory
(
    `kind` LowCardinality(String),
    `id` String,
    `is_deleted` UInt8,
    `name` String,
    `belongs_to` Array(Tuple(
        id String,
        from_at DateTime64(3, 'UTC'),
        to_at Nullable(DateTime64(3, 'UTC')))),
    `head_id` String,
    `emails` Array(String),
    `phones` Array(String),
    `handles` Array(String),
    `domains` Array(String),
    `crm_ids` Array(String),
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills directory from intake_directory.'
AS SELECT
    kind,
    id,
    is_deleted,
    name,
    belongs_to,
    head_id,
    emails,
    phones,
    handles,
    domains,
    crm_ids,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_directory
WHERE (NOT is_range) AND empty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_directory_to_erasures TO resonant.erasures
(
    `erasure_id` String,
    `reason` String,
    `table` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `epoch` UInt32,
    `offset` UInt64,
    `hash` FixedString(32),
    `erased_by` String,
    `erased_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills erasures from intake_directory: what is left out because its person was erased.'
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id,
    dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS `table`,
    topic,
    partition,
    epoch,
    offset,
    tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by,
    now64(3, 'UTC') AS erased_at
FROM resonant.intake_directory
ARRAY JOIN [('directory', directory_hash)] AS entry
WHERE (NOT is_range) AND notEmpty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_directory_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_directory: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_directory')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('directory', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(directory_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('directory', 'LowCardinality(String)'), offset, directory_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_directory;

CREATE TABLE resonant.intake_rules
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `rule_id` LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    `version` UInt32 COMMENT 'version of the document, 0 for a delete; unit: number from 1; e.g. 3',
    `action` LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the document, empty for a delete; unit: name; e.g. team',
    `document` String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    `changed_at` DateTime64(3, 'UTC') COMMENT 'when the change was accepted; unit: instant, ms, UTC; e.g. 2026-03-02 08:59:59.900',
    `changed_by` String COMMENT 'API key that sent it, empty if not known; unit: id; e.g. k_7f3a',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.rules.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `rules_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', rule_id, version, action, keyspace, document, changed_at, changed_by, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of rules; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT named CHECK is_range OR (notEmpty(rule_id)),
    CONSTRAINT known_action CHECK is_range OR (action IN ('put', 'delete')),
    CONSTRAINT numbers_from_1 CHECK is_range OR ((version >= 1) OR (action = 'delete')),
    CONSTRAINT known_keyspace CHECK is_range OR ((keyspace IN ('account', 'team', 'region', 'lead')) OR (action = 'delete')),
    CONSTRAINT instants_in_range CHECK is_range OR ((changed_at >= '1970-01-01') AND (changed_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.rules.v1; unit: record or range; e.g. 20 changes. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_rules_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_rules: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_rules')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('rules', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(rules_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('rules', 'LowCardinality(String)'), offset, rules_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_rules;

CREATE MATERIALIZED VIEW resonant.intake_rules_to_rules TO resonant.rules
(
    `rule_id` LowCardinality(String),
    `version` UInt32,
    `action` LowCardinality(String),
    `keyspace` LowCardinality(String),
    `document` String,
    `changed_at` DateTime64(3, 'UTC'),
    `changed_by` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills rules from intake_rules.'
AS SELECT
    rule_id,
    version,
    action,
    keyspace,
    document,
    changed_at,
    changed_by,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_rules
WHERE NOT is_range;

CREATE TABLE resonant.intake_signals
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `is_row` UInt8 COMMENT 'what the record holds could be read: it is a row of signals or rule_changes as well as of log; unit: 0 or 1; e.g. 1',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `record_type` LowCardinality(String) COMMENT 'Signal, Tick or RuleChange, empty if it cannot be decoded; unit: name; e.g. Signal',
    `key` Nullable(String) COMMENT 'key as in Kafka, NULL = none; unit: bytes; e.g. acme',
    `value` Nullable(String) COMMENT 'value as in Kafka, NULL = tombstone; unit: bytes; e.g. unhex(\'000000000c…\')',
    `headers` Map(String, String) COMMENT 'headers as in Kafka; unit: bytes by name; e.g. {\'ce_id\': \'s1\'}',
    `tick_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'log time that a tick brings, NULL for other records; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:13.000',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `kind` LowCardinality(String) COMMENT 'what the signal says; unit: name; e.g. sentiment',
    `account_id` String COMMENT 'account by the directory as of occurred_at, empty if none; unit: id; e.g. acme',
    `contact_id` String COMMENT 'contact by the directory as of occurred_at, empty if none; unit: id; e.g. ann',
    `rep_id` String COMMENT 'rep who took part, else the account\'s owner, empty if none; unit: id; e.g. rep-07',
    `team_id` LowCardinality(String) COMMENT 'team of the rep as of occurred_at, empty if none; unit: id; e.g. north-1',
    `region_id` LowCardinality(String) COMMENT 'region of the team as of occurred_at, empty if none; unit: id; e.g. north',
    `lead_id` String COMMENT 'lead, empty if none; unit: id; e.g. lead-5',
    `opportunity_id` String COMMENT 'opportunity, empty if none; unit: id; e.g. opp-9',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'the instant it counts at; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:02.120',
    `channel` LowCardinality(String) COMMENT 'channel of the touchpoint, empty if none; unit: name; e.g. forum',
    `signal_id` String COMMENT 'id of the signal: a copy has the same; unit: id; e.g. 5f0c…',
    `event_id` String COMMENT 'touchpoint it came from, empty if none; unit: id; e.g. forum:991',
    `measures` Map(LowCardinality(String), Float64) COMMENT 'numbers by name; unit: as the name says, polarity from -1 to 1; e.g. {\'polarity\': -0.8}',
    `labels` Map(LowCardinality(String), String) COMMENT 'words by name; unit: text by name; e.g. {\'intent\': \'technical-consultation\'}',
    `empty_fields` Array(LowCardinality(String)) COMMENT 'columns whose empty text was sent as such and is not an absent value (rules tell them apart); unit: column names; e.g. []',
    `rule_id` LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    `action` LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    `revision` UInt64 COMMENT 'offset of the change in the rules topic; unit: Kafka offset; e.g. 17',
    `document` String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    `alert_id` String MATERIALIZED labels['alertId'] COMMENT 'alert that is acknowledged, empty if none; unit: id; e.g. 9b2f…',
    `action_id` String MATERIALIZED labels['actionId'] COMMENT 'action that is acknowledged, empty if none; unit: id; e.g. 77aa…',
    `acknowledged_by` String MATERIALIZED labels['acknowledgedBy'] COMMENT 'who acknowledged, empty if not known; unit: id; e.g. rep-07',
    `note` String MATERIALIZED labels['note'] COMMENT 'what was noted; unit: text; e.g. called the customer',
    `log_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', keyspace, partition, offset, epoch, appended_at, record_type, key, value, headers, tick_at, schema_id)) COMMENT 'hash of the row of log; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `signals_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', keyspace, kind, account_id, contact_id, rep_id, team_id, region_id, lead_id, opportunity_id, occurred_at, channel, signal_id, event_id, measures, labels, empty_fields, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of signals; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `acknowledgements_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', alert_id, action_id, acknowledged_by, note, keyspace, signal_id, occurred_at, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of acknowledgements; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `rule_changes_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', rule_id, action, revision, document, keyspace, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of rule_changes; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_key` String MATERIALIZED arrayFirst(key -> (dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > least(occurred_at, appended_at)), arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), [('contact:', contact_id), ('event:', event_id)]))) COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT log_known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT log_known_record_type CHECK is_range OR (record_type IN ('Signal', 'Tick', 'RuleChange', '')),
    CONSTRAINT log_ticks_have_an_instant CHECK is_range OR ((record_type = 'Tick') = isNotNull(tick_at)),
    CONSTRAINT log_instants_in_range CHECK is_range OR ((appended_at >= '1970-01-01') AND (appended_at < '2200-01-01') AND (isNull(tick_at) OR ((tick_at >= '1970-01-01') AND (tick_at < '2200-01-01')))),
    CONSTRAINT signals_known_keyspace CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal'))) OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT signals_named CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal'))) OR (notEmpty(kind) AND notEmpty(signal_id)),
    CONSTRAINT signals_finite_measures CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal'))) OR (arrayAll(x -> isFinite(x), mapValues(measures))),
    CONSTRAINT signals_instants_in_range CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal'))) OR ((occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')),
    CONSTRAINT acknowledgements_known_keyspace CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement'))) OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT acknowledgements_named CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement'))) OR (notEmpty(signal_id)),
    CONSTRAINT acknowledgements_instants_in_range CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement'))) OR ((occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')),
    CONSTRAINT rule_changes_known_keyspace CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'RuleChange'))) OR (keyspace IN ('account', 'team', 'region', 'lead')),
    CONSTRAINT rule_changes_named CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'RuleChange'))) OR (notEmpty(rule_id)),
    CONSTRAINT rule_changes_known_action CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'RuleChange'))) OR (action IN ('put', 'delete')),
    CONSTRAINT rule_changes_instants_in_range CHECK (NOT ((NOT is_range) AND is_row AND (record_type = 'RuleChange'))) OR ((appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of a signals topic; unit: record or range; e.g. 500 signals and ticks. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_signals_to_acknowledgements TO resonant.acknowledgements
(
    `alert_id` String,
    `action_id` String,
    `acknowledged_by` String,
    `note` String,
    `keyspace` LowCardinality(String),
    `signal_id` String,
    `occurred_at` DateTime64(3, 'UTC'),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills acknowledgements from intake_signals.'
AS SELECT
    alert_id,
    action_id,
    acknowledged_by,
    note,
    keyspace,
    signal_id,
    occurred_at,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_signals
WHERE (NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement');

CREATE MATERIALIZED VIEW resonant.intake_signals_to_erasures TO resonant.erasures
(
    `erasure_id` String,
    `reason` String,
    `table` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `epoch` UInt32,
    `offset` UInt64,
    `hash` FixedString(32),
    `erased_by` String,
    `erased_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills erasures from intake_signals: what is left out because its person was erased.'
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id,
    dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS `table`,
    topic,
    partition,
    epoch,
    offset,
    tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by,
    now64(3, 'UTC') AS erased_at
FROM resonant.intake_signals
ARRAY JOIN [('log', log_hash), ('signals', signals_hash)] AS entry
WHERE (NOT is_range) AND notEmpty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_signals_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_signals: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != max(range_records)), 'expected one range row and one row per record in one block: intake_signals')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('log', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(log_hash, NOT is_range))))))), ('signals', toUInt32(countIf((NOT is_range) AND is_row AND (record_type = 'Signal'))), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(signals_hash, (NOT is_range) AND is_row AND (record_type = 'Signal')))))))), ('acknowledgements', toUInt32(countIf((NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement'))), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(acknowledgements_hash, (NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement')))))))), ('rule_changes', toUInt32(countIf((NOT is_range) AND is_row AND (record_type = 'RuleChange'))), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(rule_changes_hash, (NOT is_range) AND is_row AND (record_type = 'RuleChange'))))))))] AS digests,
    toUInt16(1) AS hash_form,
    arrayConcat(groupArrayIf((CAST('log', 'LowCardinality(String)'), offset, log_hash), NOT is_range), groupArrayIf((CAST('signals', 'LowCardinality(String)'), offset, signals_hash), (NOT is_range) AND is_row AND (record_type = 'Signal')), groupArrayIf((CAST('acknowledgements', 'LowCardinality(String)'), offset, acknowledgements_hash), (NOT is_range) AND is_row AND (record_type = 'Signal') AND (kind = 'acknowledgement')), groupArrayIf((CAST('rule_changes', 'LowCardinality(String)'), offset, rule_changes_hash), (NOT is_range) AND is_row AND (record_type = 'RuleChange'))) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_signals;

CREATE MATERIALIZED VIEW resonant.intake_signals_to_log TO resonant.log
(
    `keyspace` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `record_type` LowCardinality(String),
    `key` Nullable(String),
    `value` Nullable(String),
    `headers` Map(String, String),
    `tick_at` Nullable(DateTime64(3, 'UTC')),
    `schema_id` UInt32
)
COMMENT 'Fills log from intake_signals.'
AS SELECT
    keyspace,
    partition,
    offset,
    epoch,
    appended_at,
    record_type,
    key,
    value,
    headers,
    tick_at,
    schema_id
FROM resonant.intake_signals
WHERE (NOT is_range) AND empty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_signals_to_rule_changes TO resonant.rule_changes
(
    `rule_id` LowCardinality(String),
    `action` LowCardinality(String),
    `revision` UInt64,
    `document` String,
    `keyspace` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills rule_changes from intake_signals.'
AS SELECT
    rule_id,
    action,
    revision,
    document,
    keyspace,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_signals
WHERE (NOT is_range) AND is_row AND (record_type = 'RuleChange');

CREATE MATERIALIZED VIEW resonant.intake_signals_to_signals TO resonant.signals
(
    `keyspace` LowCardinality(String),
    `kind` LowCardinality(String),
    `account_id` String,
    `contact_id` String,
    `rep_id` String,
    `team_id` LowCardinality(String),
    `region_id` LowCardinality(String),
    `lead_id` String,
    `opportunity_id` String,
    `occurred_at` DateTime64(3, 'UTC'),
    `channel` LowCardinality(String),
    `signal_id` String,
    `event_id` String,
    `measures` Map(LowCardinality(String), Float64),
    `labels` Map(LowCardinality(String), String),
    `empty_fields` Array(LowCardinality(String)),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills signals from intake_signals.'
AS SELECT
    keyspace,
    kind,
    account_id,
    contact_id,
    rep_id,
    team_id,
    region_id,
    lead_id,
    opportunity_id,
    occurred_at,
    channel,
    signal_id,
    event_id,
    measures,
    labels,
    empty_fields,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_signals
WHERE (NOT is_range) AND is_row AND (record_type = 'Signal') AND empty(erased_key);

CREATE TABLE resonant.intake_touchpoints
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `source` LowCardinality(String) COMMENT 'source class; unit: name; e.g. calls',
    `account_id` String COMMENT 'account as the sender named it, empty if it did not; unit: id; e.g. acme',
    `event_id` String COMMENT 'source and id, unique over all sources; unit: id; e.g. calls:c-881',
    `id` String COMMENT 'the sender\'s own id; unit: id; e.g. c-881',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'when it began, by the sender\'s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.000',
    `received_at` DateTime64(3, 'UTC') COMMENT 'when ingest accepted it, by ingest\'s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480',
    `channel` LowCardinality(String) COMMENT 'channel that the customer used; unit: name; e.g. call',
    `language` LowCardinality(String) COMMENT 'language if the sender said so, else empty; unit: language code; e.g. en',
    `thread_id` String COMMENT 'the sender\'s thread or conversation, empty if none; unit: id; e.g. th-17',
    `lead_id` String COMMENT 'lead it belongs to, empty if none; unit: id; e.g. lead-5',
    `opportunity_id` String COMMENT 'opportunity it belongs to, empty if none; unit: id; e.g. opp-9',
    `via` LowCardinality(String) COMMENT 'the way in: http, webhook or kafka; unit: name; e.g. http',
    `key_id` String COMMENT 'API key that sent it, empty for webhooks and Kafka; unit: id; e.g. k_7f3a',
    `rep_id` String COMMENT 'first rep among the parties as the sender named them, empty if none; unit: id; e.g. rep-07',
    `contact_id` String COMMENT 'first contact among the parties as the sender named them, empty if none; unit: id; e.g. ann',
    `direction` LowCardinality(String) COMMENT 'inbound or outbound seen from us, empty outside of calls; unit: name; e.g. inbound',
    `subject` String COMMENT 'subject or title, empty if none; unit: text; e.g. Re: response times',
    `text` String COMMENT 'plain text, of calls one line per utterance; unit: text; e.g. We waited four days again.',
    `n_utterances` UInt32 COMMENT 'utterances of a call, else 0; unit: utterances; e.g. 42',
    `duration_ms` UInt64 COMMENT 'length of a call, active reading time of a page, else 0; unit: ms; e.g. 960000',
    `is_auto_reply` UInt8 COMMENT 'written by a machine: mails, and CRM entries by auto; unit: 0 or 1; e.g. 0',
    `parties` Array(Tuple(
        role LowCardinality(String),
        speaker String,
        rep_id String,
        contact_id String,
        account_id String,
        email String,
        phone String,
        handle String,
        name String)) COMMENT 'who took part as the sender named them, empty text where it did not; unit: ids and addresses; e.g. [(\'customer\', \'\', \'\', \'ann\', \'acme\', \'ann@acme.example\', \'\', \'\', \'Ann\')]',
    `attributes` Map(LowCardinality(String), String) COMMENT 'what only this source has, named as in its record; unit: text by name; e.g. {\'community\': \'github:octo-org/octo-repo\'}',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.touchpoints.calls.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    `media_type` LowCardinality(String) COMMENT 'media type of bytes; unit: media type; e.g. message/rfc822',
    `bytes` String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":"c-881",…}',
    `touchpoints_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', source, account_id, event_id, id, occurred_at, received_at, channel, language, thread_id, lead_id, opportunity_id, via, key_id, rep_id, contact_id, direction, subject, text, n_utterances, duration_ms, is_auto_reply, parties, attributes, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of touchpoints; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `payloads_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', source, account_id, event_id, occurred_at, media_type, bytes, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of payloads; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `erased_key` String MATERIALIZED arrayFirst(key -> (dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > least(occurred_at, appended_at)), arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), arrayConcat([('event:', event_id)], arrayFlatten(arrayMap(party -> [('contact:', party.contact_id), ('email:', party.email), ('phone:', party.phone), ('handle:', party.handle)], parties)))))) COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT touchpoints_named CHECK is_range OR (notEmpty(source) AND notEmpty(event_id) AND notEmpty(id) AND notEmpty(channel) AND notEmpty(topic)),
    CONSTRAINT touchpoints_known_via CHECK is_range OR (via IN ('http', 'webhook', 'kafka')),
    CONSTRAINT touchpoints_instants_in_range CHECK is_range OR ((occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (received_at >= '1970-01-01') AND (received_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')),
    CONSTRAINT payloads_named CHECK is_range OR (notEmpty(source) AND notEmpty(event_id) AND notEmpty(topic)),
    CONSTRAINT payloads_instants_in_range CHECK is_range OR ((occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of a touchpoints topic; unit: record or range; e.g. 500 calls. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_touchpoints_to_erasures TO resonant.erasures
(
    `erasure_id` String,
    `reason` String,
    `table` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `epoch` UInt32,
    `offset` UInt64,
    `hash` FixedString(32),
    `erased_by` String,
    `erased_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills erasures from intake_touchpoints: what is left out because its person was erased.'
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id,
    dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS `table`,
    topic,
    partition,
    epoch,
    offset,
    tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by,
    now64(3, 'UTC') AS erased_at
FROM resonant.intake_touchpoints
ARRAY JOIN [('touchpoints', touchpoints_hash), ('payloads', payloads_hash)] AS entry
WHERE (NOT is_range) AND notEmpty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_touchpoints_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_touchpoints: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_touchpoints')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('touchpoints', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(touchpoints_hash, NOT is_range))))))), ('payloads', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(payloads_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    arrayConcat(groupArrayIf((CAST('touchpoints', 'LowCardinality(String)'), offset, touchpoints_hash), NOT is_range), groupArrayIf((CAST('payloads', 'LowCardinality(String)'), offset, payloads_hash), NOT is_range)) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_touchpoints;

CREATE MATERIALIZED VIEW resonant.intake_touchpoints_to_payloads TO resonant.payloads
(
    `source` LowCardinality(String),
    `account_id` String,
    `event_id` String,
    `occurred_at` DateTime64(3, 'UTC'),
    `media_type` LowCardinality(String),
    `bytes` String,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills payloads from intake_touchpoints.'
AS SELECT
    source,
    account_id,
    event_id,
    occurred_at,
    media_type,
    bytes,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_touchpoints
WHERE (NOT is_range) AND empty(erased_key);

CREATE MATERIALIZED VIEW resonant.intake_touchpoints_to_touchpoints TO resonant.touchpoints
(
    `source` LowCardinality(String),
    `account_id` String,
    `event_id` String,
    `id` String,
    `occurred_at` DateTime64(3, 'UTC'),
    `received_at` DateTime64(3, 'UTC'),
    `channel` LowCardinality(String),
    `language` LowCardinality(String),
    `thread_id` String,
    `lead_id` String,
    `opportunity_id` String,
    `via` LowCardinality(String),
    `key_id` String,
    `rep_id` String,
    `contact_id` String,
    `direction` LowCardinality(String),
    `subject` String,
    `text` String,
    `n_utterances` UInt32,
    `duration_ms` UInt64,
    `is_auto_reply` UInt8,
    `parties` Array(Tuple(
        role LowCardinality(String),
        speaker String,
        rep_id String,
        contact_id String,
        account_id String,
        email String,
        phone String,
        handle String,
        name String)),
    `attributes` Map(LowCardinality(String), String),
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills touchpoints from intake_touchpoints.'
AS SELECT
    source,
    account_id,
    event_id,
    id,
    occurred_at,
    received_at,
    channel,
    language,
    thread_id,
    lead_id,
    opportunity_id,
    via,
    key_id,
    rep_id,
    contact_id,
    direction,
    subject,
    text,
    n_utterances,
    duration_ms,
    is_auto_reply,
    parties,
    attributes,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_touchpoints
WHERE (NOT is_range) AND empty(erased_key);

CREATE TABLE resonant.intake_vocabulary
(
    `is_range` UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    `range_first` UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    `range_last` UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    `range_records` UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    `range_rejected` UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    `range_token` String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `kind` LowCardinality(String) COMMENT 'talk-track or glossary-entry; unit: name; e.g. talk-track',
    `id` String COMMENT 'id of the entry; unit: id; e.g. new-policy',
    `is_deleted` UInt8 COMMENT 'the entry was removed by this version; unit: 0 or 1; e.g. 0',
    `title` String COMMENT 'title of a talk-track, term of a glossary entry; unit: text; e.g. New policy',
    `language` LowCardinality(String) COMMENT 'language, empty = any; unit: language code; e.g. en',
    `phrases` Array(String) COMMENT 'phrases of a talk-track, other spellings of a term; unit: texts; e.g. [\'our new response time policy\']',
    `triggers` Array(String) COMMENT 'phrases that make a call eligible, none = every call; unit: texts; e.g. [\'how fast do you answer\']',
    `quorum` UInt32 COMMENT 'distinct phrases that make one use, 0 for a glossary entry; unit: phrases; e.g. 2',
    `is_technical` UInt8 COMMENT 'a question about the term is technical; unit: 0 or 1; e.g. 1',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.vocabulary.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `vocabulary_hash` FixedString(32) MATERIALIZED SHA256(formatRow('RowBinary', kind, id, is_deleted, title, language, phrases, triggers, quorum, is_technical, topic, partition, offset, epoch, appended_at, schema_id)) COMMENT 'hash of the row of vocabulary; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    CONSTRAINT range_is_whole CHECK (NOT is_range) OR ((range_first <= range_last) AND (range_records <= ((range_last - range_first) + 1)) AND (range_rejected <= range_records) AND notEmpty(range_token)),
    CONSTRAINT known_kind CHECK is_range OR (kind IN ('talk-track', 'glossary-entry')),
    CONSTRAINT named CHECK is_range OR (notEmpty(id)),
    CONSTRAINT instants_in_range CHECK is_range OR ((appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'))
)
ENGINE = `Null`
COMMENT 'Takes one range of resonant.vocabulary.v1; unit: record or range; e.g. 30 entries. Retention: none, it stores nothing.';

CREATE MATERIALIZED VIEW resonant.intake_vocabulary_to_ledger TO resonant.ledger
(
    `topic` String,
    `partition` UInt16,
    `epoch` UInt32,
    `first` UInt64,
    `last` UInt64,
    `n_records` UInt32,
    `n_rows` UInt32,
    `n_rejected` UInt32,
    `token` String,
    `digest` FixedString(32),
    `digests` Array(Tuple(
        String,
        UInt32,
        FixedString(32))),
    `hash_form` UInt16,
    `row_hashes` Array(Tuple(
        String,
        UInt64,
        FixedString(32))),
    `stored_at` DateTime64(3, 'UTC')
)
COMMENT 'Fills the ledger from intake_vocabulary: one row per insert.'
AS SELECT
    any(topic) AS topic,
    any(partition) AS partition,
    any(epoch) AS epoch,
    max(range_first) AS first,
    max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf((countIf(is_range) != 1) OR (countIf(NOT is_range) != (max(range_records) - max(range_rejected))), 'expected one range row and one row per record in one block: intake_vocabulary')) AS n_rows,
    max(range_rejected) AS n_rejected,
    max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('vocabulary', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(vocabulary_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('vocabulary', 'LowCardinality(String)'), offset, vocabulary_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM resonant.intake_vocabulary;

CREATE MATERIALIZED VIEW resonant.intake_vocabulary_to_vocabulary TO resonant.vocabulary
(
    `kind` LowCardinality(String),
    `id` String,
    `is_deleted` UInt8,
    `title` String,
    `language` LowCardinality(String),
    `phrases` Array(String),
    `triggers` Array(String),
    `quorum` UInt32,
    `is_technical` UInt8,
    `topic` LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    `epoch` UInt32,
    `appended_at` DateTime64(3, 'UTC'),
    `schema_id` UInt32
)
COMMENT 'Fills vocabulary from intake_vocabulary.'
AS SELECT
    kind,
    id,
    is_deleted,
    title,
    language,
    phrases,
    triggers,
    quorum,
    is_technical,
    topic,
    partition,
    offset,
    epoch,
    appended_at,
    schema_id
FROM resonant.intake_vocabulary
WHERE NOT is_range;

CREATE TABLE resonant.ledger
(
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.signals.account.v1',
    `partition` UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 3',
    `epoch` UInt32 COMMENT 'which topic of that name, raised by an operator when it is made anew; unit: number from 0; e.g. 0',
    `first` UInt64 COMMENT 'first offset of the range; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `last` UInt64 COMMENT 'last offset of the range, inclusive; unit: Kafka offset; e.g. 12500' CODEC(Delta(8), ZSTD(1)),
    `n_records` UInt32 COMMENT 'records of the range that Kafka holds, holes not counted; unit: records; e.g. 498',
    `n_rows` UInt32 COMMENT 'records that became a row of the main table of their intake; unit: records; e.g. 497',
    `n_rejected` UInt32 COMMENT 'records that could not become a row and are dead letters; unit: records; e.g. 1',
    `token` String COMMENT 'deduplication token of the insert; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    `digest` FixedString(32) COMMENT 'SHA-256 over the sorted row hashes of the whole range; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `digests` Array(Tuple(
        `table` LowCardinality(String),
        n_rows UInt32,
        digest FixedString(32))) COMMENT 'per table: rows and SHA-256 over their sorted hashes, see the view digests; unit: rows, 32 bytes; e.g. [(\'alerts\', 497, …)]',
    `hash_form` UInt16 COMMENT 'which list of columns the row hashes cover; unit: number from 1; e.g. 1',
    `row_hashes` Array(Tuple(
        `table` LowCardinality(String),
        offset UInt64,
        hash FixedString(32))) COMMENT 'hash of each row, see the view row_hashes; unit: Kafka offset, 32 bytes; e.g. [(\'alerts\', 12001, …)]' TTL stored_at + toIntervalYear(10),
    `stored_at` DateTime64(3, 'UTC') COMMENT 'when the engine stored the range, by its own clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.123' CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (topic, epoch, partition, first)
SETTINGS non_replicated_deduplication_window = 700000, replicated_deduplication_window = 700000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per stored range of offsets; unit: range; e.g. offsets 12001 to 12500 of resonant.alerts.v1/0. Retention: kept; row hashes 10 years from stored_at.';

CREATE TABLE resonant.log
(
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `record_type` LowCardinality(String) COMMENT 'Signal, Tick or RuleChange, empty if it cannot be decoded; unit: name; e.g. Signal',
    `key` Nullable(String) COMMENT 'key as in Kafka, NULL = none; unit: bytes; e.g. acme',
    `value` Nullable(String) COMMENT 'value as in Kafka, NULL = tombstone; unit: bytes; e.g. unhex(\'000000000c…\')',
    `headers` Map(String, String) COMMENT 'headers as in Kafka; unit: bytes by name; e.g. {\'ce_id\': \'s1\'}',
    `tick_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'log time that a tick brings, NULL for other records; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:13.000' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    `topic` LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT known_record_type CHECK record_type IN ('Signal', 'Tick', 'RuleChange', ''),
    CONSTRAINT ticks_have_an_instant CHECK (record_type = 'Tick') = isNotNull(tick_at),
    CONSTRAINT instants_in_range CHECK (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01') AND (isNull(tick_at) OR ((tick_at >= '1970-01-01') AND (tick_at < '2200-01-01')))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (keyspace, partition, offset)
TTL appended_at + toIntervalYear(2)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per record of the signals topics, as bytes: what replay and backtest read; unit: record; e.g. offset 12001 of account/3. Retention: 2 years from appended_at.';

CREATE TABLE resonant.losses
(
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.signals.account.v1',
    `partition` UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 3',
    `epoch` UInt32 COMMENT 'stream epoch of the range; unit: number from 0; e.g. 0',
    `first` UInt64 COMMENT 'first offset that was given up; unit: Kafka offset; e.g. 12001',
    `last` UInt64 COMMENT 'last offset that was given up, inclusive; unit: Kafka offset; e.g. 12500',
    `reason` String COMMENT 'why, as the operator gave it; unit: text; e.g. restored the backup of March, Kafka keeps 14 days',
    `accepted_by` String COMMENT 'who gave it up; unit: name; e.g. ops',
    `accepted_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:00.000',
    CONSTRAINT named CHECK notEmpty(topic) AND notEmpty(reason) AND notEmpty(accepted_by),
    CONSTRAINT range_is_whole CHECK first <= last
)
ENGINE = MergeTree
ORDER BY (topic, epoch, partition, first)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per range of offsets that an operator gave up because Kafka no longer kept it and it was not stored; unit: range; e.g. offsets 12001 to 12500 of resonant.alerts.v1/0. Retention: kept.';

CREATE VIEW resonant.lost_ranges
(
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.signals.account.v1',
    `partition` UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 3',
    `epoch` UInt32 COMMENT 'stream epoch of the range; unit: number from 0; e.g. 0',
    `first` UInt64 COMMENT 'first offset that is lost; unit: Kafka offset; e.g. 12001',
    `last` UInt64 COMMENT 'last offset that is lost, inclusive; unit: Kafka offset; e.g. 12500',
    `n_offsets` UInt64 COMMENT 'offsets of the range, at most so many records are lost; unit: offsets; e.g. 500',
    `reason` String COMMENT 'why it was given up, empty if nobody said; unit: text; e.g. restored the backup of March, Kafka keeps 14 days',
    `accepted_by` String COMMENT 'who gave it up, empty if nobody said; unit: name; e.g. ops',
    `stored_at` DateTime64(3, 'UTC') COMMENT 'when the writer passed over it; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:30.000'
)
COMMENT 'One row per range of offsets that history lacks for good: the ranges of the ledger that stand for what was given up; unit: range; e.g. offsets 12001 to 12500 of resonant.alerts.v1/0. Retention: as ledger.'
AS SELECT
    lost.topic AS topic,
    lost.partition AS partition,
    lost.epoch AS epoch,
    lost.first AS first,
    lost.last AS last,
    lost.n_offsets AS n_offsets,
    said.reason AS reason,
    said.accepted_by AS accepted_by,
    lost.stored_at AS stored_at
FROM
(
    SELECT
        topic,
        partition,
        epoch,
        first,
        last,
        (last - first) + 1 AS n_offsets,
        stored_at
    FROM resonant.ledger
    WHERE (n_records = 0) AND match(token, '/skipped(~[0-9]+)?$')
) AS lost
LEFT JOIN
(
    SELECT
        topic,
        partition,
        epoch,
        first,
        last,
        argMax(losses.reason, accepted_at) AS reason,
        argMax(losses.accepted_by, accepted_at) AS accepted_by
    FROM resonant.losses
    GROUP BY
        topic,
        partition,
        epoch,
        first,
        last
) AS said ON (said.topic = lost.topic) AND (said.partition = lost.partition) AND (said.epoch = lost.epoch) AND (said.first = lost.first) AND (said.last = lost.last);

CREATE TABLE resonant.migrations
(
    `number` UInt16 COMMENT 'number of the migration file; unit: number from 0; e.g. 3',
    `name` String COMMENT 'name of the migration file; unit: file name; e.g. 0003-signals.sql',
    `statement` UInt16 COMMENT 'statement of the file; unit: number from 1; e.g. 2',
    `n_statements` UInt16 COMMENT 'statements of the file; unit: statements; e.g. 9',
    `checksum` FixedString(32) COMMENT 'SHA-256 over the statement as it stands in the file; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `applied_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when it was done; unit: instant, ms, UTC; e.g. 2026-03-02 08:00:00.000'
)
ENGINE = MergeTree
ORDER BY (number, statement)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, index_granularity = 8192
COMMENT 'One row per statement of a migration that was done; unit: statement; e.g. statement 2 of 0003-signals.sql. Retention: kept.';

CREATE TABLE resonant.payloads
(
    `source` LowCardinality(String) COMMENT 'source class; unit: name; e.g. calls',
    `account_id` String COMMENT 'account as the sender named it, empty if it did not; unit: id; e.g. acme',
    `event_id` String COMMENT 'source and id, unique over all sources; unit: id; e.g. calls:c-881',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'when it began, by the sender\'s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.000' CODEC(Delta(8), ZSTD(1)),
    `media_type` LowCardinality(String) COMMENT 'media type of bytes; unit: media type; e.g. message/rfc822',
    `bytes` String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":"c-881",…}' CODEC(ZSTD(3)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.touchpoints.calls.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(source) AND notEmpty(event_id) AND notEmpty(topic),
    CONSTRAINT instants_in_range CHECK (occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (source, account_id, occurred_at, event_id)
TTL appended_at + toIntervalYear(1)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per touchpoint: the bytes as received; unit: touchpoint; e.g. the mail of emails:m-4. Retention: 1 year from appended_at.';

CREATE TABLE resonant.queries
(
    `query_id` String COMMENT 'id of the query; unit: id; e.g. 6f1c2d3e-…',
    `user` LowCardinality(String) COMMENT 'who asked; unit: name; e.g. analyst',
    `asked_at` DateTime64(3, 'UTC') COMMENT 'when it came; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480' CODEC(Delta(8), ZSTD(1)),
    `statement` String COMMENT 'what was asked; unit: SQL; e.g. SELECT count() FROM resonant.alerts',
    `parameters` Map(LowCardinality(String), String) COMMENT 'bound parameters; unit: text by name; e.g. {\'account\': \'acme\'}',
    `duration_ms` UInt64 COMMENT 'how long it took; unit: ms; e.g. 41',
    `n_read_rows` UInt64 COMMENT 'rows that were read; unit: rows; e.g. 120000',
    `n_read_bytes` UInt64 COMMENT 'bytes that were read; unit: bytes; e.g. 4800000',
    `n_rows` UInt64 COMMENT 'rows of the answer; unit: rows; e.g. 12',
    `code` Int32 COMMENT 'ClickHouse error code, 0 = none; unit: code; e.g. 159',
    `is_truncated` UInt8 COMMENT 'the answer was cut at a limit; unit: 0 or 1; e.g. 0',
    CONSTRAINT named CHECK notEmpty(query_id) AND notEmpty(user)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(asked_at)
ORDER BY (asked_at, query_id)
TTL asked_at + toIntervalYear(1)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per query that was asked; unit: query; e.g. a count by an analyst. Retention: 1 year from asked_at.';

CREATE DICTIONARY resonant.regions
(
    `id` String,
    `name` String DEFAULT '',
    `director_id` String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, latest.2 AS name, latest.4 AS director_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = \'region\' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per region as the directory has it now: id, name, director_id; unit: region; e.g. north, North, rep-01. Retention: kept, from directory.';

CREATE DICTIONARY resonant.reps
(
    `id` String,
    `name` String DEFAULT '',
    `team_id` String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS team_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = \'rep\' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per rep as the directory has it now: id, name, team_id (team of now); unit: rep; e.g. rep-07, Bo, north-1. Retention: kept, from directory.';

CREATE VIEW resonant.row_hashes
(
    `table` LowCardinality(String) COMMENT 'table of the row; unit: name; e.g. alerts',
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the row; unit: name; e.g. resonant.alerts.v1',
    `partition` UInt16 COMMENT 'Kafka partition of the row; unit: number from 0; e.g. 0',
    `epoch` UInt32 COMMENT 'stream epoch of the row; unit: number from 0; e.g. 0',
    `offset` UInt64 COMMENT 'Kafka offset of the row; unit: Kafka offset; e.g. 12001',
    `hash` FixedString(32) COMMENT 'SHA-256 over the columns of the row in RowBinary; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `hash_form` UInt16 COMMENT 'which list of columns the hash covers; unit: number from 1; e.g. 1',
    `first` UInt64 COMMENT 'first offset of the range the row came with; unit: Kafka offset; e.g. 12001',
    `last` UInt64 COMMENT 'last offset of that range; unit: Kafka offset; e.g. 12500',
    `stored_at` DateTime64(3, 'UTC') COMMENT 'when that range was stored; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.123'
)
COMMENT 'One row per row ever stored, also of erased and expired ones: the hashes of the ledger; unit: row; e.g. alerts at offset 12001. Retention: as ledger.row_hashes.'
AS SELECT
    tupleElement(entry, 'table') AS `table`,
    topic,
    partition,
    epoch,
    tupleElement(entry, 'offset') AS offset,
    tupleElement(entry, 'hash') AS hash,
    hash_form,
    first,
    last,
    stored_at
FROM resonant.ledger
ARRAY JOIN row_hashes AS entry;

CREATE TABLE resonant.rule_changes
(
    `rule_id` LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    `action` LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    `revision` UInt64 COMMENT 'offset of the change in the rules topic; unit: Kafka offset; e.g. 17',
    `document` String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset: the place where it takes effect; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:00:00.000' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    `topic` LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(rule_id),
    CONSTRAINT known_action CHECK action IN ('put', 'delete'),
    CONSTRAINT instants_in_range CHECK (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYear(appended_at)
ORDER BY (rule_id, keyspace, partition, offset)
TTL appended_at + toIntervalYear(7)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per rule put or deleted in a partition: where each version took effect; unit: change; e.g. revision 17 in account/3. Retention: 7 years from appended_at.';

CREATE TABLE resonant.rules
(
    `rule_id` LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    `version` UInt32 COMMENT 'version of the document, 0 for a delete; unit: number from 1; e.g. 3',
    `action` LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the document, empty for a delete; unit: name; e.g. team',
    `document` String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    `changed_at` DateTime64(3, 'UTC') COMMENT 'when the change was accepted; unit: instant, ms, UTC; e.g. 2026-03-02 08:59:59.900' CODEC(Delta(8), ZSTD(1)),
    `changed_by` String COMMENT 'API key that sent it, empty if not known; unit: id; e.g. k_7f3a',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.rules.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(rule_id),
    CONSTRAINT known_action CHECK action IN ('put', 'delete'),
    CONSTRAINT numbers_from_1 CHECK (version >= 1) OR (action = 'delete'),
    CONSTRAINT known_keyspace CHECK (keyspace IN ('account', 'team', 'region', 'lead')) OR (action = 'delete'),
    CONSTRAINT instants_in_range CHECK (changed_at >= '1970-01-01') AND (changed_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
ORDER BY (rule_id, version, offset)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per accepted change of a rule, full documents; unit: version; e.g. version 3 of resonance. Retention: kept.';

CREATE TABLE resonant.seals
(
    `seal_id` UInt64 COMMENT 'number in the chain; unit: number from 1; e.g. 412',
    `from_at` DateTime64(3, 'UTC') COMMENT 'start of the sealed hour; unit: instant, ms, UTC; e.g. 2026-03-02 09:00:00.000',
    `to_at` DateTime64(3, 'UTC') COMMENT 'end of the sealed hour, exclusive; unit: instant, ms, UTC; e.g. 2026-03-02 10:00:00.000',
    `n_ranges` UInt32 COMMENT 'ranges of the ledger stored in that hour; unit: ranges; e.g. 3600',
    `n_rows` UInt64 COMMENT 'row hashes of those ranges; unit: rows; e.g. 91000',
    `digest` FixedString(32) COMMENT 'SHA-256 over the digests of those ranges; unit: 32 bytes; e.g. unhex(\'e3b0c442…\')',
    `previous_hash` String COMMENT 'hash of the seal before, empty for the first; unit: 32 bytes; e.g. unhex(\'9f86d081…\')',
    `hash` FixedString(32) COMMENT 'SHA-256 over the fields above, what the next seal names; unit: 32 bytes; e.g. unhex(\'5feceb66…\')',
    `key_id` LowCardinality(String) COMMENT 'signing key; unit: id; e.g. seal-2026',
    `signature` FixedString(64) COMMENT 'Ed25519 over hash; unit: 64 bytes; e.g. unhex(\'6e57…\')',
    `sealed_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when it was stored; unit: instant, ms, UTC; e.g. 2026-03-02 10:05:00.000',
    CONSTRAINT numbers_from_1 CHECK seal_id >= 1,
    CONSTRAINT chained CHECK length(previous_hash) = if(seal_id = 1, 0, 32),
    CONSTRAINT instants_in_range CHECK (from_at >= '1970-01-01') AND (from_at < to_at) AND (to_at < '2200-01-01')
)
ENGINE = MergeTree
ORDER BY seal_id
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per link of the signed chain over the ledger; unit: seal; e.g. the hour from 09:00. Retention: kept.';

CREATE TABLE resonant.signals
(
    `keyspace` LowCardinality(String) COMMENT 'keyspace of the signals topic; unit: name; e.g. account',
    `kind` LowCardinality(String) COMMENT 'what the signal says; unit: name; e.g. sentiment',
    `account_id` String COMMENT 'account by the directory as of occurred_at, empty if none; unit: id; e.g. acme',
    `contact_id` String COMMENT 'contact by the directory as of occurred_at, empty if none; unit: id; e.g. ann',
    `rep_id` String COMMENT 'rep who took part, else the account\'s owner, empty if none; unit: id; e.g. rep-07',
    `team_id` LowCardinality(String) COMMENT 'team of the rep as of occurred_at, empty if none; unit: id; e.g. north-1',
    `region_id` LowCardinality(String) COMMENT 'region of the team as of occurred_at, empty if none; unit: id; e.g. north',
    `lead_id` String COMMENT 'lead, empty if none; unit: id; e.g. lead-5',
    `opportunity_id` String COMMENT 'opportunity, empty if none; unit: id; e.g. opp-9',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'the instant it counts at; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:02.120' CODEC(Delta(8), ZSTD(1)),
    `channel` LowCardinality(String) COMMENT 'channel of the touchpoint, empty if none; unit: name; e.g. forum',
    `signal_id` String COMMENT 'id of the signal: a copy has the same; unit: id; e.g. 5f0c…',
    `event_id` String COMMENT 'touchpoint it came from, empty if none; unit: id; e.g. forum:991',
    `measures` Map(LowCardinality(String), Float64) COMMENT 'numbers by name; unit: as the name says, polarity from -1 to 1; e.g. {\'polarity\': -0.8}',
    `labels` Map(LowCardinality(String), String) COMMENT 'words by name; unit: text by name; e.g. {\'intent\': \'technical-consultation\'}',
    `empty_fields` Array(LowCardinality(String)) COMMENT 'columns whose empty text was sent as such and is not an absent value (rules tell them apart); unit: column names; e.g. []',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'when the broker appended the record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    `topic` LowCardinality(String) ALIAS concat('resonant.signals.', keyspace, '.v1') COMMENT 'Kafka topic; unit: name; e.g. resonant.signals.account.v1',
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1,
    INDEX signal_ids signal_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX event_ids event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead'),
    CONSTRAINT named CHECK notEmpty(kind) AND notEmpty(signal_id),
    CONSTRAINT finite_measures CHECK arrayAll(x -> isFinite(x), mapValues(measures)),
    CONSTRAINT instants_in_range CHECK (occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01'),
    PROJECTION by_rep
    (
        SELECT
            rep_id,
            kind,
            occurred_at,
            _part_offset
        ORDER BY
            rep_id,
            kind,
            occurred_at
    )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (keyspace, kind, account_id, occurred_at, signal_id)
TTL appended_at + toIntervalYear(2)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, lightweight_mutation_projection_mode = 'rebuild', index_granularity = 8192
COMMENT 'One row per signal record, copies included: what the engine saw; unit: signal; e.g. a sentiment of acme. Retention: 2 years from appended_at.';

CREATE VIEW resonant.talk_tracks
(
    `track_id` String COMMENT 'id of the talk-track; unit: id; e.g. new-policy',
    `title` String COMMENT 'title; unit: text; e.g. New policy',
    `language` String COMMENT 'language, empty = any; unit: language code; e.g. en',
    `phrases` Array(String) COMMENT 'phrases; unit: texts; e.g. [\'our new response time policy\']',
    `triggers` Array(String) COMMENT 'phrases that make a call eligible, none = every call; unit: texts; e.g. []',
    `quorum` UInt32 COMMENT 'distinct phrases that make one use; unit: phrases; e.g. 2'
)
COMMENT 'One row per talk-track as the vocabulary has it now; unit: talk-track; e.g. new-policy. Retention: kept, from vocabulary.'
AS SELECT
    id AS track_id,
    latest.2 AS title,
    latest.3 AS language,
    latest.4 AS phrases,
    latest.5 AS triggers,
    latest.6 AS quorum
FROM
(
    SELECT
        id,
        argMax((is_deleted, title, language, phrases, triggers, quorum, is_technical), (epoch, offset)) AS latest
    FROM resonant.vocabulary
    WHERE kind = 'talk-track'
    GROUP BY id
)
WHERE (latest.1) = 0;

CREATE DICTIONARY resonant.teams
(
    `id` String,
    `name` String DEFAULT '',
    `region_id` String DEFAULT '',
    `supervisor_id` String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS region_id, latest.4 AS supervisor_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = \'team\' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per team as the directory has it now: id, name, region_id (region of now), supervisor_id; unit: team; e.g. north-1, North one, north, rep-02. Retention: kept, from directory.';

CREATE TABLE resonant.touchpoints
(
    `source` LowCardinality(String) COMMENT 'source class; unit: name; e.g. calls',
    `account_id` String COMMENT 'account as the sender named it, empty if it did not; unit: id; e.g. acme',
    `event_id` String COMMENT 'source and id, unique over all sources; unit: id; e.g. calls:c-881',
    `id` String COMMENT 'the sender\'s own id; unit: id; e.g. c-881',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'when it began, by the sender\'s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.000' CODEC(Delta(8), ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'when ingest accepted it, by ingest\'s clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480' CODEC(Delta(8), ZSTD(1)),
    `channel` LowCardinality(String) COMMENT 'channel that the customer used; unit: name; e.g. call',
    `language` LowCardinality(String) COMMENT 'language if the sender said so, else empty; unit: language code; e.g. en',
    `thread_id` String COMMENT 'the sender\'s thread or conversation, empty if none; unit: id; e.g. th-17',
    `lead_id` String COMMENT 'lead it belongs to, empty if none; unit: id; e.g. lead-5',
    `opportunity_id` String COMMENT 'opportunity it belongs to, empty if none; unit: id; e.g. opp-9',
    `via` LowCardinality(String) COMMENT 'the way in: http, webhook or kafka; unit: name; e.g. http',
    `key_id` String COMMENT 'API key that sent it, empty for webhooks and Kafka; unit: id; e.g. k_7f3a',
    `rep_id` String COMMENT 'first rep among the parties as the sender named them, empty if none; unit: id; e.g. rep-07',
    `contact_id` String COMMENT 'first contact among the parties as the sender named them, empty if none; unit: id; e.g. ann',
    `direction` LowCardinality(String) COMMENT 'inbound or outbound seen from us, empty outside of calls; unit: name; e.g. inbound',
    `subject` String COMMENT 'subject or title, empty if none; unit: text; e.g. Re: response times',
    `text` String COMMENT 'plain text, of calls one line per utterance; unit: text; e.g. We waited four days again.',
    `n_utterances` UInt32 COMMENT 'utterances of a call, else 0; unit: utterances; e.g. 42',
    `duration_ms` UInt64 COMMENT 'length of a call, active reading time of a page, else 0; unit: ms; e.g. 960000',
    `is_auto_reply` UInt8 COMMENT 'written by a machine: mails, and CRM entries by auto; unit: 0 or 1; e.g. 0',
    `parties` Array(Tuple(
        role LowCardinality(String),
        speaker String,
        rep_id String,
        contact_id String,
        account_id String,
        email String,
        phone String,
        handle String,
        name String)) COMMENT 'who took part as the sender named them, empty text where it did not; unit: ids and addresses; e.g. [(\'customer\', \'\', \'\', \'ann\', \'acme\', \'ann@acme.example\', \'\', \'\', \'Ann\')]',
    `attributes` Map(LowCardinality(String), String) COMMENT 'what only this source has, named as in its record; unit: text by name; e.g. {\'community\': \'github:octo-org/octo-repo\'}',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.touchpoints.calls.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry; unit: id; e.g. 12',
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1,
    CONSTRAINT named CHECK notEmpty(source) AND notEmpty(event_id) AND notEmpty(id) AND notEmpty(channel) AND notEmpty(topic),
    CONSTRAINT known_via CHECK via IN ('http', 'webhook', 'kafka'),
    CONSTRAINT instants_in_range CHECK (occurred_at >= '1970-01-01') AND (occurred_at < '2200-01-01') AND (received_at >= '1970-01-01') AND (received_at < '2200-01-01') AND (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(appended_at)
ORDER BY (source, account_id, occurred_at, event_id)
TTL appended_at + toIntervalYear(3)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'One row per touchpoint: a call, mail, post, page read or CRM entry; unit: touchpoint; e.g. calls:c-881. Retention: 3 years from appended_at.';

CREATE VIEW resonant.v_account_timeline
COMMENT 'What happened with an account, in order: touchpoints, signals, alerts, actions, acknowledgements. Parameters: account (id), from, to. Columns: at (instant), what (touchpoint, signal, alert, action or acknowledgement), kind (source, kind of signal, rule or action), channel, rep_id, event_id, alert_id (empty where there is none), detail (subject or first 120 characters; labels and measures; transition, state and numbers; recipient; who and note). Example: SELECT at, what, kind, detail FROM resonant.v_account_timeline(account = \'acme\', from = \'2026-03-01\', to = \'2026-03-31\')'
AS WITH
    facts AS
    (
        SELECT
            occurred_at,
            kind,
            channel,
            rep_id,
            event_id,
            labels,
            measures
        FROM resonant.signals
        WHERE (keyspace = 'account') AND (account_id = {account:String}) AND (occurred_at >= {from:DateTime64(3, 'UTC')}) AND (occurred_at < {to:DateTime64(3, 'UTC')})
        ORDER BY
            partition ASC,
            offset ASC
        LIMIT 1 BY signal_id
    ),
    said AS
    (
        SELECT
            at,
            rule_id,
            alert_id,
            seq,
            transition,
            state,
            `values`
        FROM resonant.alerts
        WHERE ((subject_fields['accountId']) = {account:String}) AND (at >= {from:DateTime64(3, 'UTC')}) AND (at < {to:DateTime64(3, 'UTC')})
    )
SELECT
    at,
    what,
    kind,
    channel,
    rep_id,
    event_id,
    alert_id,
    detail
FROM
(
    SELECT
        occurred_at AS at,
        1 AS rank,
        'touchpoint' AS what,
        toString(source) AS kind,
        toString(channel) AS channel,
        rep_id,
        event_id,
        '' AS alert_id,
        substringUTF8(if(subject = '', text, subject), 1, 120) AS detail
    FROM resonant.touchpoints
    WHERE (occurred_at >= {from:DateTime64(3, 'UTC')}) AND (occurred_at < {to:DateTime64(3, 'UTC')}) AND ((account_id = {account:String}) OR (event_id GLOBAL IN (
        SELECT event_id
        FROM facts
    )))
    UNION ALL
    SELECT
        occurred_at,
        2,
        'signal',
        toString(kind),
        toString(channel),
        rep_id,
        event_id,
        '',
        concat(toString(labels), ' ', toString(measures))
    FROM facts
    UNION ALL
    SELECT
        at,
        3,
        'alert',
        toString(rule_id),
        '',
        '',
        '',
        alert_id,
        concat(transition, ' (', state, ') ', toString(`values`))
    FROM said
    UNION ALL
    SELECT
        at,
        4,
        'action',
        toString(action),
        '',
        '',
        '',
        alert_id,
        concat('to ', to_role)
    FROM resonant.actions
    WHERE ((subject_fields['accountId']) = {account:String}) AND (at >= {from:DateTime64(3, 'UTC')}) AND (at < {to:DateTime64(3, 'UTC')})
    UNION ALL
    SELECT
        occurred_at,
        5,
        'acknowledgement',
        '',
        '',
        '',
        '',
        alert_id,
        concat('by ', acknowledged_by, if(note = '', '', ': '), note)
    FROM resonant.acknowledgements
    WHERE (alert_id GLOBAL IN (
        SELECT alert_id
        FROM resonant.alerts
        WHERE (subject_fields['accountId']) = {account:String}
    )) AND (occurred_at >= {from:DateTime64(3, 'UTC')}) AND (occurred_at < {to:DateTime64(3, 'UTC')})
)
ORDER BY
    at ASC,
    rank ASC,
    kind ASC,
    event_id ASC,
    alert_id ASC,
    detail ASC;

CREATE VIEW resonant.v_alert_evidence
COMMENT 'What an alert rests on, transition by transition: the signals that it names and, where it names none (ratio, threshold, surge), those of its subject in the rule\'s window, of the kinds that the rule\'s document names and before the deciding tick. Day, week and month windows are left out. Parameters: alert (id). Columns: alert_id, seq, transition, at, role (a, b, start, stop or window), occurred_at, signal_id, event_id, kind, channel, rep_id, contact_id, labels, measures, keyspace, log_partition, log_offset (place in the signals topic), is_stored (0 = the signal is not in history), source, received_at, topic, partition, offset (place of the touchpoint), excerpt (subject or first 200 characters). Example: SELECT seq, role, event_id, excerpt FROM resonant.v_alert_evidence(alert = \'9b2f\') ORDER BY seq'
AS WITH
    (
        SELECT groupArray((seq, transition, at, keyspace, log_partition, tick_offset, rule_id, rule_version, subject_fields, evidence))
        FROM resonant.alerts
        WHERE alert_id = {alert:String}
    ) AS transitions,
    (
        SELECT groupArray((rule_id, version, document))
        FROM
        (
            SELECT
                toString(rule_id) AS rule_id,
                version,
                argMax(document, offset) AS document
            FROM resonant.rules
            WHERE (action = 'put') AND (rule_id GLOBAL IN (
                SELECT rule_id
                FROM resonant.alerts
                WHERE alert_id = {alert:String}
            ))
            GROUP BY
                rule_id,
                version
        )
    ) AS documents,
    arrayFilter(w -> ((w.8) > 0), arrayMap(t -> (t.1, t.2, t.3, t.4, t.5, t.6, t.9, toInt64OrZero(extract(JSONExtractString((arrayFirst(d -> (((d.1) = (t.7)) AND ((d.2) = (t.8))), documents)).3, 'pattern', JSONExtractKeys((arrayFirst(d -> (((d.1) = (t.7)) AND ((d.2) = (t.8))), documents)).3, 'pattern')[1], 'window'), '^([0-9]+)(?:ms|s|m|h|d)$')) * transform(extract(JSONExtractString((arrayFirst(d -> (((d.1) = (t.7)) AND ((d.2) = (t.8))), documents)).3, 'pattern', JSONExtractKeys((arrayFirst(d -> (((d.1) = (t.7)) AND ((d.2) = (t.8))), documents)).3, 'pattern')[1], 'window'), '[a-z]+$'), ['ms', 's', 'm', 'h', 'd'], [1, 1000, 60000, 3600000, 86400000], 0), extractAll(JSONExtractRaw((arrayFirst(d -> (((d.1) = (t.7)) AND ((d.2) = (t.8))), documents)).3, 'pattern'), 'kind == \'([a-z0-9-]+)\'')), arrayFilter(t -> empty(t.10), transitions))) AS windows,
    arrayFlatten(arrayMap(t -> arrayMap(item -> (item.1, item.2, item.3), t.10), transitions)) AS named,
    (
        SELECT groupArray((signal_id, toString(kind), toString(channel), rep_id, contact_id, labels, measures, offset))
        FROM
        (
            SELECT
                signal_id,
                kind,
                channel,
                rep_id,
                contact_id,
                labels,
                measures,
                offset
            FROM resonant.signals
            WHERE (keyspace = ((transitions[1]).4)) AND (partition = ((transitions[1]).5)) AND (occurred_at >= arrayMin(arrayMap(item -> (item.3), named))) AND (occurred_at <= arrayMax(arrayMap(item -> (item.3), named))) AND (signal_id GLOBAL IN (
                SELECT arrayJoin(arrayMap(item -> (item.2), named))
            ))
            ORDER BY offset ASC
            LIMIT 1 BY signal_id
        )
    ) AS facts,
    resting AS
    (
        SELECT
            t.1 AS seq,
            toString(t.2) AS transition,
            t.3 AS at,
            toString(item.4) AS role,
            item.3 AS occurred_at,
            item.2 AS signal_id,
            item.1 AS event_id,
            arrayFirst(f -> ((f.1) = (item.2)), facts) AS fact,
            fact.2 AS kind,
            fact.3 AS channel,
            fact.4 AS rep_id,
            fact.5 AS contact_id,
            fact.6 AS labels,
            fact.7 AS measures,
            fact.8 AS log_offset,
            toUInt8((fact.1) != '') AS is_stored
        FROM
        (
            SELECT arrayJoin(transitions) AS t
        )
        ARRAY JOIN t.10 AS item
        UNION ALL
        SELECT
            w.1,
            toString(w.2),
            w.3,
            'window',
            s.occurred_at,
            s.signal_id,
            s.event_id,
            (s.signal_id, toString(s.kind), toString(s.channel), s.rep_id, s.contact_id, s.labels, s.measures, s.offset),
            toString(s.kind),
            toString(s.channel),
            s.rep_id,
            s.contact_id,
            s.labels,
            s.measures,
            s.offset,
            1
        FROM resonant.signals AS s
        ARRAY JOIN windows AS w
        WHERE (s.keyspace = ((transitions[1]).4)) AND (s.partition = ((transitions[1]).5)) AND (s.kind GLOBAL IN (
            SELECT arrayJoin(arrayFlatten(arrayMap(w -> (w.9), windows)))
        )) AND (s.occurred_at >= arrayMin(arrayMap(w -> ((w.3) - toIntervalMillisecond(w.8)), windows))) AND (s.occurred_at < arrayMax(arrayMap(w -> (w.3), windows))) AND has(w.9, s.kind) AND (s.offset < (w.6)) AND (s.occurred_at >= ((w.3) - toIntervalMillisecond(w.8))) AND (s.occurred_at < (w.3)) AND arrayAll((field, id) -> (id = multiIf(field = 'accountId', s.account_id, field = 'contactId', s.contact_id, field = 'repId', s.rep_id, field = 'teamId', s.team_id, field = 'regionId', s.region_id, field = 'leadId', s.lead_id, field = 'opportunityId', s.opportunity_id, field = 'channel', s.channel, startsWith(field, 'labels.'), s.labels[substring(field, 8)], '')), mapKeys(w.7), mapValues(w.7))
        ORDER BY s.offset ASC
        LIMIT 1 BY
            w.1,
            s.signal_id
    )
SELECT
    {alert:String} AS alert_id,
    e.seq AS seq,
    e.transition AS transition,
    e.at AS at,
    e.role AS role,
    e.occurred_at AS occurred_at,
    e.signal_id AS signal_id,
    e.event_id AS event_id,
    e.kind AS kind,
    e.channel AS channel,
    e.rep_id AS rep_id,
    e.contact_id AS contact_id,
    e.labels AS labels,
    e.measures AS measures,
    toString((transitions[1]).4) AS keyspace,
    (transitions[1]).5 AS log_partition,
    e.log_offset AS log_offset,
    e.is_stored AS is_stored,
    s.source AS source,
    s.received_at AS received_at,
    s.topic AS topic,
    s.partition AS partition,
    s.offset AS offset,
    substringUTF8(if(s.subject = '', s.text, s.subject), 1, 200) AS excerpt
FROM resting AS e
LEFT JOIN
(
    SELECT
        source,
        event_id,
        subject,
        text,
        topic,
        partition,
        offset,
        received_at
    FROM resonant.touchpoints
    WHERE event_id GLOBAL IN (
        SELECT event_id
        FROM resting
    )
    ORDER BY
        appended_at ASC,
        offset ASC
    LIMIT 1 BY event_id
) AS s ON s.event_id = e.event_id
ORDER BY
    seq ASC,
    occurred_at ASC,
    role ASC,
    signal_id ASC;

CREATE VIEW resonant.v_breaker_latency
COMMENT 'From the first deviation to the alert, for each breaker that opened. Parameters: from, to (opened_at). Columns: alert_id, rule_id, subject (JSON), first_deviation_at (opened_at less held_ms: earlier in truth where the clock was paused or a calendar applies), opened_at, decided_at, appended_at (alert in Kafka), ended_at (NULL = open), acknowledged_at (NULL = not), held_ms, decision_ms (opened to decided), append_ms (decided to in Kafka), total_ms (first deviation to in Kafka), open_ms (NULL = open), transition (the last), is_shadow. All _ms in ms. Example: SELECT subject, held_ms, total_ms FROM resonant.v_breaker_latency(from = \'2026-03-03\', to = \'2026-03-04\') ORDER BY total_ms DESC'
AS WITH
    breakers AS
    (
        SELECT
            alert_id,
            argMin((rule_id, subject, `values`['heldMs'], decided_at, appended_at, is_shadow), seq) AS opening,
            any(opened_at) AS opened,
            maxIf(at, (transition IN ('resolved', 'withdrawn'))) AS ended,
            countIf(transition IN ('resolved', 'withdrawn')) AS n_ends,
            argMax(transition, seq) AS last,
            countIf(mapContains(`values`, 'heldMs')) AS n_held
        FROM resonant.alerts
        WHERE (opened_at >= {from:DateTime64(3, 'UTC')}) AND (opened_at < {to:DateTime64(3, 'UTC')})
        GROUP BY alert_id
        HAVING (n_held > 0) AND (min(seq) = 1)
    ),
    marks AS
    (
        SELECT
            alert_id,
            min(occurred_at) AS marked
        FROM resonant.acknowledgements
        WHERE alert_id GLOBAL IN (
            SELECT alert_id
            FROM breakers
        )
        GROUP BY alert_id
    )
SELECT
    b.alert_id AS alert_id,
    opening.1 AS rule_id,
    opening.2 AS subject,
    opened - toIntervalMillisecond(toInt64(opening.3)) AS first_deviation_at,
    opened AS opened_at,
    opening.4 AS decided_at,
    opening.5 AS appended_at,
    if(n_ends = 0, NULL, ended) AS ended_at,
    if(m.alert_id = '', NULL, m.marked) AS acknowledged_at,
    toInt64(opening.3) AS held_ms,
    toInt64(dateDiff('millisecond', opened, opening.4)) AS decision_ms,
    toInt64(dateDiff('millisecond', opening.4, opening.5)) AS append_ms,
    toInt64(dateDiff('millisecond', first_deviation_at, opening.5)) AS total_ms,
    if(n_ends = 0, NULL, toInt64(dateDiff('millisecond', opened, ended))) AS open_ms,
    last AS transition,
    opening.6 AS is_shadow
FROM breakers AS b
LEFT JOIN marks AS m ON m.alert_id = b.alert_id
ORDER BY
    opened_at ASC,
    alert_id ASC;

CREATE VIEW resonant.v_freshness
COMMENT 'How fresh each source is at an instant, from its touchpoints of the 28 days before. Parameters: at. Columns: source, n_touchpoints, last_occurred_at, last_received_at, last_stored_at (by the engine\'s clock), received_p50_ms, received_p95_ms (happened to received), appended_p95_ms (received to in Kafka), queryable_p50_ms, queryable_p95_ms (in Kafka to queryable here), usual_gap_ms (95 % of the gaps between two are no longer), silent_ms (since the last), is_stale (silent for more than three usual gaps). Example: SELECT source, silent_ms, is_stale FROM resonant.v_freshness(at = \'2026-03-03 18:00:00\')'
AS WITH
    recent AS
    (
        SELECT
            source,
            occurred_at,
            received_at,
            topic,
            partition,
            offset,
            epoch,
            appended_at,
            lagInFrame(received_at, 1, received_at) OVER (PARTITION BY source ORDER BY received_at ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS previous
        FROM resonant.touchpoints
        WHERE (received_at > ({at:DateTime64(3, 'UTC')} - toIntervalDay(28))) AND (received_at <= {at:DateTime64(3, 'UTC')}) AND (appended_at > ({at:DateTime64(3, 'UTC')} - toIntervalDay(28)))
    ),
    stored AS
    (
        SELECT
            r.source AS source,
            r.occurred_at AS occurred_at,
            r.received_at AS received_at,
            r.appended_at AS appended_at,
            r.previous AS previous,
            l.stored_at AS stored_at
        FROM recent AS r
        ASOF LEFT JOIN
        (
            SELECT
                topic,
                partition,
                epoch,
                first,
                stored_at
            FROM resonant.ledger
            WHERE topic LIKE 'resonant.touchpoints.%'
        ) AS l ON (l.topic = r.topic) AND (l.partition = r.partition) AND (l.epoch = r.epoch) AND (l.first <= r.offset)
    )
SELECT
    source,
    count() AS n_touchpoints,
    max(stored.occurred_at) AS last_occurred_at,
    max(stored.received_at) AS last_received_at,
    max(stored.stored_at) AS last_stored_at,
    toInt64(quantileExact(0.5)(dateDiff('millisecond', stored.occurred_at, stored.received_at))) AS received_p50_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.occurred_at, stored.received_at))) AS received_p95_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.received_at, stored.appended_at))) AS appended_p95_ms,
    toInt64(quantileExact(0.5)(dateDiff('millisecond', stored.appended_at, stored.stored_at))) AS queryable_p50_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.appended_at, stored.stored_at))) AS queryable_p95_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.previous, stored.received_at))) AS usual_gap_ms,
    toInt64(dateDiff('millisecond', last_received_at, {at:DateTime64(3, 'UTC')})) AS silent_ms,
    toUInt8((n_touchpoints > 1) AND (silent_ms > (3 * usual_gap_ms))) AS is_stale
FROM stored
GROUP BY source
ORDER BY source ASC;

CREATE VIEW resonant.v_ingest_gaps
COMMENT 'Spans in which nothing of a source was received; those at the bounds are counted from and to the bound. A source that never sent anything is not known here. Parameters: from, to, min_gap_ms. Columns: source, from_at, to_at (received_at before and after), gap_ms. Example: SELECT source, from_at, gap_ms FROM resonant.v_ingest_gaps(from = \'2026-03-03 08:00:00\', to = \'2026-03-03 18:00:00\', min_gap_ms = 3600000)'
AS WITH
    arrivals AS
    (
        SELECT
            source,
            received_at
        FROM resonant.touchpoints
        WHERE (received_at >= {from:DateTime64(3, 'UTC')}) AND (received_at < {to:DateTime64(3, 'UTC')})
        UNION ALL
        SELECT DISTINCT
            source,
            toDateTime64({to:DateTime64(3, 'UTC')}, 3, 'UTC')
        FROM resonant.touchpoints
    ),
    spans AS
    (
        SELECT
            source,
            lagInFrame(received_at, 1, toDateTime64({from:DateTime64(3, 'UTC')}, 3, 'UTC')) OVER (PARTITION BY source ORDER BY received_at ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS from_at,
            received_at AS to_at
        FROM arrivals
    )
SELECT
    source,
    from_at,
    to_at,
    toInt64(dateDiff('millisecond', from_at, to_at)) AS gap_ms
FROM spans
WHERE gap_ms >= {min_gap_ms:UInt64}
ORDER BY
    source ASC,
    from_at ASC;

CREATE VIEW resonant.v_lead_response
COMMENT 'How long each lead waited for a person. Parameters: from, to (when the lead was created), within_ms (how long it may take). Columns: lead_id, rep_id, team_id (of the lead), created_at, first_human_at (NULL = nobody within 31 days after to), answered_by (rep), first_auto_at (automatic reply, does not count; NULL = none), elapsed_ms (NULL = unanswered), is_late (0 or 1), late_by_ms (NULL = unanswered), alert_id, transition (last one of its last alert, empty = none). Example: SELECT lead_id, elapsed_ms, late_by_ms FROM resonant.v_lead_response(from = \'2026-03-03\', to = \'2026-03-04\', within_ms = 90000) WHERE is_late'
AS WITH
    once AS
    (
        SELECT
            lead_id,
            kind,
            occurred_at,
            rep_id,
            team_id,
            labels['by'] AS who
        FROM resonant.signals
        WHERE (keyspace = 'lead') AND (kind IN ('lead-created', 'lead-response')) AND (occurred_at >= {from:DateTime64(3, 'UTC')}) AND (occurred_at < ({to:DateTime64(3, 'UTC')} + toIntervalDay(31)))
        ORDER BY
            partition ASC,
            offset ASC
        LIMIT 1 BY signal_id
    ),
    leads AS
    (
        SELECT
            lead_id,
            minIf(occurred_at, kind = 'lead-created') AS created,
            argMinIf(rep_id, occurred_at, kind = 'lead-created') AS rep,
            argMinIf(team_id, occurred_at, kind = 'lead-created') AS team,
            groupArrayIf((occurred_at, rep_id), (kind = 'lead-response') AND (who = 'human')) AS human,
            groupArrayIf(occurred_at, (kind = 'lead-response') AND (who = 'auto')) AS automatic
        FROM once
        GROUP BY lead_id
        HAVING (countIf(kind = 'lead-created') > 0) AND (created < {to:DateTime64(3, 'UTC')})
    ),
    answered AS
    (
        SELECT
            lead_id,
            created,
            rep,
            team,
            arraySort(arrayFilter(answer -> ((answer.1) >= created), human)) AS answers,
            arraySort(arrayFilter(answer -> (answer >= created), automatic)) AS replies
        FROM leads
    ),
    said AS
    (
        SELECT
            subject_fields['leadId'] AS lead_id,
            argMax(alert_id, (opened_at, seq)) AS alert_id,
            argMax(transition, (opened_at, seq)) AS transition
        FROM resonant.alerts
        WHERE (keyspace = 'lead') AND (opened_at >= {from:DateTime64(3, 'UTC')})
        GROUP BY lead_id
    )
SELECT
    a.lead_id AS lead_id,
    a.rep AS rep_id,
    a.team AS team_id,
    a.created AS created_at,
    if(empty(answers), NULL, (answers[1]).1) AS first_human_at,
    if(empty(answers), '', (answers[1]).2) AS answered_by,
    if(empty(replies), NULL, replies[1]) AS first_auto_at,
    if(empty(answers), NULL, toInt64(dateDiff('millisecond', created, (answers[1]).1))) AS elapsed_ms,
    toUInt8(ifNull(elapsed_ms > {within_ms:UInt64}, 1)) AS is_late,
    if(is_late, elapsed_ms - toInt64({within_ms:UInt64}), 0) AS late_by_ms,
    said.alert_id AS alert_id,
    said.transition AS transition
FROM answered AS a
LEFT JOIN said ON said.lead_id = a.lead_id
ORDER BY
    created_at ASC,
    lead_id ASC;

CREATE VIEW resonant.v_rep_streaks
COMMENT 'Spans in which a rep used a talk-track too little, judged every minute over a trailing window against the rest of the team (rules.md, ratio against cohort, exact comparison). An instant that cannot be judged interrupts the time held, not the streak. Parameters: team, track (ids), from, to, window_minutes, deviation (share under the rest, e.g. 0.2), min_samples (eligible calls of the rep and of the rest), min_members (colleagues with calls). Columns: rep_id, first_breach_at, last_breach_at, n_instants (minutes in breach), held_ms (ms), first_value, lowest_value, last_value (used per eligible call), last_reference (of the rest). Example: SELECT rep_id, first_breach_at, held_ms FROM resonant.v_rep_streaks(team = \'north-1\', track = \'new-policy\', from = \'2026-03-03\', to = \'2026-03-04\', window_minutes = 60, deviation = 0.2, min_samples = 3, min_members = 3) WHERE held_ms >= 7200000'
AS WITH
    once AS
    (
        SELECT
            rep_id,
            kind,
            occurred_at
        FROM resonant.signals
        WHERE (keyspace = 'team') AND (kind IN ('talk-track', 'eligible-call')) AND (team_id = {team:String}) AND (rep_id != '') AND ((labels['track']) = {track:String}) AND (occurred_at >= ({from:DateTime64(3, 'UTC')} - toIntervalMinute({window_minutes:UInt16}))) AND (occurred_at < {to:DateTime64(3, 'UTC')})
        ORDER BY offset ASC
        LIMIT 1 BY signal_id
    ),
    minutes AS
    (
        SELECT
            rep_id,
            toStartOfMinute(occurred_at) AS minute,
            countIf(kind = 'talk-track') AS used,
            countIf(kind = 'eligible-call') AS eligible
        FROM once
        GROUP BY
            rep_id,
            minute
    ),
    instants AS
    (
        SELECT
            rep_id,
            arrayJoin(arrayMap(i -> (minute + toIntervalMinute(i)), range(1, {window_minutes:UInt16} + 1))) AS instant,
            toInt64(sum(used)) AS n,
            toInt64(sum(eligible)) AS d
        FROM minutes
        GROUP BY
            rep_id,
            instant
        HAVING (instant >= {from:DateTime64(3, 'UTC')}) AND (instant < {to:DateTime64(3, 'UTC')})
    ),
    compared AS
    (
        SELECT
            rep_id,
            instant,
            n,
            d,
            sum(n) OVER (PARTITION BY instant) - n AS rest_n,
            sum(d) OVER (PARTITION BY instant) - d AS rest_d,
            countIf(d > 0) OVER (PARTITION BY instant) - (d > 0) AS others
        FROM instants
    ),
    judged AS
    (
        SELECT
            rep_id,
            instant,
            n,
            d,
            rest_n,
            rest_d,
            (((n * rest_d) * 1000000) <= (((1000000 - toInt64(round({deviation:Float64} * 1000000))) * rest_n) * d)) AND (rest_n > 0) AS is_breach
        FROM compared
        WHERE (d >= greatest(1, {min_samples:UInt32})) AND (others >= {min_members:UInt32}) AND (rest_d >= greatest(1, {min_samples:UInt32}))
    ),
    runs AS
    (
        SELECT
            *,
            countIf(NOT is_breach) OVER (PARTITION BY rep_id ORDER BY instant ASC) AS run,
            lagInFrame(instant, 1, instant) OVER (PARTITION BY rep_id ORDER BY instant ASC) AS previous,
            lagInFrame(is_breach, 1, 0) OVER (PARTITION BY rep_id ORDER BY instant ASC) AS was_breach
        FROM judged
    )
SELECT
    rep_id,
    min(instant) AS first_breach_at,
    max(instant) AS last_breach_at,
    count() AS n_instants,
    toInt64(sum(if(was_breach AND (previous = (instant - toIntervalMinute(1))), 60000, 0))) AS held_ms,
    argMin(n / d, instant) AS first_value,
    min(n / d) AS lowest_value,
    argMax(n / d, instant) AS last_value,
    argMax(rest_n / rest_d, instant) AS last_reference
FROM runs
WHERE is_breach
GROUP BY
    rep_id,
    run
ORDER BY
    first_breach_at ASC,
    rep_id ASC;

CREATE VIEW resonant.v_signals
COMMENT 'Each signal once, as it stands first in the log: the table has a row per keyspace and per copy. Parameters: keyspace (empty = any), from, to (occurred_at). Columns: as resonant.signals. Example: SELECT kind, count() FROM resonant.v_signals(keyspace = \'team\', from = \'2026-03-03\', to = \'2026-03-04\') GROUP BY kind'
AS SELECT
    keyspace,
    kind,
    account_id,
    contact_id,
    rep_id,
    team_id,
    region_id,
    lead_id,
    opportunity_id,
    occurred_at,
    channel,
    signal_id,
    event_id,
    measures,
    labels,
    partition,
    offset,
    appended_at
FROM resonant.signals
WHERE (({keyspace:String} = '') OR (keyspace = {keyspace:String})) AND (occurred_at >= {from:DateTime64(3, 'UTC')}) AND (occurred_at < {to:DateTime64(3, 'UTC')})
ORDER BY
    appended_at ASC,
    keyspace ASC,
    partition ASC,
    offset ASC
LIMIT 1 BY signal_id;

CREATE TABLE resonant.vocabulary
(
    `kind` LowCardinality(String) COMMENT 'talk-track or glossary-entry; unit: name; e.g. talk-track',
    `id` String COMMENT 'id of the entry; unit: id; e.g. new-policy',
    `is_deleted` UInt8 COMMENT 'the entry was removed by this version; unit: 0 or 1; e.g. 0',
    `title` String COMMENT 'title of a talk-track, term of a glossary entry; unit: text; e.g. New policy',
    `language` LowCardinality(String) COMMENT 'language, empty = any; unit: language code; e.g. en',
    `phrases` Array(String) COMMENT 'phrases of a talk-track, other spellings of a term; unit: texts; e.g. [\'our new response time policy\']',
    `triggers` Array(String) COMMENT 'phrases that make a call eligible, none = every call; unit: texts; e.g. [\'how fast do you answer\']',
    `quorum` UInt32 COMMENT 'distinct phrases that make one use, 0 for a glossary entry; unit: phrases; e.g. 2',
    `is_technical` UInt8 COMMENT 'a question about the term is technical; unit: 0 or 1; e.g. 1',
    `topic` LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.vocabulary.v1',
    `partition` UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    `offset` UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    `epoch` UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    `appended_at` DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    `schema_id` UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_kind CHECK kind IN ('talk-track', 'glossary-entry'),
    CONSTRAINT named CHECK notEmpty(id),
    CONSTRAINT instants_in_range CHECK (appended_at >= '1970-01-01') AND (appended_at < '2200-01-01')
)
ENGINE = MergeTree
ORDER BY (kind, id, epoch, offset)
SETTINGS non_replicated_deduplication_window = 200000, replicated_deduplication_window = 200000, replicated_deduplication_window_seconds = 7200, default_compression_codec = 'ZSTD(1)', index_granularity = 8192
COMMENT 'One row per version of an entry of the vocabulary; unit: version; e.g. talk-track new-policy. Retention: kept.';
