-- What is kept beside the log: seals over the ledger, erasures, what was asked.
CREATE TABLE IF NOT EXISTS {{local seals}}{{on_cluster}}
(
    seal_id UInt64 COMMENT 'number in the chain; unit: number from 1; e.g. 412',
    from_at DateTime64(3, 'UTC') COMMENT 'start of the sealed hour; unit: instant, ms, UTC; e.g. 2026-03-02 09:00:00.000',
    to_at DateTime64(3, 'UTC') COMMENT 'end of the sealed hour, exclusive; unit: instant, ms, UTC; e.g. 2026-03-02 10:00:00.000',
    n_ranges UInt32 COMMENT 'ranges of the ledger stored in that hour; unit: ranges; e.g. 3600',
    n_rows UInt64 COMMENT 'row hashes of those ranges; unit: rows; e.g. 91000',
    digest FixedString(32) COMMENT 'SHA-256 over the digests of those ranges; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    previous_hash String COMMENT 'hash of the seal before, empty for the first; unit: 32 bytes; e.g. unhex(''9f86d081…'')',
    hash FixedString(32) COMMENT 'SHA-256 over the fields above, what the next seal names; unit: 32 bytes; e.g. unhex(''5feceb66…'')',
    key_id LowCardinality(String) COMMENT 'signing key; unit: id; e.g. seal-2026',
    signature FixedString(64) COMMENT 'Ed25519 over hash; unit: 64 bytes; e.g. unhex(''6e57…'')',
    sealed_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when it was stored; unit: instant, ms, UTC; e.g. 2026-03-02 10:05:00.000',
    CONSTRAINT numbers_from_1 CHECK seal_id >= 1,
    CONSTRAINT chained CHECK length(previous_hash) = if(seal_id = 1, 0, 32),
    CONSTRAINT instants_in_range CHECK from_at >= '1970-01-01' AND from_at < to_at AND to_at < '2200-01-01'
)
ENGINE = {{merge_tree}}
ORDER BY seal_id
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per link of the signed chain over the ledger; unit: seal; e.g. the hour from 09:00. Retention: kept.';

{{distributed seals by seal_id}};

CREATE TABLE IF NOT EXISTS {{local erasures}}{{on_cluster}}
(
    erasure_id String COMMENT 'one request to erase; unit: id; e.g. e-20260302-1',
    reason String COMMENT 'why, as the operator gave it, without the person''s name; unit: text; e.g. request of the person, ticket 88',
    table LowCardinality(String) COMMENT 'table of the erased row; unit: name; e.g. touchpoints',
    topic LowCardinality(String) COMMENT 'Kafka topic of the erased row; unit: name; e.g. resonant.touchpoints.calls.v1',
    partition UInt16 COMMENT 'Kafka partition of the erased row; unit: number from 0; e.g. 3',
    epoch UInt32 COMMENT 'stream epoch of the erased row; unit: number from 0; e.g. 0',
    offset UInt64 COMMENT 'Kafka offset of the erased row; unit: Kafka offset; e.g. 12001',
    hash FixedString(32) COMMENT 'hash that the row had, as in row_hashes; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    erased_by String COMMENT 'who asked for it; unit: id; e.g. dpo',
    erased_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:00.000',
    CONSTRAINT named CHECK notEmpty(erasure_id) AND notEmpty(reason) AND notEmpty(table) AND notEmpty(topic)
)
ENGINE = {{merge_tree}}
ORDER BY (table, topic, partition, epoch, offset)
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per row that was erased on request: its place, its hash and why, never what it said; unit: row; e.g. a call of someone who asked for it. Retention: kept.';

{{distributed erasures by cityHash64(topic, partition)}};

CREATE TABLE IF NOT EXISTS {{local queries}}{{on_cluster}}
(
    query_id String COMMENT 'id of the query; unit: id; e.g. 6f1c2d3e-…',
    user LowCardinality(String) COMMENT 'who asked; unit: name; e.g. analyst',
    asked_at DateTime64(3, 'UTC') COMMENT 'when it came; unit: instant, ms, UTC; e.g. 2026-03-02 09:31:12.480' CODEC(Delta(8), ZSTD(1)),
    statement String COMMENT 'what was asked; unit: SQL; e.g. SELECT count() FROM resonant.alerts',
    parameters Map(LowCardinality(String), String) COMMENT 'bound parameters; unit: text by name; e.g. {''account'': ''acme''}',
    duration_ms UInt64 COMMENT 'how long it took; unit: ms; e.g. 41',
    n_read_rows UInt64 COMMENT 'rows that were read; unit: rows; e.g. 120000',
    n_read_bytes UInt64 COMMENT 'bytes that were read; unit: bytes; e.g. 4800000',
    n_rows UInt64 COMMENT 'rows of the answer; unit: rows; e.g. 12',
    code Int32 COMMENT 'ClickHouse error code, 0 = none; unit: code; e.g. 159',
    is_truncated UInt8 COMMENT 'the answer was cut at a limit; unit: 0 or 1; e.g. 0',
    CONSTRAINT named CHECK notEmpty(query_id) AND notEmpty(user)
)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(asked_at)
ORDER BY (asked_at, query_id)
TTL asked_at + INTERVAL 1 YEAR
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)', ttl_only_drop_parts = 1
COMMENT 'One row per query that was asked; unit: query; e.g. a count by an analyst. Retention: 1 year from asked_at.';

{{distributed queries by cityHash64(query_id)}};
