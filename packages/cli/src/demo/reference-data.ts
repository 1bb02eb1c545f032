import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@resonant/kafka';

interface TableStatus {
  readonly topic: string;
  readonly applied: readonly { readonly partition: number; readonly offset: number }[];
}

const pollMs = 100;
const patienceMs = 60_000;

/**
 * Resolves once services/signals has applied everything that stands in the directory and the vocabulary, so that no
 * event of the demo meets an older one. `statusUrl` is the service's `GET /v1/status`.
 */
export async function referenceDataApplied(log: Log, statusUrl: string, signal: AbortSignal): Promise<void> {
  const admin = await log.admin();
  const deadline = performance.now() + patienceMs;
  try {
    for (;;) {
      const behind = await partitionBehind(statusUrl, async (topic) => admin.offsets(topic), signal);
      if (behind === undefined) return;
      if (performance.now() > deadline) throw new Error(`services/signals does not follow: ${behind}`);
      await sleep(pollMs, undefined, { signal });
    }
  } finally {
    await admin.close();
  }
}

type Ends = (topic: string) => Promise<readonly { partition: number; earliest: number; latest: number }[]>;

async function partitionBehind(statusUrl: string, endsOf: Ends, signal: AbortSignal): Promise<string | undefined> {
  let tables: readonly TableStatus[];
  try {
    const response = await fetch(statusUrl, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) });
    if (!response.ok) return `${statusUrl} answers ${response.status}`;
    tables = ((await response.json()) as { tables: readonly TableStatus[] }).tables;
  } catch (error) {
    signal.throwIfAborted();
    return `${statusUrl}: ${(error as Error).message}`;
  }
  for (const { topic, applied } of tables) {
    for (const { partition, earliest, latest } of await endsOf(topic)) {
      const offset = applied.find((entry) => entry.partition === partition)?.offset ?? earliest;
      if (offset < latest) return `${topic}/${partition} is applied up to ${offset} of ${latest}`;
    }
  }
  return undefined;
}
