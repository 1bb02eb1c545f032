import { expect, test } from '@jest/globals';
import { detectLanguage } from '../src/index.ts';

test.each([
  ['Please check the API', 'en'],
  ['请检查一下 API 的 rate limit', 'zh'],
  ['We met 王 in Shanghai to sign the contract', 'en'],
  ['SSO 怎么配？', 'zh'],
  ['12345', 'en'],
  ['', 'en'],
  ['𠮷野家很好吃', 'zh'],
])('%j is %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});
