import type { Signal } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { type Document, documents, type Kind, units } from '../../packages/rules/test/reference/random-documents.ts';

/** Logs of one rule, each meant for a partition of its own. */
export interface Batch {
  readonly document: Document;
  readonly logs: readonly (readonly LogEntry[])[];
}

const starts = ['2026-03-02T00:00:00Z', '2026-03-28T12:00:00Z', '2026-10-24T18:00:00Z'].map((text) => Date.parse(text));

const draws = (unit: number) =>
  fc.record({
    kind: fc.constantFrom('a', 'a', 'b', 'b', 'b', 'c'),
    rep: fc.constantFrom('r1', 'r1', 'r2', 'r2', 'r3', null),
    team: fc.constantFrom('t1', 't1', 't1', 't2'),
    channel: fc.constantFrom('call', 'call', 'forum', null, ''),
    x: fc.constantFrom(0, 1, 2, 3, 0.1, 0.2, -1.25, null),
    l: fc.constantFrom('p', 'p', 'q', null),
    /** Of the pause before the tick that follows, in thousandths. */
    share: fc.integer({ min: 1, max: 1000 }),
    /** Ms behind that, for one in twenty. */
    late: fc.oneof(
      { weight: 19, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 * unit }) },
    ),
    /** Sent before under the same id. */
    copies: fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(1000) }),
  });

const steps = (unit: number) =>
  fc.array(
    fc.record({
      draws: fc.array(draws(unit), { maxLength: 4, size: 'max' }),
      pause: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 * unit }) },
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }).map((n) => n * unit) },
        { weight: 1, arbitrary: fc.integer({ min: 10, max: 100 }).map((n) => n * unit) },
        { weight: 1, arbitrary: fc.constantFrom(0, -unit) },
      ),
    }),
    { minLength: 5, maxLength: 40, size: 'max' },
  );

const ends = fc.constantFrom('none', 'none', 'none', 'delete', 'off', 'reset', 'renamed');

/** Batches of a pattern's rules: mostly in order, one signal in twenty late, one sent twice, some rules ended. */
export const batches = (kind: Kind, size: number): fc.Arbitrary<Batch> =>
  fc.tuple(fc.constantFrom(...units), fc.nat(4), fc.constantFrom(...starts)).chain(([unit, place, start]) =>
    fc
      .tuple(
        documents(kind, unit, place),
        fc.array(fc.tuple(steps(unit), ends, fc.nat(40)), { minLength: size, maxLength: size }),
      )
      .map(([drawn, list]) => ({ document: { ...drawn, id: kind }, list }))
      .map(({ document, list }) => ({
        document,
        logs: list.map(([parts, end, at]) => logOf(document, start, unit, parts, end, at)),
      })),
  );

type Step = { readonly draws: readonly Draw[]; readonly pause: number };
type Draw = ReturnType<typeof draws> extends fc.Arbitrary<infer D> ? D : never;

function logOf(
  document: Document,
  start: number,
  unit: number,
  parts: readonly Step[],
  end: string,
  at: number,
): readonly LogEntry[] {
  const entries: LogEntry[] = [put(document)];
  const sent: Signal[] = [];
  let now = start;
  parts.forEach(({ draws: list, pause }, step) => {
    if (end !== 'none' && step === at % parts.length) entries.push(changeOf(document, end));
    for (const draw of list) {
      const signal = signalOf(draw, now, Math.max(pause, 1), `s${sent.length}`, sent);
      sent.push(signal);
      entries.push({ type: 'signal', signal });
    }
    entries.push({ type: 'tick', at: now + pause });
    now = Math.max(now, now + pause);
  });
  entries.push({ type: 'tick', at: now + 100 * unit });
  return entries;
}

function signalOf(draw: Draw, now: number, pause: number, id: string, sent: readonly Signal[]): Signal {
  const earlier = draw.copies === null ? undefined : sent[draw.copies % Math.max(1, sent.length)];
  return {
    id: earlier?.id ?? id,
    kind: draw.kind,
    occurredAt: now + Math.ceil((pause * draw.share) / 1000) - draw.late,
    channel: draw.channel,
    ...{ accountId: null, contactId: null, regionId: null, leadId: null, opportunityId: null },
    repId: draw.rep,
    teamId: draw.team,
    measures: draw.x === null ? {} : { x: draw.x },
    labels: draw.l === null ? {} : { l: draw.l },
    eventId: draw.channel === null ? null : `e-${id}`,
  };
}

const put = (document: Document): LogEntry => ({
  type: 'rule',
  action: 'put',
  ruleId: document.id,
  document,
  revision: null,
});

function changeOf(document: Document, what: string): LogEntry {
  if (what === 'delete') return { type: 'rule', action: 'delete', ruleId: document.id, document: null, revision: null };
  const next = { ...document, version: 2 };
  if (what === 'off') return put({ ...next, mode: 'off' });
  if (what === 'reset') return put({ ...next, onChange: 'reset' });
  return put({ ...next, title: { en: 'renamed' } });
}
