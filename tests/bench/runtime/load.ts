import { type Keyspace, rulesTopic, type Signal, signalsTopic } from '@resonant/contracts';
import { encoderFor, type Log, type NewRecord } from '@resonant/kafka';
import { shippedRules } from '@resonant/rules';

/** Keyspaces of the three rules: rep breaker, resonance, lead response. */
export const ruleOf = { team: 'rep-new-policy-usage', account: 'resonance', lead: 'lead-response' } as const;
export const loadedKeyspaces = ['account', 'team', 'lead'] as const satisfies readonly Keyspace[];

const start0 = Date.UTC(2026, 2, 2, 8);
/** Signals in a second of log time. */
const perSecond = 150;
const chunk = 6000;

export interface Load {
  /** Signals over all keyspaces. */
  readonly signals: number;
  /** Accounts that they are about. */
  readonly subjects: number;
  readonly partitions: number;
}

/** A signal with nothing in it. */
export const emptySignal: Signal = {
  ...{ id: '', kind: '', occurredAt: 0, channel: null, accountId: null, contactId: null, repId: null, teamId: null },
  ...{ regionId: null, leadId: null, opportunityId: null, measures: {}, labels: {}, eventId: null },
};

/** The n-th signal, and the number that decides its partition. */
function signalAt(
  n: number,
  subjects: number,
): { readonly signal: Signal; readonly keyspace: Keyspace; readonly place: number } {
  const keyspace = loadedKeyspaces[n % 3] as (typeof loadedKeyspaces)[number];
  const k = Math.floor(n / 3);
  const base = {
    ...emptySignal,
    id: `s${n}`,
    eventId: `bench:${n}`,
    occurredAt: start0 + Math.floor((n * 1000) / perSecond),
  };
  if (keyspace === 'account') {
    const place = k % subjects;
    const accountId = `account-${place}`;
    // one account of fifty complains and asks: those resonate
    const isLoud = place % 50 === 0;
    if (!isLoud || Math.floor(k / subjects) % 2 === 0) {
      const signal = {
        ...base,
        kind: 'sentiment',
        accountId,
        channel: 'forum',
        measures: { polarity: isLoud ? -0.7 : 0.4 },
      };
      return { signal, keyspace, place };
    }
    const labels = { intent: 'technical-consultation' };
    return { signal: { ...base, kind: 'intent', accountId, channel: 'email', labels }, keyspace, place };
  }
  if (keyspace === 'team') {
    const place = k % 100;
    const rep = Math.floor(k / 200) % 5;
    const who = { ...base, teamId: `team-${place}`, repId: `rep-${place}-${rep}`, labels: { track: 'new-policy' } };
    // calls and uses take turns; the first rep of each team never uses it
    const isUse = Math.floor(k / 100) % 2 === 1 && rep > 0;
    return { signal: { ...who, kind: isUse ? 'talk-track' : 'eligible-call' }, keyspace, place };
  }
  // 25 leads a second, answered after 20 s, and one of fifty after 100 s
  const lead = Math.floor(k / 2);
  const answered = (lead - 500) % 50 === 0 ? lead - 2500 : lead - 500;
  const isAnswer = k % 2 === 1 && answered >= 0;
  const place = isAnswer ? answered : lead;
  const about = { ...base, leadId: `lead-${place}`, labels: { by: 'human' } };
  return { signal: { ...about, kind: isAnswer ? 'lead-response' : 'lead-created' }, keyspace, place };
}

/** Puts the three rules and appends the load with a tick for each second, in order per partition. Returns the records. */
export async function appendLoad(
  log: Log,
  { signals, subjects, partitions }: Load,
  said: (line: string) => void,
): Promise<number> {
  const producer = await log.producer({ timeoutMs: 120_000 });
  let count = 0;
  let waiting: NewRecord[] = [];
  const flush = async (): Promise<void> => {
    await producer.sendAll(waiting);
    count += waiting.length;
    waiting = [];
  };
  const encoders = new Map<
    Keyspace,
    { signal: (value: Signal) => Buffer; tick: (value: { readonly at: number }) => Buffer }
  >();
  for (const keyspace of loadedKeyspaces) {
    const topic = signalsTopic(keyspace);
    encoders.set(keyspace, {
      signal: await encoderFor(log, topic, 'Signal'),
      tick: await encoderFor(log, topic, 'Tick'),
    });
    waiting.push(...(await ruleRecords(log, keyspace, partitions)));
  }
  const tick = (at: number): void => {
    for (const keyspace of loadedKeyspaces) {
      const value = encoders.get(keyspace)?.tick({ at }) ?? null;
      for (let partition = 0; partition < partitions; partition++) {
        waiting.push({ topic: signalsTopic(keyspace), partition, key: null, value });
      }
    }
  };
  tick(start0);
  for (let n = 0; n < signals; n++) {
    const { signal, keyspace, place } = signalAt(n, subjects);
    const value = encoders.get(keyspace)?.signal(signal) ?? null;
    waiting.push({ topic: signalsTopic(keyspace), partition: place % partitions, key: 'k', value });
    if (n % perSecond === perSecond - 1) tick(start0 + Math.ceil(n / perSecond) * 1000);
    if (waiting.length >= chunk) await flush();
    if (n % 100_000 === 99_999) said(`${n + 1} of ${signals} signals appended`);
  }
  await flush();
  await producer.close();
  return count;
}

/** The rule in the rules topic, and in each partition where it takes effect. */
async function ruleRecords(
  log: Log,
  keyspace: (typeof loadedKeyspaces)[number],
  partitions: number,
): Promise<NewRecord[]> {
  const ruleId = ruleOf[keyspace];
  const document = JSON.stringify(shippedRules().find(({ id }) => id === ruleId)?.document);
  const revision = await putRule(log, ruleId, keyspace, document);
  const encode = await encoderFor(log, signalsTopic(keyspace), 'RuleChange');
  const value = encode({ action: 'put', ruleId, document, revision });
  return Array.from({ length: partitions }, (_, partition) => ({
    topic: signalsTopic(keyspace),
    partition,
    key: ruleId,
    value,
  }));
}

/** Resolves with the revision. */
export async function putRule(log: Log, ruleId: string, keyspace: Keyspace, document: string): Promise<number> {
  const encode = await encoderFor(log, rulesTopic, 'Rule');
  const producer = await log.producer();
  const value = encode({ action: 'put', ruleId, keyspace, document, changedAt: Date.now(), changedBy: null });
  const { offset } = await producer.send({ topic: rulesTopic, key: ruleId, value });
  await producer.close();
  return offset;
}
