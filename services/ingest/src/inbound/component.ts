import { inboundTopic, type Source, sources } from '@resonant/contracts';
import { deadLetterRecords, type Log, refuseLostRanges } from '@resonant/kafka';
import type { Claims, Component, Logger } from '@resonant/service';
import { type RunningTasks, runTasks } from '@resonant/stream';
import type { TouchpointRecords } from '../touchpoint-records.ts';
import { inboundProcessor } from './processor.ts';
import { sourceOfInbound, type Vendors } from './record.ts';

/** Consumer group that reads the inbound topics. */
export const inboundGroup = 'resonant-ingest';

/** What the inbound tasks are wired with. */
export interface InboundTasks {
  readonly log: Log;
  readonly claims: Claims;
  readonly records: TouchpointRecords;
  readonly vendors: Vendors;
  readonly logger: Logger;
  readonly counted: (source: Source, via: string, outcome: string) => void;
  readonly now: () => number;
}

/** Reads `resonant.inbound.<source>.v1`: one task per partition, offsets committed with what they led to. */
export const inboundComponent = ({
  log,
  claims,
  records,
  vendors,
  logger,
  counted,
  now,
}: InboundTasks): Component<RunningTasks> => ({
  name: 'inbound',
  start: async () => {
    const topics = sources.map(inboundTopic);
    await refuseLostRanges(log, inboundGroup, topics);
    const deadLetter = await deadLetterRecords(log);
    const tasks = await runTasks({
      log,
      group: inboundGroup,
      topics,
      transactionalIdPrefix: (topic) => `${inboundGroup}-${sourceOfInbound(topic)}`,
      task: ({ topic }) =>
        inboundProcessor({
          source: sourceOfInbound(topic),
          claims,
          records,
          deadLetter,
          vendors,
          now,
          counted: (source, outcome) => counted(source, 'kafka', outcome),
        }),
      observer: {
        aborted: (task, err) => logger.warn({ ...task, err }, 'inbound transaction ended, beginning again'),
        stopped: (task, err) => logger.error({ ...task, err }, 'inbound task stopped'),
      },
    });
    return { value: tasks, ready: () => tasks.ready(), failed: tasks.failed, stop: () => tasks.stop() };
  },
});
