import type { RecordName, Records } from '@resonant/contracts';
import { encoderFor, type Log } from '@resonant/kafka';

/** Encoders by topic and record; each schema is registered once, and asked for again if that failed. */
export class Encoders {
  readonly #log: Log;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Rejects with `log-unavailable` if the registry is away. */
  async encode<N extends RecordName>(topic: string, name: N, value: Records[N]): Promise<Buffer> {
    const key = `${topic} ${name}`;
    let encoder = this.#known.get(key) as Promise<(value: Records[N]) => Buffer> | undefined;
    if (encoder === undefined) {
      encoder = encoderFor(this.#log, topic, name);
      this.#known.set(key, encoder);
      encoder.catch(() => this.#known.delete(key));
    }
    return (await encoder)(value);
  }
}
