import { describe, expect, test } from '@jest/globals';
import { actionOf, alertOf, type Case, pin, play, type Rule } from './cases.ts';
import { cohort, daily, deadline, kind, pair, ratio, surge, threshold } from './rules.ts';

const never: readonly string[] = [];

const ahead: readonly Case[] = [
  [
    '2-09 five minutes ahead of the tick that follows is taken',
    deadline(),
    '09:00 tick\n09:06 start@r1\n09:01 tick',
    never,
    { quarantined: 0, waiting: 1 },
  ],
  [
    '2-09 a ms more is quarantined; 2-10 it leaves its count alone, and may be sent again',
    deadline(),
    `09:00 tick
     09:06:00.001 start@r1 id=s
     09:01 tick
     09:06:00.001 start@r1 id=s
     09:02 tick
     10:06:00.001 tick`,
    ['opened overdue 10:06:00.001'],
    { quarantined: 1, duplicates: 0, used: 1 },
  ],
];

const duplicates: readonly Case[] = [
  [
    '2-12 a copy changes nothing, 2-15 with other content neither: the first in the log counts',
    deadline(),
    `09:00 start@r1 id=s
     08:00 start@r1 id=s; start@r2 id=s
     09:00 tick
     09:01 start@r3 id=s; tick
     11:00 tick`,
    ['opened overdue 10:00 subject.repId=r1'],
    { duplicates: 3, used: 1 },
  ],
  [
    '2-12 a copy that is too far ahead is a copy all the same',
    deadline(),
    '09:00 start@r1 id=s; tick\n09:10 start@r1 id=s\n09:01 tick',
    never,
    { duplicates: 1, quarantined: 0 },
  ],
  [
    '2-13 four days after the tick that judged it an id is remembered',
    deadline(),
    `02-26T10:00 tick
     02-26T09:00 stop@r1 id=s
     02-26T12:00 tick
     12:00 stop@r1 id=s; tick`,
    never,
    { duplicates: 1 },
  ],
  [
    '2-13 a ms later it is new',
    deadline(),
    `02-26T10:00 tick
     02-26T09:00 stop@r1 id=s
     02-26T12:00 tick
     12:00 stop@r1 id=s
     12:00:00.001 tick`,
    never,
    { duplicates: 0, used: 2 },
  ],
  [
    '2-14 a duplicate does not prolong the memory of its id',
    deadline(),
    `02-26T12:00 stop@r1 id=s; tick
     03-01T12:00 stop@r1 id=s; tick
     12:00:00.001 stop@r1 id=s; tick`,
    never,
    { duplicates: 1, used: 2 },
  ],
];

const age: readonly Case[] = [
  [
    '2-11 a signal arrives at the largest tick before it, not at the one that takes it',
    deadline({}, { lateness: '0s' }),
    `09:00 tick
     08:00 start@r1
     13:00 tick`,
    ['opened overdue 09:00'],
    { lateDropped: {} },
  ],
  [
    '2-17 what matches no role or lacks the subject is not counted as dropped',
    deadline({}, { lateness: '0s' }),
    `09:00 tick
     03-01T09:00 other@r1; start teamId=t1; start@r2
     09:01 tick`,
    never,
    { lateDropped: { r: 1 }, unused: 3 },
  ],
  [
    '2-24 a stop is never too old for an alert that is open, 2-17 but one before its start is',
    deadline({}, { lateness: '1h' }),
    `09:00 start@r1; tick
     10:00 tick
     03-09T10:00 tick
     08:59:59.999 stop@r1
     03-09T10:01 tick
     10:20 stop@r1
     03-09T10:02 tick`,
    ['opened overdue 10:00', 'resolved answered 10:20'],
    { lateDropped: { r: 1 } },
  ],
  [
    '2-24 a stop at its very start is not either, but a start is',
    deadline({}, { lateness: '1h' }),
    `09:00 start@r1; tick
     10:00 tick
     03-09T10:00 tick
     09:10 start@r1
     09:00 stop@r1
     03-09T10:01 tick`,
    ['opened overdue 10:00', 'resolved answered 09:00 values.elapsedMs=0'],
    { lateDropped: { r: 1 } },
  ],
  [
    '2-25 an acknowledgement of an action is never too old while its alert is open',
    deadline({}, { lateness: '1h', actions: [{ type: 'warning', to: 'rep', on: 'opened' }] }),
    `09:00 start@r1; tick
     10:00 tick
     03-09T10:00 tick
     10:01 acknowledgement actionId=${actionOf(alertOf('10:00'), 'rep')}
     03-09T10:01 tick`,
    ['opened overdue 10:00', 'warning>rep 10:00'],
    { used: 2, unused: 0 },
  ],
  [
    '2-26 one that matches nothing open is unused; 1-31 one that does is used',
    deadline({}, { actions: [{ type: 'warning', to: 'rep', on: 'opened' }] }),
    `09:00 start@r1; tick
     10:00 tick
     10:01 acknowledgement actionId=${actionOf(alertOf('10:00'), 'rep')}
     10:01 acknowledgement alertId=${alertOf('10:00')}
     10:01 acknowledgement alertId=${alertOf('10:00', { repId: 'r2' })}; tick
     10:30 stop@r1; tick
     10:31 acknowledgement alertId=${alertOf('10:00')}; tick`,
    ['opened overdue 10:00', 'warning>rep 10:00', 'resolved answered 10:30'],
    // start, stop and the two of what is open; one of nobody's alert and one of what is over.
    { signals: 6, used: 4, unused: 2, duplicates: 0, quarantined: 0, waiting: 0 },
  ],
  [
    '2-26 one of an escalation is used while its alert is open',
    deadline({}, { actions: [{ type: 'warning', to: 'rep', on: 'opened', due: '15m', escalateTo: 'director' }] }),
    `09:00 start@r1; tick
     10:00 tick
     10:15 tick
     10:20 acknowledgement actionId=${actionOf(alertOf('10:00'), 'director')}; tick
     10:30 stop@r1; tick
     10:31 acknowledgement actionId=${actionOf(alertOf('10:00'), 'director')}; tick`,
    ['opened overdue 10:00', 'warning>rep 10:00', 'escalation>director 10:15', 'resolved answered 10:30'],
    { used: 3, unused: 1 },
  ],
  [
    '2-26 one of what its own tick ends is used: it was open',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     10:01 acknowledgement alertId=${alertOf('10:00')}
     10:30 stop@r1; tick`,
    ['opened overdue 10:00', 'resolved answered 10:30'],
    { used: 3, unused: 0 },
  ],
];

describe('signals ahead of their time', () => pin(ahead));
describe('copies', () => pin(duplicates));
describe('old signals', () => pin(age));

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const baseline = (fallback: string): Rule =>
  ratio({ against: 'baseline', baseline: { weeks: 2, fallback }, window: '30m' });

describe('2-16 a signal is accepted up to reach and lateness before its arrival, and dropped a ms before', () => {
  test.each<[string, Rule, string, number]>([
    ['2-18 pair: within', pair({ within: '72h' }), 'b', 72 * hour],
    [
      '2-18 pair: within, for a touch, too',
      pair({ strength: { residual: 0.5, at: '1h', expired: 0.25, touch: kind('touch') } }),
      'touch',
      hour,
    ],
    ['2-19 ratio: window', ratio({ window: '30m' }), 'hit', 30 * minute],
    ['2-19 ratio against a cohort: window', cohort({ window: '30m' }), 'call', 30 * minute],
    [
      '2-20 ratio against a baseline: window, its weeks and an hour',
      baseline('1d'),
      'call',
      30 * minute + 14 * day + hour,
    ],
    [
      '2-19 a baseline that is not asked for counts for nothing',
      ratio({ baseline: { weeks: 2, fallback: '1d' }, window: '30m' }),
      'call',
      30 * minute,
    ],
    ['2-20 or the fallback if that is longer', baseline('15d'), 'call', 30 * minute + 15 * day],
    ['2-21 deadline: within', deadline({ within: '90s' }), 'stop', 90_000],
    ['2-22 threshold: window', threshold({ window: '50m' }), 'x', 50 * minute],
    ['2-22 a day: 25 h', daily(), 'x', 25 * hour],
    ['2-22 a week: 7 d and an hour', daily({ window: 'week' }), 'x', 7 * day + hour],
    ['2-22 a month: 31 d and an hour', daily({ window: 'month' }), 'x', 31 * day + hour],
    ['2-23 surge: window and against', surge({ window: '1h', against: '26h' }), 'x', 27 * hour],
  ])('%s', (_, rule, name, reach) => {
    const oldest = Date.parse('2026-06-01T00:00:00Z') - reach - 2 * hour;
    const dropped = [oldest, oldest - 1].map((at) => {
      const signal = `${new Date(at).toISOString().slice(5, -1)} ${name}@r1 v=1`;
      return play([{ ...rule, lateness: '2h' }], `06-01T00:00 tick\n${signal}\n06-01T00:01 tick`).counters.lateDropped;
    });
    expect(dropped).toEqual([{}, { r: 1 }]);
  });
});
