-- What the writer inserts into: one insert is one contiguous range of one partition, in one block, with one range row.
-- Constraints stand here too: they are checked before any view stores anything.
CREATE TABLE IF NOT EXISTS {{local intake_rules}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    rule_id LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    version UInt32 COMMENT 'version of the document, 0 for a delete; unit: number from 1; e.g. 3',
    action LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    keyspace LowCardinality(String) COMMENT 'keyspace of the document, empty for a delete; unit: name; e.g. team',
    document String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    changed_at DateTime64(3, 'UTC') COMMENT 'when the change was accepted; unit: instant, ms, UTC; e.g. 2026-03-02 08:59:59.900',
    changed_by String COMMENT 'API key that sent it, empty if not known; unit: id; e.g. k_7f3a',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.rules.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    rules_hash FixedString(32) MATERIALIZED {{row_hash rules 1}} COMMENT 'hash of the row of rules; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT named CHECK is_range OR (notEmpty(rule_id)),
    CONSTRAINT known_action CHECK is_range OR (action IN ('put', 'delete')),
    CONSTRAINT numbers_from_1 CHECK is_range OR (version >= 1 OR action = 'delete'),
    CONSTRAINT known_keyspace CHECK is_range OR (keyspace IN ('account', 'team', 'region', 'lead') OR action = 'delete'),
    CONSTRAINT instants_in_range CHECK is_range OR (changed_at >= '1970-01-01' AND changed_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of resonant.rules.v1; unit: record or range; e.g. 20 changes. Retention: none, it stores nothing.';

{{distributed intake_rules by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_rules_to_rules{{on_cluster}} TO {{local rules}}
AS SELECT rule_id, version, action, keyspace, document, changed_at, changed_by, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_rules}}
WHERE NOT is_range
COMMENT 'Fills rules from intake_rules.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_rules_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_rules')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('rules', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(rules_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('rules', 'LowCardinality(String)'), offset, rules_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_rules}}
COMMENT 'Fills the ledger from intake_rules: one row per insert.';

CREATE TABLE IF NOT EXISTS {{local intake_directory}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    kind LowCardinality(String) COMMENT 'account, contact, rep, team or region; unit: name; e.g. account',
    id String COMMENT 'id of the entry; unit: id; e.g. acme',
    is_deleted UInt8 COMMENT 'the entry was removed by this version; unit: 0 or 1; e.g. 0',
    name String COMMENT 'name, empty if not known; unit: text; e.g. Acme Ltd',
    belongs_to Array(Tuple(id String, from_at DateTime64(3, 'UTC'), to_at Nullable(DateTime64(3, 'UTC')))) COMMENT 'owners of an account, accounts of a contact, teams of a rep, regions of a team, over time, to_at NULL = still; unit: ids, instants in ms UTC; e.g. [(''rep-07'', ''2026-01-01 00:00:00.000'', NULL)]',
    head_id String COMMENT 'supervisor of a team or director of a region, empty if none; unit: id; e.g. rep-02',
    emails Array(String) COMMENT 'e-mail addresses of a contact or rep, lower case; unit: addresses; e.g. [''ann@acme.example'']',
    phones Array(String) COMMENT 'phone numbers of a contact or rep; unit: E.164; e.g. [''+4915112345678'']',
    handles Array(String) COMMENT 'handles of a contact or rep; unit: platform:name; e.g. [''github:octocat'']',
    domains Array(String) COMMENT 'e-mail domains of an account, lower case; unit: domains; e.g. [''acme.example'']',
    crm_ids Array(String) COMMENT 'ids of an account in CRM systems; unit: ids; e.g. [''sf-0012'']',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.directory.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    directory_hash FixedString(32) MATERIALIZED {{row_hash directory 1}} COMMENT 'hash of the row of directory; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT known_kind CHECK is_range OR (kind IN ('account', 'contact', 'rep', 'team', 'region')),
    CONSTRAINT named CHECK is_range OR (notEmpty(id)),
    CONSTRAINT instants_in_range CHECK is_range OR (appended_at >= '1970-01-01' AND appended_at < '2200-01-01' AND arrayAll(span -> span.2 >= '1970-01-01' AND span.2 < '2200-01-01' AND (isNull(span.3) OR (span.3 >= '1970-01-01' AND span.3 < '2200-01-01')), belongs_to))
)
ENGINE = Null
COMMENT 'Takes one range of resonant.directory.v1; unit: record or range; e.g. 500 entries. Retention: none, it stores nothing.';

{{distributed intake_directory by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_directory_to_directory{{on_cluster}} TO {{local directory}}
AS SELECT kind, id, is_deleted, name, belongs_to, head_id, emails, phones, handles, domains, crm_ids, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_directory}}
WHERE NOT is_range
COMMENT 'Fills directory from intake_directory.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_directory_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_directory')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('directory', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(directory_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('directory', 'LowCardinality(String)'), offset, directory_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_directory}}
COMMENT 'Fills the ledger from intake_directory: one row per insert.';

CREATE TABLE IF NOT EXISTS {{local intake_vocabulary}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    kind LowCardinality(String) COMMENT 'talk-track or glossary-entry; unit: name; e.g. talk-track',
    id String COMMENT 'id of the entry; unit: id; e.g. new-policy',
    is_deleted UInt8 COMMENT 'the entry was removed by this version; unit: 0 or 1; e.g. 0',
    title String COMMENT 'title of a talk-track, term of a glossary entry; unit: text; e.g. New policy',
    language LowCardinality(String) COMMENT 'language, empty = any; unit: language code; e.g. en',
    phrases Array(String) COMMENT 'phrases of a talk-track, other spellings of a term; unit: texts; e.g. [''our new response time policy'']',
    triggers Array(String) COMMENT 'phrases that make a call eligible, none = every call; unit: texts; e.g. [''how fast do you answer'']',
    quorum UInt32 COMMENT 'distinct phrases that make one use, 0 for a glossary entry; unit: phrases; e.g. 2',
    is_technical UInt8 COMMENT 'a question about the term is technical; unit: 0 or 1; e.g. 1',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.vocabulary.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    vocabulary_hash FixedString(32) MATERIALIZED {{row_hash vocabulary 1}} COMMENT 'hash of the row of vocabulary; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT known_kind CHECK is_range OR (kind IN ('talk-track', 'glossary-entry')),
    CONSTRAINT named CHECK is_range OR (notEmpty(id)),
    CONSTRAINT instants_in_range CHECK is_range OR (appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of resonant.vocabulary.v1; unit: record or range; e.g. 30 entries. Retention: none, it stores nothing.';

{{distributed intake_vocabulary by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_vocabulary_to_vocabulary{{on_cluster}} TO {{local vocabulary}}
AS SELECT kind, id, is_deleted, title, language, phrases, triggers, quorum, is_technical, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_vocabulary}}
WHERE NOT is_range
COMMENT 'Fills vocabulary from intake_vocabulary.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_vocabulary_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records) - max(range_rejected), 'expected one range row and one row per record in one block: intake_vocabulary')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [('vocabulary', toUInt32(countIf(NOT is_range)), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(vocabulary_hash, NOT is_range)))))))] AS digests,
    toUInt16(1) AS hash_form,
    groupArrayIf((CAST('vocabulary', 'LowCardinality(String)'), offset, vocabulary_hash), NOT is_range) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_vocabulary}}
COMMENT 'Fills the ledger from intake_vocabulary: one row per insert.';

CREATE TABLE IF NOT EXISTS {{local intake_dead_letters}}{{on_cluster}}
(
    is_range UInt8 COMMENT 'this row describes the range itself, the others its records; unit: 0 or 1; e.g. 0',
    range_first UInt64 COMMENT 'first offset of the range, on the range row; unit: Kafka offset; e.g. 12001',
    range_last UInt64 COMMENT 'last offset of the range, inclusive, on the range row; unit: Kafka offset; e.g. 12500',
    range_records UInt32 COMMENT 'records of the range that Kafka holds, on the range row; unit: records; e.g. 498',
    range_rejected UInt32 COMMENT 'records of it that became dead letters, on the range row; unit: records; e.g. 1',
    range_token String COMMENT 'deduplication token of the insert, on the range row; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    record_type LowCardinality(String) COMMENT 'DeadLetter or DeadLetterOutcome; unit: name; e.g. DeadLetter',
    dead_letter_id String COMMENT 'hash of origin and bytes: the same letter has the same; unit: id, 32 hex digits; e.g. 0a1b…',
    source LowCardinality(String) COMMENT 'source or service it was meant for; unit: name; e.g. emails',
    origin String COMMENT 'where it came from: topic/partition/offset, or route and request; unit: text; e.g. resonant.inbound.emails.v1/0/17',
    reason LowCardinality(String) COMMENT 'code of the error registry; unit: name; e.g. undecodable-record',
    detail String COMMENT 'what was expected and what came; unit: text; e.g. expected JSON, got other bytes',
    at DateTime64(3, 'UTC') COMMENT 'when it was put aside; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480',
    media_type LowCardinality(String) COMMENT 'media type of payload as far as known; unit: media type; e.g. application/json',
    key Nullable(String) COMMENT 'key of the record, NULL = none; unit: bytes; e.g. acme',
    headers Map(String, String) COMMENT 'headers of the record or request without credentials; unit: bytes by name; e.g. {''ce_id'': ''s1''}',
    payload String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.dead-letters.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001',
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493',
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    outcome LowCardinality(String) COMMENT 'replayed or discarded; unit: name; e.g. replayed',
    decided_by String COMMENT 'who decided, as the command was told or the system names the user; unit: name; e.g. ops',
    note String COMMENT 'why, empty if nothing was said; unit: text; e.g. schema was fixed',
    replayed_to LowCardinality(String) COMMENT 'topic that a replayed letter was appended to, empty when discarded; unit: name; e.g. resonant.inbound.emails.v1',
    dead_letters_hash FixedString(32) MATERIALIZED {{row_hash dead_letters 1}} COMMENT 'hash of the row of dead_letters; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    dead_letter_outcomes_hash FixedString(32) MATERIALIZED {{row_hash dead_letter_outcomes 1}} COMMENT 'hash of the row of dead_letter_outcomes; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    CONSTRAINT range_is_whole CHECK NOT is_range OR (range_first <= range_last AND range_records <= range_last - range_first + 1 AND range_rejected <= range_records AND notEmpty(range_token)),
    CONSTRAINT known_record_type CHECK is_range OR (record_type IN ('DeadLetter', 'DeadLetterOutcome')),
    CONSTRAINT dead_letters_named CHECK NOT (NOT is_range AND record_type = 'DeadLetter') OR (notEmpty(dead_letter_id) AND notEmpty(origin) AND notEmpty(reason)),
    CONSTRAINT dead_letters_instants_in_range CHECK NOT (NOT is_range AND record_type = 'DeadLetter') OR (at >= '1970-01-01' AND at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'),
    CONSTRAINT dead_letter_outcomes_named CHECK NOT (NOT is_range AND record_type = 'DeadLetterOutcome') OR (notEmpty(dead_letter_id)),
    CONSTRAINT dead_letter_outcomes_known_outcome CHECK NOT (NOT is_range AND record_type = 'DeadLetterOutcome') OR (outcome IN ('replayed', 'discarded')),
    CONSTRAINT dead_letter_outcomes_instants_in_range CHECK NOT (NOT is_range AND record_type = 'DeadLetterOutcome') OR (at >= '1970-01-01' AND at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01')
)
ENGINE = Null
COMMENT 'Takes one range of resonant.dead-letters.v1; unit: record or range; e.g. 5 letters. Retention: none, it stores nothing.';

{{distributed intake_dead_letters by cityHash64(topic, partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_dead_letters_to_dead_letters{{on_cluster}} TO {{local dead_letters}}
AS SELECT dead_letter_id, source, origin, reason, detail, at, media_type, key, headers, payload, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_dead_letters}}
WHERE NOT is_range AND record_type = 'DeadLetter'
COMMENT 'Fills dead_letters from intake_dead_letters.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_dead_letters_to_dead_letter_outcomes{{on_cluster}} TO {{local dead_letter_outcomes}}
AS SELECT dead_letter_id, outcome, at, decided_by, note, replayed_to, topic, partition, offset, epoch, appended_at, schema_id
FROM {{local intake_dead_letters}}
WHERE NOT is_range AND record_type = 'DeadLetterOutcome'
COMMENT 'Fills dead_letter_outcomes from intake_dead_letters.';

CREATE MATERIALIZED VIEW IF NOT EXISTS resonant.intake_dead_letters_to_ledger{{on_cluster}} TO {{local ledger}}
AS SELECT
    any(topic) AS topic, any(partition) AS partition, any(epoch) AS epoch, max(range_first) AS first, max(range_last) AS last,
    max(range_records) AS n_records,
    toUInt32(countIf(NOT is_range) + throwIf(countIf(is_range) != 1 OR countIf(NOT is_range) != max(range_records), 'expected one range row and one row per record in one block: intake_dead_letters')) AS n_rows,
    max(range_rejected) AS n_rejected, max(range_token) AS token,
    SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(tupleElement(row_hashes, 3)))))) AS digest,
    [
        ('dead_letters', toUInt32(countIf(NOT is_range AND record_type = 'DeadLetter')), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(dead_letters_hash, NOT is_range AND record_type = 'DeadLetter'))))))),
        ('dead_letter_outcomes', toUInt32(countIf(NOT is_range AND record_type = 'DeadLetterOutcome')), SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArrayIf(dead_letter_outcomes_hash, NOT is_range AND record_type = 'DeadLetterOutcome')))))))
    ] AS digests,
    toUInt16(1) AS hash_form,
    arrayConcat(
        groupArrayIf((CAST('dead_letters', 'LowCardinality(String)'), offset, dead_letters_hash), NOT is_range AND record_type = 'DeadLetter'),
        groupArrayIf((CAST('dead_letter_outcomes', 'LowCardinality(String)'), offset, dead_letter_outcomes_hash), NOT is_range AND record_type = 'DeadLetterOutcome')
    ) AS row_hashes,
    now64(3, 'UTC') AS stored_at
FROM {{local intake_dead_letters}}
COMMENT 'Fills the ledger from intake_dead_letters: one row per insert.';
