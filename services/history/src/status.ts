import type { FastifyInstance } from '@resonant/service';
import type { Erasures } from './erasures.ts';
import type { Progress } from './progress.ts';

/** `GET /v1/status`: where each partition of this process stands, and which erasures could not be read. */
export const statusRoutes = (app: FastifyInstance, progress: Progress, erasures: Pick<Erasures, 'standing'>): void => {
  app.get('/v1/status', async () => ({
    service: 'history',
    tasks: progress.streams(Date.now()).map((stream) => ({
      topic: stream.topic,
      partition: stream.partition,
      epoch: stream.epoch,
      state: stream.state,
      problem: stream.reason,
      next: stream.next,
      end: stream.end,
      lag: stream.lag,
      lagMs: stream.lagMs,
      bufferedRecords: stream.bufferedRecords,
      bufferedBytes: stream.bufferedBytes,
      pendingSince: stream.pendingSince === null ? null : new Date(stream.pendingSince).toISOString(),
    })),
    erasures: {
      parts: erasures.standing.parts,
      damaged: erasures.standing.damaged.map(({ record: { topic, partition, offset }, reason, detail }) => ({
        ...{ topic, partition, offset, reason, detail },
      })),
    },
  }));
};
