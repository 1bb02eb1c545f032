import { describe } from '@jest/globals';
import { alertOf, type Case, pin, put } from './cases.ts';
import { deadline, pair, ratio } from './rules.ts';

const never: readonly string[] = [];
const v2 = { version: 2 };
const warning = { type: 'warning', to: 'rep', on: 'opened' };

const places: readonly Case[] = [
  [
    '4-01 a put takes effect at its place: what is decided later, at instants after it, is decided by it',
    ratio(),
    `09:00 tick
     09:05 call@r1 *10; hit@r1 *4
     ${put(ratio({ number: 0.3 }, v2))}
     09:30 tick`,
    never,
  ],
  [
    '4-01 an instant at its log time belongs to the version before, one after it to the new one: numbers, mode, actions',
    ratio({}, { actions: [warning] }),
    `09:05 call@r1; call@r2 *10; hit@r2 *4; tick
     09:10 tick
     ${put(ratio({ number: 0.3 }, { ...v2, mode: 'shadow', actions: [{ ...warning, to: 'supervisor' }] }))}
     09:15 call@r2 *10; hit@r2 *4; call@r3; tick
     09:20 tick`,
    [
      'opened open 09:10 subject.repId=r1 ruleVersion=1 shadow=false values.reference=0.5',
      'warning>rep 09:10 ruleVersion=1',
      'opened open 09:10 subject.repId=r2 ruleVersion=1',
      'warning>rep 09:10 ruleVersion=1',
      'resolved closed 09:20 subject.repId=r2 ruleVersion=2 shadow=true values.reference=0.3',
      'opened open 09:20 subject.repId=r3 ruleVersion=2 shadow=true',
    ],
  ],
  [
    '4-01 an instant that waits for its grace keeps it',
    ratio({}, { grace: '2m' }),
    `09:05 call@r1; tick
     09:10 tick
     ${put(ratio({ number: 0.3 }, { ...v2, mode: 'shadow' }))}
     09:11:59.999 tick
     09:12 tick`,
    ['opened open 09:10 ruleVersion=1 shadow=false decidedAt=09:12'],
  ],
  [
    '4-01 a pair is judged by the version at its instant',
    pair(),
    `08:30 a@r1; a@r2; tick
     10:00 tick
     ${put(pair({ within: '2h' }, v2))}
     10:00 b@r2
     10:00:00.001 b@r1
     10:01 tick`,
    ['opened resonating 10:00:00.001 subject.repId=r1 ruleVersion=2'],
  ],
  [
    '4-02 also the one at the very tick of the put',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({}, v2))}
     09:09:59.999 call@r1
     09:11 tick`,
    ['opened open 09:10 ruleVersion=1 decidedAt=09:11'],
  ],
  [
    '4-02 an earlier instant is corrected by its own version',
    ratio({}, { actions: [warning] }),
    `09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({ number: 0.3 }, { ...v2, mode: 'shadow' }))}
     09:05 call@r1
     09:15 tick`,
    ['opened open 09:10 ruleVersion=1 shadow=false values.value=0.5 values.reference=0.5', 'warning>rep 09:10'],
  ],
  [
    '4-02 as is a timer at the log time of the put',
    ratio({ halfOpen: { after: '10m', trial: '1h' } }),
    `09:05 call@r1; hit@r1; tick
     09:20 tick
     ${put(ratio({ halfOpen: { after: '10m', trial: '1h' } }, v2))}
     09:05 call@r1
     09:21 tick`,
    ['opened open 09:10 ruleVersion=1', 'updated half-open 09:20 ruleVersion=1'],
  ],
  [
    '4-02 one of no length, too',
    ratio({ halfOpen: { after: '0s', trial: '1h' } }),
    `09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({ halfOpen: { after: '0s', trial: '1h' } }, v2))}
     09:05 call@r1
     09:11 tick`,
    ['opened open 09:10 ruleVersion=1', 'updated half-open 09:10 ruleVersion=1'],
  ],
  [
    '4-02 and an acknowledgement of its time, before its instant, though the new version knows no half-open',
    ratio({ halfOpen: { after: '5h', trial: '1h' } }),
    `09:05 call@r1; tick
     09:15 call@r1 *2; tick
     09:20 tick
     ${put(ratio({}, v2))}
     09:20 acknowledgement alertId=${alertOf('09:10')}
     09:21 tick`,
    ['opened open 09:10', 'updated half-open 09:20 ruleVersion=1 values.d=1'],
  ],
  [
    '4-02 and where that one stays as it is, those of the next version are decided again',
    ratio({ window: '1h', number: 0.3 }),
    `09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({ window: '1h', number: 0.6 }, v2))}
     09:25 tick
     09:09:59.999 call@r1
     09:26 tick`,
    ['opened open 09:20 ruleVersion=2 decidedAt=09:26 values.value=0.5'],
  ],
  [
    '4-02 of several versions each corrects its own',
    ratio(),
    `09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({}, v2))}
     09:15 call@r1; hit@r1; tick
     09:20 tick
     ${put(ratio({}, { version: 3 }))}
     09:25 tick
     09:05 call@r1
     09:26 tick`,
    ['opened open 09:10 ruleVersion=1', 'resolved closed 09:20 ruleVersion=2'],
  ],
  [
    '4-03 up to the end of the lateness of their last instant',
    ratio({}, { lateness: '1h' }),
    `09:05 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({}, { ...v2, lateness: '1h' }))}
     09:15 call@r1; hit@r1; tick
     09:20 tick
     ${put(ratio({}, { version: 3, lateness: '1h' }))}
     10:10 call@r1; hit@r1; tick
     09:05 call@r1
     10:11 tick`,
    ['opened open 09:10 ruleVersion=1', 'resolved closed 09:20 ruleVersion=2'],
  ],
  [
    '4-02 an instant that only the new version has, at the log time of its put, is not decided',
    // 09:10 is no multiple of 7 min; 09:07 and 09:14 are.
    ratio({ window: '7m', every: '7m' }),
    `09:00 call@r1; hit@r1; tick
     09:10 tick
     ${put(ratio({}, v2))}
     09:08 call@r1
     09:10:30 tick
     09:30 tick`,
    never,
  ],
  [
    '4-02 a withdrawal has the instant, and so the version, of the opening',
    deadline(),
    `09:00 start@r1; tick
     10:00 tick
     ${put(deadline({}, v2))}
     09:30 stop@r1
     10:01 tick`,
    ['opened overdue 10:00 ruleVersion=1', 'withdrawn overdue 10:00 ruleVersion=1'],
  ],
  [
    '4-03 an earlier instant is corrected within the lateness it had, where the new version has less',
    ratio({}, { lateness: '60m' }),
    // Accepted, since 09:05 is 10:10 less a window and 55 min.
    `09:05 call@r1; tick
     10:05 tick
     ${put(ratio({}, { ...v2, lateness: '55m' }))}
     10:10 tick
     09:05 hit@r1
     10:11 tick`,
    ['opened open 09:10', 'withdrawn open 09:10 ruleVersion=1'],
  ],
  [
    '4-03 nor longer, where it has more',
    ratio({}, { lateness: '55m' }),
    `09:05 call@r1; tick
     10:05 tick
     ${put(ratio({}, { ...v2, lateness: '60m' }))}
     10:10 tick
     09:05 hit@r1
     10:11 tick`,
    ['opened open 09:10'],
    { used: 2 },
  ],
  [
    '4-03 a stop in time is judged by the lateness of the version that opened',
    deadline({}, { lateness: '30m' }),
    `09:00 start@r1; tick
     10:00 tick
     ${put(deadline({}, { ...v2, lateness: '5h' }))}
     10:30:00.001 tick
     09:30 stop@r1
     10:31 tick`,
    ['opened overdue 10:00', 'resolved answered 09:30 ruleVersion=1'],
  ],
];

describe('the place of a change', () => pin(places));
