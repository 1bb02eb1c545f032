import { createHash } from 'node:crypto';
import { type Attachment, type EmailTouchpoint, type Party, ResonantError } from '@resonant/contracts';
import { type ParsedMail, simpleParser } from 'mailparser';
import { partyOf } from '../party.ts';
import { type Arrival, envelopeOf, maxAheadMs } from '../source.ts';
import { addressIn, isObsoleteAddress, messageIdsIn, partiesOf } from './addresses.ts';
import { type Headers, isAutoReply } from './auto-reply.ts';
import { writtenAt } from './date.ts';
import { withoutQuotes } from './quoted.ts';
import { readingCopyOf } from './reading-copy.ts';
import { structureDefects } from './structure.ts';

/** Longest text that is kept beside the bytes, in UTF-16 units. */
const maxTextLength = 100_000;
/** A message needs one of these to be taken for a mail. */
const mailHeaders = [
  'from',
  'sender',
  'to',
  'subject',
  'date',
  'message-id',
  'received',
  'return-path',
  'mime-version',
];

/** What the authenticated sender adds to a mail. Headers cannot: whoever writes to us could set them. */
export interface MailContext {
  readonly leadId?: string | undefined;
  readonly opportunityId?: string | undefined;
}

/**
 * An RFC 5322 message as a touchpoint. What is broken and can be read all the same is named in `defects`; throws
 * `invalid-event` for bytes that are no mail, `occurred-in-future` for a date ahead that no server's stamp corrects.
 * Its id is the Message-ID, else a hash of the bytes.
 */
export async function touchpointOfMessage(
  message: Buffer,
  arrival: Arrival,
  context: MailContext = {},
): Promise<EmailTouchpoint> {
  const copy = readingCopyOf(message);
  const mail = await parsed(copy.bytes);
  const headers = headersOf(mail);
  if (!mailHeaders.some((name) => headers.has(name))) {
    throw new ResonantError('invalid-event', `expected an RFC 5322 message, found none of ${mailHeaders.join(', ')}`);
  }
  const latin1 = copy.bytes.toString('latin1');
  const structure = structureDefects(latin1, headers.get('content-type')?.[0] ?? '');
  const [messageId] = messageIdsIn(headers.get('message-id')?.[0] ?? '');
  const [inReplyTo] = messageIdsIn(headers.get('in-reply-to')?.[0] ?? '');
  const references = (headers.get('references') ?? []).flatMap(messageIdsIn);
  const written = writtenAt(headers.get('date') ?? [], headers.get('received') ?? [], arrival.receivedAt, maxAheadMs);
  const author = authorOf(mail, headers);
  const subject = (mail.subject ?? '').slice(0, 10_000).toWellFormed();
  const body = await bodyOf(mail, latin1, structure);
  const text = withoutQuotes(body).toWellFormed();
  const id = messageId ?? `sha256:${createHash('sha256').update(message).digest('hex')}`;
  const event = {
    id,
    occurredAt: written.occurredAt,
    threadId: references[0] ?? inReplyTo ?? messageId,
    leadId: context.leadId,
    opportunityId: context.opportunityId,
  };
  return {
    ...envelopeOf('emails', 'email', event, arrival),
    messageId: messageId ?? null,
    inReplyTo: inReplyTo ?? null,
    references,
    from: author.party,
    to: partiesOf(mail.to),
    cc: partiesOf(mail.cc),
    subject,
    text: text.slice(0, maxTextLength).toWellFormed(),
    isAutoReply: isAutoReply(headers, subject),
    attachments: mail.attachments.map(attachmentOf),
    defects: [
      ...copy.defects,
      ...structure,
      ...written.defects,
      ...author.defects,
      ...(messageId === undefined ? ['message-id-missing'] : []),
      ...(text.length > maxTextLength ? ['text-truncated'] : []),
    ],
  };
}

async function parsed(bytes: Buffer): Promise<ParsedMail> {
  try {
    return await simpleParser(bytes, { skipTextToHtml: true, skipImageLinks: true });
  } catch (error) {
    throw new ResonantError('invalid-event', `the MIME structure cannot be read: ${(error as Error).message}`);
  }
}

/** Raw values, since the parser puts the present moment in the place of a date that it cannot read. */
function headersOf(mail: ParsedMail): Headers {
  const headers = new Map<string, string[]>();
  for (const { key, line } of mail.headerLines ?? []) {
    const value = line
      .slice(line.indexOf(':') + 1)
      .replaceAll(/\r?\n[ \t]*/g, ' ')
      .trim();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

/** The author; where From cannot be read, the sender or the return path, since one of them wrote. */
function authorOf(mail: ParsedMail, headers: Headers): { readonly party: Party; readonly defects: readonly string[] } {
  const [party] = partiesOf(mail.from);
  const isObsolete = isObsoleteAddress(headers.get('from')?.[0] ?? '');
  if (party?.email != null && !isObsolete) return { party, defects: [] };
  for (const name of ['from', 'sender', 'return-path']) {
    const found = (headers.get(name) ?? []).map(addressIn).find((each) => each !== undefined);
    if (found !== undefined) return { party: found, defects: [name === 'from' ? 'from-malformed' : 'from-missing'] };
  }
  return { party: party ?? partyOf({}), defects: ['from-missing'] };
}

/**
 * Plain text, else the text of the HTML, else a text part whose disposition is none, else the raw body where parts cannot
 * be told apart.
 */
async function bodyOf(mail: ParsedMail, latin1: string, structure: readonly string[]): Promise<string> {
  if ((mail.text ?? '').trim() !== '') return mail.text ?? '';
  if (typeof mail.html === 'string' && mail.html.trim() !== '') return textOfHtml(mail.html);
  const stray = mail.attachments.find(
    ({ contentType, contentDisposition, filename }) =>
      /^text\/(?:plain|html)$/.test(contentType) && contentDisposition !== 'attachment' && filename === undefined,
  );
  if (stray !== undefined) {
    const content = stray.content.toString('utf8');
    return stray.contentType === 'text/html' ? textOfHtml(content) : content;
  }
  if (!structure.includes('boundary-missing')) return '';
  const end = /\r?\n\r?\n/.exec(latin1);
  return end === null ? '' : Buffer.from(latin1.slice(end.index), 'latin1').toString('utf8').trim();
}

/** By way of a message of its own: the parser turns HTML into text only where it stands alone. */
async function textOfHtml(html: string): Promise<string> {
  const head = 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  const alone = await parsed(
    Buffer.from(
      head +
        Buffer.from(html)
          .toString('base64')
          .replaceAll(/(.{76})/g, '$1\r\n'),
    ),
  );
  return alone.text ?? '';
}

const attachmentOf = ({ filename, contentType, size }: ParsedMail['attachments'][number]): Attachment => ({
  name: filename === undefined || filename === '' ? null : filename.slice(0, 1000).toWellFormed(),
  mediaType: contentType || 'application/octet-stream',
  size: size ?? 0,
});
