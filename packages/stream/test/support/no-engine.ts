import type { EngineLike } from '../../src/index.ts';

/** An engine that says nothing. */
export const noEngine: EngineLike = {
  apply: () => [],
  changedParts: () => [],
  changedCount: 0,
  importing: () => [],
  counters: {
    signals: 0,
    used: 0,
    unused: 0,
    duplicates: 0,
    quarantined: 0,
    waiting: 0,
    lateDropped: new Map<string, number>(),
    alerts: { opened: 0, updated: 0, resolved: 0, withdrawn: 0 },
  },
};
