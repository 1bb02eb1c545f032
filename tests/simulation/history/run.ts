import {
  type HistoryStore,
  type InsertFault,
  intakeEncoder,
  MemoryStore,
  type MemoryTables,
  noteOf,
  type RangeInsert,
  rowsOf,
  type TopicRows,
} from '@resonant/clickhouse';
import { deadLettersTopic, isResonantError, ResonantError, signalsTopic, topics } from '@resonant/contracts';
import {
  decoderFor,
  encoderFor,
  Faults,
  type InjectedFault,
  type LogRecord,
  MemoryBroker,
  memoryLog,
  type NewRecord,
  type SeededRandom,
  SimulatedProcess,
  seededRandom,
  VirtualTime,
} from '@resonant/kafka';
import { startWriter } from '../../../services/history/src/writer.ts';
import type { Service } from '../services.ts';
import { Slot } from '../slot.ts';

const group = 'resonant-history';
const topic = signalsTopic('account');
const partitions = 3;
const startAt = 1_750_000_000_000;
const troubleMs = 300_000;
const patienceMs = 600_000;
/** No request arrives later than this. */
const longestDelayMs = 60_000;
/** Bytes that the engine of the simulation refuses in a column; as bytes of the record they are taken. */
const poison = 'poison';

/** What a seed led to. */
export interface HistoryReport {
  readonly seed: number;
  /** Records that a `read_committed` reader sees, and those among them that are no rows. */
  readonly records: number;
  readonly rejected: number;
  readonly ranges: number;
  readonly resent: number;
  /** How often an operator moved the offsets back. */
  readonly resets: number;
  readonly faults: readonly InjectedFault[];
  readonly insertFaults: number;
  /** What is not as it should be; empty = exactly once. */
  readonly problems: readonly string[];
}

export interface HistoryRunOptions {
  /** Changes the store of each process: to plant a defect. */
  readonly tamper?: (store: HistoryStore) => HistoryStore;
}

/**
 * Five minutes of trouble for two or three writers of three partitions over one store: processes die, stand still and
 * come back, offsets are moved, the log refuses and forgets, the engine fails before, after, between and in the midst of
 * tables. Then calm, and the books.
 */
export async function simulateHistory(seed: number, { tamper }: HistoryRunOptions = {}): Promise<HistoryReport> {
  const random = seededRandom(seed);
  const time = new VirtualTime(startAt);
  const broker = new MemoryBroker(time);
  const outside = memoryLog({ broker });
  for (const known of topics) broker.createTopic(known, partitions);
  const faults = new Faults(random.fork(), random.pick([0.002, 0.01, 0.03]));
  const tables: MemoryTables = new Map();
  const engine = new FaultyEngine(random.fork());
  const counts = { resent: 0, resets: 0 };
  const launched: SimulatedProcess[] = [];
  const launch = (name: string, died: () => void): SimulatedProcess => {
    const process = new SimulatedProcess({
      name,
      time,
      broker,
      random: random.fork(),
      faults,
      pauseMs: () => random.between(11_000, 90_000),
      rebalance: () => broker.group(group).rebalance(),
      died,
    });
    launched.push(process);
    return process;
  };
  /** When each insert was sent that has not arrived. */
  const underWay = new Set<{ readonly sentAt: number }>();
  const resets = random.fork();
  const sleeps = random.fork();
  /**
   * Offsets may be moved while no writer runs, not even one that sleeps, and no insert of one is under way. Before that
   * the engine fails half-way for a while, so that there is something to remove.
   */
  const reset = (): void => {
    engine.tear(true);
    time.after(resets.between(1000, 5000), () => {
      engine.tear(false);
      move();
    });
  };
  const move = (): void => {
    if ([...underWay].some(({ sentAt }) => time.now() - sentAt < longestDelayMs)) return;
    counts.resets++;
    for (const process of launched) if (!process.isDead) process.kill();
    for (const { at } of broker.partitions(topic)) {
      const committed = broker.committed(group, at)?.offset ?? 0;
      // also to where it stands: that takes away what was pending
      const offset = resets.chance(0.3) ? committed : resets.between(0, committed);
      broker.commit(group, { ...at, offset, metadata: '' });
    }
  };
  const isStatic = random.chance(0.5);
  const start = async (process: SimulatedProcess, slot: string): Promise<Service> => {
    const step = async (point: string): Promise<void> => {
      const request = { sentAt: time.now() };
      if (point === 'insert.request') underWay.add(request);
      // it has looked what to remove, and sleeps while its next owner writes
      const isTrouble = time.now() < startAt + troubleMs;
      if (isTrouble && point === 'clear.request' && sleeps.chance(0.5)) process.pause(sleeps.between(11_000, 90_000));
      await process.step(point).catch((error: unknown) => Promise.reject(asHistory(error)));
      underWay.delete(request);
    };
    const store = new MemoryStore({ tables, step, takes, fault: (insert) => engine.fault(insert) });
    const log = memoryLog({ broker, scheduler: process });
    const writer = await startWriter({
      log,
      store: tamper?.(store) ?? store,
      group,
      topics: [topic],
      limits: {
        batch: { rows: 20, bytes: 6000, ageMs: 500, quietAgeMs: 5000 },
        bufferBytes: 12_000,
        discardAfterMs: 60_000,
        stoppedMs: 5000,
        ledgerCheckMs: 20_000,
      },
      memoryBytes: 20_000,
      observer: { resent: () => void counts.resent++ },
      clock: {
        now: () => process.now(),
        after: (ms, callback) => process.after(ms, callback),
        random: () => random.next(),
      },
      ...(isStatic ? { instanceId: slot } : {}),
    });
    return { failure: writer.failed.catch((error: Error) => error), stop: () => writer.stop() };
  };
  const after = (ms: number, callback: () => void): void => void time.after(ms, callback);
  const slots = Array.from(
    { length: random.between(2, 3) },
    (_, index) => new Slot({ name: `history-${index}`, random, process: launch, start, after, note: () => undefined }),
  );

  const troubleEnds = startAt + troubleMs;
  await fill(outside, random.fork(), time, troubleEnds);
  shake(slots, reset, random.fork(), time, troubleEnds);
  await time.run(troubleEnds);
  faults.calm();
  engine.calm();
  const problems: string[] = [];
  const books = (): readonly string[] => booksOf(outside, broker, new MemoryStore({ tables }));
  const settle = async (): Promise<void> => {
    const isDone = (): boolean => unstored(broker, new MemoryStore({ tables })).length === 0;
    while (!isDone()) await new Promise<void>((resolve) => time.after(500, resolve));
  };
  await time.during(settle(), patienceMs, 'every record stored').catch((error: Error) => problems.push(error.message));
  await time.during(Promise.all(slots.map((slot) => slot.close())), patienceMs, 'every writer stopped');
  await prepareDecoding(outside, broker);
  problems.push(...books());
  const stored = new MemoryStore({ tables });
  const ranges = partitionsOf(broker).flatMap(({ at }) => stored.ranges(at));
  return {
    seed,
    records: ranges.reduce((sum, { nRecords }) => sum + nRecords, 0),
    rejected: ranges.reduce((sum, { nRejected }) => sum + nRejected, 0),
    ranges: ranges.length,
    ...counts,
    faults: faults.injected,
    insertFaults: engine.injected,
    problems,
  };
}

/** The engine's own faults. */
class FaultyEngine {
  injected = 0;
  readonly #random: SeededRandom;
  readonly #rate: number;
  #isCalm = false;
  #isTearing = false;
  /** Tokens of inserts in which it died. */
  readonly #died = new Set<string>();

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#rate = random.pick([0, 0.05, 0.2]);
  }

  calm(): void {
    this.#isCalm = true;
  }

  /** Whether every insert ends between two tables. */
  tear(isTearing: boolean): void {
    this.#isTearing = isTearing;
  }

  fault({ range }: RangeInsert): InsertFault | undefined {
    if (this.#isTearing && !this.#isCalm) return { at: 'between', code: 'history-unavailable' };
    if (this.#isCalm || !this.#random.chance(this.#rate)) return undefined;
    this.injected++;
    const ends = ['before', 'after', 'between', 'in the first', 'in the second', 'behind the first'] as const;
    const at = this.#random.pick(ends);
    if (at === 'in the first' || at === 'in the second') this.#died.add(range.token);
    // a view that fails on the data leaves tables uneven under a code that says the data are bad; where the engine had lost
    // the rows before, nothing could tell that from data that are
    const isOfData = at === 'between' && this.#random.chance(0.3) && !this.#died.has(range.token);
    return { at, code: isOfData ? 'history-refused-data' : 'history-unavailable' };
  }
}

/** The value of a record is taken as bytes; the same bytes in a column are not. */
const takes = (row: Buffer): boolean => row.indexOf(poison) === row.lastIndexOf(poison);

const asHistory = (error: unknown): unknown =>
  isResonantError(error, 'log-unavailable') ? new ResonantError('history-unavailable', error.message) : error;

/** Appends signals, ticks, what cannot be decoded and what the engine refuses, some in transactions that may be aborted. */
async function fill(
  log: ReturnType<typeof memoryLog>,
  random: SeededRandom,
  time: VirtualTime,
  until: number,
): Promise<void> {
  const [signal, tick] = [await encoderFor(log, topic, 'Signal'), await encoderFor(log, topic, 'Tick')];
  const producer = await log.producer();
  const transactional = await log.transactionalProducer('fill');
  let made = 0;
  const recordOf = (): NewRecord => {
    const partition = random.between(0, partitions - 1);
    const id = ++made;
    const at = time.now();
    const value = random.chance(0.1)
      ? tick({ at })
      : random.chance(0.01)
        ? Buffer.from(`not avro ${id}`)
        : signal({ ...plainSignal, id: `s${id}`, kind: random.chance(0.005) ? poison : 'touch', occurredAt: at });
    return { topic, partition, key: 'acme', value };
  };
  const append = (): void => {
    if (time.now() >= until) return;
    const records = Array.from({ length: random.between(1, 40) }, recordOf);
    void (random.chance(0.3) ? transactional.commit({ records }) : producer.sendAll(records));
    time.after(random.between(50, 4000), append);
  };
  append();
}

const plainSignal = {
  channel: 'call',
  accountId: 'acme',
  contactId: null,
  repId: null,
  teamId: null,
  regionId: null,
  leadId: null,
  opportunityId: null,
  eventId: null,
  measures: {},
  labels: {},
} as const;

function shake(
  slots: readonly Slot[],
  reset: () => void,
  random: SeededRandom,
  time: VirtualTime,
  until: number,
): void {
  const blow = (): void => {
    if (time.now() >= until) return;
    const slot = random.pick(slots);
    const kind = random.pick(['kill', 'pause', 'restart', 'replace', 'reset'] as const);
    if (kind === 'reset') reset();
    else if (kind === 'restart') slot.restart();
    else if (kind === 'kill') slot.process.kill();
    else if (kind === 'pause') slot.process.pause(random.between(11_000, 90_000));
    else slot.replace(random.between(11_000, 90_000));
    time.after(random.between(2000, 30_000), blow);
  };
  time.after(random.between(2000, 10_000), blow);
}

const partitionsOf = (broker: MemoryBroker) => broker.partitions(topic);

const recordsOf = (partition: ReturnType<MemoryBroker['partitions']>[number]): readonly LogRecord[] =>
  partition.read(0, 'read_committed', Number.POSITIVE_INFINITY).records;

/** Partitions whose last record is not in the ledger, or of which a range is pending. */
function unstored(broker: MemoryBroker, store: MemoryStore): readonly number[] {
  return partitionsOf(broker)
    .filter((partition) => {
      const last = recordsOf(partition).at(-1)?.offset ?? -1;
      const note = noteOf(broker.committed(group, partition.at)?.metadata ?? '');
      // after a reset it stands there until the next range
      const isPending = note.kind === 'pending' && !note.pending.afterReset;
      return isPending || (store.ranges(partition.at).at(-1)?.last ?? -1) < last;
    })
    .map(({ at }) => at.partition);
}

async function prepareDecoding(log: ReturnType<typeof memoryLog>, broker: MemoryBroker): Promise<void> {
  const values = partitionsOf(broker).flatMap((partition) => recordsOf(partition).map(({ value }) => value));
  await decoderFor(log).prepare(values);
}

/** What is not as one undisturbed writer would have left it. */
function booksOf(log: ReturnType<typeof memoryLog>, broker: MemoryBroker, store: MemoryStore): readonly string[] {
  const rows = rowsOf(topic) as TopicRows;
  const encoder = intakeEncoder(rows.table);
  const decoder = decoderFor(log);
  const refuse = (): never => {
    throw new ResonantError('undecodable-record', 'refused');
  };
  const problems: string[] = [];
  const letters = new Set<string>();
  for (const partition of partitionsOf(broker)) {
    const { at } = partition;
    const name = `${at.topic}/${at.partition}`;
    let rejected = 0;
    const expected = recordsOf(partition).map((record) => {
      const built = rows.build(record, (value) => decoder.decode(value), 0);
      const bytes = encoder.encodeRow(built.row as never);
      const isRefused = built.rejection !== undefined || !takes(bytes);
      if (!isRefused) return bytes;
      rejected++;
      letters.add(`${name}/${record.offset}`);
      return encoder.encodeRow(rows.build(record, refuse, 0).row as never);
    });
    const actual = store.rows(rows.table, at);
    if (actual.length !== expected.length) problems.push(`${name}: ${actual.length} rows, expected ${expected.length}`);
    const different = expected.findIndex((row, index) => actual[index]?.equals(row) !== true);
    if (different >= 0) problems.push(`${name}: row ${different} is another`);
    const ranges = store.ranges(at);
    let next = 0;
    for (const { first, last } of ranges) {
      if (first !== next) problems.push(`${name}: a range begins at ${first}, expected ${next}`);
      next = last + 1;
    }
    const counted = ranges.reduce((sum, range) => sum + range.nRecords, 0);
    if (counted !== expected.length)
      problems.push(`${name}: the ledger counts ${counted} records of ${expected.length}`);
    const rejectedInLedger = ranges.reduce((sum, range) => sum + range.nRejected, 0);
    if (rejectedInLedger !== rejected)
      problems.push(`${name}: the ledger counts ${rejectedInLedger} rejected of ${rejected}`);
  }
  const written = broker
    .partitions(deadLettersTopic)
    .flatMap((partition) => recordsOf(partition).map(({ key }) => String(key)));
  if (new Set(written).size !== letters.size || written.some((origin) => !letters.has(origin))) {
    problems.push(`dead letters of ${new Set(written).size} records, expected of ${letters.size}`);
  }
  return problems;
}
