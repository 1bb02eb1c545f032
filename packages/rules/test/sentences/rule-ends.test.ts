import { describe } from '@jest/globals';
import { actionOf, alertOf, type Case, del, pin, put } from './cases.ts';
import { deadline, kind, pair, ratio } from './rules.ts';

const never: readonly string[] = [];
const v2 = { version: 2 };
const warning = { type: 'warning', to: 'rep', on: 'opened' };

const anew: readonly Case[] = [
  [
    '4-09 reset resolves what is open at the log time, by the old version, without values, and forgets',
    deadline({}, { actions: [{ ...warning, on: 'resolved' }] }),
    `09:00 start@r1; tick
     09:30 start@r2; tick
     10:10 tick
     ${put(deadline({}, { ...v2, onChange: 'reset' }))}
     10:30 tick
     10:40 start@r1; tick
     11:40 tick`,
    [
      'opened overdue 10:00',
      `resolved rule-changed 10:10 decidedAt=10:10 ruleVersion=1 values={} seq=2 alertId=${alertOf('10:00')}`,
      'warning>rep 10:10 ruleVersion=1',
      'opened overdue 11:40 ruleVersion=2',
    ],
  ],
  [
    '4-09 reset forgets the halves of pairs',
    pair(),
    `09:00 a@r1; tick
     ${put(pair({}, { ...v2, onChange: 'reset' }))}
     09:30 b@r1; tick`,
    never,
  ],
  [
    '4-09 and hold clocks',
    ratio({ hold: '40m' }),
    `08:55..09:25/10m call@r1; tick
     ${put(ratio({ hold: '40m' }, { ...v2, onChange: 'reset' }))}
     09:35..10:15/10m call@r1; tick
     10:20 tick`,
    // The call of 09:25 is forgotten: the first breach is that of 09:40.
    ['opened open 10:20 values.heldMs=2400000'],
  ],
  [
    '4-09 another kind of pattern starts anew, also with keep',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     ${put(pair({ a: kind('start') }, v2))}
     10:01 b@r1; tick`,
    ['opened overdue 10:00', 'resolved rule-changed 10:00 ruleVersion=1'],
  ],
  [
    '4-09 and another subject',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     ${put(deadline({}, { ...v2, subject: ['teamId'] }))}
     12:00 tick`,
    ['opened overdue 10:00', 'resolved rule-changed 10:00 ruleVersion=1'],
  ],
  [
    '4-10 delete resolves likewise, and forgets',
    deadline(),
    `09:00 start@r1; tick
     09:30 start@r2; tick
     10:05 tick
     ${del('r')}
     ${put(deadline())}
     12:00 tick`,
    ['opened overdue 10:00', 'resolved rule-deleted 10:05 decidedAt=10:05 ruleVersion=1 values={}'],
    { refused: 0 },
  ],
  [
    '4-10 mode off likewise; its actions stay open no longer',
    deadline({}, { actions: [{ ...warning, due: '15m', escalateTo: 'director' }] }),
    `09:00 start@r1; tick
     09:30 start@r2; tick
     10:05 tick
     ${put(deadline({}, { ...v2, mode: 'off' }))}
     10:06 acknowledgement actionId=${actionOf(alertOf('10:00'), 'rep')}; tick
     12:00 tick`,
    ['opened overdue 10:00', 'warning>rep 10:00', 'resolved rule-off 10:05 ruleVersion=1 values={}'],
    { used: 2, unused: 1 },
  ],
  [
    '4-11 a rule that is off keeps its version, and takes nothing',
    deadline(),
    `${put(deadline({}, { version: 5, mode: 'off' }))}
     09:00 start@r1; tick
     ${put(deadline({}, { version: 5 }))}
     09:01 start@r2; tick
     ${put(deadline({}, { version: 6 }))}
     09:02 start@r3; tick
     11:00 tick`,
    ['opened overdue 10:02 subject.repId=r3 ruleVersion=6'],
  ],
];

describe('what begins anew', () => pin(anew));
