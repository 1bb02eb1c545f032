import { eventHeaders, type Keyspace, type RuleChange, signalsTopic } from '@resonant/contracts';
import { type Admin, encoderFor, type Log, type Producer, type TopicPartition } from '@resonant/kafka';
import { Bell } from './bell.ts';
import { BrokerClock } from './broker-clock.ts';
import { backOff, type Clock, pause } from './clock.ts';
import type { HeldTime } from './held-time.ts';
import { Hold } from './hold.ts';
import type { RuleBook } from './rule-book.ts';
import { type KnownChange, missingChanges } from './rule-changes.ts';
import { TickSchedule, type TickScheduleState } from './tick-schedule.ts';

/** Without an answer to the last check, the clock is checked again after this. */
const checkEveryMs = 1000;

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
  /** What time waits for; without it, for nothing. */
  readonly held?: Pick<HeldTime, 'oldestArrival'>;
  /** The host's clock is off by more than a second and corrected by `skewMs`; 0 = no more. */
  readonly clockCorrected?: (partition: TopicPartition, skewMs: number) => void;
  readonly encodeTick: (tick: { readonly at: number }) => Buffer;
  readonly encodeRuleChange: (change: RuleChange) => Buffer;
  /** An append failed; it is tried again. */
  readonly failed: (partition: TopicPartition, error: Error) => void;
}

/** What a sequencer knows from the log of its partition. */
export interface SequencerState {
  readonly schedule: TickScheduleState;
  /** When the newest record was appended, epoch ms; null = none was read. */
  readonly stampedAt: number | null;
  readonly known: readonly (readonly [string, KnownChange])[];
}

/** Opens what sequencers of a keyspace need. */
export async function sequencerSettings(
  options: Omit<SequencerSettings, 'producer' | 'encodeTick' | 'encodeRuleChange'> & { readonly log: Log },
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
  readonly #clock: BrokerClock;
  readonly #hold = new Hold();
  #owned: AbortController | undefined;
  #position = 0;
  /** When the newest record that was read was appended. */
  #stampedAt: number | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;
  #heldMs = 0;
  #trouble: { readonly since: number; readonly reason: string } | undefined;
  /** Until this is read, the log may hold rule changes that are not known yet. */
  #readUpTo: number | undefined;

  constructor(settings: SequencerSettings, partition: TopicPartition) {
    this.#settings = settings;
    this.#partition = partition;
    this.#clock = new BrokerClock(settings.clock, (skewMs) => settings.clockCorrected?.(partition, skewMs));
  }

  /** Largest tick so far, epoch ms; null before the first. */
  get lastTickAt(): number | null {
    return Number.isFinite(this.#schedule.last) ? this.#schedule.last : null;
  }

  /** Why no tick has come to stand in the partition although one is due, and since when (epoch ms); or undefined. */
  get trouble(): { readonly since: number; readonly reason: string } | undefined {
    return this.#owned?.signal.aborted === false ? this.#trouble : undefined;
  }

  /** By how much the last tick was held back, ms. */
  get heldMs(): number {
    return this.#heldMs;
  }

  /** Broker's minus host's clock, ms; 0 if they differ by a second at most. */
  get clockSkewMs(): number {
    return this.#clock.skewMs;
  }

  export(): SequencerState {
    const known = [...this.#known].map(([id, { action, revision }]) => [id, { action, revision }] as const);
    return { schedule: this.#schedule.export(), stampedAt: this.#stampedAt, known };
  }

  /** Takes over what another one knew; call it before anything is told. */
  import({ schedule, stampedAt, known }: SequencerState): void {
    this.#schedule.import(schedule);
    this.#stampedAt = stampedAt;
    for (const [id, change] of known) this.#known.set(id, change);
  }

  signal(signal: { readonly offset: number; readonly occurredAt: number }): void {
    this.#schedule.signal(this.#clock.now(), signal);
  }

  /** `stampedAt`: when the broker appended it, epoch ms. */
  tick(tick: { readonly offset: number; readonly at: number; readonly stampedAt: number }): void {
    this.#schedule.tick(tick);
    this.#clock.tick(tick.offset, tick.stampedAt);
  }

  ruleChange(change: KnownChange & { readonly ruleId: string }): void {
    const known = this.#known.get(change.ruleId);
    if (known === undefined || known.revision < change.revision) this.#known.set(change.ruleId, change);
  }

  /** Everything before `position` has been read and told, the newest of it appended at `stampedAt` (epoch ms). */
  progress(position: number, stampedAt?: number): void {
    this.#position = position;
    this.#stampedAt = stampedAt ?? this.#stampedAt;
    this.#bell.ring();
  }

  /** The partition is owned and restored up to `position`. */
  start(position: number): void {
    this.stop();
    this.#owned = new AbortController();
    this.#readUpTo = undefined;
    this.#trouble = undefined;
    this.#clock.doubt();
    this.#probedAt = Number.NEGATIVE_INFINITY;
    this.progress(position);
    void this.#run(this.#owned.signal);
  }

  stop(): void {
    this.#owned?.abort();
    this.#heldMs = 0;
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
        this.#isTroubled(`ticks or rules cannot be appended: ${(error as Error).message}`);
        await pause(this.#settings.clock, backOff(attempt++), signal);
      }
    }
    unlisten();
  }

  /** One append, or one wait. Ticks begin once the rules in force stand in the partition. */
  async #step(signal: AbortSignal): Promise<void> {
    const { mode, book, keyspace } = this.#settings;
    this.#readUpTo ??= await this.#end();
    if (this.#position < this.#readUpTo) return this.#bell.heard();
    const changes = missingChanges(keyspace, book.rules, this.#known);
    if (signal.aborted) return;
    if (changes.length > 0) return this.#appendRules(changes);
    if (mode === 'log') return this.#bell.heard();
    if (!this.#clock.isChecked()) return this.#check();
    const wait = this.#schedule.dueIn(this.#clock.now());
    if (wait <= 0) return this.#appendTick();
    await this.#heardWithin(wait);
  }

  #isTroubled(reason: string): void {
    this.#trouble = { since: this.#trouble?.since ?? this.#settings.clock.now(), reason };
  }

  async #heardWithin(ms: number): Promise<void> {
    const cancel = this.#settings.clock.after(ms, () => this.#bell.ring());
    await this.#bell.heard();
    cancel();
  }

  /**
   * Appends a tick that moves no time, to see what the broker stamps on it. In a partition without ticks that is the
   * instant of what was appended last; where nothing stands, time can wait.
   */
  async #check(): Promise<void> {
    const now = this.#settings.clock.now();
    const at = this.lastTickAt ?? this.#stampedAt;
    if (at === null) return this.#bell.heard();
    const wait = this.#probedAt + checkEveryMs - now;
    if (wait > 0 && wait <= checkEveryMs) return this.#heardWithin(wait);
    this.#probedAt = now;
    await this.#append(at);
    this.#schedule.hasten();
    this.#isTroubled('the tick that checks the clock has not been read back');
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

  async #appendTick(): Promise<void> {
    const now = this.#clock.now();
    const at = this.#hold.tickAt(now, this.#schedule.last, this.#settings.held?.oldestArrival(now));
    this.#schedule.appending(now);
    await this.#append(at);
    this.#trouble = undefined;
    this.#heldMs = Math.max(0, now - at);
  }

  async #append(at: number): Promise<void> {
    const { producer, encodeTick, clock } = this.#settings;
    const sentAt = clock.now();
    const { offset } = await producer.send({ ...this.#partition, key: null, value: encodeTick({ at }) });
    this.#schedule.tick({ offset, at });
    this.#clock.acknowledged(offset, sentAt);
  }
}
