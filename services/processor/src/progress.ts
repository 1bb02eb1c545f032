import { type Keyspace, keyspaces, signalsTopic } from '@resonant/contracts';
import type { Admin, Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import type { TaskStatus } from '@resonant/stream';
import type { KeyspaceTasks } from './keyspace.ts';
import { signalOutcomes, type TaskGauges } from './task-metrics.ts';

const lookEveryMs = 1000;
/** With work in the log and no movement for this long the process is not ready. */
const stalledMs = 20_000;

/** Where a task stands; instants are epoch ms, `end` is null until the log was asked. */
export interface TaskProgress extends TaskStatus {
  readonly keyspace: Keyspace;
  readonly end: number | null;
  readonly lag: number | null;
  readonly lastTickAt: number | null;
}

interface TaskLabels {
  readonly keyspace: Keyspace;
  readonly partition: string;
}

interface Seen {
  readonly position: number;
  readonly since: number;
}

/** Compares tasks with the ends of their logs: for status, metrics and readiness. */
export class Progress {
  readonly #gauges: TaskGauges;
  readonly #keyspaces: KeyspaceTasks[] = [];
  readonly #ends = new Map<string, number>();
  #seen = new Map<string, Seen>();
  readonly #measured = new Map<string, TaskLabels>();

  constructor(gauges: TaskGauges) {
    this.#gauges = gauges;
  }

  add(tasks: KeyspaceTasks): void {
    this.#keyspaces.push(tasks);
    this.#keyspaces.sort((a, b) => keyspaces.indexOf(a.keyspace) - keyspaces.indexOf(b.keyspace));
  }

  /** Asks the log for its ends and sets the gauges. Rejects if the log cannot be reached. */
  async look(admin: Admin, now: number): Promise<void> {
    for (const { keyspace } of this.#keyspaces) {
      for (const { topic, partition, latest } of await admin.offsets(signalsTopic(keyspace))) {
        this.#ends.set(`${topic}/${partition}`, latest);
      }
    }
    const seen = new Map<string, Seen>();
    for (const labels of this.#measured.values()) this.#forget(labels);
    this.#measured.clear();
    for (const task of this.tasks()) {
      const id = `${task.topic}/${task.partition}`;
      const before = this.#seen.get(id);
      const isStill = before?.position === task.position && (task.lag ?? 0) > 0;
      seen.set(id, isStill ? before : { position: task.position, since: now });
      this.#measure(task);
    }
    this.#seen = seen;
  }

  tasks(): readonly TaskProgress[] {
    return this.#keyspaces.flatMap(({ keyspace, running, engines }) =>
      running
        .status()
        .toSorted((a, b) => a.partition - b.partition)
        .map((task) => {
          const end = this.#ends.get(`${task.topic}/${task.partition}`) ?? null;
          const lag = end === null ? null : Math.max(0, end - task.position);
          const lastTickAt = engines.get(task.partition)?.sequencer.lastTickAt ?? null;
          return { keyspace, ...task, end, lag, lastTickAt };
        }),
    );
  }

  /** Why work lies still although the log holds some, or undefined. */
  problem(now: number): string | undefined {
    for (const task of this.tasks()) {
      const id = `${task.topic}/${task.partition}`;
      const seen = this.#seen.get(id);
      if ((task.lag ?? 0) > 0 && seen?.position === task.position && now - seen.since >= stalledMs) {
        return `${id} is ${task.lag} records behind and has not moved from offset ${task.position} for ${now - seen.since} ms`;
      }
    }
    return undefined;
  }

  #measure(task: TaskProgress): void {
    const labels: TaskLabels = { keyspace: task.keyspace, partition: String(task.partition) };
    this.#measured.set(`${task.topic}/${task.partition}`, labels);
    this.#gauges.position.set(labels, task.position);
    this.#gauges.lag.set(labels, task.lag ?? 0);
    if (task.lastTickAt !== null) this.#gauges.lastTick.set(labels, task.lastTickAt / 1000);
    const memory = this.#keyspaces.find(({ keyspace }) => keyspace === task.keyspace)?.engines.get(task.partition);
    if (memory === undefined) return;
    const { signals, ...counters } = memory.engine.counters;
    this.#gauges.signals.set(labels, signals);
    for (const outcome of signalOutcomes) this.#gauges.signalsByOutcome.set({ ...labels, outcome }, counters[outcome]);
    this.#gauges.undecodable.set(labels, memory.undecodable);
  }

  /** What another process may own now counts there: sums over processes hold. */
  #forget(labels: TaskLabels): void {
    const { position, lag, lastTick, signals, signalsByOutcome, undecodable } = this.#gauges;
    for (const gauge of [position, lag, lastTick, signals, undecodable]) gauge.set(labels, 0);
    for (const outcome of signalOutcomes) signalsByOutcome.set({ ...labels, outcome }, 0);
  }
}

/** Looks every second. */
export const progressComponent = (log: Log, progress: Progress, logger: Logger): Component<Progress> => ({
  name: 'progress',
  start: async () => {
    const admin = await log.admin();
    let looking = Promise.resolve();
    let isLooking = false;
    const look = (): void => {
      if (isLooking) return;
      isLooking = true;
      looking = progress
        .look(admin, Date.now())
        .catch((err: unknown) => logger.warn({ err }, 'the ends of the log could not be asked for'))
        .finally(() => {
          isLooking = false;
        });
    };
    look();
    const timer = setInterval(look, lookEveryMs);
    return {
      value: progress,
      ready: () => progress.problem(Date.now()),
      stop: async () => {
        clearInterval(timer);
        await looking;
        await admin.close();
      },
    };
  },
});
