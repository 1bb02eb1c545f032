import { ResonantError } from '@resonant/contracts';
import {
  type Admin,
  type LostRange,
  lostRangeOf,
  lostRangeText,
  type OffsetRange,
  type TopicPartition,
} from '@resonant/kafka';

interface Group {
  readonly admin: Admin;
  readonly group: string;
}

/** The committed offset of a task; null = nothing is committed. */
export async function committedOffsetOf({ admin, group }: Group, task: TopicPartition): Promise<number | null> {
  const offsets = await admin.committed(group, task.topic);
  return offsets.find((entry) => entry.partition === task.partition)?.offset ?? null;
}

/** Where a task stands when it is taken. */
export interface Standing {
  /** null = nothing is committed. */
  readonly committed: number | null;
  /** Why the task cannot go on at the committed offset. */
  readonly lost: LostRange | undefined;
}

/** Reads it; the former owner has been fenced, so that it stays. */
export async function standingOf(settings: Group, task: TopicPartition): Promise<Standing> {
  const committed = await committedOffsetOf(settings, task);
  return { committed, lost: lostRangeOf(await rangeOf(settings.admin, task), committed) };
}

/** Throws `invalid-configuration`: what is lost, and how to go on. */
export function refuseLost(group: string, lost: LostRange): never {
  throw new ResonantError(
    'invalid-configuration',
    `${lostRangeText(lost)}. Restore the topic from a backup; or, to begin anew without what was said before, empty it and the ` +
      `topic of its state, if it has one, and delete the offsets of the consumer group ${group}`,
  );
}

/** What the log holds of a task's partition. Rejects with `log-unavailable` if there is no such partition. */
export async function rangeOf(admin: Admin, { topic, partition }: TopicPartition): Promise<OffsetRange> {
  const range = (await admin.offsets(topic)).find((entry) => entry.partition === partition);
  if (range === undefined) throw new ResonantError('log-unavailable', `there is no partition ${partition} of ${topic}`);
  return range;
}
