import type { FastifyInstance } from '@resonant/service';
import type { ClockMode } from '@resonant/stream';
import type { Progress } from './progress.ts';

/** `GET /v1/status`: where each task of this process stands. `heldMs`: by how much time is held back. */
export const statusRoutes = (app: FastifyInstance, progress: Progress, clock: ClockMode): void => {
  app.get('/v1/status', async () => ({
    service: 'processor',
    clock,
    tasks: progress.tasks().map((task) => ({
      keyspace: task.keyspace,
      topic: task.topic,
      partition: task.partition,
      state: task.state,
      position: task.position,
      committed: task.committed,
      end: task.end,
      lag: task.lag,
      lastTickAt: isoOf(task.lastTickAt),
      heldMs: 0,
      restoring: task.restoringTo === null ? null : { position: task.position, to: task.restoringTo },
      problem: task.problem,
    })),
  }));
};

const isoOf = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());
