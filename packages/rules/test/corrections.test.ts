import { expect, test } from '@jest/globals';
import { Engine, type LogEntry } from '@resonant/engine';
import { compileRule, parseTestLog } from '../src/index.ts';
import { putOf, signalOf } from './random-rules.ts';

const head = { apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] };
const when = (kind: string) => ({ when: `kind == '${kind}'` });
const ratio = (fields: object, version = 1) => ({
  ...{ ...head, version },
  pattern: {
    ratio: {
      ...{ numerator: when('hit'), denominator: when('call'), window: '1h', every: '15m' },
      ...{ against: 'number', number: 0.5, side: 'below', ...fields },
    },
  },
});
const log = (lines: string) => parseTestLog(lines.replaceAll('@', 'teamId=t1 repId=r1'));

function play(entries: readonly LogEntry[]) {
  const engine = new Engine({ compile: compileRule });
  return entries.flatMap((entry) => engine.apply(entry)).flatMap((line) => (line.type === 'alert' ? [line] : []));
}
const saidBy = (entries: readonly LogEntry[]) =>
  play(entries).map(({ ruleVersion, transition, state, at }) =>
    [ruleVersion, transition, state, new Date(at).toISOString()].join(' '),
  );

test('late evidence from before a put expires by the numbers that were in force', () => {
  const pair = (version: number, at: string) => ({
    ...{ ...head, version },
    pattern: { pair: { a: when('a'), b: when('b'), within: '1h', strength: { residual: 0.5, at, expired: 0.25 } } },
  });
  const said = saidBy([
    putOf(pair(1, '1h')),
    ...log('2026-03-02T09:00Z a @; tick\n2026-03-02T12:00Z tick'),
    putOf(pair(2, '10h')),
    ...log('2026-03-02T09:30Z b @ id=late\n2026-03-02T12:00:01Z tick'),
  ]);
  expect(said).toEqual(['1 opened resonating 2026-03-02T09:30:00.000Z', '1 resolved expired 2026-03-02T11:30:00.000Z']);
});

test('a clock that an end for want of data cleared starts again at a breach that comes to light late', () => {
  const rule = ratio({ hold: '1h', cooldown: '1h', noData: { policy: 'count', close: '0s' } });
  const said = saidBy([
    putOf(rule),
    ...log(`2026-03-02T09:00Z call @\n2026-03-02T09:15Z call @; tick\n2026-03-02T10:30Z tick
      2026-03-02T10:10Z call @\n2026-03-02T11:30Z tick\n2026-03-02T12:00Z call @; tick\n2026-03-02T12:15Z tick`),
  ]);
  expect(said).toEqual([
    '1 opened open 2026-03-02T10:15:00.000Z',
    '1 resolved no-data 2026-03-02T10:30:00.000Z',
    '1 opened open 2026-03-02T12:15:00.000Z',
  ]);
});

test('a late acknowledgement and the end of a trial of no length are both said at their instant', () => {
  const entries = [
    putOf(ratio({ halfOpen: { after: '1h', trial: '0s' } })),
    ...log('2026-03-02T09:00Z call @; tick\n2026-03-02T09:30Z tick'),
  ];
  const alertId = play(entries)[0]?.alertId as string;
  const occurredAt = Date.parse('2026-03-02T09:30:00Z');
  const signal = signalOf({ id: 'ack', kind: 'acknowledgement', occurredAt, labels: { alertId } });
  const said = saidBy([...entries, { type: 'signal', signal }, ...log('2026-03-02T09:30:01Z tick')]);
  expect(said).toEqual([
    '1 opened open 2026-03-02T09:15:00.000Z',
    '1 updated half-open 2026-03-02T09:30:00.000Z',
    '1 updated open 2026-03-02T09:30:00.000Z',
  ]);
});

test('a half-open alert shows the clock of its last instant, by the calendar of that time', () => {
  const halfOpen = { after: '0s', trial: '1h' };
  const lines = play([
    putOf(ratio({ hold: '1h' })),
    ...log('2026-03-02T09:00Z call @\n2026-03-02T09:15Z call @; tick\n2026-03-02T10:15Z tick'),
    putOf({ ...ratio({ hold: '1h', halfOpen }), version: 2, calendar: { holidays: ['2026-03-02'] } } as typeof head),
    ...log('2026-03-02T10:15:01Z tick'),
  ]);
  expect(lines.map(({ state, values }) => [state, values.heldMs])).toEqual([
    ['open', 3_600_000],
    ['half-open', 3_600_000],
  ]);
});

test('of the marks of one hour the first that is said is made', () => {
  const mark = { type: 'board-mark', to: 'team-board', on: 'opened', anonymous: true, minGroup: 2 };
  const usage = ratio({ against: 'cohort', cohort: { by: ['teamId'] }, side: 'above' });
  const engine = new Engine({ compile: compileRule });
  const entries = parseTestLog(`2026-03-02T09:00Z call teamId=t1 repId=r2; hit teamId=t1 repId=r2; tick
    2026-03-02T09:00Z call teamId=t1 repId=r1; hit teamId=t1 repId=r1\n2026-03-02T09:00:01Z tick\n2026-03-02T09:15Z tick`);
  const said = [putOf({ ...usage, actions: [mark] } as typeof head), ...entries].flatMap((entry) =>
    engine.apply(entry),
  );
  expect(said.map((line) => (line.type === 'alert' ? line.subject.repId : line.action))).toEqual([
    ...['r1', 'board-mark', 'r2'],
  ]);
});

test('a half-open alert shows the numbers of its last instant, also where nothing late may correct them', () => {
  const threshold = {
    ...{ when: "kind == 'x'", aggregate: 'count', window: '2h', every: '1h', side: 'above', value: 1 },
    halfOpen: { after: '40m', trial: '9h' },
  };
  const lines = play([
    putOf({ ...head, lateness: '0s', pattern: { threshold } } as typeof head),
    ...log(`2026-03-02T08:00Z x @; tick\n2026-03-02T09:30Z x @; tick\n2026-03-02T10:05Z tick
      2026-03-02T10:40Z tick`),
  ]);
  expect(lines.map(({ state, at, values }) => [state, new Date(at).toISOString(), values.n])).toEqual([
    ['breached', '2026-03-02T10:00:00.000Z', 2],
    ['half-open', '2026-03-02T10:40:00.000Z', 2],
  ]);
});

test('a longer grace that comes with a put keeps no earlier instant waiting', () => {
  const lines = play([
    putOf({ ...ratio({}), grace: '15m' } as typeof head),
    ...log('2026-03-02T09:00Z call @; tick\n2026-03-02T09:15Z tick'),
    putOf({ ...ratio({}, 2), grace: '2h' } as typeof head),
    ...log('2026-03-02T09:30Z tick\n2026-03-02T11:00Z tick'),
  ]);
  expect(lines.map(({ at, decidedAt }) => [at, decidedAt].map((each) => new Date(each).toISOString()))).toEqual([
    ['2026-03-02T09:15:00.000Z', '2026-03-02T09:30:00.000Z'],
  ]);
});

test('a subject that comes after a put is counted exactly at the instants of the version before', () => {
  const before = ratio({ window: '40s', every: '10s', number: 0.35, side: 'above' });
  const said = saidBy([
    putOf(before),
    ...log('2026-03-02T09:00:10Z tick'),
    putOf(ratio({ window: '20s', every: '20s', number: 2, side: 'above' }, 2)),
    ...log('2026-03-02T09:00:10Z call @; hit @\n2026-03-02T09:00:40Z tick'),
  ]);
  expect(said).toEqual([]);
});

test('an acknowledgement at the instant of an opening holds when it comes to light that it had opened earlier', () => {
  const entries = [
    putOf(ratio({ halfOpen: { after: '9h', trial: '30m' } })),
    ...log('2026-03-02T09:05Z call @ id=c1; tick\n2026-03-02T10:30Z tick'),
    ...log('2026-03-02T08:50Z call @ id=c2\n2026-03-02T10:30:01Z tick'),
  ];
  const alertId = play(entries)[0]?.alertId as string;
  const occurredAt = Date.parse('2026-03-02T09:15:00Z');
  const signal = signalOf({ id: 'ack', kind: 'acknowledgement', occurredAt, labels: { alertId } });
  const lines = play([...entries, { type: 'signal', signal }, ...log('2026-03-02T10:30:02Z tick')]);
  expect(lines.map(({ state, at, values }) => [state, new Date(at).toISOString(), values.heldMs])).toEqual([
    ['open', '2026-03-02T09:15:00.000Z', 0],
    ['open', '2026-03-02T09:45:00.000Z', 2_700_000],
  ]);
});

test('why of an instant within an alert that ended says that it was open, also where nothing opens by the numbers of now', () => {
  const engine = new Engine({ compile: compileRule });
  const entries = [
    putOf(ratio({ window: '15m' })),
    ...log(`2026-03-02T09:05Z call @ id=c1\n2026-03-02T09:20Z call @ id=c2; tick
      2026-03-02T09:35Z call @ id=c3; hit @ id=h3\n2026-03-02T09:46Z tick
      2026-03-02T09:05Z hit @ id=h1\n2026-03-02T09:20Z hit @ id=h2\n2026-03-02T09:47Z tick`),
  ];
  const said = entries.flatMap((entry) => engine.apply(entry));
  expect(said.map((line) => [line.type === 'alert' && line.transition, line.at])).toEqual([
    ['opened', Date.parse('2026-03-02T09:15Z')],
    ['resolved', Date.parse('2026-03-02T09:45Z')],
  ]);
  const standingAt = (at: string) =>
    engine.explain('r', { teamId: 't1', repId: 'r1' }, Date.parse(`2026-03-02T${at}Z`))?.standing;
  expect(['09:15', '09:30', '09:45'].map(standingAt)).toEqual([
    'recovered, open',
    'recovered, open',
    'recovered, nothing open',
  ]);
});
