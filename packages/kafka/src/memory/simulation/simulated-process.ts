import { ResonantError } from '@resonant/contracts';
import type { MemoryBroker } from '../broker.ts';
import type { Scheduler } from '../scheduler.ts';
import type { FaultKind, Faults } from './faults.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One each: what waits for a promise is kept as long as the promise. */
const never = (): Promise<never> => new Promise(() => undefined);

/** Round trips take 0.2 to 3 ms, each half of it. */
const latencyMs = { least: 0.1, spread: 1.4 };
const delayMs = { least: 100, most: 20_000 };

export interface SimulatedProcessOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly broker: MemoryBroker;
  readonly random: SeededRandom;
  readonly faults: Faults;
  /** How long a pause lasts, in ms: longer than the session of its members. */
  readonly pauseMs: () => number;
  /** Has a group rebalance. */
  readonly rebalance: () => void;
  /** The process has died. */
  readonly died: () => void;
  /** Hears each step with what happened to it. */
  readonly trace?: (line: string) => void;
}

/**
 * Clock, timers and network of one process of a simulation. It can stand still and die: from then on no call returns
 * and no timer fires. What it had sent may still reach the log.
 */
export class SimulatedProcess implements Scheduler {
  readonly name: string;
  readonly #options: SimulatedProcessOptions;
  #isDead = false;
  #isPaused = false;
  /** What came due during a pause, in its order. */
  #deferred: (() => void)[] = [];

  constructor(options: SimulatedProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  now(): number {
    return this.#options.time.now();
  }

  after(ms: number, callback: () => void): () => void {
    let isCancelled = false;
    this.#later(ms, () => {
      if (!isCancelled) callback();
    });
    return () => {
      isCancelled = true;
    };
  }

  /** Lets the others have their turn. */
  turn(): Promise<void> {
    return this.step('turn');
  }

  /** Resolves after `ms`. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  step(point: string, of?: string): Promise<void> {
    if (this.#isDead) return never();
    const { faults, random } = this.#options;
    const fault = faults.at(point);
    this.#trace(point, fault);
    let latency = latencyMs.least + random.next() * latencyMs.spread;
    let failure: ResonantError | undefined;
    switch (fault) {
      case undefined:
        break;
      case 'delay':
        latency = delayMs.least * (delayMs.most / delayMs.least) ** random.next();
        break;
      case 'refusal':
      case 'lost-acknowledgement':
        failure = new ResonantError('log-unavailable', `${fault} at ${point}`);
        break;
      case 'abort':
        this.#options.broker.transactions.abort(of ?? '');
        failure = new ResonantError('log-unavailable', `${fault} at ${point}`);
        break;
      case 'fencing':
        this.#options.broker.transactions.fence(of ?? '');
        break;
      case 'rebalance':
        this.#options.rebalance();
        break;
      case 'pause':
        this.pause(this.#options.pauseMs());
        break;
      case 'crash':
        this.kill();
        break;
      case 'duplicate':
        throw new Error('a step has nothing that could be delivered twice');
    }
    if (fault !== undefined) this.#note(point, fault);
    return new Promise((resolve, reject) => {
      const settle = failure === undefined ? resolve : () => reject(failure);
      const isSent = failure === undefined && point.endsWith('.request');
      this.#later(latency, settle, isSent);
    });
  }

  redelivers(): boolean {
    if (this.#isDead || !this.#options.faults.duplicates()) return false;
    this.#note('deliver', 'duplicate');
    return true;
  }

  /** SIGSTOP, and SIGCONT after `ms`. */
  pause(ms: number): void {
    if (this.#isPaused || this.#isDead) return;
    this.#isPaused = true;
    this.#options.time.after(ms, () => this.#resume());
  }

  /** SIGKILL. */
  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#deferred = [];
    this.#options.died();
  }

  #resume(): void {
    this.#isPaused = false;
    const deferred = this.#deferred;
    this.#deferred = [];
    // one event each, as if they had come due now
    for (const callback of deferred) this.#later(0, callback);
  }

  /** @param isSent whether it may reach the log although the process is dead or stands still */
  #later(ms: number, callback: () => void, isSent = false): void {
    if (this.#isDead && !isSent) return;
    const lands = isSent && this.#options.random.chance(0.5);
    this.#options.time.after(ms, () => {
      if ((this.#isDead || this.#isPaused) && lands) callback();
      else if (this.#isDead) return;
      else if (this.#isPaused) this.#deferred.push(callback);
      else callback();
    });
  }

  #note(point: string, kind: FaultKind): void {
    const { faults, time } = this.#options;
    faults.note({ at: time.now(), process: this.name, kind, point });
  }

  #trace(point: string, fault: FaultKind | undefined): void {
    this.#options.trace?.(`${this.#options.time.now()} ${this.name} ${point} ${fault ?? ''}`);
  }
}
