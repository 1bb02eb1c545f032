import {
  type Alert,
  type Keyspace,
  type RecordName,
  type Records,
  rulesTopic,
  signalsTopic,
  touchpointRecordOf,
  touchpointsTopic,
} from '@resonant/contracts';
import {
  encoderFor,
  type Log,
  type NewRecord,
  type Producer,
  type SeededRandom,
  type SimulatedProcess,
} from '@resonant/kafka';
import { acknowledgementSignal } from '../../services/gateway/src/alerts/acknowledger.ts';
import { ruleDocuments, type Scenario } from './scenario.ts';
import { happenings, type Upstream } from './touchpoints.ts';

const againMs = 500;

interface SendersOptions {
  readonly process: SimulatedProcess;
  readonly random: SeededRandom;
  readonly scenario: Scenario;
}

/**
 * The senders: ingest, the gateway's rules and acknowledgements. What the log does not acknowledge is sent again, so a
 * lost acknowledgement makes a second copy. They do not die here: what they answer for is what was acknowledged.
 */
export class Senders {
  /** Event ids whose touchpoint was acknowledged. */
  readonly acknowledged = new Set<string>();
  readonly #log: Log;
  readonly #producer: Producer;
  readonly #process: SimulatedProcess;
  readonly #random: SeededRandom;
  readonly #scenario: Scenario;
  #waiting = 0;
  #visits = 0;
  #isOver = false;

  private constructor(log: Log, producer: Producer, options: SendersOptions) {
    this.#log = log;
    this.#producer = producer;
    this.#process = options.process;
    this.#random = options.random;
    this.#scenario = options.scenario;
  }

  static async open(log: Log, options: SendersOptions): Promise<Senders> {
    for (;;) {
      const producer = await log.producer().catch(() => undefined);
      if (producer !== undefined) return new Senders(log, producer, options);
      await options.process.pass(againMs);
    }
  }

  /** Resolves when everything that was begun has been acknowledged. */
  async done(): Promise<void> {
    while (!this.#isOver || this.#waiting > 0) await this.#process.pass(againMs);
  }

  /** Puts every rule, then has touchpoints come and rules change until `until` (epoch ms). */
  begin(until: number): void {
    for (const document of this.#documents()) this.#putRule(document(1));
    this.#visit(until);
    this.#changeRules(until);
  }

  /** Acknowledges an alert or an action of it. */
  acknowledge(alert: Alert, actionId: string | null): void {
    const keyspace = alert.keyspace as Keyspace;
    const request = { alert, actionId, note: null, requestId: `${this.#visits}`, keyId: 'key-1' };
    const value = acknowledgementSignal(request, this.#process.now());
    const { partition, partitionKey: key } = alert;
    void this.#send(signalsTopic(keyspace), 'Signal', value, { partition, key });
  }

  #documents() {
    return this.#scenario.keyspaces.flatMap((keyspace) => ruleDocuments[keyspace]);
  }

  #visit(until: number): void {
    const now = this.#process.now();
    if (now >= until) {
      this.#isOver = true;
      return;
    }
    const id = String(++this.#visits);
    for (const { touchpoint, sendAt } of happenings(this.#random, id, now)) {
      this.#waiting++;
      this.#process.after(sendAt - now, () => void this.#touchpoint(touchpoint).then(() => this.#waiting--));
    }
    const mean = this.#scenario.touchpointEveryMs;
    this.#process.after(this.#random.between(1, 2 * mean), () => this.#visit(until));
  }

  /** Every two minutes or so a rule changes, or is deleted and put again. */
  #changeRules(until: number, version = 2): void {
    const wait = this.#random.between(60_000, 180_000);
    this.#process.after(wait, () => {
      if (this.#process.now() >= until) return;
      const document = this.#random.pick(this.#documents())(version);
      if (!this.#random.chance(0.3)) this.#putRule(document);
      else void this.#deleteRule(document.id).then(() => this.#putRule(document));
      this.#changeRules(until, version + 1);
    });
  }

  #putRule(document: Readonly<Record<string, unknown>> & { readonly id: string }): void {
    const keyspace = document.keyspace as Keyspace;
    void this.#rule({ action: 'put', ruleId: document.id, keyspace, document: JSON.stringify(document) });
  }

  async #deleteRule(ruleId: string): Promise<void> {
    await this.#rule({ action: 'delete', ruleId, keyspace: null, document: null });
    await this.#process.pass(5000);
  }

  #rule(change: Pick<Records['Rule'], 'action' | 'ruleId' | 'keyspace' | 'document'>): Promise<void> {
    const value = { ...change, changedAt: this.#process.now(), changedBy: null };
    return this.#send(rulesTopic, 'Rule', value, { key: change.ruleId });
  }

  async #touchpoint({ source, value }: Upstream): Promise<void> {
    await this.#send(touchpointsTopic(source), touchpointRecordOf(source), value, { key: value.eventId });
    this.acknowledged.add(value.eventId);
  }

  async #send<N extends RecordName>(
    topic: string,
    name: N,
    value: Records[N],
    place: Pick<NewRecord, 'key' | 'partition'>,
  ): Promise<void> {
    this.#waiting++;
    const encode = await encoderFor(this.#log, topic, name);
    for (let isStored = false; !isStored; ) {
      isStored = await this.#producer.send({ topic, ...place, value: encode(value) }).then(
        () => true,
        () => false,
      );
      if (!isStored) await this.#process.pass(againMs);
    }
    this.#waiting--;
  }
}
