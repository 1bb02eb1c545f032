import { describe, expect, test } from '@jest/globals';
import { mailDate, writtenAt } from '../../../src/sources/emails/date.ts';

describe('mailDate', () => {
  test.each([
    ['Tue, 03 Mar 2026 10:20:00 +0000', '2026-03-03T10:20:00.000Z'],
    ['3 Mar 2026 10:20 +0800', '2026-03-03T02:20:00.000Z'],
    ['Tue, 3 Mar 2026 10:20:00 GMT', '2026-03-03T10:20:00.000Z'],
    ['Tue, 3 Mar 2026 10:20:00 PST (Pacific)', '2026-03-03T18:20:00.000Z'],
    ['Tue, 3 Mar 2026 10:20:00 -0459', '2026-03-03T15:19:00.000Z'],
    ['Fri, 21 Nov 1997 09(comment (nested)):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06.000Z'],
    ['21 Nov 25 09:55:06 GMT', '2025-11-21T09:55:06.000Z'],
    ['Thu,\r\n      13\r\n  Feb\r\n 1969 23:32\r\n -0330 (Newfoundland Time)', '1969-02-14T03:02:00.000Z'],
    ['Sat, 31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:59.000Z'],
    ['Tue, 3 March 2026 10:20:00', '2026-03-03T10:20:00.000Z'],
  ])('%j is %s', (text, iso) => {
    expect(new Date(mailDate(text) ?? Number.NaN).toISOString()).toBe(iso);
  });

  test.each([
    '',
    'yesterday',
    'Wed, 15 Dec 2010    59:10 -0500',
    'Tue, 12 Oct 2010 16:21:05 H0500',
    'Tue, 31 Feb 2026 10:20:00 +0000',
    'Tue, 3 Mar 2026 24:20:00 +0000',
    'Tue, 3 Mrz 2026 10:20:00 +0000',
    'Tue, 3 Mar 2026 10:20:00 +2500',
    '2026-03-03T10:20:00Z',
  ])('%j is no date', (text) => {
    expect(mailDate(text)).toBeUndefined();
  });
});

describe('writtenAt', () => {
  const now = Date.UTC(2026, 2, 3, 14);
  const noon = 'Tue, 3 Mar 2026 12:00:00 +0000';
  const received = 'from a by b; Tue, 3 Mar 2026 13:00:00 +0000';
  const ahead = 'Tue, 3 Mar 2026 15:00:00 +0000';

  test.each<[string, string[], string[], number, string[]]>([
    ['the Date header', [noon], [received], Date.UTC(2026, 2, 3, 12), []],
    ['the last server’s stamp where it is missing', [], [received], Date.UTC(2026, 2, 3, 13), ['date-missing']],
    [
      'the last server’s stamp where it is unreadable',
      ['x'],
      [received],
      Date.UTC(2026, 2, 3, 13),
      ['date-unreadable'],
    ],
    ['the last server’s stamp where it is ahead', [ahead], [received], Date.UTC(2026, 2, 3, 13), ['date-in-future']],
    ['our own clock where nothing says when', [''], ['from a'], now, ['date-missing']],
    [
      'the date ahead itself where no server knows better',
      [ahead],
      [ahead],
      Date.UTC(2026, 2, 3, 15),
      ['date-in-future'],
    ],
    ['the second Date header where the first is broken', ['x', noon], [], Date.UTC(2026, 2, 3, 12), []],
  ])('is %s', (_name, dates, stamps, occurredAt, defects) => {
    expect(writtenAt(dates, stamps, now, 300_000)).toEqual({ occurredAt, defects });
  });
});
