ALTER TABLE resonant.touchpoints_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.touchpoints_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.touchpoints_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.payloads_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.payloads_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.payloads_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.log_local ON CLUSTER '{cluster}' DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.log_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.log_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.signals_local ON CLUSTER '{cluster}' DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.signals_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.signals_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.acknowledgements_local ON CLUSTER '{cluster}' DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.acknowledgements_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.acknowledgements_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.rule_changes_local ON CLUSTER '{cluster}' DELETE WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.rule_changes_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat('resonant.signals.', keyspace, '.v1', '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.rule_changes_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.alerts_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.alerts_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.alerts_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.actions_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.actions_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.actions_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.deliveries_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.deliveries_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.deliveries_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.rules_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.rules_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.rules_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.directory_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.directory_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.directory_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.vocabulary_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.vocabulary_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.vocabulary_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.dead_letters_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.dead_letters_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.dead_letters_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.dead_letter_outcomes_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND _part IN ('202603_17_21_1') SETTINGS mutations_sync = 2;

ALTER TABLE resonant.dead_letter_outcomes_local ON CLUSTER '{cluster}' DELETE WHERE offset IN (12001)
    AND concat(topic, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN ('resonant.signals.account.v1/3/0/12001') SETTINGS mutations_sync = 2;

TRUNCATE TABLE resonant.dead_letter_outcomes_local ON CLUSTER '{cluster}';

ALTER TABLE resonant.ledger_local ON CLUSTER '{cluster}' DELETE WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}
    AND first = {first:UInt64} AND last = {last:UInt64}
    AND _part IN ('all_17_21_1') SETTINGS mutations_sync = 2;
