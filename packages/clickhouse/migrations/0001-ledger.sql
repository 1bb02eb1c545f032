-- What is stored: one row per insert, that is per contiguous offset range of one partition. A materialised view of each
-- intake table fills it from the same insert; digests and row hashes stand in the same row, so they cannot part.
CREATE TABLE IF NOT EXISTS {{local ledger}}{{on_cluster}}
(
    topic LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.signals.account.v1',
    partition UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 3',
    epoch UInt32 COMMENT 'which topic of that name, raised by an operator when it is made anew; unit: number from 0; e.g. 0',
    first UInt64 COMMENT 'first offset of the range; unit: Kafka offset; e.g. 12001' CODEC(Delta(8), ZSTD(1)),
    last UInt64 COMMENT 'last offset of the range, inclusive; unit: Kafka offset; e.g. 12500' CODEC(Delta(8), ZSTD(1)),
    n_records UInt32 COMMENT 'records of the range that Kafka holds, holes not counted; unit: records; e.g. 498',
    n_rows UInt32 COMMENT 'records that became a row of the main table of their intake; unit: records; e.g. 497',
    n_rejected UInt32 COMMENT 'records that could not become a row and are dead letters; unit: records; e.g. 1',
    token String COMMENT 'deduplication token of the insert; unit: text; e.g. resonant.alerts.v1/0/0/12001-12500/9f86d081…',
    digest FixedString(32) COMMENT 'SHA-256 over the sorted row hashes of the whole range; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    digests Array(Tuple(table LowCardinality(String), n_rows UInt32, digest FixedString(32))) COMMENT 'per table: rows and SHA-256 over their sorted hashes, see the view digests; unit: rows, 32 bytes; e.g. [(''alerts'', 497, …)]',
    hash_form UInt16 COMMENT 'which list of columns the row hashes cover; unit: number from 1; e.g. 1',
    row_hashes Array(Tuple(table LowCardinality(String), offset UInt64, hash FixedString(32))) COMMENT 'hash of each row, see the view row_hashes; unit: Kafka offset, 32 bytes; e.g. [(''alerts'', 12001, …)]' TTL stored_at + INTERVAL 10 YEAR,
    stored_at DateTime64(3, 'UTC') COMMENT 'when the engine stored the range, by its own clock; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.123' CODEC(Delta(8), ZSTD(1))
)
ENGINE = {{merge_tree}}
ORDER BY (topic, epoch, partition, first)
SETTINGS {{deduplication 700000}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per stored range of offsets; unit: range; e.g. offsets 12001 to 12500 of resonant.alerts.v1/0. Retention: kept; row hashes 10 years from stored_at.';

{{distributed ledger by cityHash64(topic, partition)}};

CREATE OR REPLACE VIEW resonant.row_hashes{{on_cluster}}
(
    table LowCardinality(String) COMMENT 'table of the row; unit: name; e.g. alerts',
    topic LowCardinality(String) COMMENT 'Kafka topic of the row; unit: name; e.g. resonant.alerts.v1',
    partition UInt16 COMMENT 'Kafka partition of the row; unit: number from 0; e.g. 0',
    epoch UInt32 COMMENT 'stream epoch of the row; unit: number from 0; e.g. 0',
    offset UInt64 COMMENT 'Kafka offset of the row; unit: Kafka offset; e.g. 12001',
    hash FixedString(32) COMMENT 'SHA-256 over the columns of the row in RowBinary; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    hash_form UInt16 COMMENT 'which list of columns the hash covers; unit: number from 1; e.g. 1',
    first UInt64 COMMENT 'first offset of the range the row came with; unit: Kafka offset; e.g. 12001',
    last UInt64 COMMENT 'last offset of that range; unit: Kafka offset; e.g. 12500',
    stored_at DateTime64(3, 'UTC') COMMENT 'when that range was stored; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.123'
)
AS SELECT
    tupleElement(entry, 'table') AS table, topic, partition, epoch, tupleElement(entry, 'offset') AS offset,
    tupleElement(entry, 'hash') AS hash, hash_form, first, last, stored_at
FROM resonant.ledger
ARRAY JOIN row_hashes AS entry
COMMENT 'One row per row ever stored, also of erased and expired ones: the hashes of the ledger; unit: row; e.g. alerts at offset 12001. Retention: as ledger.row_hashes.';

CREATE OR REPLACE VIEW resonant.digests{{on_cluster}}
(
    table LowCardinality(String) COMMENT 'table; unit: name; e.g. alerts',
    topic LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.alerts.v1',
    partition UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 0',
    epoch UInt32 COMMENT 'stream epoch of the range; unit: number from 0; e.g. 0',
    first UInt64 COMMENT 'first offset of the range; unit: Kafka offset; e.g. 12001',
    last UInt64 COMMENT 'last offset of the range, inclusive; unit: Kafka offset; e.g. 12500',
    n_rows UInt32 COMMENT 'rows of the range in this table; unit: rows; e.g. 497',
    digest FixedString(32) COMMENT 'SHA-256 over the sorted hashes of those rows; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    stored_at DateTime64(3, 'UTC') COMMENT 'when the range was stored; unit: instant, ms, UTC; e.g. 2026-03-02 09:15:00.123'
)
AS SELECT
    tupleElement(entry, 'table') AS table, topic, partition, epoch, first, last, tupleElement(entry, 'n_rows') AS n_rows,
    tupleElement(entry, 'digest') AS digest, stored_at
FROM resonant.ledger
ARRAY JOIN digests AS entry
COMMENT 'One row per stored range and table: the digests of the ledger; unit: range; e.g. the rows of alerts from offsets 12001 to 12500. Retention: as ledger.';
