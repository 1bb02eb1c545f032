import { describe, expect, test } from '@jest/globals';
import { glossaryOf } from '../src/glossary.ts';

const glossary = glossaryOf([
  { termId: 'sso', term: 'single sign-on', language: null, aliases: ['SSO', 'single sign on'], isTechnical: true },
  { termId: 'dl', term: '单点登录', language: null, aliases: ['单点登陆'], isTechnical: true },
  { termId: 'cpp', term: 'C++', language: null, aliases: ['cpp', 'c plus plus'], isTechnical: true },
  { termId: 'z-late', term: 'other', language: null, aliases: ['sso', 'plan b'], isTechnical: false },
]);

describe('the glossary', () => {
  test.each([
    ['we want SSO and sso', 'we want single sign-on and single sign-on'],
    ['Single Sign On, please', 'single sign-on, please'],
    ['lessons and crossover', 'lessons and crossover'],
    ['支持单点登陆吗', '支持单点登录吗'],
    ['支持SSO吗', '支持single sign-on吗'],
    ['written in c plus plus', 'written in C++'],
    ['cpp17', 'cpp17'],
  ])('folds aliases of "%s"', (text, folded) => {
    expect(glossary.fold(text)).toBe(folded);
  });

  test.each([
    ['Do you support single sign-on?', true],
    ['how is single sign-on set up', true],
    ['支持单点登录吗', true],
    ['单点登录怎么开通', true],
    ['Single sign-on works well.', false],
    ['Single sign-on works well. How are you?', false],
    ['Which plan b is it?', false],
    ['Is it C++?', true],
  ])('says of "%s" whether it asks about a technical term: %s', (text, expected) => {
    expect(glossary.asksAboutTechnicalTerm(text)).toBe(expected);
  });

  test('without entries leaves texts alone', () => {
    expect(glossaryOf([]).fold('SSO')).toBe('SSO');
    expect(glossaryOf([]).asksAboutTechnicalTerm('what is SSO?')).toBe(false);
  });
});
