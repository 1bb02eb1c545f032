import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededRandom } from '@resonant/kafka';
import { alert, at, rule, signal, touchpoint } from './hand-made-rows.ts';
import { type HistoryAlone, startHistoryAlone } from './history-alone.ts';
import { type Call, streaksByHand } from './streaks-by-hand.ts';

let history: HistoryAlone;

beforeAll(async () => {
  history = await startHistoryAlone(7940);
}, 120_000);

afterAll(() => history?.stop(), 60_000);

test('v_signals shows a signal once, as it stands first in the log, whatever keyspaces and copies there are', async () => {
  await history.insert('signals', [
    signal({ keyspace: 'team', offset: 9, appended_at: at('08:00:05.000'), labels: { which: 'copy' } }),
    signal({ keyspace: 'team', offset: 4, appended_at: at('08:00:01.000'), labels: { which: 'first of team' } }),
    signal({ keyspace: 'account', offset: 7, appended_at: at('08:00:00.500'), labels: { which: 'first of all' } }),
    signal({ signal_id: 's2', occurred_at: at('09:00:00.000') }),
    signal({ signal_id: 's3', occurred_at: at('07:59:59.999') }),
  ]);
  const rows = (keyspace: string) =>
    history.rows(
      `SELECT signal_id, labels['which'] FROM resonant.v_signals(keyspace = '${keyspace}', from = '${at('08:00:00')}', to = '${at('09:00:00')}')`,
    );
  expect(await rows('')).toEqual([['s1', 'first of all']]);
  expect(await rows('team')).toEqual([['s1', 'first of team']]);
  expect(await rows('region')).toEqual([]);
});

test('v_account_timeline tells an account apart and puts what happened in order', async () => {
  const place = { keyspace: 'account', account_id: 'acme', partition: 1 };
  await history.insert('signals', [
    signal({ ...place, signal_id: 't1', event_id: 'calls:9', occurred_at: at('10:00:05.000'), rep_id: 'rep-1' }),
    signal({ ...place, signal_id: 't1', event_id: 'calls:9', occurred_at: at('10:00:05.000'), offset: 5 }),
    signal({ ...place, signal_id: 't2', event_id: 'forum:2', occurred_at: at('11:00:00.000'), kind: 'intent' }),
    signal({ ...place, signal_id: 't3', event_id: 'forum:3', account_id: 'other', occurred_at: at('10:30:00.000') }),
  ]);
  await history.insert('touchpoints', [
    touchpoint({ event_id: 'calls:9', occurred_at: at('10:00:00.000'), text: 'slow again' }),
    touchpoint({ event_id: 'forum:2', source: 'forum', occurred_at: at('11:00:00.000'), subject: 'Limits', text: 'x' }),
    touchpoint({ event_id: 'forum:3', source: 'forum', occurred_at: at('10:30:00.000'), text: 'not about them' }),
    touchpoint({ event_id: 'crm:4', source: 'crm', account_id: 'acme', occurred_at: at('12:00:00.000'), text: 'note' }),
  ]);
  await history.insert('alerts', [
    alert({ alert_id: 'al-1', subject_fields: { accountId: 'acme' }, at: at('11:00:00.000'), values: { lift: 3.2 } }),
    alert({ alert_id: 'al-2', subject_fields: { accountId: 'other' }, at: at('11:00:00.000') }),
  ]);
  await history.insert('acknowledgements', [
    {
      alert_id: 'al-1',
      acknowledged_by: 'key-1',
      note: 'called',
      keyspace: 'account',
      signal_id: 'ack-1',
      occurred_at: at('11:10:00.000'),
      partition: 1,
      offset: 30,
      appended_at: at('11:10:00.000'),
    },
  ]);
  expect(
    await history.rows(
      `SELECT toString(at), what, kind, rep_id, event_id, alert_id, detail FROM resonant.v_account_timeline(account = 'acme', from = '${at('10:00:00')}', to = '${at('13:00:00')}')`,
    ),
  ).toEqual([
    [at('10:00:00.000'), 'touchpoint', 'calls', '', 'calls:9', '', 'slow again'],
    [at('10:00:05.000'), 'signal', 'sentiment', 'rep-1', 'calls:9', '', '{} {}'],
    [at('11:00:00.000'), 'touchpoint', 'forum', '', 'forum:2', '', 'Limits'],
    [at('11:00:00.000'), 'signal', 'intent', '', 'forum:2', '', '{} {}'],
    [at('11:00:00.000'), 'alert', 'resonance', '', '', 'al-1', "opened (resonating) {'lift':3.2}"],
    [at('11:10:00.000'), 'acknowledgement', '', '', '', 'al-1', 'by key-1: called'],
    [at('12:00:00.000'), 'touchpoint', 'crm', '', 'crm:4', '', 'note'],
  ]);
});

test('v_alert_evidence shows the signals that an alert names, and says which of them history lacks', async () => {
  const place = { keyspace: 'account', account_id: 'zed', partition: 2 };
  await history.insert('signals', [
    signal({ ...place, signal_id: 'e1', event_id: 'calls:e1', occurred_at: at('14:00:00.000'), offset: 40 }),
    signal({ ...place, signal_id: 'e1', event_id: 'calls:e1', occurred_at: at('14:00:00.000'), offset: 44 }),
  ]);
  await history.insert('touchpoints', [
    touchpoint({ event_id: 'calls:e1', occurred_at: at('13:58:00.000'), text: 'it is down', offset: 70 }),
  ]);
  const evidence = [
    { event_id: 'calls:e1', signal_id: 'e1', occurred_at: at('14:00:00.000'), role: 'a' },
    { event_id: 'forum:gone', signal_id: 'e2', occurred_at: at('14:10:00.000'), role: 'b' },
  ];
  await history.insert('alerts', [
    alert({ alert_id: 'pair-1', subject_fields: { accountId: 'zed' }, log_partition: 2, evidence }),
  ]);
  expect(
    await history.rows(
      "SELECT seq, role, event_id, kind, log_offset, offset, excerpt, is_stored FROM resonant.v_alert_evidence(alert = 'pair-1')",
    ),
  ).toEqual([
    [1, 'a', 'calls:e1', 'sentiment', 40, 70, 'it is down', 1],
    [1, 'b', 'forum:gone', '', 0, 0, '', 0],
  ]);
});

test("v_alert_evidence shows the rule's window of an alert that names no signals, as it was at the deciding tick", async () => {
  const place = { keyspace: 'team', team_id: 'tw', rep_id: 'rw', partition: 3, labels: { track: 'p' } };
  const call = { ...place, kind: 'eligible-call' };
  await history.insert('signals', [
    signal({ ...call, signal_id: 'w0', occurred_at: at('15:00:00.000'), offset: 100 }),
    signal({ ...call, signal_id: 'w1', occurred_at: at('15:59:59.999'), offset: 101, kind: 'talk-track' }),
    signal({ ...call, signal_id: 'w1', occurred_at: at('15:59:59.999'), offset: 102, kind: 'talk-track' }),
    signal({ ...call, signal_id: 'too early', occurred_at: at('14:59:59.999'), offset: 103 }),
    signal({ ...call, signal_id: 'at the instant', occurred_at: at('16:00:00.000'), offset: 104 }),
    signal({ ...call, signal_id: 'of another rep', rep_id: 'rx', occurred_at: at('15:30:00.000'), offset: 105 }),
    signal({ ...call, signal_id: 'of another kind', kind: 'touch', occurred_at: at('15:30:00.000'), offset: 106 }),
    signal({ ...call, signal_id: 'behind the tick', occurred_at: at('15:30:00.000'), offset: 201 }),
    signal({ ...call, signal_id: 'in another partition', partition: 0, occurred_at: at('15:30:00.000'), offset: 107 }),
  ]);
  const pattern = (window: string) => ({
    ratio: {
      numerator: { when: "kind == 'talk-track' && labels.track == 'p'" },
      denominator: { when: "kind == 'eligible-call'" },
      window,
    },
  });
  await history.insert('rules', [rule('usage', 1, pattern('5m')), rule('usage', 2, pattern('60m'))]);
  const subject_fields = { teamId: 'tw', repId: 'rw' };
  await history.insert('alerts', [
    alert({
      ...{ alert_id: 'ratio-1', rule_id: 'usage', rule_version: 2, subject_fields, keyspace: 'team', log_partition: 3 },
      ...{ at: at('16:00:00.000'), tick_offset: 200 },
    }),
  ]);
  expect(
    await history.rows(
      "SELECT seq, role, signal_id, kind, log_offset, is_stored FROM resonant.v_alert_evidence(alert = 'ratio-1')",
    ),
  ).toEqual([
    [1, 'window', 'w0', 'eligible-call', 100, 1],
    [1, 'window', 'w1', 'talk-track', 101, 1],
  ]);
  expect(await history.rows("SELECT * FROM resonant.v_alert_evidence(alert = 'nobody')")).toEqual([]);
});

test('v_rep_streaks judges every minute as the rules do, on thirty days made at random', async () => {
  const rule = { windowMs: 20 * 60_000, deviation: 200_000, minSamples: 2, minMembers: 2 };
  const start = Date.parse('2031-02-01T00:00:00Z');
  const [from, to] = [start + 3_600_000, start + 3 * 3_600_000];
  const text = (instant: number): string => new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
  let streaks = 0;
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = seededRandom(seed);
    const team = `team-${seed}`;
    const calls = Array.from({ length: 150 }, (): Call => {
      const repId = `rep-${random.between(1, 4)}`;
      const minute = random.between(0, 4 * 60);
      const ms = random.pick([0, 1, 59_999, random.between(0, 59_999)]);
      return { repId, at: start + minute * 60_000 + ms, isUse: random.chance(repId === 'rep-1' ? 0.2 : 0.5) };
    });
    await history.insert(
      'signals',
      calls.map(({ repId, at: instant, isUse }, index) =>
        signal({
          ...{ kind: isUse ? 'talk-track' : 'eligible-call', team_id: team, rep_id: repId, labels: { track: 't' } },
          ...{ occurred_at: text(instant), signal_id: `${team}/${index}`, offset: 1000 + index },
        }),
      ),
    );
    const rows = await history.rows(
      `SELECT rep_id, toUnixTimestamp64Milli(toDateTime64(first_breach_at, 3, 'UTC')), toUnixTimestamp64Milli(toDateTime64(last_breach_at, 3, 'UTC')), n_instants, held_ms
       FROM resonant.v_rep_streaks(team = '${team}', track = 't', from = '${text(from)}', to = '${text(to)}', window_minutes = 20, deviation = 0.2, min_samples = 2, min_members = 2)`,
    );
    const byHand = streaksByHand(calls, from, to, rule);
    expect([seed, rows]).toEqual([seed, byHand]);
    streaks += byHand.length;
  }
  expect(streaks).toBe(381);
});

test('v_lead_response counts people and not machines, to the millisecond', async () => {
  const leads: readonly (readonly [string, string, string, string?])[] = [
    ['in time', 'lead-created', '09:00:00.000'],
    ['in time', 'lead-response', '09:01:30.000', 'human'],
    ['late', 'lead-created', '09:10:00.000'],
    ['late', 'lead-response', '09:10:01.000', 'auto'],
    ['late', 'lead-response', '09:11:30.001', 'human'],
    ['late', 'lead-response', '09:20:00.000', 'human'],
    ['unanswered', 'lead-created', '09:20:00.000'],
    ['unanswered', 'lead-response', '09:20:05.000', 'auto'],
    ['created twice', 'lead-created', '09:31:00.000'],
    ['created twice', 'lead-created', '09:30:00.000'],
    ['created twice', 'lead-response', '09:29:00.000', 'human'],
    ['created twice', 'lead-response', '09:32:00.000', 'human'],
    ['too late for the span', 'lead-created', '10:00:00.000'],
  ];
  await history.insert(
    'signals',
    leads.map(([lead_id, kind, clock, by], index) =>
      signal({
        ...{ keyspace: 'lead', kind, lead_id, occurred_at: at(clock), signal_id: `lead-${index}`, offset: 500 + index },
        labels: by === undefined ? {} : { by },
      }),
    ),
  );
  expect(
    await history.rows(
      `SELECT lead_id, elapsed_ms, is_late, late_by_ms, isNotNull(first_auto_at) FROM resonant.v_lead_response(from = '${at('09:00:00')}', to = '${at('10:00:00')}', within_ms = 90000)`,
    ),
  ).toEqual([
    ['in time', 90_000, 0, 0, 0],
    ['late', 90_001, 1, 1, 1],
    ['unanswered', null, 1, null, 1],
    ['created twice', 120_000, 1, 30_000, 0],
  ]);
});

test('v_breaker_latency runs from the first deviation to the alert in Kafka, for breakers alone', async () => {
  const opening = { transition: 'opened', state: 'open', opened_at: at('12:00:00.000'), at: at('12:00:00.000') };
  const decided = { decided_at: at('12:02:00.000'), appended_at: at('12:02:00.250') };
  const held = { values: { heldMs: 7_200_000 } };
  const end = {
    seq: 2,
    transition: 'resolved',
    state: 'closed',
    at: at('13:00:00.000'),
    decided_at: at('13:02:00.000'),
  };
  await history.insert('alerts', [
    alert({ ...opening, ...decided, ...held, alert_id: 'br-1', rule_id: 'usage' }),
    alert({ ...opening, ...held, ...end, alert_id: 'br-1', rule_id: 'usage' }),
    alert({ ...opening, ...decided, ...held, alert_id: 'br-2', rule_id: 'usage', offset: 12 }),
    alert({ ...opening, ...decided, alert_id: 'no breaker' }),
  ]);
  expect(
    await history.rows(
      `SELECT alert_id, toString(first_deviation_at), held_ms, decision_ms, append_ms, total_ms, open_ms, transition FROM resonant.v_breaker_latency(from = '${at('12:00:00')}', to = '${at('12:00:01')}')`,
    ),
  ).toEqual([
    ['br-1', at('10:00:00.000'), 7_200_000, 120_000, 250, 7_320_250, 3_600_000, 'resolved'],
    ['br-2', at('10:00:00.000'), 7_200_000, 120_000, 250, 7_320_250, null, 'opened'],
  ]);
});

test('v_ingest_gaps and v_freshness judge each source by what came from it', async () => {
  const came = (source: string, index: number, happened: string, received: string) =>
    touchpoint({
      ...{ source, event_id: `${source}:f${index}`, occurred_at: happened, received_at: received, offset: 800 + index },
      ...{ topic: `resonant.touchpoints.${source}.v1`, appended_at: received },
    });
  const day = (clock: string): string => `2032-01-01 ${clock}`;
  await history.insert('touchpoints', [
    came('chat', 0, day('10:00:00.000'), day('10:00:01.000')),
    came('chat', 1, day('10:10:00.000'), day('10:10:03.000')),
    came('chat', 2, day('10:20:00.000'), day('10:20:02.000')),
    came('survey', 3, day('11:00:00.000'), day('11:00:00.000')),
  ]);
  const stored = (topic: string, first: number, last: number, stored_at: string) => ({
    ...{ topic, partition: 0, epoch: 0, first, last, n_records: 1, n_rows: 1, n_rejected: 0, token: topic },
    stored_at,
  });
  await history.insert('ledger', [
    stored('resonant.touchpoints.chat.v1', 800, 801, day('10:10:03.500')),
    stored('resonant.touchpoints.chat.v1', 802, 802, day('10:20:02.100')),
    stored('resonant.touchpoints.survey.v1', 803, 803, day('11:00:00.700')),
  ]);
  const gaps = await history.rows(
    `SELECT source, toString(from_at), toString(to_at), gap_ms FROM resonant.v_ingest_gaps(from = '${day('10:00:00')}', to = '${day('12:00:00')}', min_gap_ms = 600000) WHERE source IN ('chat', 'survey')`,
  );
  expect(gaps).toEqual([
    ['chat', day('10:00:01.000'), day('10:10:03.000'), 602_000],
    ['chat', day('10:20:02.000'), day('12:00:00.000'), 5_998_000],
    ['survey', day('10:00:00.000'), day('11:00:00.000'), 3_600_000],
    ['survey', day('11:00:00.000'), day('12:00:00.000'), 3_600_000],
  ]);
  const fresh = (clock: string) =>
    history.rows(
      `SELECT source, n_touchpoints, toString(last_stored_at), received_p50_ms, received_p95_ms, queryable_p50_ms, queryable_p95_ms, usual_gap_ms, silent_ms, is_stale FROM resonant.v_freshness(at = '${day(clock)}') WHERE source IN ('chat', 'survey')`,
    );
  expect(await fresh('11:00:00')).toEqual([
    ['chat', 3, day('10:20:02.100'), 2000, 3000, 500, 602_500, 602_000, 2_398_000, 1],
    ['survey', 1, day('11:00:00.700'), 0, 0, 700, 700, 0, 0, 0],
  ]);
  expect((await fresh('10:50:08')).map((row) => [row[0], row.at(-2), row.at(-1)])).toEqual([['chat', 1_806_000, 0]]);
});

test('every parameterised view names its columns in its comment, and the example there runs', async () => {
  const views = await history.rows(
    "SELECT name, comment FROM system.tables WHERE database = 'resonant' AND startsWith(name, 'v_') ORDER BY name",
  );
  expect(views.map(([name]) => name)).toEqual([
    'v_account_timeline',
    'v_alert_evidence',
    'v_breaker_latency',
    'v_freshness',
    'v_ingest_gaps',
    'v_lead_response',
    'v_rep_streaks',
    'v_signals',
  ]);
  for (const [name, comment] of views as [string, string][]) {
    const example = /Example: (.*)$/.exec(comment)?.[1] ?? '';
    await history.rows(example);
    const call = /resonant\.v_\w+\([^)]*\)/.exec(example)?.[0] ?? '';
    const answer = await history.clickHouse.ask(`SELECT * FROM ${call} LIMIT 0`);
    const said = /Columns: (.*)Example:/.exec(comment)?.[1] ?? '';
    if (!said.startsWith('as resonant.signals')) {
      const unnamed = answer.columns.filter((column) => !new RegExp(`\\b${column.name}\\b`).test(said));
      expect([name, unnamed]).toEqual([name, []]);
    }
    answer.close();
  }
});
