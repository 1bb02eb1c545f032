import type { Signal } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { type KeptPut, keptPuts, nextVersion } from './kept-puts.ts';
import { type Document, documents, type Kind, kinds, units } from './random-documents.ts';
import { referenceLines } from './reference.ts';

const minute = 60_000;
const day = 86_400_000;

/** A Monday, and days before clocks change in one of the zones. */
const starts = [
  '2026-03-02T00:00:00Z',
  '2026-03-08T04:00:00Z',
  '2026-03-28T22:00:00Z',
  '2026-10-24T21:00:00Z',
  '2026-04-04T12:00:00Z',
  '2026-09-05T22:00:00Z',
  '2026-10-31T23:00:00Z',
].map((text) => Date.parse(text));

interface Draw {
  readonly kind: string;
  readonly rep: string | null;
  readonly team: string;
  readonly channel: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly l: string | null;
  /** Ms after the tick before; negative is late. */
  readonly offset: number;
  /** Sent before under the same id: which one, and whether with its old content. */
  readonly again: { readonly of: number; readonly same: boolean } | null;
}

const draws = (unit: number): fc.Arbitrary<Draw> =>
  fc.record({
    kind: fc.constantFrom('a', 'a', 'a', 'b', 'b', 'b', 'c'),
    rep: fc.constantFrom('r1', 'r1', 'r1', 'r2', 'r2', 'r3', null),
    team: fc.constantFrom('t1', 't1', 't1', 't1', 't1', 't2'),
    channel: fc.constantFrom('call', 'call', 'forum', null),
    x: fc.constantFrom(0, 1, 2, 3, 0.1, 0.2, -1.25, null),
    y: fc.constantFrom(0, 1, 2, 0.3, -2, null),
    l: fc.constantFrom('p', 'p', 'q', null),
    offset: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }).map((n) => n * unit) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 * unit }) },
      { weight: 4, arbitrary: fc.integer({ min: -9, max: 0 }).map((n) => n * unit) },
      { weight: 2, arbitrary: fc.integer({ min: -40 * unit, max: 0 }) },
      { weight: 1, arbitrary: fc.integer({ min: -2000, max: 0 }).map((n) => n * unit) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -2, max: 2 }))
          .map(([n, k]) => k * unit - n * 7 * day),
      },
      { weight: 1, arbitrary: fc.constantFrom(5 * minute, 5 * minute + 1, 20 * minute, 2 * day) },
    ),
    again: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.record({ of: fc.nat(100), same: fc.boolean() }) },
    ),
  });

const pauses = (unit: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 * unit }) },
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 8 }).map((n) => n * unit) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }).map((n) => n * unit) },
    { weight: 1, arbitrary: fc.constantFrom(1, 4, 7).map((n) => Math.min(n * day, 400 * unit)) },
    { weight: 1, arbitrary: fc.constantFrom(0, -unit) },
  );

interface Change {
  readonly at: number;
  readonly rule: number;
  readonly what: 'put' | 'put' | 'delete' | 'off';
  readonly document: Document;
  readonly reset: boolean;
  readonly version: number;
  readonly revision: number | null;
}

const changes = (unit: number, kindOf: readonly Kind[], places: readonly number[]): fc.Arbitrary<Change> =>
  fc.nat(kindOf.length - 1).chain((rule) =>
    fc.record({
      at: fc.nat(30),
      rule: fc.constant(rule),
      what: fc.constantFrom<Change['what']>('put', 'put', 'put', 'put', 'delete', 'off'),
      document: fc
        .oneof(
          { weight: 5, arbitrary: fc.constant(kindOf[rule] as Kind) },
          { weight: 1, arbitrary: fc.constantFrom(...kinds) },
        )
        .chain((kind) => documents(kind, unit, places[rule] as number)),
      reset: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      version: fc.integer({ min: 1, max: 6 }),
      revision: fc.option(fc.nat(20)),
    }),
  );

interface Acknowledgement {
  readonly of: number;
  readonly offset: number;
  readonly delay: number;
}

const acknowledgements = (unit: number): fc.Arbitrary<Acknowledgement> =>
  fc.record({ of: fc.nat(20), offset: fc.integer({ min: -1, max: 8 }).map((n) => n * unit), delay: fc.nat(4) });

/** What a log does to its rules: nothing, any puts and deletes, or puts that keep the state. */
function putsOf(unit: number, rules: readonly (readonly [Kind, number])[]) {
  const [ofKind, places] = [rules.map(([kind]) => kind), rules.map(([, place]) => place)];
  const none = fc.constant({ changes: [], kept: [] });
  return fc.oneof(
    { weight: 3, arbitrary: none },
    {
      weight: 2,
      arbitrary: fc.record({
        changes: fc.array(changes(unit, ofKind, places), { maxLength: 4 }),
        kept: fc.constant([]),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        changes: fc.constant([]),
        kept: fc.array(keptPuts(unit, ofKind, places), { minLength: 1, maxLength: 5, size: 'max' }),
      }),
    },
  );
}

/** A log of one or two rules, up to `ticks` ticks, changes of rules, and acknowledgements of what is said. */
export const logs = (
  options: { readonly kinds?: readonly Kind[]; readonly ticks?: number } = {},
): fc.Arbitrary<readonly LogEntry[]> =>
  fc
    .record({
      unit: fc.constantFrom(...units),
      start: fc.constantFrom(...starts),
      rules: fc.array(fc.tuple(fc.constantFrom(...(options.kinds ?? kinds)), fc.nat(4)), {
        minLength: 1,
        maxLength: 2,
      }),
    })
    .chain(({ unit, start, rules }) =>
      fc
        .record({
          first: fc.tuple(...rules.map(([kind, place]) => documents(kind, unit, place))),
          steps: fc.array(
            fc.record({ draws: fc.array(draws(unit), { maxLength: 6, size: 'max' }), pause: pauses(unit) }),
            { minLength: 1, maxLength: options.ticks ?? 20, size: 'max' },
          ),
          puts: putsOf(unit, rules),
          acknowledgements: fc.oneof(
            { weight: 3, arbitrary: fc.array(acknowledgements(unit), { maxLength: 3, size: 'max' }) },
            { weight: 1, arbitrary: fc.array(acknowledgements(unit), { maxLength: 10, size: 'max' }) },
          ),
        })
        .map((parts) => acknowledged(entriesOf(unit, start, parts), parts.acknowledgements)),
    );

const ids = ['any', 'b.rule'];

function entriesOf(
  unit: number,
  start: number,
  parts: {
    readonly first: readonly Document[];
    readonly steps: readonly { readonly draws: readonly Draw[]; readonly pause: number }[];
    readonly puts: { readonly changes: readonly Change[]; readonly kept: readonly KeptPut[] };
  },
): readonly LogEntry[] {
  const current = parts.first.map((document, rule): Document => ({ ...document, id: ids[rule] as string }));
  const entries: LogEntry[] = current.map((document) => put(document, null));
  const sent: Signal[] = [];
  let now = start;
  parts.steps.forEach(({ draws: list, pause }, step) => {
    entries.push(...putsAt(parts.puts, current, step, parts.steps.length, 0));
    for (const draw of list) {
      const signal = signalFrom(draw, now, `s${sent.length}`, sent);
      sent.push(signal);
      entries.push({ type: 'signal', signal });
    }
    entries.push(...putsAt(parts.puts, current, step, parts.steps.length, 1));
    entries.push({ type: 'tick', at: now + pause });
    now = Math.max(now, now + pause);
  });
  entries.push({ type: 'tick', at: now + 100 * unit });
  return entries;
}

/** The puts before (0) or behind (1) the signals of a step. `current` = the versions that puts that keep go on from. */
function putsAt(
  { changes: any, kept }: { readonly changes: readonly Change[]; readonly kept: readonly KeptPut[] },
  current: Document[],
  step: number,
  steps: number,
  side: 0 | 1,
): readonly LogEntry[] {
  const isHere = ({ at }: { readonly at: number }): boolean => at % steps === step && at % 2 === side;
  const entries = any.filter(isHere).map(changeOf);
  for (const each of kept.filter(isHere)) {
    const next = nextVersion(current[each.rule] as Document, each);
    if (next === null) continue;
    current[each.rule] = next;
    entries.push(put(next, null));
  }
  return entries;
}

function signalFrom(draw: Draw, now: number, id: string, sent: readonly Signal[]): Signal {
  const earlier = draw.again === null ? undefined : sent[draw.again.of % Math.max(1, sent.length)];
  if (earlier !== undefined && draw.again?.same) return earlier;
  return {
    id: earlier?.id ?? id,
    kind: draw.kind,
    occurredAt: now + draw.offset,
    channel: draw.channel,
    ...{ accountId: null, contactId: null, regionId: null, leadId: null, opportunityId: null },
    repId: draw.rep,
    teamId: draw.team,
    measures: { ...(draw.x === null ? {} : { x: draw.x }), ...(draw.y === null ? {} : { y: draw.y }) },
    labels: draw.l === null ? {} : { l: draw.l },
    eventId: draw.channel === null ? null : `e-${id}`,
  };
}

const put = (document: Document, revision: number | null): LogEntry => ({
  type: 'rule',
  action: 'put',
  ruleId: document.id,
  document,
  revision,
});

function changeOf({ rule, what, document, reset, version, revision }: Change): LogEntry {
  const id = ids[rule] as string;
  if (what === 'delete') return { type: 'rule', action: 'delete', ruleId: id, document: null, revision };
  const onChange = reset ? 'reset' : 'keep';
  return put({ ...document, id, version, onChange, ...(what === 'off' ? { mode: 'off' } : {}) }, revision);
}

/** Adds acknowledgements of alerts and actions that the log without them has. */
function acknowledged(entries: readonly LogEntry[], list: readonly Acknowledgement[]): readonly LogEntry[] {
  if (list.length === 0) return entries;
  const said = referenceLines(entries).map((line) => JSON.parse(line) as Record<string, string | null>);
  if (said.length === 0) return entries;
  const result = [...entries];
  list.forEach(({ of, offset, delay }, n) => {
    const line = said[of % said.length] as Record<string, string | null>;
    const [name, value] =
      line.type === 'action' ? (['actionId', line.actionId] as const) : (['alertId', line.alertId] as const);
    const occurredAt = Date.parse(line.at as string) + offset;
    const template: Draw = {
      kind: 'acknowledgement',
      rep: 'r1',
      team: 't1',
      channel: null,
      x: null,
      y: null,
      l: null,
      offset: 0,
      again: null,
    };
    const signal = { ...signalFrom(template, occurredAt, `ack${n}`, []), labels: { [name]: value as string } };
    const tick = result.findIndex((entry) => entry.type === 'tick' && entry.at >= occurredAt);
    result.splice(Math.min(result.length, (tick < 0 ? result.length : tick) + delay), 0, { type: 'signal', signal });
  });
  return result;
}
