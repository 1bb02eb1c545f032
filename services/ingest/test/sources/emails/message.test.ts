import { describe, expect, test } from '@jest/globals';
import type { EmailTouchpoint } from '@resonant/contracts';
import { type MailContext, touchpointOfMessage } from '../../../src/sources/emails/message.ts';
import { arrival, now } from '../../arrival.ts';
import { expectProportional } from '../../growth.ts';

const head = [
  'From: Buyer <Buyer@Acme.example>',
  'To: rep-07@vendor.example, "Team, North" <north@vendor.example>',
  'Subject: Outage',
  'Date: Tue, 03 Mar 2026 10:20:00 +0000',
  'Message-ID: <m-1@acme.example>',
];

const mail = (headers: readonly string[], body: string | Buffer = 'It is down again.\r\n'): Buffer =>
  Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);

const without = (name: string): readonly string[] => head.filter((line) => !line.startsWith(`${name}:`));

const read = (bytes: Buffer, context?: MailContext): Promise<EmailTouchpoint> =>
  touchpointOfMessage(bytes, arrival(bytes, { payloadType: 'message/rfc822' }), context);

const multipart = (type: string, ...parts: readonly string[]): Buffer =>
  mail(
    [...head, `Content-Type: multipart/${type}; boundary="b1"`],
    `${parts.map((part) => `--b1\r\n${part}\r\n`).join('')}--b1--\r\n`,
  );

test('a plain mail becomes a touchpoint with its bytes', async () => {
  const bytes = mail(head);
  expect(await read(bytes)).toMatchObject({
    eventId: 'emails:m-1@acme.example',
    id: 'm-1@acme.example',
    messageId: 'm-1@acme.example',
    threadId: 'm-1@acme.example',
    occurredAt: Date.UTC(2026, 2, 3, 10, 20),
    from: { role: 'other', email: 'buyer@acme.example', name: 'Buyer' },
    to: [{ email: 'rep-07@vendor.example' }, { email: 'north@vendor.example', name: 'Team, North' }],
    cc: [],
    subject: 'Outage',
    text: 'It is down again.',
    isAutoReply: false,
    attachments: [],
    defects: [],
    payload: bytes,
  });
});

describe('threads', () => {
  test('a reply belongs to the first of its references', async () => {
    const headers = [...head, 'In-Reply-To: <b@x>', 'References: <a@x>', ' <b@x>'];
    expect(await read(mail(headers))).toMatchObject({ inReplyTo: 'b@x', references: ['a@x', 'b@x'], threadId: 'a@x' });
  });

  test('the lead comes from the sender of the request, never from a header that anyone could write', async () => {
    const bytes = mail([...head, 'X-Resonant-Lead: lead-2', 'X-Resonant-Opportunity: o-1']);
    expect(await read(bytes)).toMatchObject({ leadId: null, opportunityId: null });
    expect(await read(bytes, { leadId: 'lead-3' })).toMatchObject({ leadId: 'lead-3', opportunityId: null });
  });

  test('without Message-ID the bytes give the id, the same each time', async () => {
    const [one, two] = [await read(mail(without('Message-ID'))), await read(mail(without('Message-ID')))];
    expect(one.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect([two.id, one.messageId, one.defects]).toEqual([one.id, null, ['message-id-missing']]);
  });
});

describe('bodies', () => {
  const plain = 'Content-Type: text/plain; charset=utf-8\r\n\r\nplain words';
  const html = 'Content-Type: text/html; charset=utf-8\r\n\r\n<p>html <b>words</b></p>';

  test.each([
    ['plain text before HTML', multipart('alternative', plain, html), 'plain words', []],
    ['HTML where there is no plain text', multipart('alternative', html), 'html words', []],
    [
      'HTML alone',
      mail([...head, 'Content-Type: text/html; charset=utf-8'], '<p>Down &amp; out</p>'),
      'Down & out',
      [],
    ],
    [
      'quoted-printable',
      mail([...head, 'Content-Transfer-Encoding: quoted-printable'], 'caf=C3=A9 =\r\nau lait'),
      'café au lait',
      [],
    ],
    [
      'GBK',
      mail([...head, 'Content-Type: text/plain; charset=gbk'], Buffer.from([0xc4, 0xfa, 0xba, 0xc3])),
      '您好',
      [],
    ],
    ['GBK that nobody declared', mail(head, Buffer.from([0xc4, 0xfa, 0xba, 0xc3])), '您好', ['charset-undeclared']],
    ['Latin-1 that nobody declared', mail(head, Buffer.from('caf\u00e9!', 'latin1')), 'café!', ['charset-undeclared']],
    ['UTF-8 that nobody declared', mail(head, '您好'), '您好', []],
    [
      'an unknown charset',
      mail([...head, 'Content-Type: text/plain; charset=x-nothing'], 'words'),
      'words',
      ['charset-unknown'],
    ],
    [
      'an unknown encoding',
      mail([...head, 'Content-Transfer-Encoding: 7-bit'], 'words'),
      'words',
      ['transfer-encoding-unknown'],
    ],
    [
      'no end',
      mail([...head, 'Content-Type: multipart/mixed; boundary=b1'], `--b1\r\n${plain}`),
      'plain words',
      ['boundary-unterminated'],
    ],
    [
      'a boundary that never comes',
      mail([...head, 'Content-Type: multipart/mixed; boundary=b1'], 'words'),
      'words',
      ['boundary-missing'],
    ],
    [
      'a multipart without boundary',
      mail([...head, 'Content-Type: multipart/mixed'], 'words'),
      'words',
      ['boundary-missing'],
    ],
    ['nothing', mail(head, ''), '', []],
    ['a quotation', mail(head, 'Yes.\r\n\r\n> Is it down?\r\n'), 'Yes.', []],
    [
      'a text part with a disposition that is none',
      mail([...head, 'Content-Type: text/html; charset=utf-8', 'Content-Disposition: =?utf-8?Q?x?='], '<p>foo</p>'),
      'foo',
      [],
    ],
  ])('%s', async (_name, bytes, text, defects) => {
    expect(await read(bytes)).toMatchObject({ text, defects });
  });

  test('attachments are named with their size', async () => {
    const file =
      'Content-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment; filename="a.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\nMSwy';
    expect(await read(multipart('mixed', plain, file))).toMatchObject({
      text: 'plain words',
      attachments: [{ name: 'a.csv', mediaType: 'text/csv', size: 3 }],
    });
  });

  test('a very long text is cut, its bytes are kept', async () => {
    const bytes = mail(head, 'word '.repeat(40_000));
    const touchpoint = await read(bytes);
    expect([touchpoint.text.length, touchpoint.defects, touchpoint.payload.length]).toEqual([
      100_000,
      ['text-truncated'],
      bytes.length,
    ]);
  });
});

describe('headers', () => {
  test.each<[string, Buffer, object]>([
    [
      'encoded words',
      mail([...without('Subject'), 'Subject: =?UTF-8?B?5pWF6Zqc?= =?gbk?B?xPq6ww==?=']),
      { subject: '故障您好' },
    ],
    ['raw UTF-8', mail([...without('Subject'), 'Subject: 故障']), { subject: '故障' }],
    [
      'a group of recipients',
      mail([...without('To'), 'To: Us: a@x.example, B <b@x.example>;']),
      { to: [{ email: 'a@x.example' }, { email: 'b@x.example' }] },
    ],
    ['no recipients', mail([...without('To'), 'To: undisclosed-recipients:;']), { to: [] }],
    ['no subject', mail(without('Subject')), { subject: '', defects: [] }],
    [
      'white space before the colon',
      mail([...without('From'), 'From  : Buyer <buyer@acme (c) . example>']),
      { from: { email: 'buyer@acme.example' }, defects: ['header-malformed', 'from-malformed'] },
    ],
    ['a line that is no header', mail([...head, 'garbage']), { subject: 'Outage', defects: ['header-malformed'] }],
    [
      'an mbox line',
      Buffer.concat([Buffer.from('From buyer Tue Mar  3 10:20:00 2026\r\n'), mail(head)]),
      { id: 'm-1@acme.example', defects: [] },
    ],
    ['line feeds alone', Buffer.from(mail(head).toString().replaceAll('\r\n', '\n')), { text: 'It is down again.' }],
    [
      'the sender where From is missing',
      mail([...without('From'), 'Sender: list@acme.example']),
      { from: { email: 'list@acme.example' }, defects: ['from-missing'] },
    ],
    ['nobody', mail(without('From')), { from: { email: null }, defects: ['from-missing'] }],
    ['no date', mail(without('Date')), { occurredAt: now, defects: ['date-missing'] }],
    ['an auto-reply', mail([...head, 'Auto-Submitted: auto-replied']), { isAutoReply: true }],
    ['a forged auto-reply word in the body', mail(head, 'Auto-Submitted: auto-replied'), { isAutoReply: false }],
  ])('%s', async (_name, bytes, expected) => {
    expect(await read(bytes)).toMatchObject(expected);
  });
});

describe('refusals', () => {
  test.each([
    ['random bytes', Buffer.from([0, 1, 2, 3, 250, 251]), 'invalid-event'],
    ['nothing', Buffer.alloc(0), 'invalid-event'],
    ['JSON', Buffer.from('{"id":"x"}'), 'invalid-event'],
    ['a body without header', Buffer.from('\r\n\r\nhello'), 'invalid-event'],
    [
      'a date ahead that nobody corrects',
      mail([...without('Date'), 'Date: Tue, 3 Mar 2037 10:00:00 +0000']),
      'occurred-in-future',
    ],
  ])('%s', async (_name, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ code });
  });
});

describe('mails made to hold us up take time in proportion to their length', () => {
  test.each<[string, (size: number) => Buffer]>([
    ['nested comments in the date', (size) => mail([...without('Date'), `Date: ${'('.repeat(size)}`])],
    ['nested comments in From', (size) => mail([...without('From'), `From: <${'('.repeat(size)}`])],
    ['a From without end', (size) => mail([...without('From'), `From: ${'<a '.repeat(size / 3)}`])],
    ['a long word in From', (size) => mail([...without('From'), `From: ${'a'.repeat(size)}`])],
    ['references', (size) => mail([...head, `References: ${'<'.repeat(size)}`])],
    ['white space', (size) => mail([...head, `X-Nothing: ${' '.repeat(size)}`], ' '.repeat(size))],
    ['attributions above one quotation', (size) => mail(head, `${'on x wrote:\n'.repeat(size / 12)}\n> x`)],
    ['high bytes', (size) => mail(head, Buffer.alloc(size, 0xb0))],
    ['open tags', (size) => mail([...head, 'Content-Type: text/html'], '<div>'.repeat(size / 5))],
    [
      'boundaries',
      (size) => mail([...head, 'Content-Type: multipart/mixed; boundary=b'], '--b\n\n'.repeat(size / 250)),
    ],
    ['blank lines', (size) => Buffer.alloc(size, '\n')],
  ])('%s', (_name, made) =>
    expectProportional(500_000, (size) =>
      read(made(size)).catch((error: unknown) => expect(error).toMatchObject({ code: 'invalid-event' })),
    ),
  );
});
