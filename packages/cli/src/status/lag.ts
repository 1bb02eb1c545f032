import { topics } from '@resonant/contracts';
import type { Admin, Log } from '@resonant/kafka';

/** How far a consumer group is behind on a topic. */
export interface GroupLag {
  readonly group: string;
  readonly topic: string;
  /** Records not yet committed, over all partitions. */
  readonly lag: number;
  /** The partition that is furthest behind. */
  readonly worst: { readonly partition: number; readonly lag: number };
}

/** Lag of every group of the product on every topic that it has committed offsets of. */
export async function groupLags(log: Log): Promise<readonly GroupLag[]> {
  const admin = await log.admin();
  try {
    const groups = (await admin.groups()).filter((group) => group.startsWith('resonant')).sort();
    const lags: GroupLag[] = [];
    for (const group of groups) {
      for (const { name } of topics) {
        const lag = await lagOf(admin, group, name);
        if (lag !== undefined) lags.push(lag);
      }
    }
    return lags;
  } finally {
    await admin.close();
  }
}

async function lagOf(admin: Admin, group: string, topic: string): Promise<GroupLag | undefined> {
  const committed = await admin.committed(group, topic);
  if (committed.every(({ offset }) => offset === null)) return undefined;
  const ranges = await admin.offsets(topic);
  const partitions = ranges.map(({ partition, earliest, latest }) => {
    const offset = committed.find((entry) => entry.partition === partition)?.offset ?? earliest;
    return { partition, lag: latest - Math.max(offset, earliest) };
  });
  return {
    group,
    topic,
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
    worst: partitions.reduce((worst, next) => (next.lag > worst.lag ? next : worst)),
  };
}
