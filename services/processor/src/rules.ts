import type { Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import { followRules, type RuleBook } from '@resonant/stream';

/** The rules topic, followed from its beginning. */
export const rulesComponent = (log: Log, logger: Logger): Component<RuleBook> => ({
  name: 'rules',
  start: async () => {
    const book = await followRules(log, ({ topic, partition, offset }, err) =>
      logger.error({ topic, partition, offset, err }, 'rule change that cannot be decoded is left out'),
    );
    return { value: book, failed: book.failed, stop: () => book.stop() };
  },
});
