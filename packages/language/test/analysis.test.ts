import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyze } from '../src/index.ts';

describe('polarity', () => {
  test.each([
    ['Thanks, that works great!', 'positive'],
    ['This is a terrible idea and I hate it.', 'negative'],
    ['This is for Tomcat 5.5', 'neutral'],
    ['你们的系统又宕机了，太让人失望', 'negative'],
    ['非常满意，下次还会购买', 'positive'],
    ['会议定在周三下午两点', 'neutral'],
  ])('of %j is %s', (text, label) => {
    expect(analyze({ text }).polarity.label).toBe(label);
  });

  test('of a long text follows the part that is not neutral', () => {
    const filler = 'The parcel left the warehouse on Tuesday. The list has twelve rows. '.repeat(40);
    const { polarity } = analyze({ text: `${filler}Your support is terrible, I hate this awful product!` });
    expect(polarity.score).toBeLessThan(analyze({ text: filler }).polarity.score);
  });

  test.each([
    ['What happens to our data if the primary fails and the backup is corrupt?'],
    ['如果主库挂了备份又坏了，我们的数据会不会丢？'],
    ['主库挂了备份又坏了数据会不会丢'],
  ])('of a technical question about trouble is neutral: %s', (text) => {
    expect(analyze({ text }).polarity.label).toBe('neutral');
  });

  test('of a complaint stays when a technical question follows it', () => {
    const complaint = 'Your support is terrible and the product is awful.';
    const both = `${complaint} Does your API support SAML single sign-on?`;
    expect(analyze({ text: both }).polarity.score).toBeLessThanOrEqual(-0.3);
    expect(analyze({ text: both }).intents['technical-consultation']).toBeGreaterThanOrEqual(0.5);
  });
});

describe('intents', () => {
  test.each([
    ['Does your API support SAML single sign-on?', true],
    ['How was your weekend?', false],
    ['请问你们的接口支持单点登录吗？', true],
    ['这个月的发票开好了吗？', false],
  ])('technical consultation in %j: %s', (text, expected) => {
    expect(analyze({ text }).intents['technical-consultation'] >= 0.5).toBe(expected);
  });

  test.each([
    ['Please send me the report by Friday.', true],
    ['The report was written last year.', false],
    ['麻烦把报价单发给我', true],
    ['报价单我已经收到了。', false],
  ])('request in %j: %s', (text, expected) => {
    expect(analyze({ text }).intents.request >= 0.5).toBe(expected);
  });

  test('are those of the most telling sentence', () => {
    const question = 'Does your API support SAML single sign-on?';
    const mail = `Hello. Thanks for the call. ${question} Best regards`;
    expect(analyze({ text: mail }).intents['technical-consultation']).toBeGreaterThanOrEqual(
      analyze({ text: question }).intents['technical-consultation'],
    );
  });
});

test.each(['', ' ', '…', '???', '。'])('a text without words (%j) is neutral and asks for nothing', (text) => {
  expect(analyze({ text })).toEqual({
    language: 'en',
    polarity: { label: 'neutral', score: 0 },
    intents: { 'technical-consultation': 0, request: 0 },
  });
});

test('the given language decides, otherwise the text does', () => {
  expect(analyze({ text: 'OK', language: 'zh' }).language).toBe('zh');
  expect(analyze({ text: '好的', language: null }).language).toBe('zh');
});

test('any text gets numbers in range, and the same ones again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom('en', 'zh', null),
      (text, language) => {
        const analysis = analyze({ text, language });
        expect(Math.abs(analysis.polarity.score)).toBeLessThanOrEqual(1);
        for (const value of Object.values(analysis.intents)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(analyze({ text, language })).toEqual(analysis);
      },
    ),
    { seed: 13, numRuns: 300 },
  );
});
