import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { signalsTopic, stateTopic } from '@resonant/contracts';
import { stateVersion } from '@resonant/engine';
import { decoderFor, type Log, type LogRecord, type NewRecord } from '@resonant/kafka';
import {
  actionLineOf,
  alertLineOf,
  EngineTask,
  engineTaskCodecs,
  followRules,
  Sequencer,
  sequencerSettings,
  systemClock,
  type TaskState,
} from '../src/index.ts';
import { readState } from '../src/snapshots/read-state.ts';
import { productLog, readTopic } from './support/partition-log.ts';
import {
  appendEntries,
  entriesOf,
  keyspace,
  newEngine,
  putState,
  type StateFixture,
  saidTo,
} from './support/state-fixture.ts';

const folder = new URL('./fixtures/state/', import.meta.url);
const fixtures = readdirSync(folder)
  .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as StateFixture);
/** Every release reads the version before its own. */
const readable = fixtures.filter(({ version }) => version >= stateVersion - 1);

async function taskOn(log: Log): Promise<EngineTask> {
  const clock = systemClock;
  const failed = () => undefined;
  const [admin, book, codecs] = [await log.admin(), await followRules(log), await engineTaskCodecs(log)];
  const settings = await sequencerSettings({ log, keyspace, admin, book, clock, mode: 'log', failed });
  const sequencer = new Sequencer(settings, { topic: signalsTopic(keyspace), partition: 0 });
  return new EngineTask({ engine: newEngine, sequencer, codecs, clock });
}

/** What a task says to records, as `resonant replay` prints it. */
function importAll({ importParts }: TaskState, parts: ReadonlyMap<string, string>): void {
  for (const _ of importParts(parts));
}

async function linesOf(task: EngineTask, log: Log, records: readonly LogRecord[]): Promise<readonly string[]> {
  await task.prepare(records);
  const nextOffset = (records.at(-1)?.offset ?? 0) + 1;
  const made: readonly NewRecord[] = task.process(records, { muted: false, nextOffset });
  const decoder = decoderFor(log);
  await decoder.prepare(made.map(({ value }) => value));
  return made.map(({ value }) => {
    const decoded = decoder.decode(value as Buffer);
    if (decoded.type === 'Alert') return alertLineOf(decoded.value);
    if (decoded.type === 'Action') return actionLineOf(decoded.value);
    throw new Error(`expected Alert or Action, got ${decoded.type}`);
  });
}

describe('the state format', () => {
  test('of this release is stored', () => {
    // if not: node packages/stream/test/support/store-state-fixture.ts
    expect(fixtures.at(-1)?.version).toBe(stateVersion);
    expect(readable.length).toBeGreaterThan(0);
  });

  test.each(readable.map((fixture) => [fixture.version, fixture] as const))(
    'of version %i is read, and what it remembers leads to the same alerts and actions',
    async (_, fixture) => {
      const log = await productLog();
      await putState(log, fixture);
      const at = { topic: stateTopic(keyspace), partition: 0 };
      const stored = await readState(log, at, new AbortController().signal, { clock: systemClock, stepMs: 5 });
      expect([stored.damage, stored.head?.offset, stored.head?.version]).toEqual([
        undefined,
        fixture.offset,
        fixture.version,
      ]);
      const task = await taskOn(log);
      importAll(task.state, stored.state);
      const entries = entriesOf(fixture.log);
      await appendEntries(log, entries.slice(fixture.offset));
      const records = (await readTopic(log, signalsTopic(keyspace))).map(({ record }) => record);
      expect(await linesOf(task, log, records)).toEqual(fixture.outputs);

      const whole = newEngine();
      saidTo(whole, entries.slice(0, fixture.offset));
      expect(saidTo(whole, entries.slice(fixture.offset))).toEqual(fixture.outputs);
      expect(task.engine.counters).toEqual(whole.counters);
    },
  );

  test.each(readable.map((fixture) => [fixture.version, fixture] as const))(
    'of version %i is of this one altogether after the first snapshot, so that the next release reads it',
    async (version, fixture) => {
      const log = await productLog();
      await putState(log, fixture);
      const at = { topic: stateTopic(keyspace), partition: 0 };
      const { state } = await readState(log, at, new AbortController().signal, { clock: systemClock, stepMs: 5 });
      const task = await taskOn(log);
      importAll(task.state, state);
      const { parts: changed } = task.state.changedParts(Number.POSITIVE_INFINITY);
      const written = version === stateVersion ? ['#engine', '#task'] : [...state.keys()];
      // what the version before has in the part of the engine has parts of its own now
      const own = /^#(arrived|waiting|due|mark)\//;
      const added = version === stateVersion ? [] : [...changed.keys()].filter((name) => own.test(name));
      expect([...changed.keys()].sort()).toEqual([...written, ...added].sort());
      const versions = [...changed].map(
        ([name, text]) => name === '#task' || (JSON.parse(text ?? '[]') as unknown[])[0],
      );
      expect(new Set(versions)).toEqual(new Set([true, stateVersion]));
    },
  );

  test.each(readable.map((fixture) => [fixture.version, fixture] as const))(
    'of version %i leads to the same after a first snapshot of this release and another restore',
    async (_, fixture) => {
      const log = await productLog();
      await putState(log, fixture);
      const at = { topic: stateTopic(keyspace), partition: 0 };
      const { state } = await readState(log, at, new AbortController().signal, { clock: systemClock, stepMs: 5 });
      const [task, later] = [await taskOn(log), await taskOn(log)];
      importAll(task.state, state);
      const laid = new Map(state);
      for (const [name, part] of task.state.changedParts(Number.POSITIVE_INFINITY).parts) {
        if (part === null) laid.delete(name);
        else laid.set(name, part);
      }
      importAll(later.state, laid);
      expect(later.engine.counters).toEqual(task.engine.counters);
      await appendEntries(log, entriesOf(fixture.log).slice(fixture.offset));
      const records = (await readTopic(log, signalsTopic(keyspace))).map(({ record }) => record);
      expect(await linesOf(later, log, records)).toEqual(fixture.outputs);
    },
  );
});
