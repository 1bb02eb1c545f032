import { describe, expect, test } from '@jest/globals';
import { compileFilter, filterShape } from '../../src/stream/filter.ts';
import { alertOf } from '../support/alerts.ts';

const rep = alertOf({
  ruleId: 'rep-new-policy-usage',
  subject: { repId: 'rep-07', teamId: 'north', 'labels.track': 'new-policy' },
  severity: 'critical',
  state: 'open',
  keyspace: 'team',
});
const placement = { teams: ['north'], regions: ['emea'] };
const matches = (filter: unknown, alert = rep) => compileFilter(filterShape.parse(filter))(alert, () => placement);

describe('filter', () => {
  test.each([
    ['everything', {}, true],
    ['an equal severity', { severity: 'critical' }, true],
    ['another severity', { severity: 'high' }, false],
    ['one of a list', { severity: ['high', 'critical'] }, true],
    ['none of a list', { severity: ['info', 'low'] }, false],
    ['a prefix of the rule', { rule: { prefix: 'rep-' } }, true],
    ['another prefix', { rule: { prefix: 'region-' } }, false],
    ['a list with a prefix', { rule: ['resonance', { prefix: 'rep-new' }] }, true],
    ['a rule in full', { rule: 'rep' }, false],
    ['a transition', { transition: 'opened' }, true],
    ['another transition', { transition: ['resolved', 'withdrawn'] }, false],
    ['a subject field at the top', { repId: 'rep-07' }, true],
    ['a subject field in subject', { subject: { repId: { prefix: 'rep-' } } }, true],
    ['a label of the subject', { subject: { 'labels.track': 'new-policy' } }, true],
    ['a subject field that the alert lacks', { accountId: { prefix: '' + 'a' } }, false],
    ['the team it belongs to', { team: 'north' }, true],
    ['another team', { team: ['south', 'west'] }, false],
    ['the region it belongs to', { region: 'emea' }, true],
    ['the state', { state: 'open' }, true],
    ['shadow alerts only', { shadow: true }, false],
    ['two fields of which one differs', { severity: 'critical', team: 'south' }, false],
    ['two fields that are equal', { severity: 'critical', region: 'emea' }, true],
  ])('by %s', (_what, filter, expected) => expect(matches(filter)).toBe(expected));

  test.each([
    ['an unknown field', { severty: 'high' }],
    ['a number', { severity: 3 }],
    ['an empty list', { severity: [] }],
    ['an empty text', { rule: '' }],
    ['an unknown operator', { rule: { suffix: 'x' } }],
    ['an unknown subject field', { subject: { colour: 'red' } }],
    ['a list within a list', { rule: [['a']] }],
  ])('refuses %s', (_what, filter) => expect(filterShape.safeParse(filter).success).toBe(false));

  test('does not find inherited properties in a subject', () => {
    const filter = filterShape.parse({ subject: { 'labels.constructor': { prefix: 'f' } } });
    expect(compileFilter(filter)(rep, () => placement)).toBe(false);
  });
});
