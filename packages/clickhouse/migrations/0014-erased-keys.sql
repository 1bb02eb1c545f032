-- Whom history has erased: what is written of them later is left out, its hash kept and explained (erasures).
CREATE TABLE IF NOT EXISTS {{local erased_keys}}{{on_cluster}}
(
    key String COMMENT 'SHA-256 of what names the person or what the person took part in: contact:<id>, email:<address>, phone:<number>, handle:<handle>, event:<event id>, dead-letter:<id>; unit: 64 hex digits; e.g. 9f86d081…',
    erasure_id String COMMENT 'request to erase; unit: id; e.g. e-20260302-1',
    reason String COMMENT 'why, as the operator gave it, without the person''s name; unit: text; e.g. request of the person, ticket 88',
    erased_by String COMMENT 'who asked for it; unit: id; e.g. dpo',
    erased_at DateTime64(3, 'UTC') COMMENT 'what happened or was appended before it is erased; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:00.000',
    CONSTRAINT named CHECK match(key, '^[0-9a-f]{64}$') AND notEmpty(erasure_id) AND notEmpty(reason)
)
ENGINE = {{merge_tree}}
ORDER BY (erasure_id, key)
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per key of an erased person, as resonant.erasures.v1 has them: hashes, never what they are of; unit: key; e.g. of an e-mail address. Retention: kept.';

{{distributed erased_keys by cityHash64(erasure_id)}};

CREATE OR REPLACE DICTIONARY resonant.erased{{on_cluster}}
(
    key String,
    erasure_id String DEFAULT '',
    reason String DEFAULT '',
    erased_by String DEFAULT '',
    erased_at DateTime64(3, 'UTC') DEFAULT '1970-01-01 00:00:00.000'
)
PRIMARY KEY key
SOURCE(CLICKHOUSE({{dictionary_source}}QUERY 'SELECT key, latest.1 AS erasure_id, latest.2 AS reason, latest.3 AS erased_by, last_at AS erased_at FROM (SELECT key, argMax((erasure_id, reason, erased_by), erased_keys.erased_at) AS latest, max(erased_keys.erased_at) AS last_at FROM resonant.erased_keys GROUP BY key)'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per key of an erased person: key, and of its last erasure erasure_id, reason, erased_by, erased_at; unit: key; e.g. 9f86d081…, e-20260302-1. Retention: kept, from erased_keys.';

ALTER TABLE {{local intake_touchpoints}}{{on_cluster}} ADD COLUMN IF NOT EXISTS erased_key String MATERIALIZED {{erased_key touchpoints}} COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…';

ALTER TABLE resonant.intake_touchpoints_to_touchpoints{{on_cluster}} MODIFY QUERY SELECT source, account_id, event_id, id, occurred_at, received_at, channel, language, thread_id, lead_id, opportunity_id, via, key_id, rep_id, contact_id, direction, subject, text, n_utterances, duration_ms, is_auto_reply, parties, attributes, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_touchpoints}}
WHERE NOT is_range AND empty(erased_key);

ALTER TABLE resonant.intake_touchpoints_to_payloads{{on_cluster}} MODIFY QUERY SELECT source, account_id, event_id, occurred_at, media_type, bytes, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_touchpoints}}
WHERE NOT is_range AND empty(erased_key);

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_touchpoints_to_erasures{{on_cluster}} TO {{local erasures}}
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id, dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS table, topic, partition, epoch, offset, tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by, now64(3, 'UTC') AS erased_at
FROM {{local intake_touchpoints}}
ARRAY JOIN [('touchpoints', touchpoints_hash), ('payloads', payloads_hash)] AS entry
WHERE NOT is_range AND notEmpty(erased_key)
COMMENT 'Fills erasures from intake_touchpoints: what is left out because its person was erased.';

ALTER TABLE {{local intake_signals}}{{on_cluster}} ADD COLUMN IF NOT EXISTS erased_key String MATERIALIZED {{erased_key signals}} COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…';

ALTER TABLE resonant.intake_signals_to_log{{on_cluster}} MODIFY QUERY SELECT keyspace, partition, offset, epoch, appended_at, record_type, key, value, headers, tick_at, schema_id
FROM {{local intake_signals}}
WHERE NOT is_range AND empty(erased_key);

ALTER TABLE resonant.intake_signals_to_signals{{on_cluster}} MODIFY QUERY SELECT keyspace, kind, account_id, contact_id, rep_id, team_id, region_id, lead_id, opportunity_id, occurred_at, channel, signal_id, event_id, measures, labels, empty_fields, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_signals}}
WHERE NOT is_range AND is_row AND record_type = 'Signal' AND empty(erased_key);

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_signals_to_erasures{{on_cluster}} TO {{local erasures}}
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id, dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS table, topic, partition, epoch, offset, tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by, now64(3, 'UTC') AS erased_at
FROM {{local intake_signals}}
ARRAY JOIN [('log', log_hash), ('signals', signals_hash)] AS entry
WHERE NOT is_range AND notEmpty(erased_key)
COMMENT 'Fills erasures from intake_signals: what is left out because its person was erased.';

ALTER TABLE {{local intake_alerts}}{{on_cluster}} ADD COLUMN IF NOT EXISTS erased_key String MATERIALIZED {{erased_key alerts}} COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…';

ALTER TABLE resonant.intake_alerts_to_alerts{{on_cluster}} MODIFY QUERY SELECT rule_id, rule_version, subject, subject_fields, alert_id, seq, transition, state, at, decided_at, opened_at, severity, title, values, evidence, is_late, is_shadow, keyspace, partition_key, log_partition, tick_offset, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_alerts}}
WHERE NOT is_range AND empty(erased_key);

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_alerts_to_erasures{{on_cluster}} TO {{local erasures}}
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id, dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS table, topic, partition, epoch, offset, tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by, now64(3, 'UTC') AS erased_at
FROM {{local intake_alerts}}
ARRAY JOIN [('alerts', alerts_hash)] AS entry
WHERE NOT is_range AND notEmpty(erased_key)
COMMENT 'Fills erasures from intake_alerts: what is left out because its person was erased.';

ALTER TABLE {{local intake_actions}}{{on_cluster}} ADD COLUMN IF NOT EXISTS erased_key String MATERIALIZED {{erased_key actions}} COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…';

ALTER TABLE resonant.intake_actions_to_actions{{on_cluster}} MODIFY QUERY SELECT action, action_id, alert_id, seq, rule_id, rule_version, subject, subject_fields, to_role, template, at, decided_at, due_at, keyspace, partition_key, log_partition, tick_offset, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_actions}}
WHERE NOT is_range AND empty(erased_key);

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_actions_to_erasures{{on_cluster}} TO {{local erasures}}
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id, dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS table, topic, partition, epoch, offset, tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by, now64(3, 'UTC') AS erased_at
FROM {{local intake_actions}}
ARRAY JOIN [('actions', actions_hash)] AS entry
WHERE NOT is_range AND notEmpty(erased_key)
COMMENT 'Fills erasures from intake_actions: what is left out because its person was erased.';

ALTER TABLE {{local intake_directory}}{{on_cluster}} ADD COLUMN IF NOT EXISTS erased_key String MATERIALIZED {{erased_key directory}} COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…';

ALTER TABLE resonant.intake_directory_to_directory{{on_cluster}} MODIFY QUERY SELECT kind, id, is_deleted, name, belongs_to, head_id, emails, phones, handles, domains, crm_ids, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_directory}}
WHERE NOT is_range AND empty(erased_key);

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_directory_to_erasures{{on_cluster}} TO {{local erasures}}
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id, dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS table, topic, partition, epoch, offset, tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by, now64(3, 'UTC') AS erased_at
FROM {{local intake_directory}}
ARRAY JOIN [('directory', directory_hash)] AS entry
WHERE NOT is_range AND notEmpty(erased_key)
COMMENT 'Fills erasures from intake_directory: what is left out because its person was erased.';

ALTER TABLE {{local intake_dead_letters}}{{on_cluster}} ADD COLUMN IF NOT EXISTS erased_key String MATERIALIZED {{erased_key dead_letters}} COMMENT 'key by which the record belongs to an erased person, empty if it does not: then it is stored; unit: 64 hex digits; e.g. 9f86d081…';

ALTER TABLE resonant.intake_dead_letters_to_dead_letters{{on_cluster}} MODIFY QUERY SELECT dead_letter_id, source, origin, reason, detail, at, media_type, key, headers, payload, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_dead_letters}}
WHERE NOT is_range AND record_type = 'DeadLetter' AND empty(erased_key);

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_dead_letters_to_erasures{{on_cluster}} TO {{local erasures}}
AS SELECT
    dictGet('resonant.erased', 'erasure_id', erased_key) AS erasure_id, dictGet('resonant.erased', 'reason', erased_key) AS reason,
    tupleElement(entry, 1) AS table, topic, partition, epoch, offset, tupleElement(entry, 2) AS hash,
    dictGet('resonant.erased', 'erased_by', erased_key) AS erased_by, now64(3, 'UTC') AS erased_at
FROM {{local intake_dead_letters}}
ARRAY JOIN [('dead_letters', dead_letters_hash)] AS entry
WHERE NOT is_range AND notEmpty(erased_key) AND record_type = 'DeadLetter'
COMMENT 'Fills erasures from intake_dead_letters: what is left out because its person was erased.';

-- A view whose query was changed gives other deduplication ids until the engine starts anew: what is sent again across
-- that start would be stored twice. A rename, there and back, makes them the lasting ones at once.
RENAME TABLE IF EXISTS resonant.intake_touchpoints_to_touchpoints TO resonant.intake_touchpoints_to_touchpoints_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_touchpoints_to_touchpoints_renamed TO resonant.intake_touchpoints_to_touchpoints{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_touchpoints_to_payloads TO resonant.intake_touchpoints_to_payloads_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_touchpoints_to_payloads_renamed TO resonant.intake_touchpoints_to_payloads{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_signals_to_log TO resonant.intake_signals_to_log_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_signals_to_log_renamed TO resonant.intake_signals_to_log{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_signals_to_signals TO resonant.intake_signals_to_signals_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_signals_to_signals_renamed TO resonant.intake_signals_to_signals{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_alerts_to_alerts TO resonant.intake_alerts_to_alerts_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_alerts_to_alerts_renamed TO resonant.intake_alerts_to_alerts{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_actions_to_actions TO resonant.intake_actions_to_actions_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_actions_to_actions_renamed TO resonant.intake_actions_to_actions{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_directory_to_directory TO resonant.intake_directory_to_directory_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_directory_to_directory_renamed TO resonant.intake_directory_to_directory{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_dead_letters_to_dead_letters TO resonant.intake_dead_letters_to_dead_letters_renamed{{on_cluster}};

RENAME TABLE IF EXISTS resonant.intake_dead_letters_to_dead_letters_renamed TO resonant.intake_dead_letters_to_dead_letters{{on_cluster}};
