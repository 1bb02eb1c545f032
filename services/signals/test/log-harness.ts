import {
  type Decoded,
  deadLettersTopic,
  directoryTopic,
  keyspaces,
  type RecordName,
  type Records,
  type Signal,
  type Source,
  signalsTopic,
  sources,
  touchpointRecordOf,
  touchpointsTopic,
  vocabularyTopic,
} from '@resonant/contracts';
import { type Admin, decoderFor, encoderFor, type Log, type NewRecord, type Producer } from '@resonant/kafka';
import { type ReferenceKind, toRecord } from '@resonant/service';
import { signalsGroup } from '@resonant/stream';

/** Polls a condition; rejects after `ms` with what it was still waiting for. */
export async function until(what: string, isTrue: () => Promise<boolean> | boolean, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A record read back, with the topic it stood in. */
export interface ReadBack {
  readonly topic: string;
  readonly key: string;
  readonly decoded: Decoded;
  readonly headers: Readonly<Record<string, string>>;
}

/** Writes touchpoints and entries to a log and reads what came of them since the harness was opened. */
export class LogHarness {
  readonly #log: Log;
  readonly #admin: Admin;
  readonly #producer: Producer;
  readonly #from = new Map<string, Map<number, number>>();

  private constructor(log: Log, admin: Admin, producer: Producer) {
    this.#log = log;
    this.#admin = admin;
    this.#producer = producer;
  }

  static async open(log: Log): Promise<LogHarness> {
    const harness = new LogHarness(log, await log.admin(), await log.producer());
    for (const topic of [...keyspaces.map(signalsTopic), deadLettersTopic]) {
      const ends = await harness.#admin.offsets(topic);
      harness.#from.set(topic, new Map(ends.map(({ partition, latest }) => [partition, latest])));
    }
    return harness;
  }

  /** Puts an entry of the directory or vocabulary, as the API does. */
  async put(kind: ReferenceKind, id: string, body: object): Promise<void> {
    const { key, name, value } = toRecord(kind, id, body);
    const topic = name === 'TalkTrack' || name === 'GlossaryEntry' ? vocabularyTopic : directoryTopic;
    await this.#send(topic, key, name, value as Records[typeof name]);
  }

  /** Appends touchpoints of one source, in one request per partition. */
  async touchpoints<S extends Source>(
    source: S,
    values: readonly Records[ReturnType<typeof touchpointRecordOf<S>>][],
    headers: NewRecord['headers'] = {},
  ): Promise<void> {
    const topic = touchpointsTopic(source);
    const encode = await encoderFor(this.#log, topic, touchpointRecordOf(source));
    await this.#producer.sendAll(values.map((value) => ({ topic, key: value.eventId, value: encode(value), headers })));
  }

  /** Appends bytes as they are. */
  async bytes(source: Source, key: string, value: Buffer): Promise<void> {
    await this.#producer.send({
      topic: touchpointsTopic(source),
      key,
      value,
      headers: { 'content-type': 'text/plain' },
    });
  }

  /** True if services/signals has committed every touchpoint that stands in the log now. */
  async isPassed(): Promise<boolean> {
    for (const topic of sources.map(touchpointsTopic)) {
      const committed = await this.#admin.committed(signalsGroup, topic);
      for (const { partition, earliest, latest } of await this.#admin.offsets(topic)) {
        const offset = committed.find((entry) => entry.partition === partition)?.offset ?? earliest;
        if (offset < latest) return false;
      }
    }
    return true;
  }

  /** What stands in a topic since the harness was opened, for readers with read_committed. */
  async read(topic: string): Promise<readonly ReadBack[]> {
    const decoder = decoderFor(this.#log);
    const read: ReadBack[] = [];
    const follower = await this.#log.follow({
      topic,
      from: { offsets: this.#from.get(topic) ?? new Map() },
      onRecords: async (_partition, records) => {
        for (const { key, value, headers } of records) {
          if (value === null) continue;
          const texts = Object.entries(headers).map(([name, header]) => [name, header.toString()] as const);
          read.push({
            topic,
            key: key?.toString() ?? '',
            decoded: await decoder.read(value),
            headers: Object.fromEntries(texts),
          });
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
    return read;
  }

  /** Signals of a keyspace whose event id holds `run`, by id. */
  async signals(keyspace: (typeof keyspaces)[number], run: string): Promise<readonly Signal[]> {
    return (await this.read(signalsTopic(keyspace)))
      .flatMap(({ decoded }) => (decoded.type === 'Signal' ? [decoded.value] : []))
      .filter(({ eventId }) => eventId?.includes(run))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.#producer.close();
    await this.#admin.close();
  }

  async #send<N extends RecordName>(topic: string, key: string, name: N, value: Records[N]): Promise<void> {
    const encode = await encoderFor(this.#log, topic, name);
    await this.#producer.send({ topic, key, value: encode(value) });
  }
}
