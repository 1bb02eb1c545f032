import { expect, test } from '@jest/globals';
import { isAutoReply } from '../../../src/sources/emails/auto-reply.ts';

test.each<[Record<string, string>, string, boolean]>([
  [{}, 'Hello', false],
  [{ 'auto-submitted': 'auto-replied (vacation)' }, 'Hello', true],
  [{ 'auto-submitted': 'no' }, 'Hello', false],
  [{ precedence: 'auto_reply' }, 'Hello', true],
  [{ precedence: 'list' }, 'Hello', false],
  [{ 'x-autoreply': 'yes' }, 'Hello', true],
  [{ 'content-type': 'multipart/report; boundary=x' }, 'Hello', true],
  [{ 'return-path': '<>' }, 'Hello', true],
  [{ from: 'Mail <MAILER-DAEMON@x.example>' }, 'Hello', true],
  [{}, 'Automatic reply: your request', true],
  [{}, '自动回复：您好', true],
  [{}, 'Out of office until Monday?', false],
  [{}, 'Re: automatic reply feature', false],
])('%j with the subject %j: %s', (headers, subject, expected) => {
  const lists = new Map(Object.entries(headers).map(([name, value]) => [name, [value]] as const));
  expect(isAutoReply(lists, subject)).toBe(expected);
});
