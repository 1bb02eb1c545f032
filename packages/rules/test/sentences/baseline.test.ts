import { describe } from '@jest/globals';
import { type Case, pin } from './cases.ts';
import { ratio } from './rules.ts';

const never: readonly string[] = [];
const baseline = (fields: object, rest: object = {}, rule: object = {}) =>
  ratio(
    { against: 'baseline', baseline: { weeks: 2, fallback: '20m', ...fields }, deviation: 0.9, ...rest },
    { lateness: '60d', ...rule },
  );
const berlin = { zone: 'Europe/Berlin' };

/** Ten calls at an instant, so many of them hits. */
const share = (at: string, hits: number): string => `${at} call@r1 *10${hits > 0 ? `; hit@r1 *${hits}` : ''}; tick`;

const medians: readonly Case[] = [
  [
    '3.2-11 the reference is the median of the same window in the weeks before, not their mean',
    baseline({ weeks: 3 }),
    `${share('02-09T09:05', 5)}
     ${share('02-16T09:05', 9)}
     ${share('02-23T09:05', 2)}
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 values={"n":0,"d":10,"value":0,"reference":0.5,"heldMs":0}'],
  ],
  [
    '3.2-11 of an even number of points it is the mean of the middle two',
    baseline({ weeks: 4 }),
    `${share('02-02T09:05', 3)}
     ${share('02-09T09:05', 5)}
     ${share('02-16T09:05', 9)}
     ${share('02-23T09:05', 4)}
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 values.reference=0.45'],
  ],
  [
    '3.2-11 weeks before the first that is named do not count',
    baseline({ weeks: 1 }),
    `${share('02-16T09:05', 9)}
     ${share('02-23T09:05', 5)}
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 values.reference=0.5'],
  ],
  [
    '3.2-11 only points with minSamples count',
    baseline({ weeks: 3 }, { minSamples: 10 }),
    `${share('02-09T09:05', 5)}
     02-16T09:05 call@r1 *9; hit@r1 *9; tick
     ${share('02-23T09:05', 4)}
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 values.reference=0.45'],
  ],
  [
    '3.2-11 one point is enough by default, and then the fallback is not asked',
    baseline({}),
    `${share('02-23T09:05', 5)}
     ${share('08:50', 10)}
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 values.reference=0.5 values.referenceN=-'],
  ],
  [
    '3.2-11 a week without calls gives no point, one call gives one',
    baseline({ weeks: 3 }, { minSamples: 0 }),
    `${share('02-09T09:05', 3)}
     02-23T09:05 call@r1; hit@r1; tick
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 values.reference=0.65'],
  ],
  [
    '3.2-11 minPoints of them are enough, one less is not',
    [baseline({ minPoints: 2 }), { ...baseline({ minPoints: 3, weeks: 3 }), id: 's' }],
    `${share('02-16T09:05', 5)}
     ${share('02-23T09:05', 5)}
     ${share('09:05', 0)}
     09:10 tick`,
    ['opened open 09:10 ruleId=r'],
  ],
];

const fallbacks: readonly Case[] = [
  [
    '3.2-12 with too few points it is the sum over the fallback before the window',
    baseline({}),
    // [09:00, 09:20) for 09:30.
    `08:59:59.999 call@r1 *100; hit@r1 *100; tick
     09:00 call@r1 *2; hit@r1; tick
     09:19:59.999 call@r1 *2; hit@r1 *2; tick
     09:20 call@r1 *10; tick
     09:30 tick`,
    ['opened open 09:30 values={"n":0,"d":10,"value":0,"reference":0.75,"heldMs":0,"referenceN":3,"referenceD":4}'],
  ],
  [
    '3.2-12 which needs minSamples',
    baseline({}, { minSamples: 3 }),
    `09:05 call@r1 *2; hit@r1 *2; tick
     09:25 call@r1 *3; tick
     10:05 call@r1 *3; hit@r1 *3; tick
     10:25 call@r1 *3; tick
     10:30 tick`,
    ['opened open 10:30 values.referenceD=3'],
  ],
  [
    '3.2-12 one call is enough by default',
    baseline({}),
    '08:55 call@r1; hit@r1; tick\n09:05 call@r1; tick\n09:10 tick',
    ['opened open 09:10 values.referenceN=1 values.referenceD=1'],
  ],
  [
    '3.2-12 but without any there is no reference, whatever minSamples',
    baseline({}, { minSamples: 0 }),
    '08:55 hit@r1; tick\n09:05 call@r1; tick\n09:10 tick',
    never,
  ],
  [
    '3.2-12 nor where the fallback has gone past them, with no traffic',
    baseline({ weeks: 1 }, { window: '1h', noData: { close: '20m' } }),
    // Of 08:05 the fallback knows at 09:10 and 09:20; unknown from 09:30 on.
    '08:05 call@r1; hit@r1; tick\n09:00 call@r1; tick\n10:00 tick',
    ['opened open 09:10 values.referenceD=1', 'resolved no-data 09:50 decidedAt=10:00'],
  ],
  [
    '3.2-12 and without either there is no reference',
    baseline({}),
    '09:05 call@r1; tick\n09:10 tick\n09:40 tick',
    never,
  ],
];

const weeks: readonly Case[] = [
  [
    '3.2-11 also with no traffic while the clock is set forward: a week back is an hour less',
    baseline({ weeks: 1 }, { window: '1d' }, berlin),
    '03-22T05:00 call@r1; hit@r1; tick\n03-29T00:00 call@r1; tick\n03-29T12:00 tick',
    ['opened open 03-29T04:10 decidedAt=03-29T12:00 values.reference=1 values.referenceN=-'],
  ],
  [
    '3.2-11 or where it was set back the week before',
    baseline({ weeks: 1 }, { window: '1d' }, berlin),
    '10-25T05:00 call@r1; hit@r1; tick\n10-31T23:00 call@r1; tick\n11-01T12:00 tick',
    ['opened open 11-01T05:10 decidedAt=11-01T12:00 values.reference=1 values.referenceN=-'],
  ],
  [
    '3.2-11 weeks are of wall-clock time in the zone: an hour apart where the clock was set forward',
    baseline({ weeks: 1 }, {}, berlin),
    `${share('03-24T08:05', 8)}
     ${share('03-24T09:05', 5)}
     ${share('03-31T08:05', 0)}
     03-31T08:10 tick`,
    ['opened open 03-31T08:10 values.reference=0.5'],
  ],
  [
    '3.2-11 UTC is the default, without such hours',
    baseline({ weeks: 1 }),
    `${share('03-24T08:05', 8)}
     ${share('03-24T09:05', 5)}
     ${share('03-31T08:05', 0)}
     03-31T08:10 tick`,
    ['opened open 03-31T08:10 values.reference=0.8'],
  ],
  [
    '3.2-11 an end that the clock skipped gives no point',
    baseline({}, {}, berlin),
    // 02:40 of 5 April; that of 29 March does not exist, that of 22 March is 01:40 UTC.
    `${share('03-22T01:35', 5)}
     ${share('03-29T00:35', 8)}
     ${share('03-29T00:55', 8)}
     ${share('03-29T01:35', 8)}
     ${share('04-05T00:35', 0)}
     04-05T00:40 tick`,
    ['opened open 04-05T00:40 values.reference=0.5'],
  ],
  [
    '3.2-11 one that occurs twice is the first',
    baseline({ weeks: 1 }, {}, berlin),
    // 02:40 of 25 October is 00:40 UTC, and once more 01:40 UTC.
    `${share('10-25T00:35', 5)}
     ${share('10-25T01:35', 8)}
     ${share('11-01T01:35', 0)}
     11-01T01:40 tick`,
    ['opened open 11-01T01:40 values.reference=0.5'],
  ],
  [
    '3.2-11 its window is as long as any other, also over the change of clocks',
    baseline({ weeks: 1, fallback: '2h' }, { window: '2h' }, berlin),
    // 03:30 of 29 March is 01:30 UTC; two hours before it is 23:30 UTC.
    `${share('03-28T23:30', 5)}
     ${share('04-05T01:25', 0)}
     04-05T01:30 tick`,
    ['opened open 04-05T01:30 values.reference=0.5'],
  ],
];

const quiet: readonly Case[] = [
  [
    '3.2-11 it is what changes, where the window itself is quiet',
    baseline({ weeks: 1, fallback: '1h' }, { window: '1h', deviation: 0.2 }),
    // 5 of 10 at 09:10, 15 of 20 at 09:20.
    `02-23T09:05 call@r1 *10; hit@r1 *5
     02-23T09:15 call@r1 *10; hit@r1 *10; tick
     09:05 call@r1 *10; hit@r1 *5
     09:20 tick`,
    ['opened open 09:20 values.reference=0.75'],
  ],
  [
    '3.2-11 weeks are of wall-clock time where clocks change by half an hour',
    baseline({ weeks: 1, fallback: '1h' }, { window: '1h', every: '1h' }, { zone: 'Australia/Lord_Howe' }),
    // 15:30 is 05:00 UTC on 7 April, and was 04:30 UTC on 31 March.
    `${share('03-31T03:25', 8)}
     ${share('03-31T03:30', 5)}
     ${share('03-31T04:30', 8)}
     ${share('04-07T04:55', 0)}
     04-07T05:00 tick`,
    ['opened open 04-07T05:00 values.reference=0.5'],
  ],
];

describe('a median of weeks', () => pin(medians));
describe('a fallback', () => pin(fallbacks));
describe('weeks of a zone', () => pin([...weeks, ...quiet]));
