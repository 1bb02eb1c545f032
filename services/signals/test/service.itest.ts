import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type Decoded,
  deadLettersTopic,
  type Keyspace,
  keyField,
  keyspaces,
  type Party,
  type Signal,
} from '@resonant/contracts';
import { connectKafka, type Log } from '@resonant/kafka';
import { analyze, isPersonalised } from '@resonant/language';
import type { ReferenceKind } from '@resonant/service';
import { deriveSignals, type Knowledge } from '../src/derivation.ts';
import { Directory } from '../src/directory.ts';
import { Vocabulary } from '../src/vocabulary.ts';
import { call, crm, mail, party, post, put, read } from './knowledge.ts';
import { LogHarness, until } from './log-harness.ts';
import { required, ServiceProcess } from './service-process.ts';

jest.setTimeout(120_000);

// The stack is shared: everything of one run carries its name.
const run = `it-${randomUUID().slice(0, 8)}`;
const env = {
  KAFKA_BROKERS: required('KAFKA_BROKERS'),
  SCHEMA_REGISTRY_URL: required('SCHEMA_REGISTRY_URL'),
};
const entries: readonly [ReferenceKind, string, object][] = [
  ['regions', `${run}-north`, { name: 'North' }],
  ['teams', `${run}-team`, { name: 'Team', regions: [{ regionId: `${run}-north` }] }],
  ['reps', `${run}-rep`, { name: 'Rep', teams: [{ teamId: `${run}-team` }], emails: [`rep@${run}-us.example`] }],
  ['accounts', `${run}-acme`, { name: 'Acme', owners: [{ repId: `${run}-rep` }], domains: [`${run}.example`] }],
  ['contacts', `${run}-one`, { accounts: [{ accountId: `${run}-acme` }], handles: [`github:${run}`] }],
  ['talk-tracks', `${run}-policy`, { phrases: [`our ${run} promise holds for two years`, `${run} 承诺两年内有效`] }],
];
const rep = party({ role: 'rep', speaker: 'rep', email: `rep@${run}-us.example` });
const customer = party({ role: 'customer', speaker: 'customer', email: `buyer@${run}.example` });

let log: Log;
let harness: LogHarness;
let expectedBy: Knowledge;
const running: ServiceProcess[] = [];

const start = async (): Promise<ServiceProcess> => {
  const service = new ServiceProcess(env);
  running.push(service);
  await service.ready();
  return service;
};

beforeAll(async () => {
  log = connectKafka({ brokers: env.KAFKA_BROKERS.split(','), registryUrl: env.SCHEMA_REGISTRY_URL, clientId: run });
  harness = await LogHarness.open(log);
  expectedBy = { directory: new Directory(), vocabulary: new Vocabulary(), analyzer: { analyze, isPersonalised } };
  for (const [kind, id, body] of entries) {
    await harness.put(kind, id, body);
    put(expectedBy, kind, id, body);
  }
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.end('SIGTERM')));
});

afterAll(async () => {
  await harness.close();
  await log.close();
});

const passed = () => until('every touchpoint to be passed', () => harness.isPassed(), 60_000);

/** Other runs' talk-tracks stand in the same vocabulary. */
const isOurs = ({ labels }: Signal): boolean => labels.track === undefined || labels.track.startsWith(run);
const byId = (a: Signal, b: Signal): number => (a.id < b.id ? -1 : 1);
const inKeyspace = (signals: readonly Signal[], keyspace: Keyspace) =>
  signals.filter((signal) => signal[keyField[keyspace]] !== null).sort(byId);

describe('services/signals on the real stack', () => {
  test('turns touchpoints of every source, in both languages, into exactly their signals in every keyspace', async () => {
    const id = (source: string) => ({ eventId: `${source}:${run}` });
    const english = call(
      [
        'rep: hello',
        `rep: our ${run} promise`,
        'rep: holds for two years',
        'customer: this is terrible, it fails again',
      ],
      { ...id('calls'), parties: [rep, customer], direction: 'outbound' },
    );
    const chinese = call([`rep: ${run} 承诺两年内有效`, 'customer: 好的'], {
      eventId: `calls:${run}-zh`,
      parties: [rep, customer],
      language: 'zh',
    });
    const author: Party = party({ handle: `github:${run}` });
    const touchpoints = {
      calls: [english, chinese],
      emails: [
        mail({ ...id('emails'), from: customer, to: [rep], text: '你们的接口怎么配置单点登录？' }),
        mail({ eventId: `emails:${run}-answer`, from: rep, to: [customer], leadId: `${run}-lead`, text: 'Hello Acme' }),
      ],
      forum: [post({ ...id('forum'), author, text: 'How do I configure SSO with your API?' })],
      knowledge: [read({ ...id('knowledge'), reader: rep })],
      crm: [crm({ ...id('crm'), leadId: `${run}-lead`, parties: [customer] })],
    } as const;
    const decoded: Decoded[] = [
      ...touchpoints.calls.map((value) => ({ type: 'CallTouchpoint', value }) as const),
      ...touchpoints.emails.map((value) => ({ type: 'EmailTouchpoint', value }) as const),
      ...touchpoints.forum.map((value) => ({ type: 'ForumTouchpoint', value }) as const),
      ...touchpoints.knowledge.map((value) => ({ type: 'KnowledgeTouchpoint', value }) as const),
      ...touchpoints.crm.map((value) => ({ type: 'CrmTouchpoint', value }) as const),
    ];
    const expected = decoded.flatMap((touchpoint) => deriveSignals(touchpoint, expectedBy).signals);
    const certain = [
      'eligible-call',
      'eligible-call',
      'kb-read',
      'lead-created',
      'lead-response',
      'talk-track',
      'talk-track',
    ];
    const kinds = expected.map(({ kind }) => kind).sort();
    expect(kinds.filter((kind) => !['sentiment', 'intent', 'touch'].includes(kind))).toEqual(certain);
    expect(kinds.filter((kind) => kind === 'touch').length).toBe(2);
    expect(kinds.filter((kind) => kind === 'sentiment').length).toBe(4);

    const service = await start();
    await harness.touchpoints('calls', touchpoints.calls);
    await harness.touchpoints('emails', touchpoints.emails);
    await harness.touchpoints('forum', touchpoints.forum);
    await harness.touchpoints('knowledge', touchpoints.knowledge);
    await harness.touchpoints('crm', touchpoints.crm);
    await passed();
    for (const keyspace of keyspaces) {
      const signals = (await harness.signals(keyspace, run)).filter(isOurs);
      expect({ keyspace, signals }).toEqual({ keyspace, signals: inKeyspace(expected, keyspace) });
    }
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('puts aside a record that cannot be decoded, and others go on', async () => {
    const service = await start();
    const bytes = Buffer.from(`${run}: no avro`);
    const about = { from: customer, text: 'hello' };
    await harness.touchpoints('emails', [mail({ eventId: `emails:${run}-before`, ...about })]);
    await harness.bytes('emails', `emails:${run}-before`, bytes);
    await harness.touchpoints('emails', [mail({ eventId: `emails:${run}-behind`, ...about })]);
    await passed();
    const letters = (await harness.read(deadLettersTopic)).flatMap(({ decoded }) =>
      decoded.type === 'DeadLetter' && decoded.value.payload.equals(bytes) ? [decoded.value] : [],
    );
    expect(letters.map(({ source, reason }) => [source, reason])).toEqual([['signals', 'undecodable-record']]);
    const sentiments = async (event: string) =>
      (await harness.signals('account', `emails:${run}-${event}`)).filter(({ kind }) => kind === 'sentiment').length;
    expect(await sentiments('before')).toBe(1);
    expect(await sentiments('behind')).toBe(1);
    const { tables } = (await service.get('/v1/status')) as { tables: { topic: string }[] };
    expect(tables.map(({ topic }) => topic)).toEqual(['resonant.directory.v1', 'resonant.vocabulary.v1']);
  });

  test('a process killed with work in flight and replaced gives each signal once', async () => {
    const count = 2000;
    const eventOf = (n: number) => `emails:${run}-kill-${n}`;
    const first = await start();
    const sent = (async () => {
      for (let n = 0; n < count; n += 20) {
        await harness.touchpoints(
          'emails',
          Array.from({ length: 20 }, (_, more) =>
            mail({ eventId: eventOf(n + more), from: customer, text: `hello number ${n + more}` }),
          ),
        );
      }
    })();
    const some = async () => (await harness.signals('account', `${run}-kill`)).length >= 20;
    await until('the first signals', some);
    await first.end('SIGKILL');
    expect((await harness.signals('account', `${run}-kill`)).length).toBeLessThan(count);
    await start();
    await sent;
    await passed();
    const sentiments = (await harness.signals('account', `${run}-kill`)).filter(({ kind }) => kind === 'sentiment');
    expect(sentiments.map(({ eventId }) => eventId).sort()).toEqual(
      Array.from({ length: count }, (_, n) => eventOf(n)).sort(),
    );
  });
});
