import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '@resonant/cli';
import { type DeadLetter, deadLettersTopic, inboundTopic, touchpointsTopic } from '@resonant/contracts';
import { deadLetterWriter, type Log } from '@resonant/kafka';
import {
  type IngestProcess,
  markOf,
  putKey,
  recordsSince,
  startIngest,
  testLog,
  until,
} from '../../services/ingest/test/stack/ingest-process.ts';

const run = randomUUID().slice(0, 8);
/** A time of this run's own, so that its letters can be counted among others. */
const at = 1_600_000_000_000 + Math.floor(Math.random() * 1e9);
const ours = ['--since', new Date(at).toISOString(), '--until', new Date(at + 1000).toISOString()];
let log: Log;
let ingest: IngestProcess;
let key: string;

const issue = JSON.stringify({
  action: 'opened',
  repository: { full_name: `acme/${run}` },
  issue: {
    id: at,
    number: 1,
    title: 'Slow',
    body: 'so slow',
    user: { login: 'contact-3' },
    created_at: '2026-03-03T10:00:00Z',
    updated_at: '2026-03-03T10:00:00Z',
  },
});

/** As an earlier release may have kept them: a body that it could not read and this one can, one that nobody can. */
const letters: readonly Omit<DeadLetter, 'deadLetterId'>[] = [
  letter({
    origin: `/v1/webhooks/github/community#${run}-1`,
    headers: { 'x-github-event': Buffer.from('issues') },
    payload: Buffer.from(issue),
  }),
  letter({ origin: `${inboundTopic('forum')}/0/${at}`, key: Buffer.from('k'), payload: Buffer.from(`{"${run}":`) }),
  letter({ origin: `nowhere ${run}`, payload: Buffer.from([0xff, 0xfe]) }),
];

function letter(over: Partial<DeadLetter>): Omit<DeadLetter, 'deadLetterId'> {
  const common = { source: 'forum', reason: 'invalid-event', detail: 'then', mediaType: 'application/json' };
  return { ...common, at, key: null, headers: {}, origin: '', payload: Buffer.alloc(0), ...over };
}

async function resonant(...words: readonly string[]) {
  const texts = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const code = await runCommandLine(['dead-letters', ...words], {
    stdin: process.stdin,
    stdout: sink('out'),
    stderr: sink('err'),
    env: { ...process.env, RESONANT_INGEST_URL: ingest.url, RESONANT_API_KEY: key },
    signal: new AbortController().signal,
  });
  return { code, ...texts };
}

const counted = async () => (await resonant('list', '--state', 'all', ...ours)).out.trim().split('\n').at(-1);
const listed = async (): Promise<readonly { readonly deadLetterId: string; readonly origin: string }[]> =>
  (await resonant('list', '--state', 'all', '--json', ...ours)).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const idOf = async (origin: string) =>
  (await listed()).find((kept) => kept.origin.startsWith(origin))?.deadLetterId ?? '';

beforeAll(async () => {
  log = testLog();
  key = await putKey(log, ['ingest:*']);
  ingest = await startIngest({ GITHUB_WEBHOOK_SECRETS: 'community=correct horse' });
  const writer = await deadLetterWriter(log);
  // Written twice, as by a service that did not hear of its success: one letter each.
  for (const one of [...letters, ...letters]) await writer.write(one);
  await writer.close();
}, 60_000);

afterAll(async () => {
  await ingest?.stop();
  await log?.close();
}, 40_000);

describe('dead letters', () => {
  test('are counted once each, whatever was written twice', async () => {
    expect(await counted()).toBe('3 dead letters: 3 pending, 0 replayed, 0 discarded');
  });

  test('are shown with reason, headers and bytes, the bytes also as they came', async () => {
    const id = await idOf('/v1/webhooks');
    const { code, out } = await resonant('show', id.slice(0, 10));
    expect(code).toBe(0);
    for (const part of [id, 'invalid-event: then', 'x-github-event: issues', issue]) expect(out).toContain(part);
    expect((await resonant('show', id, '--payload')).out).toBe(issue);
    expect(await resonant('show', 'feedbeef')).toMatchObject({ code: 1, err: expect.stringMatching(/no dead letter/) });
  });

  test('a dry run says what would become of each and changes nothing', async () => {
    const marks = await markOf(log, deadLettersTopic);
    const { code, out } = await resonant('replay', '--dry-run', ...ours);
    expect(code).toBe(1);
    expect(out).toMatch(/would be read as forum:github:issue-\d+:2026-03-03T10:00:00\.000Z/);
    expect(out).toMatch(/would be put aside again: malformed-body/);
    expect(out).toMatch(/cannot be replayed: nobody takes records from nowhere/);
    expect(out).toMatch(/2 would be replayed; nothing was changed\n$/);
    expect(await markOf(log, deadLettersTopic)).toEqual(marks);
  });

  test('are replayed all or none, and what cannot be is named', async () => {
    const { code, err } = await resonant('replay', ...ours);
    expect([code, err]).toEqual([1, expect.stringMatching(/nobody takes records .*\nNothing was replayed/)]);
    expect(await counted()).toBe('3 dead letters: 3 pending, 0 replayed, 0 discarded');
  });

  test('one that can be read now becomes its touchpoint, once, and says where it went', async () => {
    const mark = await markOf(log, touchpointsTopic('forum'));
    const id = await idOf('/v1/webhooks');
    expect(await resonant('replay', id, '--by', 'ops', '--note', 'fixed')).toMatchObject({
      code: 0,
      out: '1 replayed\n',
    });
    const found = async () =>
      (await recordsSince(log, touchpointsTopic('forum'), mark)).filter(
        ({ value }) => 'payload' in value && value.payload.toString() === issue,
      );
    await until(async () => (await found()).length > 0);
    expect(await found()).toHaveLength(1);
    expect((await resonant('show', id)).out).toMatch(/by ops: fixed\nsent to {4}resonant\.inbound\.forum\.v1/);
    expect(await resonant('replay', id)).toMatchObject({ code: 1, err: expect.stringMatching(/was replayed by ops/) });
  });

  test('one that still cannot be read is a new letter that names the old one', async () => {
    const mark = await markOf(log, deadLettersTopic);
    const id = await idOf(inboundTopic('forum'));
    expect((await resonant('replay', id)).code).toBe(0);
    const again = async () =>
      (await recordsSince(log, deadLettersTopic, mark)).flatMap(({ value }) =>
        'headers' in value && value.headers['resonant-dead-letter']?.toString() === id ? [value] : [],
      );
    await until(async () => (await again()).length > 0);
    expect(await again()).toEqual([expect.objectContaining({ reason: 'malformed-body', source: 'forum' })]);
  });

  test('one that nobody wants is discarded and keeps its bytes', async () => {
    const id = await idOf('nowhere');
    expect(await resonant('discard', id, '--note', 'test')).toMatchObject({ code: 0, out: '1 discarded\n' });
    expect((await resonant('show', id)).out).toMatch(/state {6}discarded[\s\S]*fffe/);
    expect(await counted()).toBe('3 dead letters: 0 pending, 2 replayed, 1 discarded');
  });
});
