import { type CrmTouchpoint, type Rule, rulesTopic, touchpointsTopic } from '@resonant/contracts';
import { encoderFor, type Log, type Producer } from '@resonant/kafka';

export const ruleId = 'lead-response';

/** Leads that nobody answers within this time become alerts. */
const withinSeconds = 5;
/** Of a hundred leads so many are never answered, and so many too late. */
const unanswered = 2;
const tooLate = 1;
/** Touchpoints per second that still lead to an alert in each partition every few seconds. */
const slowly = 200;
const tooLateMs = (withinSeconds + 5) * 1000;

const document = {
  apiVersion: 'resonant/v1',
  id: ruleId,
  version: 1,
  keyspace: 'lead',
  subject: ['leadId'],
  severity: 'critical',
  pattern: {
    deadline: {
      start: { when: "kind == 'lead-created'" },
      stop: { when: "kind == 'lead-response' && labels.by == 'human'" },
      within: `${withinSeconds}s`,
    },
  },
  actions: [
    { type: 'warning', to: 'supervisor', on: 'opened' },
    { type: 'intervention', to: 'supervisor', on: 'opened', due: '4s', escalateTo: 'director' },
  ],
};

/** How long after its last lead everything is decided that the leads lead to. */
export const decidedAfterMs = (withinSeconds + 10) * 1000;

const touchpoint = (id: string, leadId: string, type: string, occurredAt: number): CrmTouchpoint => ({
  eventId: `crm:${id}`,
  source: 'crm',
  id,
  occurredAt,
  receivedAt: occurredAt,
  channel: 'crm',
  language: 'en',
  threadId: null,
  leadId,
  opportunityId: null,
  via: 'http',
  keyId: null,
  payloadType: 'application/json',
  payload: Buffer.from('{}'),
  type,
  by: 'human',
  parties: [],
  isPersonalised: null,
  subject: null,
  text: '',
  fields: {},
});

/** Sends leads and their answers at a steady rate, until it is stopped. What is not acknowledged is sent again. */
export class Load {
  /** Event ids that were acknowledged. */
  readonly acknowledged = new Set<string>();
  readonly #producer: Producer;
  readonly #encode: (value: CrmTouchpoint) => Buffer;
  readonly #late: { readonly at: number; readonly leadId: string }[] = [];
  #leads = 0;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  private constructor(producer: Producer, encode: (value: CrmTouchpoint) => Buffer) {
    this.#producer = producer;
    this.#encode = encode;
  }

  /** Puts the rule; the load begins with `begin`. */
  static async open(log: Log): Promise<Load> {
    const producer = await log.producer();
    const encodeRule = await encoderFor(log, rulesTopic, 'Rule');
    const rule: Rule = {
      action: 'put',
      ruleId,
      keyspace: 'lead',
      document: JSON.stringify(document),
      changedAt: Date.now(),
      changedBy: null,
    };
    await producer.send({ topic: rulesTopic, key: ruleId, value: encodeRule(rule) });
    return new Load(producer, await encoderFor(log, touchpointsTopic('crm'), 'CrmTouchpoint'));
  }

  /**
   * @param perSecond touchpoints per second; fewer where the log takes no more
   * @param enough acknowledged touchpoints from which on it goes on slowly: state and log grow no further than they have to
   */
  begin(perSecond: number, enough = Number.POSITIVE_INFINITY): void {
    this.#running = this.#run(perSecond, enough);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    await this.#producer.close();
  }

  async #run(perSecond: number, enough: number): Promise<void> {
    const everyMs = 100;
    const startedAt = performance.now();
    for (let turn = 1; !this.#isStopped; turn++) {
      const rate = this.acknowledged.size < enough ? perSecond : Math.min(perSecond, slowly);
      await this.#send(this.#batch(Math.ceil((rate * everyMs) / 1000)));
      const wait = startedAt + turn * everyMs - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    // who was to be answered too late still is
    await this.#send(this.#answersDue(Number.POSITIVE_INFINITY));
  }

  #batch(count: number): readonly CrmTouchpoint[] {
    const now = Date.now();
    const batch = [...this.#answersDue(now)];
    while (batch.length < count) {
      const number = this.#leads++;
      const leadId = `lead-${number}`;
      batch.push(touchpoint(`${number}-created`, leadId, 'lead-created', now));
      const kind = number % 100;
      if (kind < unanswered) continue;
      if (kind < unanswered + tooLate) this.#late.push({ at: now + tooLateMs, leadId });
      else batch.push(touchpoint(`${number}-answered`, leadId, 'lead-response', now));
    }
    return batch;
  }

  #answersDue(now: number): readonly CrmTouchpoint[] {
    const due: CrmTouchpoint[] = [];
    for (let late = this.#late[0]; late !== undefined && late.at <= now; late = this.#late[0]) {
      this.#late.shift();
      due.push(touchpoint(`${late.leadId}-late`, late.leadId, 'lead-response', Math.min(late.at, Date.now())));
    }
    return due;
  }

  async #send(batch: readonly CrmTouchpoint[]): Promise<void> {
    const topic = touchpointsTopic('crm');
    const records = batch.map((value) => ({ topic, key: value.leadId, value: this.#encode(value) }));
    for (;;) {
      try {
        await this.#producer.sendAll(records);
        for (const { eventId } of batch) this.acknowledged.add(eventId);
        return;
      } catch {
        // it may stand there or not: sent again it has the same event ids, and so the same signals
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}
