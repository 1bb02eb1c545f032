import { actionsTopic, alertsTopic, type DeadLetter, type Decoder, ResonantError } from '@resonant/contracts';
import {
  type Counters,
  type LogEntry,
  type Output,
  type Refusal,
  type StateParts,
  stateVersion,
} from '@resonant/engine';
import { deadLetterRecords, decoderFor, encoderFor, type Log, type LogRecord, type NewRecord } from '@resonant/kafka';
import type { Clock } from './clock.ts';
import { logEntryOf } from './log-entry.ts';
import { type OutputEncoders, outputRecordOf } from './output-records.ts';
import type { Sequencer, SequencerState } from './sequencer.ts';
import type { Batch, ChangedParts, TaskProcessor, TaskState } from './task-processor.ts';

/** What the task needs of the rule engine: a pure function of the log. */
export interface EngineLike {
  readonly counters: Counters;
  apply(entry: LogEntry): readonly Output[];
  changedParts(): Iterable<readonly [string, string | null]>;
  /** How many of them are left, but for those of the engine and its rules, which come last and may be given each time. */
  readonly changedCount: number;
  importing(parts: StateParts): Iterable<void>;
}

/** What engine tasks of a process share. */
export interface EngineTaskCodecs {
  readonly decoder: Decoder;
  readonly encoders: OutputEncoders;
  readonly deadLetter: (deadLetter: Omit<DeadLetter, 'deadLetterId'>) => NewRecord;
}

/** Registers the schemas of what the processor puts out. */
export const engineTaskCodecs = async (log: Log): Promise<EngineTaskCodecs> => ({
  decoder: decoderFor(log),
  encoders: {
    alert: await encoderFor(log, alertsTopic, 'Alert'),
    action: await encoderFor(log, actionsTopic, 'Action'),
  },
  deadLetter: await deadLetterRecords(log),
});

/** The part of what is the task's own. The engine passes it over, as it does names that neither it nor a rule can have. */
const ownPart = '#task';
const ownVersion = 1;

interface OwnState {
  readonly version: typeof ownVersion;
  /** null before the first tick. */
  readonly tick: { readonly at: number; readonly offset: number } | null;
  readonly undecodable: number;
  readonly sequencer: SequencerState;
}

/** What an engine task is made from. */
export interface EngineTaskOptions {
  /** Makes the engine; it tells `onRefusal` of each rule that it refuses. */
  readonly engine: (onRefusal: (refusal: Refusal) => void) => EngineLike;
  readonly sequencer: Sequencer;
  readonly codecs: EngineTaskCodecs;
  readonly clock: Clock;
  /** A rule of the log was refused now (not in a restore). */
  readonly refused?: (refusal: Refusal) => void;
}

/**
 * The processor's task: signals, ticks and rule changes through the engine to alerts and actions. What it remembers is
 * a function of the partition's log. A record that cannot be decoded is skipped, in every replay, and is a dead letter
 * in the transaction of its offset; a record type of a later release stops the task.
 */
export class EngineTask implements TaskProcessor {
  readonly restore = 'replay';
  readonly state: TaskState = {
    version: stateVersion,
    changedParts: (bytes) => this.#changedParts(bytes),
    changedCount: () => this.engine.changedCount,
    importParts: (parts) => this.#import(parts),
  };
  readonly engine: EngineLike;
  readonly sequencer: Sequencer;
  readonly #codecs: EngineTaskCodecs;
  readonly #clock: Clock;
  #tick = { at: Number.NEGATIVE_INFINITY, offset: 0 };
  #undecodable = 0;
  #isMuted = true;

  constructor({ engine, sequencer, codecs, clock, refused }: EngineTaskOptions) {
    this.engine = engine((refusal) => {
      if (!this.#isMuted) refused?.(refusal);
    });
    this.sequencer = sequencer;
    this.#codecs = codecs;
    this.#clock = clock;
  }

  /** Records of the log that could not be decoded, restored ones included. */
  get undecodable(): number {
    return this.#undecodable;
  }

  prepare(records: readonly LogRecord[]): Promise<void> {
    return this.#codecs.decoder.prepare(records.map((record) => record.value));
  }

  process(records: readonly LogRecord[], { muted, nextOffset }: Batch): readonly NewRecord[] {
    const made: NewRecord[] = [];
    this.#isMuted = muted;
    for (const record of records) {
      const entry = logEntryOf(record, this.#codecs.decoder);
      if (entry instanceof ResonantError) {
        this.#undecodable++;
        if (!muted) made.push(this.#deadLetterOf(record, entry));
        continue;
      }
      this.#tell(entry, record);
      const outputs = this.engine.apply(entry);
      if (muted) continue;
      const coordinates = { partition: record.partition, tickOffset: this.#tick.offset };
      for (const output of outputs) made.push(outputRecordOf(output, coordinates, this.#codecs.encoders));
    }
    this.sequencer.progress(nextOffset, records.at(-1)?.timestamp);
    return made;
  }

  assigned(position: number): void {
    this.sequencer.start(position);
  }

  lost(): void {
    this.sequencer.stop();
  }

  #changedParts(bytes: number): ChangedParts {
    const parts = new Map<string, string | null>();
    let left = bytes;
    for (const [name, part] of this.engine.changedParts()) {
      parts.set(name, part);
      left -= name.length + (part?.length ?? 0);
      // With what comes each time it would never end, if that alone is more than `bytes`.
      if (left <= 0 && this.engine.changedCount > 0) return { parts, isAll: false };
    }
    parts.set(ownPart, this.#exportOwn());
    return { parts, isAll: true };
  }

  #exportOwn(): string {
    const tick = Number.isFinite(this.#tick.at) ? this.#tick : null;
    const own: OwnState = {
      version: ownVersion,
      tick,
      undecodable: this.#undecodable,
      sequencer: this.sequencer.export(),
    };
    return JSON.stringify(own);
  }

  *#import(parts: ReadonlyMap<string, string>): Generator<void, void> {
    const own = JSON.parse(parts.get(ownPart) ?? 'null') as OwnState | null;
    if (own?.version !== ownVersion) {
      const got = own === null ? 'none' : `version ${own.version}`;
      throw new ResonantError('internal', `expected a part ${ownPart} of version ${ownVersion}, got ${got}`);
    }
    yield* this.engine.importing(parts);
    if (own.tick !== null) this.#tick = own.tick;
    this.#undecodable = own.undecodable;
    this.sequencer.import(own.sequencer);
  }

  /** What ticks and rules depend on. */
  #tell(entry: LogEntry, { offset, timestamp }: LogRecord): void {
    switch (entry.type) {
      case 'signal':
        this.sequencer.signal({ offset, occurredAt: entry.signal.occurredAt });
        break;
      case 'tick':
        if (entry.at > this.#tick.at) this.#tick = { at: entry.at, offset };
        this.sequencer.tick({ offset, at: entry.at, stampedAt: timestamp });
        break;
      case 'rule':
        if (entry.revision !== null) this.sequencer.ruleChange({ ...entry, revision: entry.revision });
        break;
    }
  }

  #deadLetterOf(record: LogRecord, error: ResonantError): NewRecord {
    return this.#codecs.deadLetter({
      source: 'processor',
      origin: `${record.topic}/${record.partition}/${record.offset}`,
      reason: error.code,
      detail: error.message,
      at: this.#clock.now(),
      mediaType: 'application/avro',
      key: record.key,
      headers: record.headers,
      payload: record.value ?? Buffer.alloc(0),
    });
  }
}
