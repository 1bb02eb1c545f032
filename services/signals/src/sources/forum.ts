import type { ForumTouchpoint } from '@resonant/contracts';
import { factsOfText, wholeText } from '../customer-text.ts';
import { type Derivation, derivation, type Knowledge } from '../derivation.ts';
import { signalOf } from '../signal.ts';

/**
 * What a customer wrote in a community: polarity and intents of the post as a whole. The title above a comment is
 * somebody else's, so only a post's own counts.
 */
export function signalsOfForum(post: ForumTouchpoint, knowledge: Knowledge): Derivation {
  const { directory } = knowledge;
  if (post.action === 'deleted') return derivation([], 'deleted');
  const author = directory.identify(post.author, post.occurredAt);
  if (author === undefined) return derivation([], 'unknown-party');
  if (author.side === 'rep') return derivation([], 'internal');
  const text = wholeText(post.kind === 'comment' ? null : post.title, post.text);
  if (text === '') return derivation([], 'no-text');
  const { accountId, contactId } = author;
  return derivation(
    factsOfText(text, post.language, knowledge).map((fact) =>
      signalOf(post, { ...fact, accountId, contactId }, directory),
    ),
  );
}
