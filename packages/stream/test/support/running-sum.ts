import type { Topic } from '@resonant/contracts';
import type { Log, LogRecord, NewRecord } from '@resonant/kafka';
import type { TaskProcessor, TaskState } from '../../src/index.ts';

const topic = (name: string): Topic => ({ name, records: [], cleanup: 'delete', retentionMs: 3_600_000 });

/** An input, an output and a state topic for one test run. */
export interface Lane {
  readonly input: string;
  readonly output: string;
  readonly state: string;
  readonly group: string;
}

export async function laneOf(log: Log, id: string, partitions: number): Promise<Lane> {
  const name = (part: string) => `test.${id}.${part}`;
  const lane = { input: name('in'), output: name('out'), state: name('state'), group: `test-${id}` };
  const admin = await log.admin();
  const state: Topic = { name: lane.state, records: ['StatePart', 'Snapshot'], cleanup: 'compact' };
  await admin.ensureTopics([topic(lane.input), topic(lane.output), state], partitions);
  await admin.close();
  return lane;
}

export const numbers = (lane: Lane, partition: number, values: readonly number[]): NewRecord[] =>
  values.map((value) => ({ topic: lane.input, partition, key: null, value: Buffer.from(String(value)) }));

const digitPart = 'digit/';

/** Sums by last digit, as parts: a sum that becomes 0 is a part that is gone. */
function digitState(sums: Map<string, number>, changed: Set<string>): TaskState {
  return {
    version: 1,
    changedParts: (bytes) => {
      const parts = new Map<string, string | null>();
      let left = bytes;
      for (const digit of changed) {
        if (parts.size > 0 && left <= 0) return { parts, isAll: false };
        changed.delete(digit);
        const sum = sums.get(digit) ?? 0;
        const text = sum === 0 ? null : JSON.stringify([sum]);
        parts.set(`${digitPart}${digit}`, text);
        left -= text?.length ?? 0;
      }
      return { parts, isAll: true };
    },
    changedCount: () => changed.size,
    importParts: (parts) => {
      for (const [name, text] of parts) sums.set(name.slice(digitPart.length), (JSON.parse(text) as [number])[0]);
      return [];
    },
  };
}

/** Puts out `<partition>:<value>:<sum so far>` for each number: only a complete and unique memory gives the right sums. */
export function runningSum(lane: Lane, partition: number, hooks: Partial<TaskProcessor> = {}): TaskProcessor {
  const sums = new Map<string, number>();
  const changed = new Set<string>();
  const take = (record: LogRecord): NewRecord => {
    const value = Number(record.value);
    const digit = String(Math.abs(value) % 10);
    sums.set(digit, (sums.get(digit) ?? 0) + value);
    changed.add(digit);
    const sum = [...sums.values()].reduce((total, one) => total + one, 0);
    return { topic: lane.output, partition, key: null, value: Buffer.from(`${partition}:${value}:${sum}`) };
  };
  return { restore: 'replay', state: digitState(sums, changed), process: (records) => records.map(take), ...hooks };
}

/** What `runningSum` puts out for a partition. */
export const sumsOf = (partition: number, values: readonly number[]): string[] => {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return `${partition}:${value}:${sum}`;
  });
};

/** Everything in a topic that a `read_committed` reader sees now, in order per partition. */
export async function committedIn(log: Log, topicName: string): Promise<string[][]> {
  const seen: string[][] = [];
  const follower = await log.follow({
    topic: topicName,
    onRecords: (partition, records) => {
      seen[partition] = [...(seen[partition] ?? []), ...records.map((record) => String(record.value))];
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return seen;
}

/** Polls until `condition` holds; fails with `what` after `withinMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whole numbers from `from` up to `to`, exclusive. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Appends numbers to one partition of the input. */
export async function append(log: Log, lane: Lane, partition: number, values: readonly number[]): Promise<void> {
  const producer = await log.producer();
  await producer.sendAll(numbers(lane, partition, values));
  await producer.close();
}
