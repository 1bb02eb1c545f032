import { describe, expect, test } from '@jest/globals';
import { parseInstant, parseLine } from '../src/parse.ts';

describe('an instant', () => {
  test.each<[string, string | undefined]>([
    ['2026-03-02T01:00:00.000Z', '2026-03-02T01:00:00.000Z'],
    ['2026-03-02T01:00:00Z', '2026-03-02T01:00:00.000Z'],
    ['2026-03-02T01:00Z', '2026-03-02T01:00:00.000Z'],
    ['2026-03-02T09:00:00.1239+08:00', '2026-03-02T01:00:00.123Z'],
    ['2026-03-01T22:30:00-02:30', '2026-03-02T01:00:00.000Z'],
    ['2026-03-02T23:59:00+23:59', '2026-03-02T00:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2026-03-31T00:00:00+08', '2026-03-30T16:00:00.000Z'],
    ['2026-03-30T24:00:00Z', '2026-03-31T00:00:00.000Z'],
    ['2026-03-31T24:00:00Z', '2026-04-01T00:00:00.000Z'],
    ['2026-02-29T24:00:00Z', undefined],
    ['2026-03-02T01:00:00+24:00', undefined],
    ['2026-03-02T01:00:00+08:60', undefined],
    ['2026-02-29T00:00:00Z', undefined],
    ['2026-04-31T00:00:00Z', undefined],
    ['2026-03-02T01:00:00', undefined],
    ['2026-03-02', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['2026-03-02T25:00:00Z', undefined],
    ['yesterday', undefined],
  ])('%s is read as %s', (text, iso) => {
    expect(parseInstant(text)).toBe(iso === undefined ? undefined : Date.parse(iso));
  });
});

describe('a line', () => {
  const signal = '{"type":"signal","id":"s","kind":"k","occurredAt":"2026-03-02T00:00:00Z"';

  test('leaves out what may be left out', () => {
    expect(parseLine(`${signal}}`, 1)).toEqual({
      type: 'signal',
      signal: {
        ...{ id: 's', kind: 'k', occurredAt: Date.parse('2026-03-02T00:00:00Z'), channel: null, accountId: null },
        ...{ contactId: null, repId: null, teamId: null, regionId: null, leadId: null, opportunityId: null },
        ...{ measures: {}, labels: {}, eventId: null },
      },
    });
  });

  test('passes over fields that a signal does not have', () => {
    expect(parseLine(`${signal},"mood":"good","polarity":{"x":1}}`, 1)).toEqual(parseLine(`${signal}}`, 1));
  });

  test.each([
    '',
    '   ',
    'tick',
    '[]',
    'null',
    '{}',
    '{"type":"tock","at":"2026-03-02T00:00:00Z"}',
    '{"type":"tick"}',
    '{"type":"tick","at":5}',
    '{"type":"tick","at":"noon"}',
    `${signal},"leadId":7}`,
    `${signal},"measures":{"x":"1"}}`,
    `${signal},"measures":{"x":1e999}}`,
    `${signal},"measures":[]}`,
    `${signal},"labels":{"x":1}}`,
    '{"type":"signal","kind":"k","occurredAt":"2026-03-02T00:00:00Z"}',
    '{"type":"signal","id":"s","occurredAt":"2026-03-02T00:00:00Z"}',
    '{"type":"rule","action":"put"}',
    '{"type":"rule","action":"delete"}',
    '{"type":"rule","action":"edit","ruleId":"x"}',
    '{"type":"rule","action":"delete","ruleId":"x","revision":"1"}',
  ])('that reads %j is malformed, and the error names it', (line) => {
    expect(() => parseLine(line, 7)).toThrow(/^line 7: expected /);
  });

  test.each([
    ['', 'a JSON object, got a blank line'],
    ['\ufeff{"type":"tick"}', 'a JSON object, got a byte order mark before it'],
    ['[[1]]', 'a JSON object, got a list'],
    [`{"type":${'['.repeat(9999)}${']'.repeat(9999)}}`, 'type tick, signal or rule, got a list'],
    [`${signal},"measures":{"a":{"b":1}}}`, 'measures.a as a finite number, got an object'],
    [`${signal},"measures":{"a":1e400}}`, 'measures.a as a finite number, got Infinity'],
    ['{"type":"tick"}', 'at as an ISO 8601 instant, got nothing'],
    ['{"type":"tick","at":"noon"}', 'at as an ISO 8601 instant, got "noon"'],
    [`${signal},"leadId":7}`, 'leadId as a text or null, got 7'],
  ])('that reads %j is shown with what was expected and what came', (line, message) => {
    expect(() => parseLine(line, 7)).toThrow(`line 7: expected ${message}`);
  });
});
