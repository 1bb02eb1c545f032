import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  alertsTopic,
  type Keyspace,
  keyspaces,
  type Signal,
  type Source,
  signalsTopic,
  touchpointsTopic,
} from '@resonant/contracts';
import { readTopic } from '@resonant/kafka';
import type { WebSocket } from 'ws';
import { type StreamedAlert, streamAlerts } from '../support/alert-stream.ts';
import { type Product, startProduct, withoutHistory } from '../support/product.ts';
import { within } from '../support/within.ts';

let product: Product;
let socket: WebSocket;
const streamed: StreamedAlert[] = [];

beforeAll(async () => {
  product = await startProduct(7780, 'wall', withoutHistory);
  for (const section of ['directory', 'vocabulary']) {
    expect(await product.resonant([section, 'load', `packages/cli/demo/${section}.yaml`])).toMatchObject({ code: 0 });
  }
  socket = await streamAlerts(product.api, (alert) => streamed.push(alert));
}, 400_000);

jest.setTimeout(60_000);

afterAll(async () => {
  socket?.close();
  await product?.stop();
}, 60_000);

const began = Math.floor(Date.now() / 1000) * 1000;
const minutesAgo = (minutes: number): string => new Date(began - minutes * 60_000).toISOString();

const lead = {
  id: 'lead-created',
  type: 'lead-created',
  leadId: 'lead-e2e',
  parties: [{ role: 'rep', repId: 'rep-05' }],
};

const call = {
  id: 'call-1',
  occurredAt: minutesAgo(30),
  direction: 'outbound',
  parties: [
    { role: 'rep', speaker: 'A', repId: 'rep-01' },
    { role: 'customer', speaker: 'B', contactId: 'acme-1' },
  ],
  utterances: [
    {
      speaker: 'A',
      startMs: 0,
      endMs: 4000,
      text: 'about your contract the new pricing policy locks your rate for two years',
    },
    {
      speaker: 'B',
      startMs: 4000,
      endMs: 9000,
      text: 'this is terrible the export is painfully slow and we are very disappointed',
    },
  ],
};

const postAt = (at: string) => ({
  action: 'created',
  issue: {
    id: 11,
    number: 7,
    title: 'Limits',
    body: 'Collected.',
    html_url: 'https://github.com/vendor/community/issues/7',
    user: { login: 'vendor-docs' },
    created_at: minutesAgo(60),
    updated_at: minutesAgo(60),
  },
  comment: {
    id: 12,
    body: 'What is the maximum batch size of the events endpoint, and does a 207 response list the failed items by index?',
    html_url: 'https://github.com/vendor/community/issues/7#issuecomment-12',
    user: { login: 'acme-platform' },
    created_at: at,
    updated_at: at,
  },
  repository: { full_name: 'vendor/community', private: false },
});
/** The second half of a pair has to be later than the put of its rule, so it is dated as it is sent. */
const thisSecond = (): string => new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
let postId = '';

const mail = [
  'From: contact@northwind.example',
  'To: rep-02@vendor.example',
  'Subject: =?utf-8?B?5pyN5Yqh?=',
  'Message-ID: <mail-1@northwind.example>',
  `Date: ${new Date(began - 10 * 60_000).toUTCString().replace('GMT', '+0000')}`,
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
  '你们的服务太糟糕了，我们非常失望，系统每天都崩溃。',
  '',
].join('\r\n');

const search = {
  id: 'search-1',
  reader: { role: 'customer', contactId: 'northwind-1' },
  pageId: 'sso',
  query: 'how to configure single sign-on with SAML',
  activeSeconds: 30,
};

const json = { 'content-type': 'application/json' };
const secretOf = (body: string): string => createHmac('sha256', product.githubSecret).update(body).digest('hex');

test('a lead of the CRM makes one record and one lead-created in each keyspace whose key it has', async () => {
  const body = JSON.stringify({ ...lead, occurredAt: new Date().toISOString() });
  expect(await sent('/v1/touchpoints/crm', json, body)).toEqual([201, 'crm:lead-created', 'accepted']);
  expect(await sent('/v1/touchpoints/crm', json, body)).toEqual([200, 'crm:lead-created', 'duplicate']);
  await stands('crm', 'crm:lead-created', body, {
    account: [],
    team: ['lead-created'],
    region: ['lead-created'],
    lead: ['lead-created'],
  });
});

test('a call makes one record, and its mood, touch, eligibility and talk-track by account, team and region', async () => {
  const body = JSON.stringify(call);
  expect(await sent('/v1/touchpoints/calls', json, body)).toEqual([201, 'calls:call-1', 'accepted']);
  const kinds = ['eligible-call', 'sentiment', 'talk-track', 'touch'];
  await stands('calls', 'calls:call-1', body, { account: kinds, team: kinds, region: kinds, lead: [] });
});

test('a comment that GitHub reports makes one record, and its mood and intent by account, team and region', async () => {
  const at = thisSecond();
  postId = `github:issue-comment-12:${at}`;
  const body = JSON.stringify(postAt(at));
  const headers = { ...json, 'x-github-event': 'issue_comment', 'x-hub-signature-256': `sha256=${secretOf(body)}` };
  const eventId = `forum:${postId}`;
  expect(await sent('/v1/webhooks/github/community', headers, body)).toEqual([201, eventId, 'accepted']);
  const kinds = ['intent', 'sentiment'];
  await stands('forum', eventId, body, { account: kinds, team: kinds, region: kinds, lead: [] });
});

test('a mail makes one record, and its mood by account, team and region', async () => {
  const eventId = 'emails:mail-1@northwind.example';
  expect(await sent('/v1/touchpoints/emails', { 'content-type': 'message/rfc822' }, mail)).toEqual([
    201,
    eventId,
    'accepted',
  ]);
  const kinds = ['sentiment'];
  await stands('emails', eventId, mail, { account: kinds, team: kinds, region: kinds, lead: [] });
});

test("a customer's search in the knowledge base makes one record, and its intent by account, team and region", async () => {
  const body = JSON.stringify({ ...search, occurredAt: thisSecond() });
  expect(await sent('/v1/touchpoints/knowledge', json, body)).toEqual([201, 'knowledge:search-1', 'accepted']);
  const kinds = ['intent'];
  await stands('knowledge', 'knowledge:search-1', body, { account: kinds, team: kinds, region: kinds, lead: [] });
});

test('pairs and the unanswered lead arrive on the websocket once, with their evidence', async () => {
  await within(120_000, () => streamed.length >= 3);
  const said = streamed.map(({ ruleId, subject, transition, seq, evidence }) => ({
    about: `${ruleId} ${Object.values(subject).join(' ')}`,
    transition,
    seq,
    evidence: evidence.map(({ eventId }) => eventId),
  }));
  expect(said.sort((a, b) => (a.about < b.about ? -1 : 1))).toEqual([
    { about: 'lead-response lead-e2e', transition: 'opened', seq: 1, evidence: ['crm:lead-created'] },
    { about: 'resonance acme', transition: 'opened', seq: 1, evidence: ['calls:call-1', `forum:${postId}`] },
    {
      about: 'resonance northwind',
      transition: 'opened',
      seq: 1,
      evidence: ['emails:mail-1@northwind.example', 'knowledge:search-1'],
    },
  ]);
  const stored = (await readTopic(product.log, alertsTopic)).flatMap((record) =>
    record.type === 'Alert' ? [`${record.value.alertId}/${record.value.seq}`] : [],
  );
  expect(stored.sort()).toEqual(streamed.map(({ alertId, seq }) => `${alertId}/${seq}`).sort());
}, 150_000);

test('no event made more signals meanwhile', async () => {
  const counts = Object.fromEntries(
    await Promise.all(keyspaces.map(async (keyspace) => [keyspace, (await signalsIn(keyspace)).length] as const)),
  );
  expect(counts).toEqual({ account: 8, team: 9, region: 9, lead: 1 });
});

/** Sends it to ingest; gives status, event id and what became of it. */
async function sent(
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<readonly unknown[]> {
  const response = await fetch(product.services.urls.ingest + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.api.key}`, ...headers },
    body,
  });
  const answer = (await response.json()) as { readonly eventId?: string; readonly status?: string };
  return [response.status, answer.eventId, answer.status];
}

type Kinds = Readonly<Record<Keyspace, readonly string[]>>;

/** One record with the bytes that were sent, and exactly these kinds of signals in each keyspace. */
async function stands(source: Source, eventId: string, body: string, expected: Kinds): Promise<void> {
  const payloads = (await readTopic(product.log, touchpointsTopic(source))).flatMap((record) => {
    const touchpoint = record.value as { readonly eventId?: string; readonly payload?: Uint8Array };
    return touchpoint.eventId === eventId ? [Buffer.from(touchpoint.payload ?? []).toString()] : [];
  });
  expect(payloads).toEqual([body]);
  const wanted = Object.values(expected).flat().length;
  let kinds: Record<string, readonly string[]> = {};
  const enough = async (): Promise<boolean> => {
    kinds = await kindsOf(eventId);
    return Object.values(kinds).flat().length >= wanted;
  };
  // What came too few is told by the comparison, with what did come.
  await within(20_000, enough);
  expect(kinds).toEqual(expected);
}

/** Kinds of the signals of an event, by keyspace. */
async function kindsOf(eventId: string): Promise<Record<string, readonly string[]>> {
  const entries = keyspaces.map(async (keyspace) => {
    const signals = (await signalsIn(keyspace)).filter((signal) => signal.eventId === eventId);
    return [keyspace, signals.map(({ kind }) => kind).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function signalsIn(keyspace: Keyspace): Promise<readonly Signal[]> {
  const records = await readTopic(product.log, signalsTopic(keyspace));
  return records.flatMap((record) => (record.type === 'Signal' ? [record.value] : []));
}
