-- The directory of now as dictionaries: dictGet('resonant.accounts', 'name', account_id) instead of a join. Unknown ids give ''.
CREATE OR REPLACE DICTIONARY resonant.accounts{{on_cluster}}
(
    id String,
    name String DEFAULT '',
    owner_id String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE({{dictionary_source}}QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS owner_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = ''account'' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per account as the directory has it now: id, name, owner_id (rep who owns it now); unit: account; e.g. acme, Acme Ltd, rep-07. Retention: kept, from directory.';

CREATE OR REPLACE DICTIONARY resonant.contacts{{on_cluster}}
(
    id String,
    name String DEFAULT '',
    account_id String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE({{dictionary_source}}QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS account_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = ''contact'' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per contact as the directory has it now: id, name, account_id (where they are now); unit: contact; e.g. ann, Ann, acme. Retention: kept, from directory.';

CREATE OR REPLACE DICTIONARY resonant.reps{{on_cluster}}
(
    id String,
    name String DEFAULT '',
    team_id String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE({{dictionary_source}}QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS team_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = ''rep'' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per rep as the directory has it now: id, name, team_id (team of now); unit: rep; e.g. rep-07, Bo, north-1. Retention: kept, from directory.';

CREATE OR REPLACE DICTIONARY resonant.teams{{on_cluster}}
(
    id String,
    name String DEFAULT '',
    region_id String DEFAULT '',
    supervisor_id String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE({{dictionary_source}}QUERY 'SELECT id, latest.2 AS name, tupleElement(arrayFirst(span -> isNull(span.3) OR span.3 > now64(3), arrayReverse(latest.3)), 1) AS region_id, latest.4 AS supervisor_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = ''team'' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per team as the directory has it now: id, name, region_id (region of now), supervisor_id; unit: team; e.g. north-1, North one, north, rep-02. Retention: kept, from directory.';

CREATE OR REPLACE DICTIONARY resonant.regions{{on_cluster}}
(
    id String,
    name String DEFAULT '',
    director_id String DEFAULT ''
)
PRIMARY KEY id
SOURCE(CLICKHOUSE({{dictionary_source}}QUERY 'SELECT id, latest.2 AS name, latest.4 AS director_id FROM (SELECT id, argMax((is_deleted, name, belongs_to, head_id), (epoch, offset)) AS latest FROM resonant.directory WHERE kind = ''region'' GROUP BY id) WHERE latest.1 = 0'))
LIFETIME(MIN 30 MAX 60)
LAYOUT(COMPLEX_KEY_HASHED())
COMMENT 'One row per region as the directory has it now: id, name, director_id; unit: region; e.g. north, North, rep-01. Retention: kept, from directory.';

CREATE OR REPLACE VIEW resonant.talk_tracks{{on_cluster}}
(
    track_id String COMMENT 'id of the talk-track; unit: id; e.g. new-policy',
    title String COMMENT 'title; unit: text; e.g. New policy',
    language String COMMENT 'language, empty = any; unit: language code; e.g. en',
    phrases Array(String) COMMENT 'phrases; unit: texts; e.g. [''our new response time policy'']',
    triggers Array(String) COMMENT 'phrases that make a call eligible, none = every call; unit: texts; e.g. []',
    quorum UInt32 COMMENT 'distinct phrases that make one use; unit: phrases; e.g. 2'
)
AS SELECT id AS track_id, latest.2 AS title, latest.3 AS language, latest.4 AS phrases, latest.5 AS triggers, latest.6 AS quorum
FROM (SELECT id, argMax((is_deleted, title, language, phrases, triggers, quorum, is_technical), (epoch, offset)) AS latest FROM resonant.vocabulary WHERE kind = 'talk-track' GROUP BY id)
WHERE latest.1 = 0
COMMENT 'One row per talk-track as the vocabulary has it now; unit: talk-track; e.g. new-policy. Retention: kept, from vocabulary.';

CREATE OR REPLACE VIEW resonant.glossary{{on_cluster}}
(
    term_id String COMMENT 'id of the term; unit: id; e.g. rate-limit',
    term String COMMENT 'the term; unit: text; e.g. rate limit',
    language String COMMENT 'language, empty = any; unit: language code; e.g. en',
    aliases Array(String) COMMENT 'other spellings; unit: texts; e.g. [''ratelimit'']',
    is_technical UInt8 COMMENT 'a question about it is technical; unit: 0 or 1; e.g. 1'
)
AS SELECT id AS term_id, latest.2 AS term, latest.3 AS language, latest.4 AS aliases, latest.7 AS is_technical
FROM (SELECT id, argMax((is_deleted, title, language, phrases, triggers, quorum, is_technical), (epoch, offset)) AS latest FROM resonant.vocabulary WHERE kind = 'glossary-entry' GROUP BY id)
WHERE latest.1 = 0
COMMENT 'One row per term as the vocabulary has it now; unit: term; e.g. rate limit. Retention: kept, from vocabulary.';
