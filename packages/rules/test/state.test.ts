import { describe, expect, test } from '@jest/globals';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule, parseTestLog, shippedRules } from '../src/index.ts';
import { anyRule, anySteps, entriesOf, putOf, signalOf } from './random-rules.ts';

const compiledDeadline = shippedRules().find(({ id }) => id === 'lead-response')?.document as { readonly id: string };
const newEngine = (): Engine => new Engine({ compile: compileRule });

/** A state as version 4 of the format had it: what is no rule's in one part, but for the ids that were seen; no wakes. */
function asVersion4(parts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const holds = (text: string): object => (JSON.parse(text) as [number, object])[1];
  const of = (kind: string) =>
    [...parts].filter(([name]) => name.startsWith(`${kind}/`)).map(([name, text]) => [name, holds(text)] as const);
  const placeIn = (name: string): number => Number(name.split('/')[1]);
  const { said, ...rest } = holds(parts.get('#engine') ?? '') as { readonly said: object; readonly time: unknown };
  const arrived = of('#arrived').toSorted(([a], [b]) => placeIn(a) - placeIn(b));
  const dues = of('#due').map(
    ([name, due]) => [name.slice('#due/'.length), due as { readonly place: number }] as const,
  );
  const engine = {
    ...rest,
    intake: { arrived: arrived.flatMap(([, items]) => items), waiting: of('#waiting').map(([, item]) => item) },
    desk: {
      ...{ now: rest.time, said, marks: of('#mark').map(([name, at]) => [name.slice('#mark/'.length), at]) },
      dues: dues.toSorted(([, a], [, b]) => a.place - b.place).map(([id, { place: _place, ...due }]) => [id, due]),
    },
  };
  const others = [...parts].filter(([name]) => !name.startsWith('#') || name.startsWith('#seen/'));
  return new Map([
    ['#engine', JSON.stringify([4, engine])],
    ...others.map(([name, text]) => {
      const { wake: _wake, decidedTo: _decidedTo, ...part } = holds(text) as Readonly<Record<string, unknown>>;
      return [name, JSON.stringify([4, name.startsWith('#') ? holds(text) : part])] as const;
    }),
  ]);
}

/** Plays a log; before the entry `cut` a new engine takes over from the state of the old one. */
function play(
  entries: readonly LogEntry[],
  cut: number,
  written?: (parts: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
): { readonly lines: readonly string[]; readonly engine: Engine } {
  let engine = newEngine();
  const lines: string[] = [];
  entries.forEach((entry, n) => {
    if (n === cut) {
      const parts = engine.exportState();
      engine = newEngine();
      // parts stand in a state topic in the order in which they changed last
      engine.importState(new Map([...(written?.(parts) ?? parts)].reverse()));
      // version 4 does not hold which of the actions of its transition a due is
      if (written === undefined) expect([...engine.exportState()].sort()).toEqual([...parts].sort());
    }
    const said = engine.apply(entry);
    lines.push(...said.map(formatOutput));
  });
  return { lines, engine };
}

const acknowledged = (entries: readonly LogEntry[]): readonly LogEntry[] => {
  const engine = newEngine();
  return entries.flatMap((entry, n) => {
    const last = engine.apply(entry).at(-1);
    if (last === undefined || entry.type !== 'tick') return [entry];
    const labels: Record<string, string> =
      last.type === 'action' ? { actionId: last.actionId } : { alertId: last.alertId };
    const signal = signalOf({ id: `ack${n}`, kind: 'acknowledgement', occurredAt: entry.at + 60_000, labels });
    const acknowledgement: LogEntry = { type: 'signal', signal };
    return [entry, acknowledgement];
  });
};

const due = { type: 'warning', to: 'rep', on: 'opened', due: '9m', escalateTo: 'director' };
const mark = { type: 'board-mark', to: 'team-board', on: 'opened', anonymous: true, minGroup: 1 };

/** A rule of any pattern, or one that is often broken in a cohort. */
const anyMarkingRule = fc.oneof(
  anyRule,
  anyRule.map((rule) => {
    const roles = { numerator: { when: "kind == 'a'" }, denominator: { when: "kind == 'b'" } };
    const ratio = { ...roles, ...{ window: '10m', every: '1m', against: 'cohort' }, cohort: { by: ['teamId'] } };
    return { ...rule, pattern: { ratio: { ...ratio, side: 'below' } } };
  }),
);

/** A rule with three actions that wait to be acknowledged and, where it compares subjects, an anonymous mark. */
function withActions<R extends { readonly id: string; readonly pattern: object }>(rule: R): R {
  const { ratio } = rule.pattern as { readonly ratio?: { readonly against: string } };
  const dues = [due, { ...due, to: 'supervisor' }, { ...due, to: 'account-owner' }];
  return { ...rule, actions: ratio?.against === 'cohort' ? [...dues, mark] : dues };
}

describe('the state of an engine', () => {
  test('exported before any entry and imported into a new engine, from version 4 too, goes on with the same bytes', () => {
    fc.assert(
      fc.property(anyRule, anyRule, anySteps(true), fc.nat(200), fc.nat(100), (rule, next, steps, cut, place) => {
        const entries = [putOf(withActions(rule)), ...entriesOf(steps)];
        entries.splice(1 + (place % entries.length), 0, putOf(withActions({ ...next, version: 2 })));
        const log = acknowledged(entries);
        const whole = play(log, -1);
        for (const halves of [play(log, cut % log.length), play(log, cut % log.length, asVersion4)]) {
          expect(halves.lines).toEqual(whole.lines);
          expect(halves.engine.counters).toEqual(whole.engine.counters);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('goes on with the same bytes also behind a put that keeps what the rule remembers, and is lenient for longer or shorter', () => {
    fc.assert(
      fc.property(
        anyRule,
        fc.constantFrom('0m', '1m', '5m', '1h', '1d'),
        fc.constantFrom('0m', '1m', '5m', '1h', '1d'),
        anySteps(true),
        fc.nat(200),
        fc.nat(100),
        (rule, lateness, later, steps, cut, place) => {
          const log = [putOf({ ...rule, lateness } as typeof rule), ...entriesOf(steps)];
          const next = { ...rule, version: 2, lateness: later };
          log.splice(1 + (place % log.length), 0, putOf(next as typeof rule));
          const whole = play(log, -1);
          const halves = play(log, cut % log.length);
          expect(halves.lines).toEqual(whole.lines);
          expect(halves.engine.counters).toEqual(whole.engine.counters);
        },
      ),
      { numRuns: Number(process.env.KEEP_RUNS ?? 200) },
    );
  });

  test('goes on with the same bytes over several such puts, handed over again and again', () => {
    fc.assert(
      fc.property(
        anyRule,
        anySteps(true),
        fc.array(fc.tuple(fc.constantFrom('0m', '1m', '20m', '1h', '1d'), fc.nat(100)), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (rule, steps, puts, every) => {
          const log = [putOf(rule), ...entriesOf(steps)];
          for (const [index, [lateness, place]] of puts.toSorted(([, a], [, b]) => a - b).entries()) {
            const at = 1 + Math.min(log.length - 1, Math.floor((place * log.length) / 101));
            log.splice(at, 0, putOf({ ...rule, lateness, version: 2 + index } as typeof rule));
          }
          const whole = newEngine();
          let handed = newEngine();
          for (const [n, entry] of log.entries()) {
            expect(handed.apply(entry).map(formatOutput)).toEqual(whole.apply(entry).map(formatOutput));
            if (n % every > 0) continue;
            const state = handed.exportState();
            handed = newEngine();
            handed.importState(state);
          }
        },
      ),
      { numRuns: Number(process.env.KEEP_RUNS ?? 400) },
    );
  });

  test('a start that comes late finds what an engine without a restore still knows of its stop', () => {
    const rule = (version: number, lateness: string): LogEntry =>
      putOf({
        ...{ apiVersion: 'resonant/v1', id: 'any', version, keyspace: 'team', subject: ['teamId'], lateness },
        pattern: { deadline: { start: { when: "kind == 'a'" }, stop: { when: "kind == 'b'" }, within: '0m' } },
        actions: [],
      } as Parameters<typeof putOf>[0]);
    const zero = Date.UTC(2026, 2, 3);
    const signal = (id: string, kind: string, occurredAt: number): LogEntry => ({
      type: 'signal',
      signal: {
        ...{ id, kind, occurredAt, channel: null, accountId: null, contactId: null, regionId: null, leadId: null },
        ...{ opportunityId: null, repId: null, teamId: 't', measures: {}, labels: {}, eventId: null },
      },
    });
    const tick = (at: number): LogEntry => ({ type: 'tick', at });
    const log = [
      ...[rule(1, '10m'), signal('stop', 'b', zero), tick(zero + 1), rule(2, '0m'), tick(zero + 2)],
      ...[rule(3, '1h'), tick(zero + 60_002), signal('start', 'a', zero - 59_998), tick(zero + 60_003)],
    ];
    const whole = play(log, -1).lines;
    expect(whole).toHaveLength(2);
    for (const [cut] of log.entries()) expect(play(log, cut).lines).toEqual(whole);
  });

  test('goes on with the same bytes where a threshold reads another measure than before', () => {
    const rule = (version: number, measure: string): LogEntry => {
      const threshold = { when: "kind == 'a'", measure, aggregate: 'sum', window: '30m', every: '10m' };
      const head = { apiVersion: 'resonant/v1', id: 'any', version, keyspace: 'team', subject: ['teamId'] };
      return putOf({ ...head, ...{ pattern: { threshold: { ...threshold, side: 'above', value: 5 } } } });
    };
    const log = [
      rule(1, 'x'),
      ...parseTestLog('2026-03-02T09:05Z a id=s1 teamId=t x=9 y=1; tick\n2026-03-02T09:10Z tick'),
      rule(2, 'y'),
      ...parseTestLog(`2026-03-02T09:12Z a id=s2 teamId=t x=1 y=3; tick\n2026-03-02T09:20Z tick
        2026-03-02T09:06Z a id=s3 teamId=t x=1 y=3\n2026-03-02T09:21Z tick`),
      rule(3, 'x'),
      ...parseTestLog('2026-03-02T09:25Z a id=s4 teamId=t x=-1 y=3; tick\n2026-03-02T09:40Z tick'),
    ];
    const whole = play(log, -1).lines;
    expect(whole.map((line) => Object.values(JSON.parse(line) as object).slice(6, 9))).toEqual([
      ['opened', 'breached', '2026-03-02T09:10:00.000Z'],
      ['resolved', 'met', '2026-03-02T09:20:00.000Z'],
      ['opened', 'breached', '2026-03-02T09:30:00.000Z'],
      ['resolved', 'met', '2026-03-02T09:40:00.000Z'],
    ]);
    for (const [cut] of log.entries()) expect(play(log, cut).lines).toEqual(whole);
  });

  test('is what its changed parts add up to, tombstones included, also from an import on and when they are asked for bit by bit', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        anyMarkingRule,
        anyMarkingRule,
        anySteps(true),
        fc.array(fc.nat(60)),
        fc.array(fc.nat(5), { minLength: 1 }),
        fc.nat(100),
        (rule, next, steps, stops, partly, at) => {
          const log = [putOf(withActions(rule)), ...entriesOf(steps)];
          const reset = { ...next, version: 2, onChange: 'reset' };
          log.splice(1 + (at % log.length), 0, putOf(withActions(reset)));
          const entries = acknowledged(log);
          const parts = new Map<string, string>();
          let engine = newEngine();
          const lay = (limit: number): void => {
            let left = limit;
            for (const [name, part] of engine.changedParts()) {
              if (part === null) parts.delete(name);
              else parts.set(name, part);
              if (name.startsWith('#')) kinds.add(name.split('/')[0] as string);
              if (--left === 0) break;
            }
          };
          entries.forEach((entry, n) => {
            engine.apply(entry);
            if (!stops.includes(n) && n < entries.length - 1) {
              const limit = partly[n % partly.length] as number;
              const before = engine.changedCount;
              if (limit > 0) lay(limit);
              expect(engine.changedCount).toBe(Math.max(0, before - limit));
              return;
            }
            lay(Number.POSITIVE_INFINITY);
            expect(engine.changedCount).toBe(0);
            expect([...parts].sort()).toEqual([...engine.exportState()].sort());
            if (n % 2 === 1) return;
            engine = newEngine();
            engine.importState(parts);
          });
        },
      ),
      { numRuns: 300 },
    );
    expect([...kinds].sort()).toEqual(['#arrived', '#due', '#engine', '#mark', '#seen', '#waiting']);
  });

  test('names only the parts that changed', () => {
    const engine = newEngine();
    const rule = compiledDeadline;
    engine.apply(putOf(rule));
    const lead = (leadId: string, occurredAt: number): LogEntry => ({
      type: 'signal',
      signal: signalOf({ id: leadId, kind: 'lead-created', occurredAt, leadId }),
    });
    engine.apply(lead('l1', 0));
    engine.apply({ type: 'tick', at: 1000 });
    const changed = (): ReadonlyMap<string, string | null> => new Map(engine.changedParts());
    expect([...changed().keys()]).toEqual(['#seen/0/0', 'lead-response/l1', 'lead-response', '#engine']);
    engine.apply(lead('l2', 2000));
    expect([...changed().keys()]).toEqual(['#arrived/0', '#engine']);
    engine.apply({ type: 'tick', at: 1999 });
    expect([...changed().keys()]).toEqual(['#seen/0/0', '#arrived/0', '#waiting/3', '#engine']);
    engine.apply({ type: 'tick', at: 2000 });
    expect([...changed().keys()]).toEqual(['#waiting/3', 'lead-response/l2', '#engine']);
    engine.apply({ type: 'tick', at: 3000 });
    expect([...changed().keys()]).toEqual(['#engine']);
    engine.apply({ type: 'rule', action: 'delete', ruleId: 'lead-response', document: null, revision: null });
    const last = changed();
    expect([...last.keys()]).toEqual(['lead-response/l1', 'lead-response/l2', 'lead-response', '#engine']);
    expect([last.get('lead-response/l1'), last.get('lead-response/l2')]).toEqual([null, null]);
  });

  test('of a later version, or without its head, is refused', () => {
    const parts = new Map([...newEngine().exportState(), ['#engine', '[6,{}]']]);
    expect(() => newEngine().importState(parts)).toThrow(/expected state of version 4 or 5, got 6/);
    expect(() => newEngine().importState(new Map())).toThrow(/expected state with a part #engine, got none/);
  });
});
