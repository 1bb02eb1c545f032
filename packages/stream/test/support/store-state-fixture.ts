// Stores a snapshot of the state format as it is now, once for each version of it, before it is released.
// Run: node packages/stream/test/support/store-state-fixture.ts
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { signalsTopic, stateTopic } from '@resonant/contracts';
import { Engine, stateVersion } from '@resonant/engine';
import { decoderFor, type Log } from '@resonant/kafka';
import { compileRule, shippedRules } from '@resonant/rules';
import {
  EngineTask,
  engineTaskCodecs,
  followRules,
  runTasks,
  Sequencer,
  sequencerSettings,
  systemClock,
} from '../../src/index.ts';
import { productLog } from './partition-log.ts';
import { until } from './running-sum.ts';
import { appendEntries, entriesOf, keyspace, newEngine, type StateFixture, saidTo } from './state-fixture.ts';

const hour = 3_600_000;
const thursday = Date.UTC(2026, 2, 5);
const iso = (at: number): string => new Date(at).toISOString();

/** When the snapshot is taken: in the middle of holds, episodes and deadlines. */
const cutAt = thursday + 4 * 24 * hour + 10 * hour;

const rulesOfFixture = (): readonly object[] =>
  shippedRules().map(({ id, document }) => {
    if (id !== 'competitor-surge') return document as object;
    const { pattern, ...rest } = document as { readonly pattern: { readonly surge: object } };
    return { ...rest, pattern: { surge: { ...pattern.surge, minHistory: '1d' } } };
  });

/** Five days that open alerts of every rule, before the cut and after it. */
function* days(): Generator<string> {
  let revision = 0;
  for (const rule of rulesOfFixture())
    yield JSON.stringify({ type: 'rule', action: 'put', rule, revision: revision++ });
  let count = 0;
  const signal = (kind: string, occurredAt: number, fields: object): string =>
    JSON.stringify({ type: 'signal', id: `s${count++}`, kind, occurredAt: iso(occurredAt), ...fields });
  const place = { teamId: 'team-1', regionId: 'region-1', channel: 'call' };

  /** Each day another rep stops using the track; on the last one the region uses the comparison less, too. */
  function* calls(at: number, day: number): Generator<string> {
    for (let n = 0; n < 10; n++) {
      const who = { ...place, repId: `rep-${1 + (n % 5)}`, labels: { track: 'new-policy' } };
      yield signal('eligible-call', at + n * 60_000, who);
      if (n % 5 !== day % 3) yield signal('talk-track', at + n * 60_000 + 500, who);
    }
    for (let n = 0; n < 3; n++) {
      const who = { ...place, repId: 'rep-5', labels: { track: 'competitor-comparison' } };
      yield signal('eligible-call', at + n, who);
      if (day < 4 || n === 0) yield signal('talk-track', at + n, who);
    }
  }

  function* sixHourly(at: number, n: number): Generator<string> {
    yield signal('kb-read', at, { ...place, repId: `rep-${1 + (n % 4)}`, measures: { activeSeconds: 100 + n } });
    yield signal('lead-created', at, { leadId: `lead-${n}`, teamId: 'team-1' });
    if (n % 2 === 0) yield signal('lead-response', at + 95_000, { leadId: `lead-${n}`, labels: { by: 'human' } });
    yield signal('sentiment', at, { accountId: `account-${n % 5}`, channel: 'forum', measures: { polarity: -0.8 } });
    const labels = { intent: 'technical-consultation' };
    yield signal('intent', at + 60_000, { accountId: `account-${n % 5}`, channel: 'email', labels });
    yield signal('policy-published', at, { ...place, repId: `rep-${1 + (n % 4)}`, labels: { policy: `p${n}` } });
  }

  for (let half = 0; half < 5 * 48; half++) {
    const at = thursday + (half * hour) / 2;
    const day = Math.floor(half / 48);
    if (half % 48 >= 16 && half % 48 < 28 && day !== 2 && day !== 3) yield* calls(at, day);
    if (half % 12 === 5) yield* sixHourly(at, (half - 5) / 12);
    const mentions = half === 0 ? 1 : half >= 170 && half < 174 ? 2 : 0;
    for (let n = 0; n < mentions; n++) yield signal('mention', at + n, { ...place, labels: { competitor: 'other' } });
    yield JSON.stringify({ type: 'tick', at: iso(at + hour / 2) });
  }
}

/** Runs the processor's task up to the cut, with snapshots on the way, and gives back what stands in the state topic. */
async function snapshotAt(cut: number, lines: readonly string[]): Promise<StateFixture['records']> {
  const log = await productLog();
  const admin = await log.admin();
  const codecs = await engineTaskCodecs(log);
  const book = await followRules(log);
  const failed = () => undefined;
  const clock = systemClock;
  const settings = await sequencerSettings({ log, keyspace, admin, book, clock, mode: 'log', failed });
  const tasks = await runTasks({
    log,
    group: 'resonant-processor-team',
    topics: [signalsTopic(keyspace)],
    stateTopic: () => stateTopic(keyspace),
    transactionalIdPrefix: 'resonant-team',
    task: (at) => {
      const engine = () => new Engine({ compile: compileRule });
      return new EngineTask({ engine, sequencer: new Sequencer(settings, at), codecs, clock });
    },
    limits: { snapshotEveryMs: 1, maxBatchRecords: 50 },
  });
  const entries = entriesOf(lines.slice(0, cut));
  for (let start = 0; start < cut; start += 150) {
    await appendEntries(log, entries.slice(start, Math.min(start + 150, cut)));
    await until(() => tasks.status()[0]?.position === Math.min(start + 150, cut), 'the entries to be processed');
  }
  await tasks.stop();
  const records = await recordsIn(log);
  await book.stop();
  return records;
}

async function recordsIn(log: Log): Promise<StateFixture['records']> {
  const decoder = decoderFor(log);
  const found = new Map<string, StateFixture['records'][number]>();
  const follower = await log.follow({
    topic: stateTopic(keyspace),
    onRecords: async (_, records) => {
      for (const { key, value } of records) {
        const name = String(key);
        found.delete(name);
        if (value === null) continue;
        const { type } = await decoder.read(value);
        found.set(name, { key: name, record: type, avro: value.subarray(5).toString('base64') });
      }
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return [...found.values()];
}

const released = (record: string): number =>
  readdirSync(new URL(`../../../../schemas/released/${record}/`, import.meta.url)).length;

const file = new URL(`../fixtures/state/${stateVersion}.json`, import.meta.url);
if (existsSync(file)) throw new Error(`version ${stateVersion} is stored already; a stored one never changes`);
const log = [...days()];
const offset = entriesOf(log).findIndex((entry) => entry.type === 'tick' && entry.at > cutAt);
const engine = newEngine();
saidTo(engine, entriesOf(log.slice(0, offset)));
const fixture: StateFixture = {
  version: stateVersion,
  schemas: { Snapshot: released('Snapshot'), StatePart: released('StatePart') },
  records: await snapshotAt(offset, log),
  log,
  offset,
  outputs: saidTo(engine, entriesOf(log.slice(offset))),
};
writeFileSync(file, `${JSON.stringify(fixture, null, 1)}\n`);
console.log(`${fixture.records.length} records, ${fixture.outputs.length} outputs behind the snapshot`);
process.exit(0);
