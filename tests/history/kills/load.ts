import { eventHeaders, signalsTopic } from '@resonant/contracts';
import { encoderFor, type Log, type NewRecord, type Producer } from '@resonant/kafka';

export const topic = signalsTopic('account');
export const partitions = 3;
const batch = 600;

/** Signals, every tenth record a tick, every 5000th bytes that nobody can read. */
export class Load {
  readonly #producer: Producer;
  readonly #recordOf: (id: number) => NewRecord;
  #appended = 0;

  static async open(log: Log): Promise<Load> {
    const [signal, tick] = [await encoderFor(log, topic, 'Signal'), await encoderFor(log, topic, 'Tick')];
    return new Load(await log.producer(), (id) => {
      const at = 1_750_000_000_000 + id;
      const value =
        id % 5000 === 4999
          ? Buffer.from(`unreadable ${id}`)
          : id % 10 === 0
            ? tick({ at })
            : signal({ ...plainSignal, id: `s${id}`, accountId: `acme-${id % 100}`, occurredAt: at });
      const isTick = id % 10 === 0;
      const headers = eventHeaders({ id: `s${id}`, type: 'signal', source: '/kill-loop', time: at });
      return { topic, partition: id % partitions, key: isTick ? null : 'acme', value, ...(isTick ? {} : { headers }) };
    });
  }

  private constructor(producer: Producer, recordOf: (id: number) => NewRecord) {
    this.#producer = producer;
    this.#recordOf = recordOf;
  }

  get appended(): number {
    return this.#appended;
  }

  /** Appends `count` more, about `perSecond` of them a second. */
  async run(count: number, perSecond: number, signal: AbortSignal): Promise<void> {
    const end = this.#appended + count;
    const began = performance.now();
    for (let sent = 0; this.#appended < end && !signal.aborted; ) {
      const size = Math.min(batch, end - this.#appended);
      const from = this.#appended;
      await this.#producer.sendAll(Array.from({ length: size }, (_, index) => this.#recordOf(from + index)));
      this.#appended += size;
      sent += size;
      const aheadMs = (sent / perSecond) * 1000 - (performance.now() - began);
      if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}

const plainSignal = {
  kind: 'sentiment',
  channel: 'call',
  contactId: null,
  repId: 'rep-07',
  teamId: 'north-1',
  regionId: null,
  leadId: null,
  opportunityId: null,
  eventId: null,
  measures: { polarity: -0.5 },
  labels: {},
} as const;
