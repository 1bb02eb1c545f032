import { type ServiceName, serviceNames } from '../places.ts';

/** What a service says of itself. */
export interface ServiceStatus {
  readonly name: ServiceName;
  readonly url: string;
  readonly state: 'ready' | 'not ready' | 'unreachable';
  /** Why it is not ready or cannot be reached, or what it does without; null = everything is there. */
  readonly reason: string | null;
  /** Partitions whose time is held back, with by how much; only the processor says so. */
  readonly held: readonly { readonly task: string; readonly heldMs: number }[];
  /** The touchpoint that time waits for; null = none, or the service knows nothing of it. */
  readonly waitingFor: string | null;
  /** Partitions that are being restored. */
  readonly restoring: readonly { readonly task: string; readonly position: number; readonly to: number }[];
  /** Tasks that do not move, with the reason. */
  readonly problems: readonly string[];
}

interface Task {
  readonly topic: string;
  readonly partition: number;
  readonly state?: string;
  readonly heldMs?: number;
  readonly restoring?: { readonly position: number; readonly to: number } | null;
  readonly problem?: string | null;
}

/** `GET /v1/status` of a service, as far as it is read here. */
interface Standing {
  readonly tasks: readonly Task[];
  readonly waitingFor: string | null;
}

interface Waiting {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly arrivedAt: string;
}

const patienceMs = 3000;

/** Asks every service; one that is down is part of the answer. */
export const servicesStatus = (urlOf: (name: ServiceName) => string): Promise<readonly ServiceStatus[]> =>
  Promise.all(serviceNames.map((name) => serviceStatus(name, urlOf(name))));

async function serviceStatus(name: ServiceName, url: string): Promise<ServiceStatus> {
  const nothing = { name, url, held: [], waitingFor: null, restoring: [], problems: [] };
  try {
    const ready = await ask(`${url}/readyz`);
    const { tasks, waitingFor } = await standingOf(url);
    return {
      ...nothing,
      state: ready.ok ? 'ready' : 'not ready',
      reason: reasonOf(ready.text, ready.ok),
      held: tasks
        .filter(({ heldMs }) => (heldMs ?? 0) > 0)
        .map(({ topic, partition, heldMs }) => ({ task: `${topic}/${partition}`, heldMs: heldMs ?? 0 })),
      waitingFor,
      restoring: tasks.flatMap(({ topic, partition, restoring }) =>
        restoring === null || restoring === undefined ? [] : [{ task: `${topic}/${partition}`, ...restoring }],
      ),
      problems: tasks
        .filter(({ problem }) => typeof problem === 'string')
        .map(({ topic, partition, state, problem }) => `${topic}/${partition} (${state}): ${problem}`),
    };
  } catch (error) {
    const { cause, message } = error as Error;
    return { ...nothing, state: 'unreachable', reason: cause instanceof Error ? cause.message || message : message };
  }
}

/** Where a service stands, under whatever name it lists its tasks; a service without that route has none. */
async function standingOf(url: string): Promise<Standing> {
  const { ok, text } = await ask(`${url}/v1/status`);
  if (!ok) return { tasks: [], waitingFor: null };
  const status = JSON.parse(text) as {
    readonly tasks?: readonly Task[];
    readonly touchpoints?: readonly Task[];
    readonly waitingFor?: Waiting | null;
  };
  const { waitingFor: waiting = null } = status;
  return {
    tasks: status.tasks ?? status.touchpoints ?? [],
    waitingFor:
      waiting === null
        ? null
        : `${waiting.topic}/${waiting.partition}, offset ${waiting.offset}, arrived ${waiting.arrivedAt}`,
  };
}

async function ask(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
  return { ok: response.ok, text: await response.text() };
}

/** The reasons by component, or the detail of a problem document, or the text as it is; of who is ready, what it does without. */
function reasonOf(text: string, isReady: boolean): string | null {
  try {
    const answer = JSON.parse(text) as {
      readonly detail?: string;
      readonly reasons?: Readonly<Record<string, string>>;
      readonly degraded?: Readonly<Record<string, string>>;
    };
    const told = Object.entries(answer.reasons ?? answer.degraded ?? {});
    if (told.length > 0) return told.map(([component, reason]) => `${component}: ${reason}`).join('; ');
    return isReady ? null : (answer.detail ?? text);
  } catch {
    // Something else answers there, a proxy perhaps: what it says is the reason.
    return isReady ? null : text;
  }
}
