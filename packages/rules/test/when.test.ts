import { describe, expect, test } from '@jest/globals';
import type { Signal } from '@resonant/contracts';
import { compileWhen, WhenError } from '../src/index.ts';

const signal: Signal = {
  id: 's1',
  kind: 'sentiment',
  occurredAt: 0,
  channel: 'call',
  accountId: 'acme',
  contactId: null,
  repId: null,
  teamId: null,
  regionId: null,
  leadId: null,
  opportunityId: null,
  measures: { score: 2.5, two: 2 },
  labels: { by: 'human' },
  eventId: 'e1',
};

describe('a condition', () => {
  test.each<[string, boolean]>([
    ["kind == 'sentiment' && channel != 'mail'", true],
    ['measures.score > 2', true],
    ['measures.two == 2', true],
    ['measures.two * 2 - 1 >= 3', true],
    ['-1 < measures.two', true],
    ['measures.two / 4 == 0.5', true],
    ['1 / 2 == 0', true],
    ['measures.two in [1, 2]', true],
    ["labels['by'] == 'human'", true],
    ['has(labels.by) && !has(labels.to)', true],
    ["'by' in labels", true],
    ['contactId == null', true],
    ['channel == null', false],
    ["contactId == 'c1'", false],
    ["contactId != 'c1'", true],
    ["size(channel) == 4 && channel.startsWith('ca') && channel.endsWith('ll') && channel.contains('al')", true],
    ["kind in ['x', 'sentiment']", true],
    ["channel == 'call' ? measures.two < 3 : false", true],
    ['measures.two < 2', false],
    ['measures.two <= 2', true],
    ['measures.two > 2', false],
    ['measures.two >= 2', true],
    ["channel < 'call'", false],
    ["channel <= 'call'", true],
    ['measures.two + 1 == 3', true],
    ['measures.two - 3 == -1', true],
    ['1 + 2 == 3', true],
    ['1 - 2 == -1', true],
    ['2 * 3 == 6', true],
    ['7 / 2 == 3', true],
    ['7 % 4 == 3', true],
    ['kind == id', false],
    ['kind != id', true],
    ["labels.by == labels['by']", true],
    ['[1, 2] == [1, 2]', true],
    ['[1, 2] == [1, 3]', false],
    ['[1] == [1, 2]', false],
    ['[1, 2] != [1, 2]', false],
  ])('%s is %s', (text, wanted) => {
    expect(compileWhen(text).test(signal)).toBe(wanted);
  });

  test.each([
    "labels.to != 'x'",
    "contactId < 'x'",
    'measures.none < 1',
    "contactId.startsWith('c')",
    'size(contactId) == 0',
    "!(labels.to == 'x')",
    '1 / 0 == 1',
    '1 % 0 == 1',
    'labels.none == kind',
    'kind != labels.none',
    'measures.none + 1 == 1',
  ])('%s cannot be evaluated here, so it is false', (text) => {
    expect(compileWhen(text).test(signal)).toBe(false);
  });

  test.each<[string, boolean]>([
    ["labels.to == 'x' || kind == 'sentiment'", true],
    ["kind == 'sentiment' || labels.to == 'x'", true],
    ["!(labels.to == 'x' && kind == 'other')", true],
    ["!(kind == 'other' && labels.to == 'x')", true],
    ["labels.to == 'x' || kind == 'other'", false],
  ])('&& and || absorb an error when the other side decides: %s is %s', (text, wanted) => {
    expect(compileWhen(text).test(signal)).toBe(wanted);
  });

  test.each([
    'polarity > 0.5',
    'occurredAt > 0',
    "kind.matches('s.*')",
    '[1].exists(x, x > 0)',
    "kind == 1 && channel == 'x'",
    "measures.score == 'x'",
    "measures.score < 'x'",
    'kind < 1',
    'labels == labels',
    'measures == measures',
    'measures.score',
    'size(kind)',
    "kind + 'x' == 'y'",
    'labels.by == null',
    'int(measures.score) == 2',
    "{'a': 1}.a == 1",
    'kind ==',
    `${'('.repeat(50)}true${')'.repeat(50)}`,
    Array.from({ length: 400 }, () => "kind == 'x'").join(' || '),
  ])('%s is refused when the rule is loaded', (text) => {
    expect(() => compileWhen(text)).toThrow(WhenError);
  });

  test.each<[string, readonly string[] | null]>([
    ["kind == 'a'", ['a']],
    ["kind == 'a' && labels.by == 'x'", ['a']],
    ["kind == 'a' || kind in ['b', 'c']", ['a', 'b', 'c']],
    ["labels.by == 'x'", null],
    ["kind == 'a' || labels.by == 'x'", null],
    ["!(kind == 'a')", null],
  ])('%s can be true for the kinds %j', (text, kinds) => {
    expect(compileWhen(text).kinds).toEqual(kinds);
  });
});
