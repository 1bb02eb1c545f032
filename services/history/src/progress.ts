import type { StreamState, StreamStatus } from '@resonant/clickhouse';
import type { Admin, Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import type { StreamGauges } from './stream-metrics.ts';
import type { HistoryWriter } from './writer.ts';

const lookEveryMs = 1000;
/** With work in the log and no movement for this long the process is not ready. */
const stalledMs = 20_000;
const states: readonly StreamState[] = ['assigning', 'checking', 'running', 'retrying', 'stopped'];

/** Where a stream stands; `end` is null until the log was asked. */
export interface StreamProgress extends StreamStatus {
  readonly end: number | null;
  /** Records (and markers) between what is stored and the end. */
  readonly lag: number | null;
  /** Age of the oldest record that is read and not stored, ms; 0 = none. */
  readonly lagMs: number;
}

interface Seen {
  readonly next: number;
  readonly since: number;
}

/** Compares streams with the ends of their logs: for status, metrics and readiness. */
export class Progress {
  readonly #gauges: StreamGauges;
  readonly #writer: Pick<HistoryWriter, 'streams' | 'topics'>;
  readonly #ends = new Map<string, number>();
  #seen = new Map<string, Seen>();
  #measured = new Map<string, StreamStatus>();

  constructor(gauges: StreamGauges, writer: Pick<HistoryWriter, 'streams' | 'topics'>) {
    this.#gauges = gauges;
    this.#writer = writer;
  }

  /** Asks the log for its ends and sets the gauges. Rejects if the log cannot be reached. */
  async look(admin: Pick<Admin, 'offsets'>, now: number): Promise<void> {
    for (const topic of this.#writer.topics) {
      for (const { partition, latest } of await admin.offsets(topic)) this.#ends.set(`${topic}/${partition}`, latest);
    }
    const streams = this.streams(now);
    const seen = new Map<string, Seen>();
    for (const stream of streams) {
      const before = this.#seen.get(nameOf(stream));
      const isStill = before?.next === stream.next && (stream.lag ?? 0) > 0;
      seen.set(nameOf(stream), isStill ? before : { next: stream.next, since: now });
    }
    this.#seen = seen;
    this.#measure(streams);
  }

  streams(now: number): readonly StreamProgress[] {
    return this.#writer.streams().map((stream) => {
      const end = this.#ends.get(nameOf(stream)) ?? null;
      // what was read and holds no record, markers of transactions say, is no lag
      const stored = stream.bufferedRecords === 0 ? stream.passed : stream.next;
      const lag = end === null ? null : Math.max(0, end - stored);
      const { oldestAppendedAt } = stream;
      return { ...stream, end, lag, lagMs: oldestAppendedAt === null ? 0 : Math.max(0, now - oldestAppendedAt) };
    });
  }

  /** Why history is not being written although the log holds some, or undefined. */
  problem(now: number): string | undefined {
    for (const stream of this.streams(now)) {
      const name = nameOf(stream);
      if (stream.state === 'stopped') return `${name} is stopped: ${stream.reason}`;
      if (stream.state === 'retrying') return `${name} is trying again: ${stream.reason}`;
      const seen = this.#seen.get(name);
      if ((stream.lag ?? 0) > 0 && seen?.next === stream.next && now - seen.since >= stalledMs) {
        return `${name} is ${stream.lag} records behind and has not moved from offset ${stream.next} for ${now - seen.since} ms`;
      }
    }
    return undefined;
  }

  #measure(streams: readonly StreamProgress[]): void {
    const now = new Map(streams.map((stream) => [nameOf(stream), stream]));
    // what another process may own now counts there: sums over processes hold
    for (const [name, stream] of this.#measured) if (!now.has(name)) this.#set(stream, undefined);
    for (const stream of streams) this.#set(stream, stream);
    this.#measured = now;
  }

  #set({ topic, partition }: StreamStatus, stream: StreamProgress | undefined): void {
    const labels = { topic, partition: String(partition) };
    const { position, lag, lagSeconds, buffered, pending, state } = this.#gauges;
    position.set(labels, stream?.next ?? 0);
    lag.set(labels, stream?.lag ?? 0);
    lagSeconds.set(labels, (stream?.lagMs ?? 0) / 1000);
    buffered.set(labels, stream?.bufferedBytes ?? 0);
    const since = stream?.pendingSince ?? null;
    pending.set(labels, since === null ? 0 : Math.max(0, Date.now() - since) / 1000);
    for (const name of states) state.set({ ...labels, state: name }, stream?.state === name ? 1 : 0);
  }
}

const nameOf = ({ topic, partition }: StreamStatus): string => `${topic}/${partition}`;

/** Looks every second. */
export const progressComponent = (
  log: Log,
  writer: HistoryWriter,
  gauges: StreamGauges,
  logger: Logger,
): Component<Progress> => ({
  name: 'progress',
  start: async () => {
    const admin = await log.admin();
    const progress = new Progress(gauges, writer);
    let looking: Promise<void> | undefined;
    const look = (): void => {
      looking ??= progress
        .look(admin, Date.now())
        .catch((err: unknown) => logger.warn({ err }, 'the ends of the log could not be asked for'))
        .finally(() => {
          looking = undefined;
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
