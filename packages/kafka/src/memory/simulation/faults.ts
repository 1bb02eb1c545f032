import type { SeededRandom } from './seeded-random.ts';

/** What can go wrong where a process waits for the log. */
export const faultKinds = [
  /** The step takes up to 20 s. */
  'delay',
  /** The log never saw the request; the caller hears a failure. */
  'refusal',
  /** The log did it; the caller hears a failure. */
  'lost-acknowledgement',
  /** The log ends the open transaction; the caller hears a failure. */
  'abort',
  /** Another holder takes the transactional id. */
  'fencing',
  /** A batch is delivered twice. */
  'duplicate',
  /** The group of the process rebalances. */
  'rebalance',
  /** The process stands still for longer than its session (SIGSTOP, SIGCONT). */
  'pause',
  /** The process dies where it waits (SIGKILL). */
  'crash',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One fault that was injected. */
export interface InjectedFault {
  /** Epoch ms of the simulation. */
  readonly at: number;
  readonly process: string;
  readonly kind: FaultKind;
  readonly point: string;
}

/** Which faults a point can suffer. */
function kindsAt(point: string): readonly FaultKind[] {
  const anywhere: readonly FaultKind[] = ['delay', 'rebalance', 'pause', 'crash'];
  // what only says that something is there has no answer that could fail: who does not hear it asks later; a turn of
  // the process's own has none either
  if (point === 'assigned' || point === 'rebalance' || point === 'turn') return anywhere;
  const failing: FaultKind = point.endsWith('.response') ? 'lost-acknowledgement' : 'refusal';
  if (!point.startsWith('transaction.')) return [...anywhere, failing];
  return point.startsWith('transaction.init')
    ? [...anywhere, failing, 'fencing']
    : [...anywhere, failing, 'abort', 'fencing'];
}

/** Points that are passed many times a second, and by how much fewer faults a step has there. */
const busy: Readonly<Record<string, number>> = {
  fetch: 40,
  'produce.request': 40,
  'produce.response': 40,
  deliver: 10,
  turn: 10,
  admin: 10,
};

/** Decides from a seed which steps fail and how, and keeps the books. */
export class Faults {
  readonly injected: InjectedFault[] = [];
  readonly #random: SeededRandom;
  readonly #rate: number;
  readonly #only: readonly FaultKind[];
  readonly #kinds = new Map<string, readonly FaultKind[]>();
  #isCalm = false;

  /**
   * @param rate faults per step at points that are not busy
   * @param only the kinds that may happen; default: all
   */
  constructor(random: SeededRandom, rate: number, only: readonly FaultKind[] = faultKinds) {
    this.#random = random;
    this.#rate = rate;
    this.#only = only;
  }

  /** From now on nothing goes wrong. */
  calm(): void {
    this.#isCalm = true;
  }

  /** What happens at this step; undefined: what should. */
  at(point: string): FaultKind | undefined {
    if (this.#isCalm) return undefined;
    if (!this.#happens(point)) return undefined;
    let kinds = this.#kinds.get(point);
    if (kinds === undefined) {
      kinds = kindsAt(point).filter((kind) => this.#only.includes(kind));
      this.#kinds.set(point, kinds);
    }
    return kinds.length === 0 ? undefined : this.#random.pick(kinds);
  }

  /** Whether a delivered batch comes once more. */
  duplicates(): boolean {
    return !this.#isCalm && this.#only.includes('duplicate') && this.#happens('deliver');
  }

  #happens(point: string): boolean {
    return this.#random.chance(this.#rate / (busy[point] ?? 1));
  }

  note(fault: InjectedFault): void {
    this.injected.push(fault);
  }
}
