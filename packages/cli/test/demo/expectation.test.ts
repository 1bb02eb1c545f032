import { expect, test } from '@jest/globals';
import { compare, type SeenAlert, type Story } from '../../src/demo/expectation.ts';

const story: Story = {
  rule: 'lead-response',
  subject: { leadId: 'lead-1' },
  why: 'answered after four minutes',
  transitions: [
    { transition: 'opened', state: 'overdue', at: '2026-03-03T10:01:30Z', evidence: ['crm:lead-1'] },
    { transition: 'resolved', state: 'answered', at: '2026-03-03T10:04:10Z' },
  ],
};
const alert = (seq: number, changes: Partial<SeenAlert> = {}): SeenAlert => ({
  alertId: 'a',
  seq,
  ruleId: 'lead-response',
  subject: { leadId: 'lead-1' },
  transition: seq === 1 ? 'opened' : 'resolved',
  state: seq === 1 ? 'overdue' : 'answered',
  at: seq === 1 ? '2026-03-03T10:01:30.000Z' : '2026-03-03T10:04:10.000Z',
  evidence: [{ eventId: 'crm:lead-1' }],
  ...changes,
});
const met = (stories: readonly Story[], seen: readonly SeenAlert[]): readonly boolean[] =>
  compare(stories, seen).map((row) => row.isMet);

test('what came as expected is met, in whatever order it arrived', () => {
  expect(met([story], [alert(2), alert(1)])).toEqual([true, true]);
});

test.each([
  ['a transition that is missing', [alert(1)], [true, false]],
  ['a transition that came twice', [alert(1), alert(2), alert(2)], [true, true, false]],
  ['another instant', [alert(1, { at: '2026-03-03T10:01:30.001Z' }), alert(2)], [false, true]],
  ['another state', [alert(1, { state: 'open' }), alert(2)], [false, true]],
  ['other evidence', [alert(1, { evidence: [{ eventId: 'crm:lead-2' }] }), alert(2)], [false, true]],
  [
    'an alert that no story speaks of',
    [alert(1), alert(2), alert(1, { subject: { leadId: 'x' } })],
    [true, true, false],
  ],
])('%s is not met', (_, seen, expected) => {
  expect(met([story], seen)).toEqual(expected);
});

test('a near miss is met by silence only', () => {
  const silent = { ...story, transitions: [] };
  expect(met([silent], [])).toEqual([true]);
  expect(met([silent], [alert(1)])).toEqual([false]);
});
