-- What Kafka no longer keeps and history never stored: who gave it up and why, and where the ledger stands for it.
CREATE TABLE IF NOT EXISTS {{local losses}}{{on_cluster}}
(
    topic LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.signals.account.v1',
    partition UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 3',
    epoch UInt32 COMMENT 'stream epoch of the range; unit: number from 0; e.g. 0',
    first UInt64 COMMENT 'first offset that was given up; unit: Kafka offset; e.g. 12001',
    last UInt64 COMMENT 'last offset that was given up, inclusive; unit: Kafka offset; e.g. 12500',
    reason String COMMENT 'why, as the operator gave it; unit: text; e.g. restored the backup of March, Kafka keeps 14 days',
    accepted_by String COMMENT 'who gave it up; unit: name; e.g. ops',
    accepted_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:00.000',
    CONSTRAINT named CHECK notEmpty(topic) AND notEmpty(reason) AND notEmpty(accepted_by),
    CONSTRAINT range_is_whole CHECK first <= last
)
ENGINE = {{merge_tree}}
ORDER BY (topic, epoch, partition, first)
SETTINGS {{deduplication}}, default_compression_codec = 'ZSTD(1)'
COMMENT 'One row per range of offsets that an operator gave up because Kafka no longer kept it and it was not stored; unit: range; e.g. offsets 12001 to 12500 of resonant.alerts.v1/0. Retention: kept.';

{{distributed losses by cityHash64(topic, partition)}};

CREATE OR REPLACE VIEW resonant.lost_ranges{{on_cluster}}
(
    topic LowCardinality(String) COMMENT 'Kafka topic of the range; unit: name; e.g. resonant.signals.account.v1',
    partition UInt16 COMMENT 'Kafka partition of the range; unit: number from 0; e.g. 3',
    epoch UInt32 COMMENT 'stream epoch of the range; unit: number from 0; e.g. 0',
    first UInt64 COMMENT 'first offset that is lost; unit: Kafka offset; e.g. 12001',
    last UInt64 COMMENT 'last offset that is lost, inclusive; unit: Kafka offset; e.g. 12500',
    n_offsets UInt64 COMMENT 'offsets of the range, at most so many records are lost; unit: offsets; e.g. 500',
    reason String COMMENT 'why it was given up, empty if nobody said; unit: text; e.g. restored the backup of March, Kafka keeps 14 days',
    accepted_by String COMMENT 'who gave it up, empty if nobody said; unit: name; e.g. ops',
    stored_at DateTime64(3, 'UTC') COMMENT 'when the writer passed over it; unit: instant, ms, UTC; e.g. 2026-03-02 11:00:30.000'
)
AS SELECT
    lost.topic AS topic, lost.partition AS partition, lost.epoch AS epoch, lost.first AS first, lost.last AS last,
    lost.n_offsets AS n_offsets, said.reason AS reason, said.accepted_by AS accepted_by, lost.stored_at AS stored_at
FROM
(
    SELECT topic, partition, epoch, first, last, last - first + 1 AS n_offsets, stored_at
    FROM resonant.ledger
    WHERE n_records = 0 AND match(token, '/skipped(~[0-9]+)?$')
) AS lost
LEFT JOIN
(
    SELECT topic, partition, epoch, first, last, argMax(losses.reason, accepted_at) AS reason, argMax(losses.accepted_by, accepted_at) AS accepted_by
    FROM resonant.losses
    GROUP BY topic, partition, epoch, first, last
) AS said
ON said.topic = lost.topic AND said.partition = lost.partition AND said.epoch = lost.epoch AND said.first = lost.first AND said.last = lost.last
COMMENT 'One row per range of offsets that history lacks for good: the ranges of the ledger that stand for what was given up; unit: range; e.g. offsets 12001 to 12500 of resonant.alerts.v1/0. Retention: as ledger.';
