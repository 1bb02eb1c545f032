import type { RecordName, Records } from '@resonant/contracts';
import { eventHeaders } from '@resonant/contracts';
import type { Appended, Producer } from '@resonant/kafka';
import type { Encoders } from './encoders.ts';

/** Writes entries of compacted topics. Each method resolves once the record is durable (acks=all). */
export class Writer {
  readonly #producer: Producer;
  readonly #encoders: Encoders;
  readonly #now: () => number;

  constructor(producer: Producer, encoders: Encoders, now: () => number) {
    this.#producer = producer;
    this.#encoders = encoders;
    this.#now = now;
  }

  /** Rejects with `log-unavailable`; then nothing was accepted. */
  async put<N extends RecordName>(
    topic: string,
    key: string,
    name: N,
    value: Records[N],
    traceparent: string,
  ): Promise<Appended> {
    const type = name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const headers = eventHeaders({ id: key, type, source: '/services/gateway', time: this.#now(), traceparent });
    return this.#producer.send({ topic, key, value: await this.#encoders.encode(topic, name, value), headers });
  }

  /** A tombstone. Rejects with `log-unavailable`. */
  remove(topic: string, key: string): Promise<Appended> {
    return this.#producer.send({ topic, key, value: null });
  }
}
