import fc from 'fast-check';

/** Durations of a random rule are counted in units, so that logs of a day and of a month both meet its windows. */
export const units = [10_000, 60_000, 900_000, 3_600_000] as const;

export type Kind = 'pair' | 'ratio' | 'deadline' | 'threshold' | 'period' | 'surge';
export const kinds: readonly Kind[] = ['pair', 'ratio', 'deadline', 'threshold', 'period', 'surge'];

/** Zones whose clocks change within the random logs, at two, at three, at midnight, by half an hour, or never. */
export const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'America/Havana',
  'Asia/Shanghai',
] as const;

const ms = (n: number): string => `${n}ms`;
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const conditions = fc.constantFrom(
  ...["kind == 'a'", "kind == 'a'", "kind == 'b'", "kind == 'b'", "kind in ['a', 'b']", "kind == 'c'"],
  ...['measures.x > 1', "labels.l == 'p' || kind == 'b'"],
);
const when = conditions.map((text) => ({ when: text }));

const breaker = (unit: number, every: number) => {
  const of = (...list: number[]) => fc.constantFrom(...list).map((n) => ms(n * unit));
  return {
    hold: some(fc.constantFrom(0, 0, 0, 4, 5).map((n) => ms(n * every))),
    cooldown: some(of(0, 3, 20)),
    halfOpen: some(fc.record({ after: of(0, 3, 7, 15), trial: of(0, 2, 5, 20) })),
    noData: some(
      fc.record({
        policy: some(fc.constantFrom('pause', 'reset', 'count')),
        limit: some(of(0, 2, 10, 30)),
        close: some(of(0, 2, 10, 40)),
      }),
    ),
  };
};

const multiples = (unit: number) => (unit === 3_600_000 ? [1] : [1, 2, 4]);

const ratio = (unit: number, by: readonly string[][]) =>
  fc.constantFrom(...multiples(unit)).chain((n) => {
    const every = n * unit;
    return fc.record({
      numerator: fc.oneof(
        { weight: 3, arbitrary: fc.constant({ when: "kind == 'a'" }) },
        { weight: 1, arbitrary: when },
      ),
      denominator: fc.constantFrom({ when: "kind == 'b'" }, { when: "kind in ['a', 'b']" }),
      window: fc.integer({ min: 1, max: 5 }).map((count) => ms(count * every)),
      every: fc.constant(ms(every)),
      against: fc.constantFrom('cohort', 'baseline', 'number'),
      cohort: fc.record({ by: fc.constantFrom(...by), minMembers: some(fc.integer({ min: 0, max: 2 })) }),
      baseline: fc.record({
        weeks: fc.integer({ min: 1, max: 3 }),
        minPoints: some(fc.integer({ min: 1, max: 2 })),
        fallback: fc.integer({ min: 0, max: 6 }).map((count) => ms(count * every)),
      }),
      number: fc.constantFrom(0.5, 0.5, 0.35, 0, 1, 0.333333),
      side: fc.constantFrom('below', 'above'),
      margins: fc.constantFrom(
        {},
        { deviation: 0.2 },
        { deviation: 0.2, recover: 0.1 },
        { deviation: 0.5, recover: 0.5 },
      ),
      minSamples: some(fc.integer({ min: 0, max: 3 })),
      ...breaker(unit, every),
    });
  });

const measure = fc.constantFrom('x', 'x', 'x', 'y');
const aggregate = {
  when: conditions,
  measured: fc.oneof(
    fc.record({ aggregate: fc.constant('count'), measure: some(measure) }),
    fc.record({ aggregate: fc.constantFrom('sum', 'sum', 'mean', 'mean', 'min', 'max'), measure }),
  ),
  side: fc.constantFrom('below', 'above'),
  value: fc.constantFrom(0, 1, 1.5, 2, 0.3),
  minSamples: some(fc.integer({ min: 0, max: 3 })),
};

const threshold = (unit: number) =>
  fc.constantFrom(...multiples(unit)).chain((n) =>
    fc.record({
      ...aggregate,
      window: fc.integer({ min: 1, max: 5 }).map((count) => ms(count * n * unit)),
      every: fc.constant(ms(n * unit)),
      recover: some(fc.constantFrom(1, 2, 3, -1)),
      ...breaker(unit, n * unit),
    }),
  );

const period = fc.record({ ...aggregate, window: fc.constantFrom('day', 'week', 'month') });

const surge = (unit: number) =>
  fc.constantFrom(...multiples(unit)).chain((n) => {
    const times = (max: number) => fc.integer({ min: 1, max }).map((count) => ms(count * n * unit));
    return fc.record({
      when: conditions,
      window: times(4),
      every: fc.constant(ms(n * unit)),
      against: times(8),
      factor: fc.constantFrom(1, 1.5, 2, 0.5, 3),
      minCount: some(fc.integer({ min: 1, max: 3 })),
      minHistory: some(fc.constantFrom(0, 1, 5, 12).map((count) => ms(count * unit))),
    });
  });

const pair = (unit: number) => {
  const of = (...list: number[]) => fc.constantFrom(...list).map((n) => ms(n * unit));
  return fc.record({
    a: when,
    b: when,
    within: of(0, 1, 5, 30),
    distinct: some(fc.constantFrom([], ['channel'], ['labels.l', 'eventId'])),
    order: some(fc.constantFrom('any', 'a-then-b')),
    renotify: some(of(0, 3, 10)),
    strength: fc.record({
      residual: fc.constantFrom(0.1, 0.5),
      at: of(3, 10, 40),
      neglectFactor: some(fc.constantFrom(5, 0.2, 1)),
      touch: some(fc.constantFrom({ when: "kind == 'c'" }, { when: "kind in ['b', 'c']" })),
      fading: some(fc.constantFrom(0.3, 0.9)),
      expired: fc.constantFrom(0.05, 0.2),
      lift: some(fc.constantFrom(3.2, 0, 2)),
    }),
  });
};

const deadline = (unit: number) =>
  fc.record({
    start: when,
    stop: when,
    within: fc.constantFrom(0, 1, 3, 10).map((n) => ms(n * unit)),
  });

const subjects = [
  { subject: ['teamId', 'repId'], by: [['teamId']] },
  { subject: ['teamId', 'repId'], by: [['teamId']] },
  { subject: ['teamId'], by: [['teamId']] },
  { subject: ['repId', 'labels.l', 'teamId'], by: [['teamId'], ['teamId', 'labels.l']] },
  { subject: ['teamId', 'channel'], by: [['teamId']] },
];

const action = (unit: number, group: boolean) => {
  const plain = fc.record({
    type: fc.constantFrom('learning-card', 'intervention'),
    to: fc.constantFrom('rep', 'supervisor'),
    on: fc.constantFrom('opened', 'opened', 'updated', 'resolved', 'withdrawn'),
    template: some(fc.constant('words')),
    due: some(fc.constantFrom(0, 2, 9, 30).map((n) => ms(n * unit))),
    escalateTo: some(fc.constantFrom('director', 'supervisor')),
  });
  const mark = fc.record({
    type: fc.constant('board-mark'),
    to: fc.constant('team-board'),
    on: fc.constantFrom('opened', 'resolved'),
    anonymous: fc.constant(true),
    minGroup: fc.integer({ min: 0, max: 3 }),
  });
  return group ? fc.oneof(plain, mark) : plain;
};

const calendar = fc.record({
  days: some(fc.constantFrom(['mon', 'tue', 'wed', 'thu', 'fri'], ['sat', 'sun'], ['mon', 'wed', 'sun'])),
  hours: fc.constantFrom<Record<string, string>>(
    ...[{}, {}, { from: '02:30' }, { to: '02:30' }, { from: '00:30', to: '03:00' }, { from: '09:00', to: '18:00' }],
  ),
  holidays: some(fc.constantFrom(['2026-03-08'], ['2026-03-29', '2026-10-26'])),
});

/** What a rule document says, as far as it is an object. */
export type Document = Readonly<Record<string, unknown>> & { readonly id: string; readonly version: number };

const without = (fields: object): object => JSON.parse(JSON.stringify(fields)) as object;

function patternsOf(kind: Kind, unit: number, by: readonly string[][]): fc.Arbitrary<object> {
  switch (kind) {
    case 'pair':
      return pair(unit).map((it) => ({ pair: it }));
    case 'ratio':
      return ratio(unit, by).map(({ margins, ...it }) => ({ ratio: { ...it, ...margins } }));
    case 'deadline':
      return deadline(unit).map((it) => ({ deadline: it }));
    case 'threshold':
      return threshold(unit).map(({ measured, ...it }) => ({ threshold: { ...it, ...measured } }));
    case 'period':
      return period.map(({ measured, ...it }) => ({ threshold: { ...it, ...measured } }));
    case 'surge':
      return surge(unit).map((it) => ({ surge: it }));
  }
}

/** A rule document of a kind, with any fields that fit it. */
export const documents = (kind: Kind, unit: number, place: number): fc.Arbitrary<Document> => {
  const { subject, by } = subjects[place % subjects.length] as (typeof subjects)[number];
  const graceful = kind !== 'pair' && kind !== 'deadline';
  return patternsOf(kind, unit, by).chain((pattern) => {
    const cohort = (pattern as { readonly ratio?: { readonly against: string } }).ratio?.against === 'cohort';
    return fc
      .record({
        mode: some(fc.constantFrom('live', 'live', 'live', 'shadow')),
        zone: some(fc.constantFrom(...zones)),
        calendar: kind === 'pair' || kind === 'period' ? fc.constant(undefined) : some(calendar),
        grace: graceful ? some(fc.constantFrom(0, 1, 3.5).map((n) => n * unit)) : fc.constant(undefined),
        lateness: some(fc.constantFrom(0, 1, 5, 10, 30, 60, 200, 2000).map((n) => n * unit)),
        actions: fc.array(action(unit, cohort), { maxLength: 2 }),
      })
      .map(
        ({ calendar: opening, grace, lateness, ...fields }) =>
          without({
            ...{ apiVersion: 'resonant/v1', id: 'any', version: 1, keyspace: 'team', subject, pattern, ...fields },
            calendar: opening && { days: opening.days, holidays: opening.holidays, ...opening.hours },
            grace: grace === undefined ? undefined : ms(grace),
            lateness: lateness === undefined ? undefined : ms(Math.max(lateness, grace ?? 0)),
          }) as Document,
      );
  });
};
