-- What analysts ask again and again, as parameterised views: SELECT … FROM resonant.v_lead_response(from = '2026-03-03',
-- to = '2026-03-04', within_ms = 90000). Every parameter has to be given; instants are UTC, written as
-- 'YYYY-MM-DD hh:mm:ss.mmm' or a part of it from the left, and bounds are [from, to). The engine keeps no column list of
-- such a view, so parameters, columns and an example stand in its comment. No view reads the clock.
CREATE OR REPLACE VIEW resonant.v_signals{{on_cluster}}
AS SELECT
    keyspace, kind, account_id, contact_id, rep_id, team_id, region_id, lead_id, opportunity_id, occurred_at, channel,
    signal_id, event_id, measures, labels, partition, offset, appended_at
FROM resonant.signals
WHERE ({keyspace:String} = '' OR keyspace = {keyspace:String})
    AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
ORDER BY appended_at, keyspace, partition, offset
LIMIT 1 BY signal_id
COMMENT 'Each signal once, as it stands first in the log: the table has a row per keyspace and per copy. Parameters: keyspace (empty = any), from, to (occurred_at). Columns: as resonant.signals. Example: SELECT kind, count() FROM resonant.v_signals(keyspace = ''team'', from = ''2026-03-03'', to = ''2026-03-04'') GROUP BY kind';

CREATE OR REPLACE VIEW resonant.v_account_timeline{{on_cluster}}
AS WITH
    facts AS
    (
        SELECT occurred_at, kind, channel, rep_id, event_id, labels, measures
        FROM resonant.signals
        WHERE keyspace = 'account' AND account_id = {account:String}
            AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
        ORDER BY partition, offset
        LIMIT 1 BY signal_id
    ),
    said AS
    (
        SELECT at, rule_id, alert_id, seq, transition, state, values
        FROM resonant.alerts
        WHERE subject_fields['accountId'] = {account:String}
            AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
    )
SELECT at, what, kind, channel, rep_id, event_id, alert_id, detail
FROM
(
    SELECT occurred_at AS at, 1 AS rank, 'touchpoint' AS what, toString(source) AS kind, toString(channel) AS channel, rep_id,
        event_id, '' AS alert_id, substringUTF8(if(subject = '', text, subject), 1, 120) AS detail
    FROM resonant.touchpoints
    WHERE occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
        AND (account_id = {account:String} OR event_id IN (SELECT event_id FROM facts))
    UNION ALL
    SELECT occurred_at, 2, 'signal', toString(kind), toString(channel), rep_id, event_id, '',
        concat(toString(labels), ' ', toString(measures))
    FROM facts
    UNION ALL
    SELECT at, 3, 'alert', toString(rule_id), '', '', '', alert_id, concat(transition, ' (', state, ') ', toString(values))
    FROM said
    UNION ALL
    SELECT at, 4, 'action', toString(action), '', '', '', alert_id, concat('to ', to_role)
    FROM resonant.actions
    WHERE subject_fields['accountId'] = {account:String}
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
    UNION ALL
    SELECT occurred_at, 5, 'acknowledgement', '', '', '', '', alert_id, concat('by ', acknowledged_by, if(note = '', '', ': '), note)
    FROM resonant.acknowledgements
    WHERE alert_id IN (SELECT alert_id FROM resonant.alerts WHERE subject_fields['accountId'] = {account:String})
        AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
)
ORDER BY at, rank, kind, event_id, alert_id, detail
COMMENT 'What happened with an account, in order: touchpoints, signals, alerts, actions, acknowledgements. Parameters: account (id), from, to. Columns: at (instant), what (touchpoint, signal, alert, action or acknowledgement), kind (source, kind of signal, rule or action), channel, rep_id, event_id, alert_id (empty where there is none), detail (subject or first 120 characters; labels and measures; transition, state and numbers; recipient; who and note). Example: SELECT at, what, kind, detail FROM resonant.v_account_timeline(account = ''acme'', from = ''2026-03-01'', to = ''2026-03-31'')';

CREATE OR REPLACE VIEW resonant.v_alert_evidence{{on_cluster}}
AS WITH
    -- Scalars are worked out once; a common table expression would be each time it is named.
    (
        SELECT groupArray((seq, transition, at, keyspace, log_partition, tick_offset, rule_id, rule_version, subject_fields, evidence))
        FROM resonant.alerts
        WHERE alert_id = {alert:String}
    ) AS transitions,
    (
        SELECT groupArray((rule_id, version, document))
        FROM
        (
            SELECT toString(rule_id) AS rule_id, version, argMax(document, offset) AS document
            FROM resonant.rules
            WHERE action = 'put' AND rule_id IN (SELECT rule_id FROM resonant.alerts WHERE alert_id = {alert:String})
            GROUP BY rule_id, version
        )
    ) AS documents,
    arrayFilter(w -> w.8 > 0, arrayMap(
        t -> (t.1, t.2, t.3, t.4, t.5, t.6, t.9,
            toInt64OrZero(extract(JSONExtractString(arrayFirst(d -> d.1 = t.7 AND d.2 = t.8, documents).3, 'pattern', JSONExtractKeys(arrayFirst(d -> d.1 = t.7 AND d.2 = t.8, documents).3, 'pattern')[1], 'window'), '^([0-9]+)(?:ms|s|m|h|d)$'))
            * transform(extract(JSONExtractString(arrayFirst(d -> d.1 = t.7 AND d.2 = t.8, documents).3, 'pattern', JSONExtractKeys(arrayFirst(d -> d.1 = t.7 AND d.2 = t.8, documents).3, 'pattern')[1], 'window'), '[a-z]+$'), ['ms', 's', 'm', 'h', 'd'], [1, 1000, 60000, 3600000, 86400000], 0),
            extractAll(JSONExtractRaw(arrayFirst(d -> d.1 = t.7 AND d.2 = t.8, documents).3, 'pattern'), 'kind == ''([a-z0-9-]+)''')),
        arrayFilter(t -> empty(t.10), transitions))) AS windows,
    arrayFlatten(arrayMap(t -> arrayMap(item -> (item.1, item.2, item.3), t.10), transitions)) AS named,
    (
        SELECT groupArray((signal_id, toString(kind), toString(channel), rep_id, contact_id, labels, measures, offset))
        FROM
        (
            SELECT signal_id, kind, channel, rep_id, contact_id, labels, measures, offset
            FROM resonant.signals
            WHERE keyspace = transitions[1].4 AND partition = transitions[1].5
                AND occurred_at >= arrayMin(arrayMap(item -> item.3, named)) AND occurred_at <= arrayMax(arrayMap(item -> item.3, named))
                AND signal_id IN (SELECT arrayJoin(arrayMap(item -> item.2, named)))
            ORDER BY offset
            LIMIT 1 BY signal_id
        )
    ) AS facts,
    resting AS
    (
        SELECT t.1 AS seq, toString(t.2) AS transition, t.3 AS at, toString(item.4) AS role, item.3 AS occurred_at, item.2 AS signal_id,
            item.1 AS event_id, arrayFirst(f -> f.1 = item.2, facts) AS fact, fact.2 AS kind, fact.3 AS channel, fact.4 AS rep_id,
            fact.5 AS contact_id, fact.6 AS labels, fact.7 AS measures, fact.8 AS log_offset, toUInt8(fact.1 != '') AS is_stored
        FROM (SELECT arrayJoin(transitions) AS t)
        ARRAY JOIN t.10 AS item
        UNION ALL
        SELECT w.1, toString(w.2), w.3, 'window', s.occurred_at, s.signal_id, s.event_id,
            (s.signal_id, toString(s.kind), toString(s.channel), s.rep_id, s.contact_id, s.labels, s.measures, s.offset), toString(s.kind),
            toString(s.channel), s.rep_id, s.contact_id, s.labels, s.measures, s.offset, 1
        FROM resonant.signals AS s
        ARRAY JOIN windows AS w
        WHERE s.keyspace = transitions[1].4 AND s.partition = transitions[1].5
            AND s.kind IN (SELECT arrayJoin(arrayFlatten(arrayMap(w -> w.9, windows))))
            AND s.occurred_at >= arrayMin(arrayMap(w -> w.3 - toIntervalMillisecond(w.8), windows)) AND s.occurred_at < arrayMax(arrayMap(w -> w.3, windows))
            AND has(w.9, s.kind) AND s.offset < w.6 AND s.occurred_at >= w.3 - toIntervalMillisecond(w.8) AND s.occurred_at < w.3
            AND arrayAll((field, id) -> id = multiIf(
                field = 'accountId', s.account_id, field = 'contactId', s.contact_id, field = 'repId', s.rep_id,
                field = 'teamId', s.team_id, field = 'regionId', s.region_id, field = 'leadId', s.lead_id,
                field = 'opportunityId', s.opportunity_id, field = 'channel', s.channel,
                startsWith(field, 'labels.'), s.labels[substring(field, 8)], ''),
                mapKeys(w.7), mapValues(w.7))
        ORDER BY s.offset
        LIMIT 1 BY w.1, s.signal_id
    )
SELECT {alert:String} AS alert_id, e.seq AS seq, e.transition AS transition, e.at AS at, e.role AS role, e.occurred_at AS occurred_at,
    e.signal_id AS signal_id, e.event_id AS event_id, e.kind AS kind, e.channel AS channel, e.rep_id AS rep_id,
    e.contact_id AS contact_id, e.labels AS labels, e.measures AS measures, toString(transitions[1].4) AS keyspace,
    transitions[1].5 AS log_partition, e.log_offset AS log_offset, e.is_stored AS is_stored, s.source AS source,
    s.received_at AS received_at, s.topic AS topic, s.partition AS partition, s.offset AS offset,
    substringUTF8(if(s.subject = '', s.text, s.subject), 1, 200) AS excerpt
FROM resting AS e
LEFT JOIN
(
    SELECT source, event_id, subject, text, topic, partition, offset, received_at
    FROM resonant.touchpoints
    WHERE event_id IN (SELECT event_id FROM resting)
    ORDER BY appended_at, offset
    LIMIT 1 BY event_id
) AS s ON s.event_id = e.event_id
ORDER BY seq, occurred_at, role, signal_id
COMMENT 'What an alert rests on, transition by transition: the signals that it names and, where it names none (ratio, threshold, surge), those of its subject in the rule''s window, of the kinds that the rule''s document names and before the deciding tick. Day, week and month windows are left out. Parameters: alert (id). Columns: alert_id, seq, transition, at, role (a, b, start, stop or window), occurred_at, signal_id, event_id, kind, channel, rep_id, contact_id, labels, measures, keyspace, log_partition, log_offset (place in the signals topic), is_stored (0 = the signal is not in history), source, received_at, topic, partition, offset (place of the touchpoint), excerpt (subject or first 200 characters). Example: SELECT seq, role, event_id, excerpt FROM resonant.v_alert_evidence(alert = ''9b2f'') ORDER BY seq';

CREATE OR REPLACE VIEW resonant.v_rep_streaks{{on_cluster}}
AS WITH
    once AS
    (
        SELECT rep_id, kind, occurred_at
        FROM resonant.signals
        WHERE keyspace = 'team' AND kind IN ('talk-track', 'eligible-call') AND team_id = {team:String} AND rep_id != ''
            AND labels['track'] = {track:String}
            AND occurred_at >= {from:DateTime64(3, 'UTC')} - toIntervalMinute({window_minutes:UInt16})
            AND occurred_at < {to:DateTime64(3, 'UTC')}
        ORDER BY offset
        LIMIT 1 BY signal_id
    ),
    minutes AS
    (
        SELECT rep_id, toStartOfMinute(occurred_at) AS minute, countIf(kind = 'talk-track') AS used, countIf(kind = 'eligible-call') AS eligible
        FROM once
        GROUP BY rep_id, minute
    ),
    instants AS
    (
        SELECT rep_id, arrayJoin(arrayMap(i -> minute + toIntervalMinute(i), range(1, {window_minutes:UInt16} + 1))) AS instant,
            toInt64(sum(used)) AS n, toInt64(sum(eligible)) AS d
        FROM minutes
        GROUP BY rep_id, instant
        HAVING instant >= {from:DateTime64(3, 'UTC')} AND instant < {to:DateTime64(3, 'UTC')}
    ),
    compared AS
    (
        SELECT rep_id, instant, n, d, sum(n) OVER (PARTITION BY instant) - n AS rest_n, sum(d) OVER (PARTITION BY instant) - d AS rest_d,
            countIf(d > 0) OVER (PARTITION BY instant) - (d > 0) AS others
        FROM instants
    ),
    judged AS
    (
        SELECT rep_id, instant, n, d, rest_n, rest_d,
            n * rest_d * 1000000 <= (1000000 - toInt64(round({deviation:Float64} * 1000000))) * rest_n * d AND rest_n > 0 AS is_breach
        FROM compared
        WHERE d >= greatest(1, {min_samples:UInt32}) AND others >= {min_members:UInt32} AND rest_d >= greatest(1, {min_samples:UInt32})
    ),
    runs AS
    (
        SELECT *, countIf(NOT is_breach) OVER (PARTITION BY rep_id ORDER BY instant) AS run,
            lagInFrame(instant, 1, instant) OVER (PARTITION BY rep_id ORDER BY instant) AS previous,
            lagInFrame(is_breach, 1, 0) OVER (PARTITION BY rep_id ORDER BY instant) AS was_breach
        FROM judged
    )
SELECT rep_id, min(instant) AS first_breach_at, max(instant) AS last_breach_at, count() AS n_instants,
    toInt64(sum(if(was_breach AND previous = instant - toIntervalMinute(1), 60000, 0))) AS held_ms,
    argMin(n / d, instant) AS first_value, min(n / d) AS lowest_value, argMax(n / d, instant) AS last_value,
    argMax(rest_n / rest_d, instant) AS last_reference
FROM runs
WHERE is_breach
GROUP BY rep_id, run
ORDER BY first_breach_at, rep_id
COMMENT 'Spans in which a rep used a talk-track too little, judged every minute over a trailing window against the rest of the team (rules.md, ratio against cohort, exact comparison). An instant that cannot be judged interrupts the time held, not the streak. Parameters: team, track (ids), from, to, window_minutes, deviation (share under the rest, e.g. 0.2), min_samples (eligible calls of the rep and of the rest), min_members (colleagues with calls). Columns: rep_id, first_breach_at, last_breach_at, n_instants (minutes in breach), held_ms (ms), first_value, lowest_value, last_value (used per eligible call), last_reference (of the rest). Example: SELECT rep_id, first_breach_at, held_ms FROM resonant.v_rep_streaks(team = ''north-1'', track = ''new-policy'', from = ''2026-03-03'', to = ''2026-03-04'', window_minutes = 60, deviation = 0.2, min_samples = 3, min_members = 3) WHERE held_ms >= 7200000';

CREATE OR REPLACE VIEW resonant.v_lead_response{{on_cluster}}
AS WITH
    once AS
    (
        SELECT lead_id, kind, occurred_at, rep_id, team_id, labels['by'] AS who
        FROM resonant.signals
        WHERE keyspace = 'lead' AND kind IN ('lead-created', 'lead-response')
            AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} + toIntervalDay(31)
        ORDER BY partition, offset
        LIMIT 1 BY signal_id
    ),
    leads AS
    (
        SELECT lead_id, minIf(occurred_at, kind = 'lead-created') AS created, argMinIf(rep_id, occurred_at, kind = 'lead-created') AS rep,
            argMinIf(team_id, occurred_at, kind = 'lead-created') AS team,
            groupArrayIf((occurred_at, rep_id), kind = 'lead-response' AND who = 'human') AS human,
            groupArrayIf(occurred_at, kind = 'lead-response' AND who = 'auto') AS automatic
        FROM once
        GROUP BY lead_id
        HAVING countIf(kind = 'lead-created') > 0 AND created < {to:DateTime64(3, 'UTC')}
    ),
    answered AS
    (
        SELECT lead_id, created, rep, team,
            arraySort(arrayFilter(answer -> answer.1 >= created, human)) AS answers,
            arraySort(arrayFilter(answer -> answer >= created, automatic)) AS replies
        FROM leads
    ),
    said AS
    (
        SELECT subject_fields['leadId'] AS lead_id, argMax(alert_id, (opened_at, seq)) AS alert_id, argMax(transition, (opened_at, seq)) AS transition
        FROM resonant.alerts
        WHERE keyspace = 'lead' AND opened_at >= {from:DateTime64(3, 'UTC')}
        GROUP BY lead_id
    )
SELECT a.lead_id AS lead_id, a.rep AS rep_id, a.team AS team_id, a.created AS created_at,
    if(empty(answers), NULL, answers[1].1) AS first_human_at, if(empty(answers), '', answers[1].2) AS answered_by,
    if(empty(replies), NULL, replies[1]) AS first_auto_at,
    if(empty(answers), NULL, toInt64(dateDiff('millisecond', created, answers[1].1))) AS elapsed_ms,
    toUInt8(ifNull(elapsed_ms > {within_ms:UInt64}, 1)) AS is_late,
    if(is_late, elapsed_ms - toInt64({within_ms:UInt64}), 0) AS late_by_ms,
    said.alert_id AS alert_id, said.transition AS transition
FROM answered AS a
LEFT JOIN said ON said.lead_id = a.lead_id
ORDER BY created_at, lead_id
COMMENT 'How long each lead waited for a person. Parameters: from, to (when the lead was created), within_ms (how long it may take). Columns: lead_id, rep_id, team_id (of the lead), created_at, first_human_at (NULL = nobody within 31 days after to), answered_by (rep), first_auto_at (automatic reply, does not count; NULL = none), elapsed_ms (NULL = unanswered), is_late (0 or 1), late_by_ms (NULL = unanswered), alert_id, transition (last one of its last alert, empty = none). Example: SELECT lead_id, elapsed_ms, late_by_ms FROM resonant.v_lead_response(from = ''2026-03-03'', to = ''2026-03-04'', within_ms = 90000) WHERE is_late';

CREATE OR REPLACE VIEW resonant.v_breaker_latency{{on_cluster}}
AS WITH
    breakers AS
    (
        SELECT alert_id, argMin((rule_id, subject, values['heldMs'], decided_at, appended_at, is_shadow), seq) AS opening, any(opened_at) AS opened,
            maxIf(at, transition IN ('resolved', 'withdrawn')) AS ended, countIf(transition IN ('resolved', 'withdrawn')) AS n_ends,
            argMax(transition, seq) AS last, countIf(mapContains(values, 'heldMs')) AS n_held
        FROM resonant.alerts
        WHERE opened_at >= {from:DateTime64(3, 'UTC')} AND opened_at < {to:DateTime64(3, 'UTC')}
        GROUP BY alert_id
        HAVING n_held > 0 AND min(seq) = 1
    ),
    marks AS
    (
        SELECT alert_id, min(occurred_at) AS marked
        FROM resonant.acknowledgements
        WHERE alert_id IN (SELECT alert_id FROM breakers)
        GROUP BY alert_id
    )
SELECT b.alert_id AS alert_id, opening.1 AS rule_id, opening.2 AS subject,
    opened - toIntervalMillisecond(toInt64(opening.3)) AS first_deviation_at, opened AS opened_at, opening.4 AS decided_at,
    opening.5 AS appended_at, if(n_ends = 0, NULL, ended) AS ended_at, if(m.alert_id = '', NULL, m.marked) AS acknowledged_at,
    toInt64(opening.3) AS held_ms, toInt64(dateDiff('millisecond', opened, opening.4)) AS decision_ms,
    toInt64(dateDiff('millisecond', opening.4, opening.5)) AS append_ms,
    toInt64(dateDiff('millisecond', first_deviation_at, opening.5)) AS total_ms,
    if(n_ends = 0, NULL, toInt64(dateDiff('millisecond', opened, ended))) AS open_ms, last AS transition, opening.6 AS is_shadow
FROM breakers AS b
LEFT JOIN marks AS m ON m.alert_id = b.alert_id
ORDER BY opened_at, alert_id
COMMENT 'From the first deviation to the alert, for each breaker that opened. Parameters: from, to (opened_at). Columns: alert_id, rule_id, subject (JSON), first_deviation_at (opened_at less held_ms: earlier in truth where the clock was paused or a calendar applies), opened_at, decided_at, appended_at (alert in Kafka), ended_at (NULL = open), acknowledged_at (NULL = not), held_ms, decision_ms (opened to decided), append_ms (decided to in Kafka), total_ms (first deviation to in Kafka), open_ms (NULL = open), transition (the last), is_shadow. All _ms in ms. Example: SELECT subject, held_ms, total_ms FROM resonant.v_breaker_latency(from = ''2026-03-03'', to = ''2026-03-04'') ORDER BY total_ms DESC';

CREATE OR REPLACE VIEW resonant.v_ingest_gaps{{on_cluster}}
AS WITH
    arrivals AS
    (
        SELECT source, received_at
        FROM resonant.touchpoints
        WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
        UNION ALL
        SELECT DISTINCT source, toDateTime64({to:DateTime64(3, 'UTC')}, 3, 'UTC')
        FROM resonant.touchpoints
    ),
    spans AS
    (
        SELECT source, lagInFrame(received_at, 1, toDateTime64({from:DateTime64(3, 'UTC')}, 3, 'UTC')) OVER (PARTITION BY source ORDER BY received_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS from_at,
            received_at AS to_at
        FROM arrivals
    )
SELECT source, from_at, to_at, toInt64(dateDiff('millisecond', from_at, to_at)) AS gap_ms
FROM spans
WHERE gap_ms >= {min_gap_ms:UInt64}
ORDER BY source, from_at
COMMENT 'Spans in which nothing of a source was received; those at the bounds are counted from and to the bound. A source that never sent anything is not known here. Parameters: from, to, min_gap_ms. Columns: source, from_at, to_at (received_at before and after), gap_ms. Example: SELECT source, from_at, gap_ms FROM resonant.v_ingest_gaps(from = ''2026-03-03 08:00:00'', to = ''2026-03-03 18:00:00'', min_gap_ms = 3600000)';

CREATE OR REPLACE VIEW resonant.v_freshness{{on_cluster}}
AS WITH
    recent AS
    (
        SELECT source, occurred_at, received_at, topic, partition, offset, epoch, appended_at,
            lagInFrame(received_at, 1, received_at) OVER (PARTITION BY source ORDER BY received_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS previous
        FROM resonant.touchpoints
        WHERE received_at > {at:DateTime64(3, 'UTC')} - toIntervalDay(28) AND received_at <= {at:DateTime64(3, 'UTC')}
            AND appended_at > {at:DateTime64(3, 'UTC')} - toIntervalDay(28)
    ),
    stored AS
    (
        SELECT r.source AS source, r.occurred_at AS occurred_at, r.received_at AS received_at, r.appended_at AS appended_at, r.previous AS previous, l.stored_at AS stored_at
        FROM recent AS r
        ASOF LEFT JOIN (SELECT topic, partition, epoch, first, stored_at FROM resonant.ledger WHERE topic LIKE 'resonant.touchpoints.%') AS l
        ON l.topic = r.topic AND l.partition = r.partition AND l.epoch = r.epoch AND l.first <= r.offset
    )
SELECT source, count() AS n_touchpoints, max(stored.occurred_at) AS last_occurred_at, max(stored.received_at) AS last_received_at,
    max(stored.stored_at) AS last_stored_at,
    toInt64(quantileExact(0.5)(dateDiff('millisecond', stored.occurred_at, stored.received_at))) AS received_p50_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.occurred_at, stored.received_at))) AS received_p95_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.received_at, stored.appended_at))) AS appended_p95_ms,
    toInt64(quantileExact(0.5)(dateDiff('millisecond', stored.appended_at, stored.stored_at))) AS queryable_p50_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.appended_at, stored.stored_at))) AS queryable_p95_ms,
    toInt64(quantileExact(0.95)(dateDiff('millisecond', stored.previous, stored.received_at))) AS usual_gap_ms,
    toInt64(dateDiff('millisecond', last_received_at, {at:DateTime64(3, 'UTC')})) AS silent_ms,
    toUInt8(n_touchpoints > 1 AND silent_ms > 3 * usual_gap_ms) AS is_stale
FROM stored
GROUP BY source
ORDER BY source
COMMENT 'How fresh each source is at an instant, from its touchpoints of the 28 days before. Parameters: at. Columns: source, n_touchpoints, last_occurred_at, last_received_at, last_stored_at (by the engine''s clock), received_p50_ms, received_p95_ms (happened to received), appended_p95_ms (received to in Kafka), queryable_p50_ms, queryable_p95_ms (in Kafka to queryable here), usual_gap_ms (95 % of the gaps between two are no longer), silent_ms (since the last), is_stale (silent for more than three usual gaps). Example: SELECT source, silent_ms, is_stale FROM resonant.v_freshness(at = ''2026-03-03 18:00:00'')';
