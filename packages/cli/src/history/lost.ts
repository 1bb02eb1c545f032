import type { ClickHouse, LostRange, StartFacts } from '@resonant/clickhouse';
import { topics as catalogue } from '@resonant/contracts';
import type { Admin, OffsetRange } from '@resonant/kafka';

/** Consumer group of services/history. */
export const historyGroup = 'resonant-history';

/** A partition that services/history cannot go on with. */
export interface StuckStream extends OffsetRange {
  readonly epoch: number;
  /** First offset that is not stored. */
  readonly next: number;
  /** What the service says of it. */
  readonly reason: string;
  /** Where it can go on once what is lost is given up; null if there is another way out, which the reason says. */
  readonly goOnAt: number | null;
  /** What of it is lost. */
  readonly lost: readonly LostRange[];
}

/**
 * The partitions that services/history cannot go on with, by the rule that it goes by itself: the ledger says what is
 * stored, the log what there still is.
 *
 * @param epochs as `HISTORY_EPOCHS` of the service
 */
export async function stuckStreams(
  clickHouse: ClickHouse,
  admin: Admin,
  topics: readonly string[],
  epochs: ReadonlyMap<string, number>,
): Promise<readonly StuckStream[]> {
  const { ledgerReader, startOf, unstoredBefore } = await import('@resonant/clickhouse');
  const reader = ledgerReader(clickHouse);
  const stuck: StuckStream[] = [];
  for (const topic of topics) {
    const isCompacted = catalogue.some(({ name, cleanup }) => name === topic && cleanup === 'compact');
    const committed = new Map((await admin.committed(historyGroup, topic)).map((known) => [known.partition, known]));
    for (const range of await admin.offsets(topic)) {
      const ledger = await reader.stream(range, epochs.get(topic) ?? 0);
      const { offset = null, metadata = '' } = committed.get(range.partition) ?? {};
      const { note, refusal } = await noteBeside(metadata);
      const { earliest, latest } = range;
      const decided = startOf({ ledger, committed: offset, note, earliest, latest, isCompacted });
      // the service stops at it, also where nothing is lost
      const start = decided.kind === 'refuse' ? decided : refusal;
      if (start === undefined) continue;
      const { epoch, next } = ledger;
      const { goOnAt, reason } = start;
      const spans = goOnAt === null ? [] : await unstoredBefore(clickHouse, range, epoch, goOnAt);
      const lost = spans.map((span) => ({ topic, partition: range.partition, epoch, ...span }));
      stuck.push({ ...range, epoch, next, reason, goOnAt, lost });
    }
  }
  return stuck;
}

/** What nobody can read says nothing, so that the operator's word can take its place; but the service stops at it. */
async function noteBeside(metadata: string): Promise<{
  readonly note: StartFacts['note'];
  readonly refusal?: { readonly goOnAt: null; readonly reason: string };
}> {
  const { noteOf } = await import('@resonant/clickhouse');
  try {
    return { note: noteOf(metadata) };
  } catch (error) {
    const reason = `what stands beside the committed offset: ${(error as Error).message}. Move the group's offset there`;
    return { note: { kind: 'none' }, refusal: { goOnAt: null, reason } };
  }
}

/** What is lost of a partition, a line for each range. */
export function stuckText({ topic, partition, goOnAt, lost, reason }: StuckStream): string {
  const at = `${topic}/${partition}`;
  if (goOnAt === null || lost.length === 0) return `${at}: ${reason}\n`;
  return lost
    .map(({ first, last }) => `${at}: offsets ${first} to ${last} are no longer kept and were never stored\n`)
    .join('');
}
