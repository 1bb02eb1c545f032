-- Rules, directory and vocabulary as versions, and what could not be read.
CREATE TABLE IF NOT EXISTS {{local rules}}{{on_cluster}}
(
    rule_id LowCardinality(String) COMMENT 'rule; unit: id; e.g. rep-new-policy-usage',
    version UInt32 COMMENT 'version of the document, 0 for a delete; unit: number from 1; e.g. 3',
    action LowCardinality(String) COMMENT 'put or delete; unit: name; e.g. put',
    keyspace LowCardinality(String) COMMENT 'keyspace of the document, empty for a delete; unit: name; e.g. team',
    document String COMMENT 'rule document as JSON, empty for a delete; unit: JSON; e.g. {"apiVersion":"resonant/v1",…}',
    changed_at DateTime64(3, 'UTC') COMMENT 'when the change was accepted; unit: instant, ms, UTC; e.g. 2026-03-02 08:59:59.900' CODEC(Delta(8), ZSTD(1)),
    changed_by String COMMENT 'API key that sent it, empty if not known; unit: id; e.g. k_7f3a',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.rules.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(rule_id),
    CONSTRAINT known_action CHECK action IN ('put', 'delete'),
    CONSTRAINT numbers_from_1 CHECK version >= 1 OR action = 'delete',
    CONSTRAINT known_keyspace CHECK keyspace IN ('account', 'team', 'region', 'lead') OR action = 'delete',
    CONSTRAINT instants_in_range CHECK changed_at >= '1970-01-01' AND changed_at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
ORDER BY (rule_id, version, offset)
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per accepted change of a rule, full documents; unit: version; e.g. version 3 of resonance. Retention: kept.';

{{distributed rules by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local directory}}{{on_cluster}}
(
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
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_kind CHECK kind IN ('account', 'contact', 'rep', 'team', 'region'),
    CONSTRAINT named CHECK notEmpty(id),
    CONSTRAINT instants_in_range CHECK appended_at >= '1970-01-01' AND appended_at < '2200-01-01' AND arrayAll(span -> span.2 >= '1970-01-01' AND span.2 < '2200-01-01' AND (isNull(span.3) OR (span.3 >= '1970-01-01' AND span.3 < '2200-01-01')), belongs_to)
)
ENGINE = {{merge_tree}}
ORDER BY (kind, id, epoch, offset)
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per version of an entry of the directory; unit: version; e.g. account acme. Retention: kept.';

{{distributed directory by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local vocabulary}}{{on_cluster}}
(
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
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT known_kind CHECK kind IN ('talk-track', 'glossary-entry'),
    CONSTRAINT named CHECK notEmpty(id),
    CONSTRAINT instants_in_range CHECK appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
ORDER BY (kind, id, epoch, offset)
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per version of an entry of the vocabulary; unit: version; e.g. talk-track new-policy. Retention: kept.';

{{distributed vocabulary by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local dead_letters}}{{on_cluster}}
(
    dead_letter_id String COMMENT 'hash of origin and bytes: the same letter has the same; unit: id, 32 hex digits; e.g. 0a1b…',
    source LowCardinality(String) COMMENT 'source or service it was meant for; unit: name; e.g. emails',
    origin String COMMENT 'where it came from: topic/partition/offset, or route and request; unit: text; e.g. resonant.inbound.emails.v1/0/17',
    reason LowCardinality(String) COMMENT 'code of the error registry; unit: name; e.g. undecodable-record',
    detail String COMMENT 'what was expected and what came; unit: text; e.g. expected JSON, got other bytes',
    at DateTime64(3, 'UTC') COMMENT 'when it was put aside; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480' CODEC(Delta(8), ZSTD(1)),
    media_type LowCardinality(String) COMMENT 'media type of payload as far as known; unit: media type; e.g. application/json',
    key Nullable(String) COMMENT 'key of the record, NULL = none; unit: bytes; e.g. acme',
    headers Map(String, String) COMMENT 'headers of the record or request without credentials; unit: bytes by name; e.g. {''ce_id'': ''s1''}',
    payload String COMMENT 'the bytes as received; unit: bytes; e.g. {"id":' CODEC(ZSTD(3)),
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.dead-letters.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(dead_letter_id) AND notEmpty(origin) AND notEmpty(reason),
    CONSTRAINT instants_in_range CHECK at >= '1970-01-01' AND at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (dead_letter_id, offset)
TTL appended_at + INTERVAL 3 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per dead letter as it was written, copies included; unit: letter; e.g. a mail that could not be read. Retention: 3 years from appended_at.';

{{distributed dead_letters by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local dead_letter_outcomes}}{{on_cluster}}
(
    dead_letter_id String COMMENT 'the dead letter; unit: id, 32 hex digits; e.g. 0a1b…',
    outcome LowCardinality(String) COMMENT 'replayed or discarded; unit: name; e.g. replayed',
    at DateTime64(3, 'UTC') COMMENT 'when it was decided; unit: instant, ms, UTC; e.g. 2026-03-02 10:00:00.000' CODEC(Delta(8), ZSTD(1)),
    decided_by String COMMENT 'who decided, as the command was told or the system names the user; unit: name; e.g. ops',
    note String COMMENT 'why, empty if nothing was said; unit: text; e.g. schema was fixed',
    replayed_to LowCardinality(String) COMMENT 'topic that a replayed letter was appended to, empty when discarded; unit: name; e.g. resonant.inbound.emails.v1',
    topic LowCardinality(String) COMMENT 'Kafka topic; unit: name; e.g. resonant.dead-letters.v1',
    partition UInt16 COMMENT 'Kafka partition; unit: number from 0; e.g. 3',
    offset UInt64 COMMENT 'Kafka offset; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    epoch UInt32 COMMENT 'stream epoch; unit: number from 0; e.g. 0',
    appended_at DateTime64(3, 'UTC') COMMENT 'timestamp of the Kafka record; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.493' CODEC(Delta(8), ZSTD(1)),
    schema_id UInt32 COMMENT 'schema in the registry, 0 if the value names none; unit: id; e.g. 12',
    CONSTRAINT named CHECK notEmpty(dead_letter_id),
    CONSTRAINT known_outcome CHECK outcome IN ('replayed', 'discarded'),
    CONSTRAINT instants_in_range CHECK at >= '1970-01-01' AND at < '2200-01-01' AND appended_at >= '1970-01-01' AND appended_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(appended_at)
ORDER BY (dead_letter_id, offset)
TTL appended_at + INTERVAL 3 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per decision about a dead letter; unit: decision; e.g. a letter that was replayed. Retention: 3 years from appended_at.';

{{distributed dead_letter_outcomes by cityHash64(topic, partition)}};
