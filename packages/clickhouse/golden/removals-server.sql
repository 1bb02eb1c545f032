ALTER TABLE resonant.touchpoints DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.touchpoints DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.touchpoints;

ALTER TABLE resonant.payloads DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.payloads DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.payloads;

ALTER TABLE resonant.log DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.log DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.log;

ALTER TABLE resonant.signals DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.signals DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.signals;

ALTER TABLE resonant.acknowledgements DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.acknowledgements DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.acknowledgements;

ALTER TABLE resonant.rule_changes DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.rule_changes DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.rule_changes;

ALTER TABLE resonant.alerts DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.alerts DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.alerts;

ALTER TABLE resonant.actions DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.actions DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.actions;

ALTER TABLE resonant.deliveries DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.deliveries DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.deliveries;

ALTER TABLE resonant.rules DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.rules DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.rules;

ALTER TABLE resonant.directory DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.directory DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.directory;

ALTER TABLE resonant.vocabulary DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.vocabulary DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.vocabulary;

ALTER TABLE resonant.dead_letters DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.dead_letters DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.dead_letters;

ALTER TABLE resonant.dead_letter_outcomes DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.dead_letter_outcomes DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.dead_letter_outcomes;

ALTER TABLE resonant.ledger DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}
    AND first = {first:UInt64} AND last = {last:UInt64}
    AND _part IN ('all_17_21_1') SETTINGS mutations_sync = 2;
