import { type Keyspace, sources, touchpointsTopic } from '@resonant/contracts';
import { Engine, type Refusal } from '@resonant/engine';
import { type Log, type MemoryBroker, memoryLog, type SimulatedProcess } from '@resonant/kafka';
import type { Analysis } from '@resonant/language';
import { compileRule } from '@resonant/rules';
import { type Component, Components, createLogger, Health, Metrics } from '@resonant/service';
import { type ClockMode, followHeldTime, type HeldTime, type TaskLimits, type TaskObserver } from '@resonant/stream';
import { type EngineOf, keyspaceComponent } from '../../services/processor/src/keyspace.ts';
import { rulesComponent } from '../../services/processor/src/rules.ts';
import type { Analyzer } from '../../services/signals/src/derivation.ts';
import { tablesComponent } from '../../services/signals/src/tables.ts';
import { tasksComponent } from '../../services/signals/src/tasks.ts';

/** Positions are looked at less often than in production: looking costs more than anything else here. */
const lookEveryMs = 400;
const logger = createLogger('simulation', 'silent');

/** Judges by single words: the runs are about the runtime, not about language. */
export const wordAnalyzer: Analyzer = {
  analyze: ({ text }): Analysis => {
    const isNegative = text.includes('terrible');
    return {
      language: 'en',
      polarity: { label: isNegative ? 'negative' : 'neutral', score: isNegative ? -0.75 : 0.125 },
      intents: { 'technical-consultation': text.includes('API') ? 0.875 : 0.25, request: 0.125 },
    };
  },
  isPersonalised: (text, { names }) => names.some((name) => text.includes(name)),
};

/** A rule document is compiled once in all runs: compiling is pure, and takes longer than anything else here. */
const compiled = new Map<string, ReturnType<typeof compileRule>>();
const compile: typeof compileRule = (document) => {
  const text = JSON.stringify(document);
  const known = compiled.get(text) ?? compileRule(document);
  compiled.set(text, known);
  return known;
};

/** The engine of one partition. */
export const engineOf = (onRefusal: (refusal: Refusal) => void = () => undefined): Engine =>
  new Engine({ compile, onRefusal });

/** Changes how a processor sees the log, or what its engine does: to plant a defect. */
export interface Tamper {
  readonly log?: (log: Log) => Log;
  readonly engine?: (engine: Engine) => Engine;
}

/** A running service: how it ends well, and when it cannot go on. */
export interface Service {
  stop(): Promise<unknown>;
  readonly failure: Promise<Error>;
}

interface Host {
  readonly broker: MemoryBroker;
  readonly process: SimulatedProcess;
  /** Static membership; undefined = none. */
  readonly instanceId: string | undefined;
}

/** services/signals without its server. Rejects if it cannot start, as the process would end then. */
export async function startSignals({ broker, process, instanceId }: Host): Promise<Service> {
  const log = memoryLog({ broker, scheduler: process });
  const components = new Components(new Health(), logger);
  const metrics = new Metrics();
  const tables = await components.start(tablesComponent(log, logger, metrics));
  const options = { log, tables, analyzer: wordAnalyzer, logger, metrics, instanceId, clock: process, lookEveryMs };
  await components.start(tasksComponent(options));
  return serviceOf(components, log);
}

/** services/processor without its server, for some keyspaces. */
export async function startProcessor(
  { broker, process, instanceId }: Host,
  options: {
    readonly keyspaces: readonly Keyspace[];
    readonly mode: ClockMode;
    /** Whether time waits for touchpoints that are not yet signals. */
    readonly holdsTime: boolean;
    readonly limits: Partial<TaskLimits>;
    /** Hears what the tasks go through. */
    readonly observer: TaskObserver;
    readonly tamper?: Tamper;
  },
): Promise<Service> {
  const own = memoryLog({ broker, scheduler: process });
  const { keyspaces, mode, holdsTime, limits, observer, tamper } = options;
  const log = tamper?.log?.(own) ?? own;
  const components = new Components(new Health(), logger);
  const book = await components.start(rulesComponent(log, logger));
  const metrics = { observerOf: () => observer };
  const held = holdsTime ? await components.start(heldTime(log, process)) : undefined;
  const engine: EngineOf = (onRefusal) => {
    const made = engineOf(onRefusal);
    return tamper?.engine?.(made) ?? made;
  };
  for (const keyspace of keyspaces) {
    const shared = { log, book, mode, held, engine, logger, metrics, instanceId, clock: process, limits };
    await components.start(keyspaceComponent({ ...shared, keyspace }));
  }
  return serviceOf(components, log);
}

const heldTime = (log: Log, clock: SimulatedProcess): Component<HeldTime> => ({
  name: 'held time',
  start: async () => {
    const topics = sources.map(touchpointsTopic);
    const admin = await log.admin();
    const held = await followHeldTime({ log, admin, topics, clock, failed: () => undefined });
    return { value: held, failed: held.failed, stop: () => held.stop() };
  },
});

const serviceOf = (components: Components, log: Log): Service => ({
  failure: components.failure,
  stop: async () => {
    await components.stop();
    await log.close();
  },
});
