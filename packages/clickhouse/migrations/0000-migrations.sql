-- Comes first on every run: where the runner writes down what it has done.
CREATE DATABASE IF NOT EXISTS resonant{{on_cluster}} COMMENT 'Resonant: what happened, what the rules said, and what proves it.';

CREATE TABLE IF NOT EXISTS {{local migrations}}{{on_cluster}}
(
    number UInt16 COMMENT 'number of the migration file; unit: number from 0; e.g. 3',
    name String COMMENT 'name of the migration file; unit: file name; e.g. 0003-signals.sql',
    statement UInt16 COMMENT 'statement of the file; unit: number from 1; e.g. 2',
    n_statements UInt16 COMMENT 'statements of the file; unit: statements; e.g. 9',
    checksum FixedString(32) COMMENT 'SHA-256 over the statement as it stands in the file; unit: 32 bytes; e.g. unhex(''e3b0c442…'')',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when it was done; unit: instant, ms, UTC; e.g. 2026-03-02 08:00:00.000'
)
ENGINE = {{merge_tree}}
ORDER BY (number, statement)
SETTINGS {{deduplication}}
COMMENT 'One row per statement of a migration that was done; unit: statement; e.g. statement 2 of 0003-signals.sql. Retention: kept.';

{{distributed migrations by number}};
