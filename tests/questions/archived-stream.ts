import type { MemoryLog } from '@resonant/kafka';
import { createLogger } from '@resonant/service';
import { type AlertFeed, alertFeed } from '../../services/gateway/src/stream/alert-feed.ts';
import type { AlertArchive } from '../../services/gateway/src/stream/archive.ts';
import type { FeedEntry } from '../../services/gateway/src/stream/hot-ring.ts';
import { beginningOf } from '../../services/gateway/src/stream/resume.ts';

/** A feed on the day's log whose memory holds nothing but what the log kept. */
async function feedWith<T>(
  log: MemoryLog,
  archive: AlertArchive | undefined,
  work: (feed: AlertFeed) => Promise<T>,
): Promise<T> {
  const logger = createLogger('gateway', 'silent');
  const started = await alertFeed({
    log,
    logger,
    now: () => 0,
    onAlert: () => undefined,
    archive,
    startRecords: 4,
  }).start();
  try {
    return await work(started.value);
  } finally {
    await started.stop?.();
  }
}

/** What a subscription from the beginning on is sent, by partition and offset. */
export const collected = (log: MemoryLog, archive: AlertArchive | undefined): Promise<readonly string[]> =>
  feedWith(log, archive, async (feed) => {
    const taken = new Map<string, string>();
    const positions = [0, 0, 0, 0];
    const take = ({ partition, offset, json }: FeedEntry): void => {
      const place = `${partition}/${String(offset).padStart(6, '0')}`;
      if (taken.has(place)) throw new Error(`${place} came twice`);
      taken.set(place, json);
      positions[partition] = offset + 1;
    };
    await feed.catchUp({ positions, room: async () => true, take });
    for (let at = feed.ring.firstSequence; at < feed.ring.nextSequence; at += 1) {
      const entry = feed.ring.at(at) as FeedEntry;
      if (entry.offset >= (positions[entry.partition] ?? 0)) take(entry);
    }
    return [...taken].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([place, json]) => `${place} ${json}`);
  });

/** Where a subscription with a cursor at the beginning goes on. */
export const beginning = (log: MemoryLog, archive: AlertArchive | undefined) =>
  feedWith(log, archive, (feed) =>
    beginningOf({ kind: 'cursor', cursor: 'c', log: feed.logId, positions: [0, 0, 0, 0] }, feed),
  );

/** Where one begins that wants what was stored since an instant (epoch ms). */
export const positionsSince = (log: MemoryLog, archive: AlertArchive, instant: number) =>
  feedWith(log, archive, (feed) => feed.since(instant));
