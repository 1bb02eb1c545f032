// How long single calls on a large state keep the event loop of the processor. CPU time, since the machine may be shared.
// Run: npm run bench:stalls -- [subjects, default 250000]
import { loadavg } from 'node:os';
import { encode, type Snapshot, type StatePart } from '@resonant/contracts';
import { Engine, type StateParts } from '@resonant/engine';
import { compileRule, shippedRules } from '@resonant/rules';
import { SnapshotWriter } from '../../../packages/stream/src/snapshots/snapshot-writer.ts';
import { puttingTogether } from '../../../packages/stream/src/snapshots/stored-state.ts';
import { emptySignal } from './load.ts';

const subjects = Number(process.argv[2] ?? '250000');
const start = Date.UTC(2026, 2, 2, 8);

/** CPU ms of this process so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const say = (what: string, longest: number, of: string): void =>
  void process.stdout.write(`${what.padEnd(56)} ${longest.toFixed(0).padStart(7)} ms   ${of}\n`);

function measured<T>(what: string, of: (result: T) => string, work: () => T): T {
  const from = cpuMs();
  const result = work();
  say(what, cpuMs() - from, of(result));
  return result;
}

/** Says the longest step of `steps`, and all of them; gives back what they come to. */
function stepped<T>(what: string, steps: Iterator<unknown, T>): T {
  const begun = cpuMs();
  let [count, longest] = [0, 0];
  for (;;) {
    const from = cpuMs();
    const step = steps.next();
    longest = Math.max(longest, cpuMs() - from);
    count++;
    if (step.done !== true) continue;
    say(what, longest, `the longest of ${count} steps, together ${(cpuMs() - begun).toFixed(0)} ms`);
    return step.value;
  }
}

/** A lead for each subject, none answered: each has an open alert with an intervention that waits to be acknowledged. */
function overdue(): Engine {
  const engine = new Engine({ compile: compileRule });
  const shipped = shippedRules().find(({ id }) => id === 'lead-response');
  if (shipped === undefined) throw new Error('there is no rule lead-response');
  const actions = [{ type: 'intervention', to: 'supervisor', on: 'opened', due: '12h', escalateTo: 'director' }];
  const document = { ...(shipped.document as object), actions };
  engine.apply({ type: 'rule', action: 'put', ruleId: shipped.id, document, revision: 0 });
  for (let n = 0; n < subjects; n++) {
    const occurredAt = start + n;
    const signal = { ...emptySignal, kind: 'lead-created', leadId: `lead-${n}`, id: `s${n}`, eventId: `bench:${n}` };
    engine.apply({ type: 'signal', signal: { ...signal, occurredAt } });
    if (n % 1000 === 999) engine.apply({ type: 'tick', at: occurredAt });
  }
  for (let at = start + subjects; at < start + subjects + 100_000; at += 1000) engine.apply({ type: 'tick', at });
  return engine;
}

/** Pieces that a snapshot over a foreign state begins with. */
function* clearedBy(writer: SnapshotWriter): Generator<unknown> {
  for (let wiped = writer.wipe(); wiped !== undefined; wiped = writer.wipe()) yield wiped;
}

const megabytes = (text: string | undefined): string => `${((text?.length ?? 0) / 1e6).toFixed(1)} MB`;

const engine = overdue();
say('', 0, `${subjects} subjects, ${engine.counters.alerts.opened} alerts, load ${loadavg()[0]?.toFixed(1)}`);
const parts = new Map<string, string | null>();
function* collected(): Generator<void, void> {
  for (const [name, part] of engine.changedParts()) yield void parts.set(name, part);
}
stepped('every changed part', collected());
measured(
  '#engine, in each snapshot',
  (given) =>
    `${given.length} parts, the largest ${megabytes(given.map(([, text]) => text ?? '').reduce((a, b) => (a.length > b.length ? a : b)))}`,
  () => [...engine.changedParts()],
);
const encoders = {
  part: (value: StatePart) => encode('StatePart', value, 1),
  head: (value: Snapshot) => encode('Snapshot', value, 2),
};
const at = { topic: 'state', partition: 0 };
const chunks = new Map<string, StatePart>();
for (const [name, text] of parts) {
  if (text !== null)
    chunks.set(name, { part: name, version: 1, offset: 1, state: Buffer.from(text), chunk: 0, chunks: 1 });
}
const head = { offset: 1, version: 1, partitions: 1, lastOffset: 0, lastDigest: '', takenAt: 0 };
const together = puttingTogether({ head: { ...head, parts: chunks.size, bytes: 0 }, chunks });
const stored = stepped('a snapshot put together', together);
chunks.clear();
measured(
  'its writer',
  () => '',
  () => new SnapshotWriter(at, encoders, stored, false),
);
const anew = new SnapshotWriter(at, encoders, stored, true);
stepped('what stands there cleared away', clearedBy(anew));
const other = new Engine({ compile: compileRule });
stepped('a restore', other.importing(stored.state as StateParts));
measured(
  'the parts of a rule that is deleted',
  (outputs) => `${outputs.length} alerts resolved`,
  () => engine.apply({ type: 'rule', action: 'delete', ruleId: 'lead-response', document: null, revision: 1 }),
);
stepped('the tombstones of its parts', engine.changedParts());

const idle = new Engine({ compile: compileRule });
for (let n = 0; n < subjects; n++) {
  const signal = { ...emptySignal, kind: 'lead-created', leadId: `lead-${n}`, id: `s${n}`, eventId: `bench:${n}` };
  idle.apply({ type: 'signal', signal: { ...signal, occurredAt: start } });
}
stepped('as many signals that no tick has taken', idle.changedParts());
