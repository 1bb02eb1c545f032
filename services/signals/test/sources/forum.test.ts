import { describe, expect, test } from '@jest/globals';
import type { ForumTouchpoint, Signal } from '@resonant/contracts';
import { signalsOfForum } from '../../src/sources/forum.ts';
import { huaxin1, knowledge, ofAcme, ofHuaxin, post, rep1, signal, stranger } from '../knowledge.ts';

const of = (fields: Parameters<typeof signal>[1]): Signal => signal('forum:1', { channel: 'forum', ...fields });

const cases: readonly [string, ForumTouchpoint, readonly Signal[]][] = [
  [
    'polarity and intents of title and text together, in English',
    post({ title: 'terrible', text: 'what does the API do' }),
    [
      of({ kind: 'sentiment', position: '0', ...ofAcme, measures: { polarity: -0.75 }, labels: { language: 'en' } }),
      of({
        kind: 'intent',
        position: '0/technical-consultation',
        ...ofAcme,
        measures: { probability: 0.875 },
        labels: { intent: 'technical-consultation' },
      }),
    ],
  ],
  [
    'polarity in Chinese, of an account known by its owner only',
    post({ author: huaxin1, action: 'edited', text: '糟糕' }),
    [of({ kind: 'sentiment', position: '0', ...ofHuaxin, measures: { polarity: -0.75 }, labels: { language: 'zh' } })],
  ],
  [
    'nothing of the title that stands above a comment',
    post({ kind: 'comment', title: 'terrible API', text: 'great' }),
    [of({ kind: 'sentiment', position: '0', ...ofAcme, measures: { polarity: 0.5 }, labels: { language: 'en' } })],
  ],
  [
    'that a question names a technical term of the glossary',
    post({ language: 'en', text: 'How do we turn on SSO?' }),
    [
      of({ kind: 'sentiment', position: '0', ...ofAcme, measures: { polarity: 0.125 }, labels: { language: 'en' } }),
      of({
        kind: 'intent',
        position: '0/technical-consultation',
        ...ofAcme,
        measures: { probability: 0.9 },
        labels: { intent: 'technical-consultation' },
      }),
    ],
  ],
];

describe('signals of a forum post', () => {
  test.each(cases)('say %s', (_, touchpoint, expected) => {
    expect(signalsOfForum(touchpoint, knowledge()).signals).toEqual(expected);
  });

  test.each<[string, Partial<ForumTouchpoint>, string]>([
    ['that was deleted', { action: 'deleted', text: 'terrible' }, 'deleted'],
    ['by a stranger', { author: stranger, text: 'terrible' }, 'unknown-party'],
    ['by a rep', { author: rep1, text: 'terrible' }, 'internal'],
    ['without words', { text: ' \n' }, 'no-text'],
  ])('are none for one %s', (_, fields, silence) => {
    expect(signalsOfForum(post(fields), knowledge())).toEqual({ signals: [], silence });
  });
});
