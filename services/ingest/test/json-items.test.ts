import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arrayItems, lineItems, maxDepth, readJson } from '../src/json-items.ts';

const texts = (items: readonly Buffer[]): readonly string[] => items.map(String);
const malformed = expect.objectContaining({ code: 'malformed-body' });

describe('arrayItems', () => {
  test.each([
    ['[]', []],
    [' [ ] ', []],
    ['[1]', ['1']],
    ['[ {"a": 1} ,\n {"b":[1,2]} ]', ['{"a": 1}', '{"b":[1,2]}']],
    ['[{"a":"],[\\"}"},2]', ['{"a":"],[\\"}"}', '2']],
    ['\ufeff[1]', ['1']],
    ['[1,]', ['1', '']],
    ['[,1]', ['', '1']],
    ['[{"中":"文，]"}]', ['{"中":"文，]"}']],
    ['[{"bad": tru},3]', ['{"bad": tru}', '3']],
  ])('%s', (text, items) => {
    expect(texts(arrayItems(Buffer.from(text)))).toEqual(items);
  });

  test.each(['', '{}', '1', '[', '[1', '[1}', '[{]', '[1] 2', '["a]'])('%s is refused', (text) => {
    expect(() => arrayItems(Buffer.from(text))).toThrow(malformed);
  });

  test('gives back exactly what any JSON array was made from', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const items = arrayItems(Buffer.from(JSON.stringify(values, null, 1)));
        expect(items.map((item) => JSON.parse(String(item)))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });
});

test.each([
  ['', []],
  ['\n \r\n', []],
  ['{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ['\ufeff{"a":1}\r\n\r\n  2\n', ['{"a":1}', '2']],
])('lineItems of %j', (text, items) => {
  expect(texts(lineItems(Buffer.from(text)))).toEqual(items);
});

describe('readJson', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['\ufeff{}', {}],
    [`${'['.repeat(maxDepth)}${']'.repeat(maxDepth)}`, expect.any(Array)],
    [`["${'['.repeat(100)}"]`, expect.any(Array)],
  ])('reads %s', (text, value) => {
    expect(readJson(Buffer.from(text))).toEqual(value);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['half an object', Buffer.from('{"a":')],
    ['Latin-1', Buffer.from('{"a":"é"}', 'latin1')],
    ['33 levels', Buffer.from(`${'['.repeat(33)}${']'.repeat(33)}`)],
    ['a million open brackets', Buffer.alloc(1 << 20, '[')],
  ])('refuses %s', (_name, bytes) => {
    expect(() => readJson(bytes)).toThrow(malformed);
  });

  test('does not repeat the body in its message', () => {
    expect(() => readJson(Buffer.from('{"name": secret-word}'))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
