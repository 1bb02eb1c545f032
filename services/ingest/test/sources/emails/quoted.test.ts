import { describe, expect, test } from '@jest/globals';
import { withoutQuotes } from '../../../src/sources/emails/quoted.ts';

describe('withoutQuotes keeps what the writer wrote', () => {
  test.each([
    ['nothing quoted', 'Hello,\n\nall good.', 'Hello,\n\nall good.'],
    ['quotation below', 'Yes.\n\nOn Tue, 3 Mar 2026, rep-07 wrote:\n> Shall we?\n> Really?', 'Yes.'],
    [
      'attribution on two lines',
      'Yes.\n\nOn Tue, 3 Mar 2026 at 10:00,\nrep-07 <r@v.example> wrote:\n> Shall we?',
      'Yes.',
    ],
    ['answers between', '> First?\nYes.\n> Second?\nNo.', 'Yes.\nNo.'],
    ['quotation without marks', 'Yes.\n\nOn 3 March 2026 rep-07 wrote:\n\nShall we?', 'Yes.'],
    ['Chinese attribution', '可以。\n\n在 2026年3月3日，rep-07 写道：\n> 可以吗？', '可以。'],
    ['Chinese original', '可以。\n\n------------------ 原始邮件 ------------------\n发件人: x\n可以吗？', '可以。'],
    ['Outlook', 'Yes.\n\nFrom: rep-07\nSent: Tuesday\nTo: me\nSubject: x\n\nShall we?', 'Yes.'],
    ['Outlook in Chinese', '可以。\n\n发件人：rep-07\n发送时间：周二\n\n可以吗？', '可以。'],
    ['original message', 'Yes.\r\n\r\n-----Original Message-----\r\nShall we?', 'Yes.'],
    ['only a quotation', '> Shall we?', '> Shall we?'],
    [
      'a forward without comment',
      '---------- Forwarded message ----------\nterrible',
      '---------- Forwarded message ----------\nterrible',
    ],
    [
      'a sentence that begins with From',
      'From: our side all is well.\nThank you.',
      'From: our side all is well.\nThank you.',
    ],
  ])('%s', (_name, text, own) => {
    expect(withoutQuotes(text)).toBe(own);
  });
});
