import { directoryTopic, vocabularyTopic } from '@resonant/contracts';
import { type Admin, followTable, type Log, type Table } from '@resonant/kafka';
import type { Component, Logger, Metrics } from '@resonant/service';
import { AppliedOffsets } from './applied-offsets.ts';
import { Directory } from './directory.ts';
import { Vocabulary } from './vocabulary.ts';

/** Directory and vocabulary, kept up to date from their topics. */
export interface Tables {
  readonly directory: Directory;
  readonly vocabulary: Vocabulary;
  readonly applied: readonly AppliedOffsets[];
  /**
   * Resolves when everything is applied that stood in both topics at the call, so a touchpoint accepted after a PUT was
   * answered sees what was put. Rejects with `log-unavailable` if the ends cannot be asked.
   */
  upToDate(): Promise<void>;
}

/** Follows both topics; started once they have been read to the end. */
export const tablesComponent = (log: Log, logger: Logger, metrics: Metrics): Component<Tables> => ({
  name: 'directory and vocabulary',
  start: async () => {
    const undecodable = metrics.counter(
      'resonant_signals_undecodable_entries_total',
      'directory or vocabulary records that could not be read and were left out',
      ['topic'],
    );
    const directory = new Directory();
    const vocabulary = new Vocabulary();
    const admin = await log.admin();
    const follow = async (topic: string, table: Pick<Table, 'put' | 'remove'>) => {
      const applied = new AppliedOffsets(topic);
      const follower = await followTable(log, topic, {
        put: (key, decoded, record) => table.put(key, decoded, record),
        remove: (key, record) => table.remove(key, record),
        undecodable: (record, error) => {
          undecodable.add({ topic });
          logger.error({ err: error, topic, partition: record.partition, offset: record.offset }, 'entry left out');
        },
        passed: (partition, nextOffset) => applied.passed(partition, nextOffset),
      });
      return { applied, follower };
    };
    const followed = [await follow(directoryTopic, directory), await follow(vocabularyTopic, vocabulary)];
    await Promise.all(followed.map(({ follower }) => follower.caughtUp));
    const applied = followed.map((one) => one.applied);
    return {
      value: { directory, vocabulary, applied, upToDate: sharedWait(() => reachEnds(applied, admin)) },
      failed: Promise.race(followed.map(({ follower }) => follower.failed)),
      stop: async () => {
        await Promise.all(followed.map(({ follower }) => follower.stop()));
        await admin.close();
      },
    };
  },
});

const reachEnds = async (applied: readonly AppliedOffsets[], admin: Admin): Promise<void> => {
  await Promise.all(applied.map((table) => table.reachEnd(admin)));
};

/** Callers that come while a wait is under way share the one after it: the ends are asked after each call. */
export function sharedWait(wait: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= current
      // Those who share the wait under way are told that it failed; here only its end counts.
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        current = wait();
        return current;
      });
    return next;
  };
}
