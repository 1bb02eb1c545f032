import type { LogEntry } from '@resonant/engine';
import { parseTestLog } from '../../src/index.ts';

const head = { apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] };
const when = (kind: string) => ({ when: `kind == '${kind}'` });

const put = (pattern: object, rule: object = {}): LogEntry => ({
  type: 'rule',
  action: 'put',
  ruleId: 'r',
  document: { ...head, ...rule, pattern },
  revision: null,
});

const ratio = (fields: object) => ({
  ratio: {
    ...{ numerator: when('hit'), denominator: when('call'), window: '1h', every: '15m' },
    ...{ against: 'number', number: 0.5, side: 'below', ...fields },
  },
});

const pair = (at: string, fields: object = {}) => ({
  pair: { a: when('a'), b: when('b'), within: '1h', strength: { residual: 0.5, at, expired: 0.25 }, ...fields },
});

const fadingPair = pair('10h', {
  within: '3h',
  strength: { residual: 0.5, at: '10h', neglectFactor: 0.2, touch: when('touch'), fading: 0.9, expired: 0.25 },
});
const deadline = { deadline: { start: when('start'), stop: when('stop'), within: '1h' } };
const surge = { surge: { when: "kind == 'x'", window: '4h', every: '1h', against: '1h', factor: 1 } };

const log = (lines: string) => parseTestLog(lines.replaceAll('@', 'teamId=t1 repId=r1'));

const ahead = log('2026-03-02T09:05Z start @ id=ahead');

const mark = { type: 'board-mark', to: 'team-board', on: 'opened', anonymous: true, minGroup: 2 };

/** Small logs over which the engine and the reference once differed, or the reference was put right. */
export const foundLogs: Readonly<Record<string, readonly LogEntry[]>> = {
  'late evidence from before a put': [
    put(pair('1h')),
    ...log('2026-03-02T09:00Z a @; tick\n2026-03-02T12:00Z tick'),
    put(pair('10h'), { version: 2 }),
    ...log('2026-03-02T09:30Z b @ id=late\n2026-03-02T12:00:01Z tick'),
  ],
  'late evidence from before a put of a shorter within and lateness': [
    put(pair('10h')),
    ...log('2026-03-02T09:00Z a @; tick\n2026-03-02T09:50Z tick'),
    put(pair('10h', { within: '10m' }), { version: 2, lateness: '10m' }),
    ...log('2026-03-02T10:01Z tick\n2026-03-02T09:45Z b @ id=late\n2026-03-02T10:02Z tick'),
  ],
  'a breach that comes to light after an end for want of data': [
    put(ratio({ hold: '1h', cooldown: '1h', noData: { policy: 'count', close: '0s' } })),
    ...log(`2026-03-02T09:00Z call @\n2026-03-02T09:15Z call @; tick\n2026-03-02T10:30Z tick
      2026-03-02T10:10Z call @\n2026-03-02T11:30Z tick\n2026-03-02T12:00Z call @; tick\n2026-03-02T12:15Z tick`),
  ],
  'a late acknowledgement and a trial of no length': [
    put(ratio({ halfOpen: { after: '1h', trial: '0s' } })),
    ...log(`2026-03-02T09:00Z call @; tick\n2026-03-02T09:30Z tick
      2026-03-02T09:30Z acknowledgement @ alertId=c67fd5af17565bf34441c4404ff3aced\n2026-03-02T09:30:01Z tick`),
  ],
  'a calendar that comes with a put': [
    put(ratio({ hold: '1h' })),
    ...log('2026-03-02T09:00Z call @\n2026-03-02T09:15Z call @; tick\n2026-03-02T10:15Z tick'),
    put(ratio({ hold: '1h', halfOpen: { after: '0s', trial: '1h' } }), {
      ...{ version: 2, calendar: { holidays: ['2026-03-02'] } },
    }),
    ...log('2026-03-02T10:15:01Z tick'),
  ],
  'two openings that ask for one mark': [
    put(ratio({ against: 'cohort', cohort: { by: ['teamId'] }, side: 'above' }), { actions: [mark] }),
    ...log(`2026-03-02T09:00Z call teamId=t1 repId=r2; hit teamId=t1 repId=r2; tick
      2026-03-02T09:00Z call @; hit @\n2026-03-02T09:00:01Z tick\n2026-03-02T09:15Z tick`),
  ],
  'a mark for a group of any size where the rule ends': [
    put(ratio({ against: 'cohort', cohort: { by: ['teamId'] } }), {
      actions: [
        { ...mark, on: 'resolved', minGroup: 0 },
        { ...mark, on: 'resolved', minGroup: 1 },
      ],
    }),
    ...log(`2026-03-02T09:00Z call teamId=t1 repId=r2; hit teamId=t1 repId=r2; call @; tick\n2026-03-02T09:15Z tick`),
    put(ratio({}), { version: 2, mode: 'off' }),
  ],
  'an id that is sent again when it is forgotten': [
    put(pair('1h', { b: when('a') }), { lateness: '28d' }),
    ...log('2026-03-02T09:00Z a @ id=one; tick\n2026-03-08T09:00Z tick\n2026-03-02T09:00Z a @ id=one'),
    ...log('2026-03-02T09:30Z a @ id=two\n2026-03-08T09:00:01Z tick'),
  ],
  'two starts with one deadline, the first of them answered': [
    put(deadline, { calendar: { from: '09:00', to: '10:00' } }),
    ...log(`2026-03-02T10:30Z start @ id=s1; tick\n2026-03-02T11:00Z start @ id=s2; tick\n2026-03-03T12:00Z tick
      2026-03-02T10:40Z stop @ id=p\n2026-03-03T12:00:01Z tick`),
  ],
  'two starts with one deadline, the first of them answered, and the second kept long after': [
    put(deadline, { calendar: { from: '09:00', to: '10:00' } }),
    ...log(`2026-03-02T10:30Z start @ id=s1; tick\n2026-03-02T11:00Z start @ id=s2; tick\n2026-03-03T12:00Z tick
      2026-03-02T10:40Z stop @ id=p\n2026-03-03T12:30Z stop @ id=q; tick\n2026-03-04T11:30Z start @ id=s3; tick
      2026-03-04T11:31Z start @ id=s4; tick`),
  ],
  'a signal ahead of its time that is sent again when its id is forgotten, and waits still': [
    put(deadline),
    ...[...log('2026-03-02T09:00Z tick'), ...ahead, ...log('2026-03-02T09:00:01Z tick')],
    ...[...ahead, ...log('2026-03-06T10:00Z tick')],
  ],
  'an answer to an alert whose version two later ones have replaced': [
    put(deadline, { lateness: '4h' }),
    ...log('2026-03-02T09:00Z start @; tick\n2026-03-02T10:00Z tick'),
    put(deadline, { version: 2, lateness: '0s' }),
    ...log('2026-03-02T10:01Z tick'),
    put(deadline, { version: 3, lateness: '4h' }),
    ...log('2026-03-02T15:00Z tick\n2026-03-02T09:30Z stop @\n2026-03-02T15:00:01Z tick'),
  ],
  'a late start whose deadline belongs to a version that two later ones have replaced': [
    put(deadline, { lateness: '0s' }),
    ...log('2026-03-02T10:00Z tick'),
    put({ deadline: { ...deadline.deadline, within: '10m' } }, { version: 2, lateness: '50m' }),
    ...log('2026-03-02T10:01Z tick'),
    put({ deadline: { ...deadline.deadline, within: '10m' } }, { version: 3, lateness: '50m' }),
    ...log('2026-03-02T10:02Z tick\n2026-03-02T09:30Z start @\n2026-03-02T10:03Z tick'),
  ],
  'late evidence from before two puts, too late for the version of its time': [
    put(pair('10h', { within: '2h' }), { lateness: '0s' }),
    ...log('2026-03-02T09:00Z a @; tick\n2026-03-02T09:30Z tick'),
    put(pair('10h'), { version: 2, lateness: '1h' }),
    ...log('2026-03-02T09:31Z tick'),
    put(pair('10h'), { version: 3, lateness: '1h' }),
    ...log('2026-03-02T09:32Z tick\n2026-03-02T09:20Z b @ id=late\n2026-03-02T09:33Z tick'),
  ],
  'a late touch that puts a crossing before two puts': [
    put(fadingPair, { lateness: '0s' }),
    ...log('2026-03-02T09:00Z a @; b @; tick\n2026-03-02T11:00Z tick'),
    put(fadingPair, { version: 2, lateness: '0s' }),
    ...log('2026-03-02T11:01Z tick'),
    put(fadingPair, { version: 3, lateness: '0s' }),
    ...log('2026-03-02T11:02Z tick\n2026-03-02T09:20Z touch @ id=late\n2026-03-02T11:03Z tick'),
  ],
  'two puts at one tick while something is overdue': [
    put(deadline),
    ...log('2026-03-02T09:00Z start @; tick\n2026-03-02T10:00Z tick'),
    put(deadline, { version: 2 }),
    put(pair('1h'), { version: 3 }),
    ...log('2026-03-02T10:00:01Z tick'),
  ],
  'an alert that ends where a later one is withdrawn': [
    put(surge),
    ...log(`2026-03-02T00:00Z x @ id=first; tick\n2026-03-03T12:00Z x @ id=x1; tick\n2026-03-03T13:00Z tick
      2026-03-03T08:59:59Z x @ id=late\n2026-03-03T13:00:01Z tick`),
  ],
  'a subject that comes after a put of another every': [
    put(ratio({ window: '40s', every: '10s', number: 0.35, side: 'above' })),
    ...log('2026-03-02T09:00:10Z tick'),
    put(ratio({ window: '20s', every: '20s', number: 2, side: 'above' }), { version: 2 }),
    ...log('2026-03-02T09:00:10Z call @; hit @\n2026-03-02T09:00:40Z tick'),
  ],
  'an acknowledgement at an opening that had opened earlier': [
    put(ratio({ halfOpen: { after: '9h', trial: '30m' } })),
    ...log(`2026-03-02T09:05Z call @ id=c1; tick\n2026-03-02T10:30Z tick\n2026-03-02T08:50Z call @ id=c2
      2026-03-02T10:30:01Z tick\n2026-03-02T09:15Z acknowledgement @ alertId=c67fd5af17565bf34441c4404ff3aced id=k
      2026-03-02T10:30:02Z tick`),
  ],
  'a longer grace that comes with a put': [
    put(ratio({}), { grace: '15m' }),
    ...log('2026-03-02T09:00Z call @; tick\n2026-03-02T09:15Z tick'),
    put(ratio({}), { version: 2, grace: '2h' }),
    ...log('2026-03-02T09:30Z tick\n2026-03-02T11:00Z tick'),
  ],
  'a start whose answer withdraws the alert of a later one': [
    put({ deadline: { ...deadline.deadline, within: '0ms' } }),
    ...log(`2026-03-02T09:00:10Z start @ id=s0\n2026-03-02T09:00:30Z tick\n2026-03-02T09:00:09Z start @ id=s1
      2026-03-02T09:00:40Z tick\n2026-03-02T09:00:10Z stop @ id=p\n2026-03-02T09:00:50Z tick`),
  ],
  'a half-open timer, and a signal that is too late for the instant before it': [
    put(ratio({ every: '1h', halfOpen: { after: '45m', trial: '1h' } }), { lateness: '0s' }),
    ...log(`2026-03-02T08:30Z call @\n2026-03-02T09:00:01Z tick\n2026-03-02T08:45Z call @
      2026-03-02T09:45Z tick\n2026-03-02T10:00Z tick`),
  ],
  'a signal that is too late for the instant before a half-open timer, taken by the tick that decides both': [
    put(ratio({ every: '1h', halfOpen: { after: '45m', trial: '1h' } }), { lateness: '0s' }),
    ...log(`2026-03-02T08:30Z call @\n2026-03-02T09:00:01Z tick\n2026-03-02T08:45Z call @\n2026-03-02T10:00Z tick`),
  ],
  'signals of a cohort that are too late for the instant before a half-open timer': [
    put(
      ratio({ every: '1h', against: 'cohort', cohort: { by: ['teamId'] }, halfOpen: { after: '45m', trial: '1h' } }),
      { lateness: '0s' },
    ),
    ...log(`2026-03-02T08:30Z call @\n2026-03-02T08:30Z call teamId=t1 repId=r2; hit teamId=t1 repId=r2
      2026-03-02T09:00:01Z tick\n2026-03-02T08:45Z call teamId=t1 repId=r2; call teamId=t1 repId=r3
      2026-03-02T09:45Z tick\n2026-03-02T10:00Z tick`),
  ],
  'a signal in time for an instant of the longer lateness before a put, too late for one after it': [
    put(ratio({}), { lateness: '5h' }),
    ...log('2026-03-02T08:50Z call @; tick\n2026-03-02T09:20Z tick'),
    put(ratio({}), { version: 2, lateness: '0s' }),
    ...log('2026-03-02T09:50Z tick\n2026-03-02T08:55Z hit @\n2026-03-02T09:50:01Z tick\n2026-03-02T10:30Z tick'),
  ],
  'an acknowledgement that names an opening which a said alert hides': [
    put(ratio({ halfOpen: { after: '20m', trial: '15m' } })),
    ...log(`2026-03-02T09:05Z call @ id=c1; tick\n2026-03-02T09:15Z tick\n2026-03-02T08:50Z call @ id=c2
      2026-03-02T09:15Z acknowledgement @ alertId=0be85e0a82ec9152066b6598e4f23f97 id=k\n2026-03-02T09:50Z tick`),
  ],
  'an acknowledgement that names an opening which a said alert hides, from before that alert': [
    put(ratio({ window: '30m', halfOpen: { after: '20m', trial: '35m' } })),
    ...log(`2026-03-02T09:05Z call @ id=c1; tick\n2026-03-02T09:15Z tick\n2026-03-02T08:50Z call @ id=c2
      2026-03-02T09:05Z acknowledgement @ alertId=0be85e0a82ec9152066b6598e4f23f97 id=k\n2026-03-02T09:16Z tick
      2026-03-02T09:20Z call @ id=c3; tick\n2026-03-02T09:45Z tick`),
  ],
  'a late signal that changes nothing of an alert, after its acknowledgement': [
    put(ratio({ halfOpen: { after: '1h', trial: '2h' } })),
    ...log(`2026-03-02T09:05Z call @ id=c1; tick\n2026-03-02T09:15Z tick
      2026-03-02T09:20Z acknowledgement @ alertId=c67fd5af17565bf34441c4404ff3aced id=k\n2026-03-02T09:25Z tick
      2026-03-02T09:06Z call @ id=c2\n2026-03-02T09:30Z tick\n2026-03-02T10:30Z tick`),
  ],
  'an opening behind a said alert that ends before it, by what is too late for it': [
    put(ratio({ minSamples: 2, window: '30m' }), { lateness: '1h' }),
    ...log(`2026-03-02T09:35Z call @; call @; tick\n2026-03-02T09:46Z tick\n2026-03-02T09:10Z call @; call @
      2026-03-02T10:20Z tick\n2026-03-02T09:12Z call @; hit @; hit @; hit @\n2026-03-02T10:20:01Z tick`),
  ],
  'an opening behind a said alert, of a version that two later ones have replaced': [
    put(ratio({ minSamples: 2, window: '30m' }), { lateness: '1h' }),
    ...log('2026-03-02T09:01Z hit @ id=h; tick\n2026-03-02T09:20Z tick'),
    put(ratio({ minSamples: 2, window: '30m' }), { version: 2, lateness: '1h' }),
    ...log('2026-03-02T09:35Z call @ id=c1; call @ id=c2; tick\n2026-03-02T09:46Z tick'),
    put(ratio({ minSamples: 2, window: '30m' }), { version: 3, lateness: '1h' }),
    ...log(`2026-03-02T10:09Z tick\n2026-03-02T09:10Z call @ id=c3; call @ id=c4
      2026-03-02T10:30Z tick\n2026-03-02T09:12Z call @ id=c5; hit @ id=h1; hit @ id=h2; hit @ id=h3
      2026-03-02T10:30:01Z tick`),
  ],
  'an acknowledgement at an instant at which a cohort has changed, decided days after': [
    put(ratio({ every: '1h', against: 'cohort', cohort: { by: ['teamId'] }, halfOpen: { after: '3h', trial: '1h' } })),
    ...log(`2026-03-02T09:10Z call @ id=c1; tick
      2026-03-02T09:30Z call teamId=t1 repId=r2 id=c2; hit teamId=t1 repId=r2 id=h2; tick
      2026-03-02T11:00Z acknowledgement @ alertId=abc4f8a275d83e41ec651e09412c8dad id=k\n2026-03-05T09:00Z tick`),
  ],
  'an acknowledgement that is too late for its version, of an alert that this very tick opens': [
    put(ratio({ halfOpen: { after: '5h', trial: '1h' } }), { lateness: '5h' }),
    ...log('2026-03-02T09:01Z hit @ id=h; call @ id=c; tick\n2026-03-02T09:20Z tick'),
    put(ratio({ halfOpen: { after: '5h', trial: '1h' } }), { version: 2, lateness: '0s' }),
    ...log(`2026-03-02T10:00Z tick\n2026-03-02T09:02Z call @ id=c1; call @ id=c2; call @ id=c3
      2026-03-02T09:25Z acknowledgement @ alertId=c67fd5af17565bf34441c4404ff3aced id=k\n2026-03-02T10:00:01Z tick`),
  ],
  'an acknowledgement later than the lateness of its version, at a time that waits for the grace of the one before': [
    put(ratio({ halfOpen: { after: '5h', trial: '1h' } }), { grace: '2h', lateness: '5h' }),
    ...log('2026-03-02T09:01Z call @; tick\n2026-03-02T11:20Z tick'),
    put(ratio({ halfOpen: { after: '5h', trial: '1h' } }), { version: 2, lateness: '0s' }),
    ...log(`2026-03-02T12:00Z tick
      2026-03-02T11:31Z acknowledgement @ alertId=c67fd5af17565bf34441c4404ff3aced id=k\n2026-03-02T12:00:01Z tick
      2026-03-02T13:30Z tick`),
  ],
  'an opening that a said alert hides, whose cohort changes by late signals of others': [
    put(ratio({ ...{ window: '30m', every: '30m' }, against: 'cohort', cohort: { by: ['teamId'] } }), {
      lateness: '2h',
    }),
    ...log(`2026-03-02T09:00Z call @ id=c1\n2026-03-02T09:30Z call @ id=c2
      2026-03-02T09:59Z hit teamId=t1 repId=r2 id=h2; call teamId=t1 repId=r2 id=d2; call teamId=t1 repId=r2 id=d5
      2026-03-02T10:00Z tick
      2026-03-02T09:15Z call teamId=t1 repId=r2 id=d3; call teamId=t1 repId=r2 id=d4; hit teamId=t1 repId=r2 id=h3
      2026-03-02T10:20Z tick\n2026-03-02T09:16Z hit teamId=t1 repId=r2 id=h4\n2026-03-02T10:25Z tick
      2026-03-02T09:31Z hit @ id=h1\n2026-03-02T11:30Z tick`),
  ],
  'a put before the first tick, of a rule whose opening hours hold no instant': [
    put(ratio({}), { zone: 'Asia/Kolkata', calendar: { from: '09:05', to: '09:10' } }),
    put(ratio({}), { version: 2, zone: 'Asia/Kolkata', calendar: { from: '09:05', to: '09:10' } }),
    ...log('2026-03-02T09:06Z call @; tick\n2026-03-02T09:30Z tick'),
  ],
};
