import { expect, test } from '@jest/globals';
import { type SealReport, sealReportText } from '../src/index.ts';

const report: SealReport = {
  seals: 0,
  published: 0,
  sealedTo: null,
  ranges: 2,
  rows: 10,
  erased: 0,
  expired: 0,
  lost: [],
  problems: [],
};

test.each<readonly [string, Partial<SealReport>, string]>([
  ['nothing is sealed', {}, 'nothing is sealed'],
  ['all is as sealed', { seals: 1, sealedTo: Date.UTC(2026, 2, 3) }, 'as sealed'],
  [
    'something is not, sealed or not',
    {
      problems: [{ kind: 'changed', table: 'alerts', offset: 7, batch: null, sealId: null, detail: 'another hash' }],
    },
    '1 difference',
  ],
])('a report begins with what it comes to: %s', (_, part, head) => {
  expect(sealReportText({ ...report, ...part }).split('\n')[0]).toBe(head);
});
