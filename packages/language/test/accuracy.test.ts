import { describe, expect, test } from '@jest/globals';
import { heard, heldOutComplaints, heldOutQuestions, ownSentences } from '../scripts/training/examples.ts';
import { complaints, measure } from '../scripts/training/measures.ts';
import { analyze } from '../src/index.ts';

const polarity = (language: 'en' | 'zh') => (text: string) => analyze({ text, language }).polarity.label;
const intent = (language: 'en' | 'zh', name: 'technical-consultation' | 'request') => (text: string) =>
  analyze({ text, language }).intents[name] >= 0.5 ? 'yes' : 'no';

describe('accuracy on the held-out half of our own sentences does not fall', () => {
  test.each([
    ['polarity-en', polarity('en'), 0.68, 90],
    ['polarity-zh', polarity('zh'), 0.81, 162],
    ['polarity-technical-en', polarity('en'), 0.87, 95],
    ['polarity-technical-zh', polarity('zh'), 0.87, 94],
    ['request-zh', intent('zh', 'request'), 0.94, 106],
    ['technical-consultation-en', intent('en', 'technical-consultation'), 0.92, 132],
    ['technical-consultation-zh', intent('zh', 'technical-consultation'), 0.94, 116],
  ])('%s', (file, judge, floor, count) => {
    const { heldOut } = ownSentences(file);
    expect(heldOut.length).toBe(count);
    expect(measure(heldOut, judge).accuracy).toBeGreaterThanOrEqual(floor);
  });

  test('no held-out sentence stands in a training half', () => {
    for (const file of [
      'polarity-en',
      'polarity-zh',
      'polarity-technical-en',
      'polarity-technical-zh',
      'request-zh',
      'technical-consultation-en',
      'technical-consultation-zh',
    ]) {
      const { train, heldOut } = ownSentences(file);
      const trained = new Set(train.map(({ text }) => text));
      expect(heldOut.filter(({ text }) => trained.has(text))).toEqual([]);
    }
  });
});

describe('of the held-out half of our own sentences, complaints to a rule (score of −0.3 or less)', () => {
  const score = (language: 'en' | 'zh') => (text: string) => analyze({ text, language }).polarity.score;

  test.each([
    ['en', 'written', 0, 125],
    ['en', 'heard', 0, 125],
    ['zh', 'written', 1, 109],
    ['zh', 'heard', 6, 109],
  ] as const)('are technical questions, %s, %s: %i of %i', (language, form, expected, count) => {
    const texts = heldOutQuestions(language);
    expect(texts.length).toBe(count);
    expect(complaints(form === 'heard' ? texts.map(heard) : texts, score(language))).toBe(expected);
  });

  test.each([
    ['en', 'written', 28, 55],
    ['en', 'heard', 26, 55],
    ['zh', 'written', 40, 55],
    ['zh', 'heard', 39, 55],
  ] as const)('are complaints, %s, %s: %i of %i', (language, form, expected, count) => {
    const texts = heldOutComplaints(language);
    expect(texts.length).toBe(count);
    expect(complaints(form === 'heard' ? texts.map(heard) : texts, score(language))).toBe(expected);
  });
});
