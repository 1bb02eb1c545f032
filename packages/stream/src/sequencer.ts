import { eventHeaders, type Keyspace, type RuleChange, signalsTopic } from '@resonant/contracts';
import { type Admin, encoderFor, type Log, type Producer, type TopicPartition } from '@resonant/kafka';
import { Bell } from './bell.ts';
import { backOff, type Clock, pause } from './clock.ts';
import type { RuleBook } from './rule-book.ts';
import { type KnownChange, missingChanges } from './rule-changes.ts';
import { TickSchedule, type TickScheduleState } from './tick-schedule.ts';

/** `wall`: the sequencer appends ticks of the wall clock. `log`: a player appends its own. */
export type ClockMode = 'wall' | 'log';

/** What the sequencers of one keyspace share: one plain idempotent producer, the rules, the clock. */
export interface SequencerSettings {
  readonly keyspace: Keyspace;
  readonly admin: Admin;
  readonly producer: Producer;
  readonly book: RuleBook;
  readonly clock: Clock;
  readonly mode: ClockMode;
  readonly encodeTick: (tick: { readonly at: number }) => Buffer;
  readonly encodeRuleChange: (change: RuleChange) => Buffer;
  /** An append failed; it is tried again. */
  readonly failed: (partition: TopicPartition, error: Error) => void;
}

/** What a sequencer knows from the log of its partition. */
export interface SequencerState {
  readonly schedule: TickScheduleState;
  readonly known: readonly (readonly [string, KnownChange])[];
}

/** Opens what sequencers of a keyspace need. */
export async function sequencerSettings(
  options: Pick<SequencerSettings, 'keyspace' | 'admin' | 'book' | 'clock' | 'mode' | 'failed'> & { readonly log: Log },
): Promise<SequencerSettings> {
  const { log, ...rest } = options;
  const topic = signalsTopic(rest.keyspace);
  return {
    ...rest,
    producer: await log.producer(),
    encodeTick: await encoderFor(log, topic, 'Tick'),
    encodeRuleChange: await encoderFor(log, topic, 'RuleChange'),
  };
}

/**
 * Turns time and rules into records of one partition while its task owns it (runtime.md, "The sequencer"). The task
 * tells it what it reads (`signal`, `tick`, `ruleChange`, `progress`), so that it appends only what the log lacks.
 */
export class Sequencer {
  readonly #settings: SequencerSettings;
  readonly #partition: TopicPartition;
  readonly #schedule = new TickSchedule();
  readonly #known = new Map<string, KnownChange>();
  readonly #bell = new Bell();
  #owned: AbortController | undefined;
  #position = 0;
  /** Until this is read, the log may hold rule changes that are not known yet. */
  #readUpTo: number | undefined;

  constructor(settings: SequencerSettings, partition: TopicPartition) {
    this.#settings = settings;
    this.#partition = partition;
  }

  /** Largest tick so far, epoch ms; null before the first. */
  get lastTickAt(): number | null {
    return Number.isFinite(this.#schedule.last) ? this.#schedule.last : null;
  }

  export(): SequencerState {
    const known = [...this.#known].map(([id, { action, revision }]) => [id, { action, revision }] as const);
    return { schedule: this.#schedule.export(), known };
  }

  /** Takes over what another one knew; call it before anything is told. */
  import({ schedule, known }: SequencerState): void {
    this.#schedule.import(schedule);
    for (const [id, change] of known) this.#known.set(id, change);
  }

  signal(signal: { readonly offset: number; readonly occurredAt: number }): void {
    this.#schedule.signal(this.#settings.clock.now(), signal);
  }

  tick(tick: { readonly offset: number; readonly at: number }): void {
    this.#schedule.tick(tick);
  }

  ruleChange(change: KnownChange & { readonly ruleId: string }): void {
    const known = this.#known.get(change.ruleId);
    if (known === undefined || known.revision < change.revision) this.#known.set(change.ruleId, change);
  }

  /** Everything before `position` has been read and told. */
  progress(position: number): void {
    this.#position = position;
    this.#bell.ring();
  }

  /** The partition is owned and restored up to `position`. */
  start(position: number): void {
    this.stop();
    this.#owned = new AbortController();
    this.#readUpTo = undefined;
    this.progress(position);
    void this.#run(this.#owned.signal);
  }

  stop(): void {
    this.#owned?.abort();
    this.#bell.ring();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const ring = () => this.#bell.ring();
    const unlisten = this.#settings.book.onChange(ring);
    for (let attempt = 1; !signal.aborted; ) {
      try {
        await this.#step(signal);
        attempt = 1;
      } catch (error) {
        if (!signal.aborted) this.#settings.failed(this.#partition, error as Error);
        await pause(this.#settings.clock, backOff(attempt++), signal);
      }
    }
    unlisten();
  }

  /** One append, or one wait. Ticks begin once the rules in force stand in the partition. */
  async #step(signal: AbortSignal): Promise<void> {
    const { clock, mode, book, keyspace } = this.#settings;
    this.#readUpTo ??= await this.#end();
    if (this.#position < this.#readUpTo) return this.#bell.heard();
    const changes = missingChanges(keyspace, book.rules, this.#known);
    if (signal.aborted) return;
    if (changes.length > 0) return this.#appendRules(changes);
    if (mode === 'log') return this.#bell.heard();
    const wait = this.#schedule.dueAt - clock.now();
    if (wait <= 0) return this.#appendTick();
    const cancel = clock.after(wait, () => this.#bell.ring());
    await this.#bell.heard();
    cancel();
  }

  async #end(): Promise<number> {
    const { topic, partition } = this.#partition;
    const ranges = await this.#settings.admin.offsets(topic);
    return ranges.find((range) => range.partition === partition)?.latest ?? 0;
  }

  async #appendRules(changes: readonly RuleChange[]): Promise<void> {
    const { producer, encodeRuleChange, clock } = this.#settings;
    const time = clock.now();
    await producer.sendAll(
      changes.map((change) => ({
        ...this.#partition,
        key: change.ruleId,
        value: encodeRuleChange(change),
        headers: eventHeaders({
          id: `${change.ruleId}@${change.revision}`,
          type: 'rule-change',
          source: '/services/processor',
          time,
        }),
      })),
    );
    for (const change of changes) this.ruleChange(change);
  }

  /** Held time and the correction of a wrong clock will decide the value here; for now it is the wall clock. */
  async #appendTick(): Promise<void> {
    const { producer, encodeTick, clock } = this.#settings;
    const now = clock.now();
    const at = Math.max(this.#schedule.last, now);
    this.#schedule.appending(now);
    const { offset } = await producer.send({ ...this.#partition, key: null, value: encodeTick({ at }) });
    this.#schedule.tick({ offset, at });
  }
}
