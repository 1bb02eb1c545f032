import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TalkTrackMatcher } from '../src/index.ts';

const found = (phrases: readonly string[], text: string): string[] =>
  new TalkTrackMatcher({ talkTracks: [{ id: 'track', phrases }] })
    .find(text)
    .map(({ start, end }) => text.slice(start, end));

describe('phrases that are said as written', () => {
  test.each([
    ['case and punctuation', 'free trial', 'Start your FREE, trial!', ['FREE, trial']],
    ['every occurrence', 'free trial', 'free trial or free trial', ['free trial', 'free trial']],
    ['contractions', "we don't charge", 'We do not charge. we don’t charge', ['We do not charge', 'we don’t charge']],
    ['numbers in words', 'thirty day notice', 'a 30-day notice', ['30-day notice']],
    ['amounts of money', 'save five million dollars', 'you save $5 million', ['save $5 million']],
    ['per cent', 'twenty percent off', '20% off', ['20% off']],
    ['fillers of speech', 'free trial', 'free uh trial', ['free uh trial']],
    ['Chinese with punctuation', '您好请问', '您好，请问', ['您好，请问']],
    ['Chinese numbers', '百分之二十的折扣', '有20%的折扣', ['20%的折扣']],
    ['full-width letters', 'API网关', 'ＡＰＩ网关', ['ＡＰＩ网关']],
    ['one word', 'guarantee', 'no guarantees, a guarantee', ['guarantee']],
    ['nothing within longer words', 'rate', 'accurate rates', []],
    ['nothing in an empty text', 'rate', '', []],
  ])('are found whatever the %s', (_, phrase, text, expected) => {
    expect(found([phrase], text)).toEqual(expected);
  });

  test('lie at UTF-16 offsets, also behind surrogate pairs', () => {
    const matcher = new TalkTrackMatcher({ talkTracks: [{ id: 'a', phrases: ['free trial'] }] });
    expect(matcher.find('😀👍🏽 𝒳 free trial 😀')).toEqual([{ id: 'a', phrase: 'free trial', start: 10, end: 20 }]);
  });

  test('of several tracks are listed by start, end, track and phrase', () => {
    const matcher = new TalkTrackMatcher({
      talkTracks: [
        { id: 'b', phrases: ['trial', 'free trial'] },
        { id: 'a', phrases: ['free trial'] },
      ],
    });
    expect(matcher.find('free trial').map(({ id, phrase }) => `${id}:${phrase}`)).toEqual([
      'a:free trial',
      'b:free trial',
      'b:trial',
    ]);
  });
});

describe('a phrase of five words or more', () => {
  const phrase = 'we look forward to hearing from you';
  test.each([
    ['a substituted word', 'we look forward to hear from you', 'we look forward to hear from you'],
    ['a missing word', 'we look forward hearing from you', 'we look forward hearing from you'],
    ['an added word', 'we look very forward to hearing from you', 'we look very forward to hearing from you'],
    ['a missing first word', 'so look forward to hearing from you', 'look forward to hearing from you'],
    ['a missing last word', 'we look forward to hearing from. Bye', 'we look forward to hearing from'],
    ['a last word misheard', 'we look forward to hearing from your', 'we look forward to hearing from your'],
  ])('tolerates %s', (_, text, expected) => {
    expect(found([phrase], text)).toEqual([expected]);
  });

  test.each([
    ['two substituted words', 'we looked forward to hear from you'],
    ['a substituted and a missing word', 'we looked forward to hearing you'],
    ['another order', 'we forward look to hearing from you'],
  ])('does not tolerate %s', (_, text) => {
    expect(found([phrase], text)).toEqual([]);
  });

  test('takes two words written as one, and one as two, for the same', () => {
    expect(found(['sync your data in real time'], 'sync your data in realtime')).toEqual([
      'sync your data in realtime',
    ]);
    expect(found(['sync your data in realtime now'], 'sync your data in real time now')).toEqual([
      'sync your data in real time now',
    ]);
  });

  test('prefers the exact occurrence to a nearly right one that overlaps it', () => {
    const text = 'we we look forward to hearing from you';
    expect(found([phrase], text)).toEqual(['we look forward to hearing from you']);
  });
});

test('a phrase of four words is found exactly only', () => {
  expect(found(['forward to hearing from'], 'forward to hear from')).toEqual([]);
  expect(found(['forward to hearing from'], 'forward to hearing from')).toEqual(['forward to hearing from']);
});

describe('a Chinese phrase of ten characters or more', () => {
  const phrase = '我们支持私有化部署和单点登录';
  test.each([
    ['one wrong character', '我们支撑私有化部署和单点登录'],
    ['a wrong word of two characters', '我们支持私有化安装和单点登录'],
    ['a missing word of two characters', '我们支持私有化和单点登录'],
    ['an added word of two characters', '我们支持私有化现场部署和单点登录'],
  ])('tolerates %s', (_, text) => {
    expect(found([phrase], text)).toEqual([text]);
  });

  test('does not tolerate two wrong words', () => {
    expect(found([phrase], '我们提供私有化安装和单点登录')).toEqual([]);
  });

  test('is exact below ten characters', () => {
    expect(found(['三十天无理由退'], '三十天无条件退')).toEqual([]);
  });
});

describe('uses of a talk-track', () => {
  const matcher = new TalkTrackMatcher({
    talkTracks: [
      { id: 'pair', phrases: ['free trial', 'no credit card'], quorum: 2 },
      { id: 'single', phrases: ['money back'] },
    ],
  });

  test('count distinct phrases and name the text that reached the quorum', () => {
    const texts = ['a free trial', 'really, a free trial', 'and no credit card', 'money back', 'no credit card'];
    expect(matcher.uses(texts)).toEqual([
      { id: 'pair', textIndex: 2, phrases: ['free trial', 'no credit card'] },
      { id: 'single', textIndex: 3, phrases: ['money back'] },
    ]);
  });

  test('need the quorum', () => {
    expect(matcher.uses(['a free trial', 'another free trial'])).toEqual([]);
  });

  test('follow a phrase from one text into the next', () => {
    expect(matcher.uses(['you get your money', 'back'])).toEqual([
      { id: 'single', textIndex: 1, phrases: ['money back'] },
    ]);
  });

  test('of no text are none', () => {
    expect(matcher.uses([])).toEqual([]);
  });
});

const word = fc.constantFrom(
  'we',
  'look',
  'forward',
  'to',
  'data',
  'twenty',
  'four',
  "don't",
  '我',
  '们',
  '十',
  '5',
  '😀',
);

test('every phrase stands in a text that contains it between other words', () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 9 }),
      fc.array(fc.constantFrom('so', 'ok', '了')),
      (phrase, around) => {
        fc.pre(phrase.some((part) => part !== '😀'));
        const text = [...around, '.', ...phrase, '.', ...around].join(' ');
        expect(found([phrase.join(' ')], text).length).toBeGreaterThanOrEqual(1);
      },
    ),
    { seed: 11, numRuns: 500 },
  );
});

test('finds point into the text and those of one phrase do not overlap', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.array(word, { minLength: 1, maxLength: 7 }), (words, phrase) => {
      const text = words.join(' ');
      const matches = new TalkTrackMatcher({ talkTracks: [{ id: 'a', phrases: [phrase.join(' ')] }] }).find(text);
      for (const [at, { start, end }] of matches.entries()) {
        expect(start).toBeGreaterThanOrEqual(at === 0 ? 0 : matches[at - 1]!.end);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
    { seed: 12, numRuns: 500 },
  );
});
