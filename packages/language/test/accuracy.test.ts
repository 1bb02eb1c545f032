import { describe, expect, test } from '@jest/globals';
import { ownSentences } from '../scripts/training/examples.ts';
import { measure } from '../scripts/training/measures.ts';
import { analyze } from '../src/index.ts';

const polarity = (language: 'en' | 'zh') => (text: string) => analyze({ text, language }).polarity.label;
const intent = (language: 'en' | 'zh', name: 'technical-consultation' | 'request') => (text: string) =>
  analyze({ text, language }).intents[name] >= 0.5 ? 'yes' : 'no';

describe('accuracy on the held-out half of our own sentences does not fall', () => {
  test.each([
    ['polarity-en', polarity('en'), 0.68, 90],
    ['polarity-zh', polarity('zh'), 0.81, 162],
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
