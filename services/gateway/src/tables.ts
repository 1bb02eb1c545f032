import {
  type Action,
  actionsTopic,
  type Decoded,
  directoryTopic,
  type GlossaryEntry,
  isResonantError,
  keysTopic,
  type ResonantError,
  type Rule,
  rulesTopic,
  type TalkTrack,
  vocabularyTopic,
} from '@resonant/contracts';
import { decoderFor, type Follower, followTable, type Log, type LogRecord } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import { Directory } from './access/directory.ts';
import { KeyTable } from './access/key-table.ts';
import { Entries } from './writing/entries.ts';

/** The compacted topics that the gateway answers from. */
export interface Tables {
  readonly keys: KeyTable;
  readonly directory: Directory;
  readonly vocabulary: Entries<TalkTrack | GlossaryEntry>;
  readonly rules: Entries<Rule>;
}

/** Follows keys, directory, vocabulary and rules. Starts when all have caught up. */
export const tablesComponent = (log: Log, logger: Logger): Component<Tables> => ({
  name: 'tables',
  start: async () => {
    const tables: Tables = {
      keys: new KeyTable(),
      directory: new Directory(),
      vocabulary: new Entries(),
      rules: new Entries(),
    };
    const { keys, directory, vocabulary, rules } = tables;
    const undecodable = ({ topic, partition, offset }: LogRecord, err: ResonantError) =>
      logger.error({ err, topic, partition, offset }, 'left out what cannot be decoded');
    const followers: readonly Follower[] = await Promise.all([
      followTable(log, keysTopic, {
        put: (_key, decoded) => decoded.type === 'ApiKey' && keys.put(decoded.value),
        remove: (key) => keys.remove(key),
        undecodable,
      }),
      followTable(log, directoryTopic, {
        put: (key, decoded, { offset }) => directory.put(key, decoded, offset),
        remove: (key, { offset }) => directory.remove(key, offset),
        undecodable,
      }),
      followTable(log, vocabularyTopic, {
        put: (key, decoded, { offset }) => {
          if (isVocabulary(decoded)) vocabulary.set(key, decoded.value, offset);
        },
        remove: (key, { offset }) => vocabulary.set(key, undefined, offset),
        undecodable,
      }),
      followTable(log, rulesTopic, {
        put: (key, decoded, { offset }) => decoded.type === 'Rule' && rules.set(key, decoded.value, offset),
        remove: (key, { offset }) => rules.set(key, undefined, offset),
        undecodable,
      }),
    ]);
    return started(tables, followers);
  },
});

const isVocabulary = (decoded: Decoded): decoded is Extract<Decoded, { type: 'TalkTrack' | 'GlossaryEntry' }> =>
  decoded.type === 'TalkTrack' || decoded.type === 'GlossaryEntry';

/** Follows the newest `maxRecords` actions. Starts when it has caught up. */
export const actionsComponent = (
  log: Log,
  logger: Logger,
  maxRecords: number,
  onAction: (action: Action) => void,
): Component<undefined> => ({
  name: 'actions',
  start: async () => {
    const admin = await log.admin();
    const ranges = await admin.offsets(actionsTopic);
    await admin.close();
    const share = Math.ceil(maxRecords / Math.max(1, ranges.length));
    const decoder = decoderFor(log);
    const follower = await log.follow({
      topic: actionsTopic,
      from: { offsets: new Map(ranges.map((at) => [at.partition, Math.max(at.earliest, at.latest - share)])) },
      onRecords: async (_partition, records) => {
        await decoder.prepare(records.map(({ value }) => value));
        for (const { topic, partition, offset, value } of records) {
          try {
            const decoded = value === null ? undefined : decoder.decode(value);
            if (decoded?.type === 'Action') onAction(decoded.value);
          } catch (err) {
            if (!isResonantError(err, 'undecodable-record')) throw err;
            logger.error({ err, topic, partition, offset }, 'left out what cannot be decoded');
          }
        }
      },
    });
    return started(undefined, [follower]);
  },
});

async function started<T>(value: T, followers: readonly Follower[]) {
  await Promise.all(followers.map(({ caughtUp }) => caughtUp));
  return {
    value,
    failed: Promise.race(followers.map(({ failed }) => failed)),
    stop: async () => void (await Promise.all(followers.map((follower) => follower.stop()))),
  };
}
