import type { Faults, MemoryBroker, SeededRandom, SimulatedProcess, VirtualTime } from '@resonant/kafka';
import type { TaskLimits, TaskObserver } from '@resonant/stream';
import type { Scenario } from './scenario.ts';
import { type Service, startProcessor, startSignals, type Tamper } from './services.ts';
import { Slot } from './slot.ts';

/** What a cluster runs on. */
export interface ClusterOptions {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly broker: MemoryBroker;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly process: (name: string, died: () => void) => SimulatedProcess;
  readonly note: (line: string) => void;
  /** Of the processors' tasks. */
  readonly limits: Partial<TaskLimits>;
  /** Hears what they go through. */
  readonly observer: TaskObserver;
  readonly tamper?: Tamper;
}

/** Several processes of services/signals and services/processor, each kept running. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #slots: readonly Slot[];

  constructor(options: ClusterOptions) {
    const { scenario, broker, limits, observer, tamper } = options;
    const { keyspaces, holdsTime, signalsProcesses, processorProcesses } = scenario;
    const idOf = (slot: string): string | undefined => (scenario.isStatic ? slot : undefined);
    this.#options = options;
    this.#slots = [
      ...this.#slotsOf('signals', signalsProcesses, (process, slot) =>
        startSignals({ broker, process, instanceId: idOf(slot) }),
      ),
      ...this.#slotsOf('processor', processorProcesses, (process, slot) =>
        startProcessor(
          { broker, process, instanceId: idOf(slot) },
          { keyspaces, mode: 'wall', holdsTime, limits, observer, ...(tamper && { tamper }) },
        ),
      ),
    ];
  }

  #slotsOf(
    name: string,
    count: number,
    start: (process: SimulatedProcess, slot: string) => Promise<Service>,
  ): readonly Slot[] {
    const { random, time, process, note } = this.#options;
    const after = (ms: number, callback: () => void): void => void time.after(ms, callback);
    const dated = (line: string): void => note(`${time.now()} ${line}`);
    return Array.from(
      { length: count },
      (_, index) => new Slot({ name: `${name}-${index}`, random, process, start, after, note: dated }),
    );
  }

  /** From time to time, until `until` (epoch ms), kills, halts, replaces or restarts a process, whatever it is doing. */
  shake(until: number): void {
    const { time, random, scenario, faults } = this.#options;
    const blow = (): void => {
      if (time.now() >= until) return;
      const slot = random.pick(this.#slots);
      const kind = random.pick(['crash', 'pause', 'restart', 'replace'] as const);
      if (kind === 'restart') slot.restart();
      else {
        const { name } = slot.process;
        faults.note({ at: time.now(), process: name, kind: kind === 'crash' ? kind : 'pause', point: 'from outside' });
        const ms = random.between(11_000, 40_000);
        if (kind === 'crash') slot.process.kill();
        else if (kind === 'pause') slot.process.pause(ms);
        else slot.replace(ms);
      }
      time.after(random.between(1000, 2 * scenario.blowEveryMs), blow);
    };
    time.after(random.between(1000, scenario.blowEveryMs), blow);
  }

  /** Ends every process well. */
  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }
}
