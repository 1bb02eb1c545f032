import type { FastifyInstance } from '@resonant/service';
import type { RunningTasks } from '@resonant/stream';
import type { Tables } from './tables.ts';

/** `GET /v1/status`: applied offsets of directory and vocabulary, and where each task stands. */
export const statusRoutes = (app: FastifyInstance, tables: Tables, tasks: RunningTasks): void => {
  app.get('/v1/status', async () => ({
    tables: tables.applied.map(({ topic, offsets }) => ({ topic, applied: offsets })),
    touchpoints: tasks
      .status()
      .toSorted((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
      .map(({ oldestWaitingAt, stalledSince, restoringTo: _, ...task }) => ({
        ...task,
        oldestWaitingAt: isoOf(oldestWaitingAt),
        stalledSince: isoOf(stalledSince),
      })),
  }));
};

const isoOf = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());
