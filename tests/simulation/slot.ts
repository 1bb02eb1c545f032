import type { SeededRandom, SimulatedProcess } from '@resonant/kafka';
import type { Service } from './services.ts';

/** What a slot needs of the run. */
export interface SlotOptions {
  readonly name: string;
  readonly random: SeededRandom;
  /** Makes the process; `died` is to be called when it dies. */
  readonly process: (name: string, died: () => void) => SimulatedProcess;
  readonly start: (process: SimulatedProcess, slot: string) => Promise<Service>;
  readonly after: (ms: number, callback: () => void) => void;
  readonly note: (line: string) => void;
}

/** Keeps one process of a service running, as a supervisor does: what dies or gives up is started again. */
export class Slot {
  readonly #options: SlotOptions;
  #process: SimulatedProcess | undefined;
  #service: Service | undefined;
  #starts = 0;
  #isClosed = false;
  /** Resolves when the present process dies. */
  #ended = Promise.withResolvers<void>();

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#launch();
  }

  get process(): SimulatedProcess {
    if (this.#process === undefined) throw new Error('a slot has a process from the beginning on');
    return this.#process;
  }

  /** Ends the process well and starts the next, as a rolling restart does. */
  restart(): void {
    void this.#end().then(() => this.#again(100));
  }

  /** Starts another process although this one only stands still for `ms`: when it wakes there are two, for a while. */
  replace(ms: number): void {
    const orphan = this.process;
    if (orphan.isDead || this.#isClosed) return;
    orphan.pause(ms);
    this.#launch();
    this.#options.after(ms + 20_000, () => orphan.kill());
  }

  /** Ends the process well, for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    const [service, process] = [this.#service, this.process];
    this.#service = undefined;
    await Promise.race([service?.stop(), this.#ended.promise]);
    if (process === this.#process) process.kill();
  }

  #launch(): void {
    const { name, random, process: make, start, note } = this.#options;
    const run = `${name}#${++this.#starts}`;
    note(`${run} starts`);
    this.#ended = Promise.withResolvers();
    const process = make(run, () => {
      note(`${run} ends`);
      if (process !== this.#process) return;
      this.#service = undefined;
      this.#ended.resolve();
      // supervisors wait a little, and longer when they cannot know whether the machine is gone
      this.#again(random.chance(0.3) ? random.between(10_000, 30_000) : random.between(100, 3000));
    });
    // before it starts: it may die at its first step
    this.#process = process;
    this.#service = undefined;
    start(process, name).then(
      (service) => {
        if (process.isDead || process !== this.#process) return;
        this.#service = service;
        void service.failure.then(() => process.kill());
      },
      () => process.kill(),
    );
  }

  #again(ms: number): void {
    this.#options.after(ms, () => {
      if (!this.#isClosed && this.process.isDead) this.#launch();
    });
  }
}
