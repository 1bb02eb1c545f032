import { describe, expect, test } from '@jest/globals';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import { compileRule, parseTestLog } from '../src/index.ts';
import { putOf } from './random-rules.ts';

const head = { apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] };
const when = (kind: string) => ({ when: `kind == '${kind}'` });
const ratio = (fields: object, rule: object = {}) => ({
  ...{ ...head, ...rule },
  pattern: {
    ratio: {
      ...{ numerator: when('hit'), denominator: when('call'), window: '1h', every: '30m' },
      ...{ against: 'number', number: 0.5, side: 'below', ...fields },
    },
  },
});
const threshold = (fields: object, rule: object = {}) => ({
  ...{ ...head, ...rule },
  pattern: {
    threshold: { when: "kind == 'x'", aggregate: 'count', window: 'day', side: 'above', value: 1, ...fields },
  },
});
const deadline = (within: string, rule: object = {}) => ({
  ...{ ...head, ...rule },
  pattern: { deadline: { start: when('start'), stop: when('stop'), within } },
});
const strength = { residual: 0.5, at: '1h', expired: 0.25 };
const pair = (fields: object, rule: object = {}) => ({
  ...{ ...head, ...rule },
  pattern: { pair: { a: when('a'), b: when('b'), within: '1h', strength, ...fields } },
});
const who = 'teamId=t1 repId=r1';
const log = (lines: string) => parseTestLog(lines.replaceAll('@', who));

function play(entries: readonly LogEntry[]) {
  const engine = new Engine({ compile: compileRule });
  const said = entries.flatMap((entry) => engine.apply(entry)).map((output) => JSON.parse(formatOutput(output)));
  return { engine, said: said.map(({ transition, state, at }) => `${transition} ${state} ${at}`) };
}
const saidBy = (rule: { readonly id: string }, lines: string) => play([putOf(rule), ...log(lines)]).said;

describe('time and order', () => {
  test.each([
    ['is a duplicate if it comes 4 d later', '2026-03-06T00:00:00Z', 1],
    ['is new a millisecond after', '2026-03-06T00:00:00.001Z', 0],
  ])('an id %s', (_, at, duplicates) => {
    const { engine } = play([
      putOf(threshold({})),
      ...log(`2026-03-02T00:00:00Z x @ id=one; tick\n${at} x @ id=one; tick`),
    ]);
    expect(engine.counters.duplicates).toBe(duplicates);
  });

  test.each([
    ['at reach and lateness', '2026-03-02T09:00:00.000Z', undefined],
    ['a millisecond older', '2026-03-02T08:59:59.999Z', 1],
  ])('a signal %s before its arrival', (_, at, dropped) => {
    const rule = ratio({}, { lateness: '2h' });
    const { engine } = play([
      putOf(rule),
      ...log(`2026-03-02T12:00:00Z tick\n${at} call @\n2026-03-02T12:00:01Z tick`),
    ]);
    expect(engine.counters.lateDropped.get('r')).toBe(dropped);
  });

  test('what no rule matches, or has no subject, is never dropped as late', () => {
    const lines = '2026-03-09T12:00:00Z tick\n2026-03-02T00:00:00Z call teamId=t1; other @\n2026-03-09T12:00:01Z tick';
    expect(play([putOf(ratio({})), ...log(lines)]).engine.counters.lateDropped.size).toBe(0);
  });

  test('a stop is never too old for what is overdue', () => {
    const lines = `2026-03-02T09:00Z start @; tick\n2026-03-02T10:00Z tick\n2026-03-09T09:00Z tick
      2026-03-02T09:02Z stop @\n2026-03-09T09:00:01Z tick`;
    expect(saidBy(deadline('1m', { lateness: '1h' }), lines)).toEqual([
      'opened overdue 2026-03-02T09:01:00.000Z',
      'resolved answered 2026-03-02T09:02:00.000Z',
    ]);
  });
});

describe('a ratio', () => {
  test('holds across a night: only opening hours count, and closing time ends a sum', () => {
    const rule = ratio({ hold: '2h', window: '24h' }, { calendar: { from: '09:00', to: '11:00' } });
    const lines = '2026-03-02T09:30Z call @; tick\n2026-03-03T09:00Z call @\n2026-03-05T00:00Z tick';
    // Breach from 10:00 on: 30 min on Monday up to 10:30, the last instant; the clock reads 2 h on Tuesday at 10:00.
    expect(saidBy(rule, lines)[0]).toBe('opened open 2026-03-03T10:00:00.000Z');
  });

  test('rests after an end for want of data as after any other, inclusive', () => {
    const rule = ratio({ cooldown: '2h', noData: { close: '30m' } });
    const calls = '2026-03-02T12:00Z call @\n2026-03-02T13:00Z call @\n2026-03-02T14:00Z call @';
    expect(saidBy(rule, `2026-03-02T09:00Z call @; tick\n${calls}\n2026-03-02T15:00Z tick`)).toEqual([
      'opened open 2026-03-02T09:30:00.000Z',
      'resolved no-data 2026-03-02T11:00:00.000Z',
      'opened open 2026-03-02T13:00:00.000Z',
    ]);
  });

  test('between the lines neither opens nor closes, and clears the clock', () => {
    const rule = ratio({ number: 1, deviation: 0.5, recover: 0.2, window: '30m' });
    const lines = `2026-03-02T09:00Z call @ *4; tick\n2026-03-02T09:30Z call @ *100; hit @ *79; tick
      2026-03-02T10:00Z call @ *10; hit @ *8; tick\n2026-03-02T10:30Z tick`;
    expect(saidBy(rule, lines)).toEqual([
      'opened open 2026-03-02T09:30:00.000Z',
      'resolved closed 2026-03-02T10:30:00.000Z',
    ]);
  });
});

describe('a window of the zone', () => {
  test.each([
    ['23 h in spring', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59.999Z', '2026-03-29T22:00:00.000Z'],
    ['25 h in autumn', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00.000Z'],
  ])('is %s', (_, first, last, end) => {
    const rule = threshold({}, { zone: 'Europe/Berlin' });
    expect(saidBy(rule, `${first} x @; tick\n${last} x @\n${end} tick`)).toEqual([`opened breached ${end}`]);
    expect(saidBy(rule, `${first} x @; tick\n${end} x @\n${end} tick`)).toEqual([]);
  });

  test('ends a month with its last day, in a leap year, too', () => {
    const rule = threshold({ window: 'month' });
    const lines = '2028-02-01T00:00Z x @; tick\n2028-02-29T23:59:59.999Z x @\n2028-04-02T00:00Z tick';
    expect(saidBy(rule, lines)).toEqual(['opened breached 2028-03-01T00:00:00.000Z']);
  });
});

describe('corrections', () => {
  test('of a threshold withdraw what was said, and name it', () => {
    const rule = threshold({ side: 'below', value: 3, minSamples: 0 });
    const engine = new Engine({ compile: compileRule });
    const lines = `2026-03-02T10:00Z x @ *2; tick\n2026-03-03T00:00Z tick\n2026-03-02T11:00Z x @\n2026-03-03T01:00Z tick`;
    const said = [putOf(rule), ...log(lines)]
      .flatMap((entry) => engine.apply(entry))
      .map((it) => JSON.parse(formatOutput(it)));
    expect(said).toMatchObject([
      { transition: 'opened', at: '2026-03-03T00:00:00.000Z', values: { n: 2, value: 2 } },
      { transition: 'withdrawn', state: 'breached', values: { n: 3, value: 3, saidValue: 2, saidReference: 3 } },
    ]);
  });

  test('of a surge withdraw with the numbers as newly counted', () => {
    const surge = {
      when: "kind == 'x'",
      window: '1h',
      every: '30m',
      against: '2h',
      factor: 2,
      minCount: 2,
      minHistory: '90m',
    };
    const lines = `2026-03-02T08:00Z x @; tick\n2026-03-02T10:00Z x @ *2; tick\n2026-03-02T10:30Z tick
      2026-03-02T08:10Z x @ *3\n2026-03-02T10:31Z tick`;
    const engine = new Engine({ compile: compileRule });
    const entries = [putOf({ ...head, pattern: { surge } } as typeof head), ...log(lines)];
    const said = entries.flatMap((entry) => engine.apply(entry)).map((it) => JSON.parse(formatOutput(it)));
    expect(said.map(({ transition, values }) => [transition, values])).toEqual([
      ['opened', { n: 2, referenceN: 1 }],
      ['withdrawn', { n: 2, referenceN: 4 }],
    ]);
  });

  test.each([
    [
      'at the end of its lateness is withdrawn',
      '2026-03-02T10:01:00.000Z',
      'withdrawn overdue 2026-03-02T09:01:00.000Z',
    ],
    ['later is answered', '2026-03-02T10:01:00.001Z', 'resolved answered 2026-03-02T09:00:30.000Z'],
  ])('a deadline whose stop was in time but arrives %s', (_, arrival, second) => {
    const lines = `2026-03-02T09:00Z start @; tick\n${arrival} tick\n2026-03-02T09:00:30Z stop @\n2026-03-02T11:00Z tick`;
    expect(saidBy(deadline('1m', { lateness: '1h' }), lines)[1]).toBe(second);
  });
});

describe('rule changes', () => {
  const opened = log('2026-03-02T09:00Z a @; tick\n2026-03-02T09:30Z b @; tick\n2026-03-02T10:00Z tick');
  const expiringAtOnce = { strength: { ...strength, expired: 0.9 } };

  test('keep says a crossing that new numbers put before T at T + 1 ms', () => {
    const { said } = play([
      putOf(pair({})),
      ...opened,
      putOf(pair(expiringAtOnce, { version: 2 })),
      ...log('2026-03-02T10:30Z tick'),
    ]);
    expect(said).toEqual(['opened resonating 2026-03-02T09:30:00.000Z', 'resolved expired 2026-03-02T10:00:00.001Z']);
  });

  test('reset resolves what is open at T, and begins anew', () => {
    const after = putOf(pair(expiringAtOnce, { version: 2, onChange: 'reset' }));
    const { said } = play([putOf(pair({})), ...opened, after, ...log('2026-03-02T10:10Z b @ id=next; tick')]);
    expect(said).toEqual([
      'opened resonating 2026-03-02T09:30:00.000Z',
      'resolved rule-changed 2026-03-02T10:00:00.000Z',
    ]);
  });

  test('a revision that was seen counts for nothing, across deletes too', () => {
    const put = (version: number, revision: number): LogEntry =>
      ({ ...putOf(pair({}, { version })), revision }) as LogEntry;
    const engine = new Engine({ compile: compileRule });
    engine.apply(put(3, 7));
    engine.apply({ type: 'rule', action: 'delete', ruleId: 'r', document: null, revision: 8 });
    engine.apply(put(4, 7));
    expect(engine.rules()).toEqual([]);
    engine.apply(put(1, 9));
    engine.apply({ type: 'rule', action: 'delete', ruleId: 'r', document: null, revision: 8 });
    expect(engine.rules().map(({ version }) => version)).toEqual([1]);
  });

  test('off resolves, forgets, and keeps the version', () => {
    const off = putOf(pair({}, { version: 5, mode: 'off' }));
    const { said, engine } = play([
      putOf(pair({})),
      ...opened,
      off,
      putOf(pair({}, { version: 5 })),
      ...log('2026-03-02T10:10Z b @ id=next; tick'),
    ]);
    expect(said[1]).toBe('resolved rule-off 2026-03-02T10:00:00.000Z');
    expect([said.length, engine.rules()[0]?.mode]).toEqual([2, 'off']);
  });
});

describe('anonymous marks', () => {
  test('of one hour are one, name nobody, and come again in the next', () => {
    const mark = { type: 'board-mark', to: 'team-board', on: 'opened', anonymous: true, minGroup: 2 };
    const cohort = { against: 'cohort', cohort: { by: ['teamId'] }, every: '10m', window: '10m', deviation: 0.5 };
    const rule = ratio(cohort, { actions: [mark] });
    const good = 'call teamId=t1 repId=r3 *9; hit teamId=t1 repId=r3 *9';
    const lines = `2026-03-02T09:00Z call teamId=t1 repId=r1; call teamId=t1 repId=r2; ${good}; tick
      2026-03-02T10:00Z call teamId=t1 repId=r1; hit teamId=t1 repId=r1; ${good}; tick
      2026-03-02T10:20Z call teamId=t1 repId=r1; ${good}; tick\n2026-03-02T10:40Z tick`;
    const engine = new Engine({ compile: compileRule });
    const said = [putOf(rule), ...log(lines)]
      .flatMap((entry) => engine.apply(entry))
      .map((it) => JSON.parse(formatOutput(it)));
    const marks = said.filter(({ type }) => type === 'action');
    expect(marks.map(({ at, decidedAt, alertId, seq, subject }) => [at, decidedAt, alertId, seq, subject])).toEqual([
      ['2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z', null, 0, { teamId: 't1' }],
      ['2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.000Z', null, 0, { teamId: 't1' }],
    ]);
    expect(JSON.stringify(marks)).not.toMatch(/r1|r2|r3/);
  });
});
