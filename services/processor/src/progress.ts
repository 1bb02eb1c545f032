import { type Keyspace, keyspaces, signalsTopic } from '@resonant/contracts';
import type { Admin, Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import type { Sequencer, TaskStatus } from '@resonant/stream';
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
  /** Age of the oldest fetched record that is not passed, ms; 0 = none waits. */
  readonly lagMs: number;
  readonly lastTickAt: number | null;
  /** How far time is held back, ms. */
  readonly heldMs: number;
  /** Broker's minus host's clock, ms; 0 if it is not corrected. */
  readonly clockSkewMs: number;
  /** Why no tick comes to stand in the partition. */
  readonly trouble: Sequencer['trouble'];
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
    for (const task of this.tasks(now)) {
      const id = `${task.topic}/${task.partition}`;
      const before = this.#seen.get(id);
      const isStill = before?.position === task.position && (task.lag ?? 0) > 0;
      seen.set(id, isStill ? before : { position: task.position, since: now });
      this.#measure(task);
    }
    this.#seen = seen;
  }

  tasks(now: number): readonly TaskProgress[] {
    return this.#keyspaces.flatMap(({ keyspace, running, engines }) =>
      running
        .status()
        .toSorted((a, b) => a.partition - b.partition)
        .map((task) => {
          const end = this.#ends.get(`${task.topic}/${task.partition}`) ?? null;
          const lag = end === null ? null : Math.max(0, end - task.position);
          const sequencer = engines.get(task.partition)?.sequencer;
          const clockSkewMs = sequencer?.clockSkewMs ?? 0;
          const lagMs = task.oldestWaitingAt === null ? 0 : Math.max(0, now + clockSkewMs - task.oldestWaitingAt);
          const [lastTickAt, heldMs] = [sequencer?.lastTickAt ?? null, sequencer?.heldMs ?? 0];
          return { keyspace, ...task, end, lag, lagMs, lastTickAt, heldMs, clockSkewMs, trouble: sequencer?.trouble };
        }),
    );
  }

  /** The host's time as the broker has it, epoch ms: corrected by what the tasks of this process found. */
  brokerTime(hostNow: number): number {
    const skews = this.tasks(hostNow).map(({ clockSkewMs }) => clockSkewMs);
    return hostNow + (skews.find((skewMs) => skewMs !== 0) ?? 0);
  }

  /** Why work lies still although the log holds some, or time does; or undefined. */
  problem(now: number): string | undefined {
    for (const task of this.tasks(now)) {
      const id = `${task.topic}/${task.partition}`;
      if (task.trouble !== undefined && now - task.trouble.since >= stalledMs) {
        return `time has not moved in ${id} for ${now - task.trouble.since} ms: ${task.trouble.reason}`;
      }
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
    this.#gauges.lagSeconds.set(labels, task.lagMs / 1000);
    this.#gauges.held.set(labels, task.heldMs / 1000);
    this.#gauges.clockSkew.set(labels, task.clockSkewMs / 1000);
    this.#gauges.restoring.set(labels, task.restoringTo === null ? 0 : Math.max(0, task.restoringTo - task.position));
    this.#gauges.stateParts.set(labels, task.stateSize.parts);
    this.#gauges.stateBytes.set(labels, task.stateSize.bytes);
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
    const { signalsByOutcome, ...gauges } = this.#gauges;
    for (const gauge of Object.values(gauges)) gauge.set(labels, 0);
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
