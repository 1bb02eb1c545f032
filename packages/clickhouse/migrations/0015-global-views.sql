-- The views of 0012 that compare a table with what is read from another, with GLOBAL: in a cluster each shard would
-- otherwise compare its own part with its own part, and the engine refuses that.
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
        AND (account_id = {account:String} OR event_id GLOBAL IN (SELECT event_id FROM facts))
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
    WHERE alert_id GLOBAL IN (SELECT alert_id FROM resonant.alerts WHERE subject_fields['accountId'] = {account:String})
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
            WHERE action = 'put' AND rule_id GLOBAL IN (SELECT rule_id FROM resonant.alerts WHERE alert_id = {alert:String})
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
                AND signal_id GLOBAL IN (SELECT arrayJoin(arrayMap(item -> item.2, named)))
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
            AND s.kind GLOBAL IN (SELECT arrayJoin(arrayFlatten(arrayMap(w -> w.9, windows))))
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
    WHERE event_id GLOBAL IN (SELECT event_id FROM resting)
    ORDER BY appended_at, offset
    LIMIT 1 BY event_id
) AS s ON s.event_id = e.event_id
ORDER BY seq, occurred_at, role, signal_id
COMMENT 'What an alert rests on, transition by transition: the signals that it names and, where it names none (ratio, threshold, surge), those of its subject in the rule''s window, of the kinds that the rule''s document names and before the deciding tick. Day, week and month windows are left out. Parameters: alert (id). Columns: alert_id, seq, transition, at, role (a, b, start, stop or window), occurred_at, signal_id, event_id, kind, channel, rep_id, contact_id, labels, measures, keyspace, log_partition, log_offset (place in the signals topic), is_stored (0 = the signal is not in history), source, received_at, topic, partition, offset (place of the touchpoint), excerpt (subject or first 200 characters). Example: SELECT seq, role, event_id, excerpt FROM resonant.v_alert_evidence(alert = ''9b2f'') ORDER BY seq';

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
        WHERE alert_id GLOBAL IN (SELECT alert_id FROM breakers)
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
