import type { FastifyInstance } from '@resonant/service';
import type { ClockMode, HeldTime, WaitingTouchpoint } from '@resonant/stream';
import type { Progress } from './progress.ts';

/**
 * `GET /v1/status`: where each task of this process stands. `heldMs`: by how much time is held back; `waitingFor`: the
 * touchpoint that it waits for.
 */
export const statusRoutes = (
  app: FastifyInstance,
  progress: Progress,
  clock: ClockMode,
  held: HeldTime | undefined,
): void => {
  app.get('/v1/status', async () => ({
    service: 'processor',
    clock,
    waitingFor: waitingJson(held?.waitingFor(progress.brokerTime(Date.now()))),
    tasks: progress.tasks(Date.now()).map((task) => ({
      keyspace: task.keyspace,
      topic: task.topic,
      partition: task.partition,
      state: task.state,
      position: task.position,
      committed: task.committed,
      end: task.end,
      lag: task.lag,
      lagMs: task.lagMs,
      lastTickAt: isoOf(task.lastTickAt),
      heldMs: task.heldMs,
      clockSkewMs: task.clockSkewMs,
      restoring: task.restoringTo === null ? null : { position: task.position, to: task.restoringTo },
      snapshot: task.stateSize,
      problem: task.problem,
    })),
  }));
};

const isoOf = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

const waitingJson = (waiting: WaitingTouchpoint | undefined) =>
  waiting === undefined ? null : { ...waiting, arrivedAt: isoOf(waiting.arrivedAt) };
