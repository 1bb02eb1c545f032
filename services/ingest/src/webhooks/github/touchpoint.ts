import type { ForumTouchpoint } from '@resonant/contracts';
import { partyOf } from '../../sources/party.ts';
import { type Arrival, envelopeOf } from '../../sources/source.ts';
import { plainTextOf } from './markdown.ts';
import type { GithubEvent, GithubPayload } from './payload.ts';

/** What an action says about a text; all others (labeled, closed, pinned, …) say nothing new. */
const actions: Readonly<Record<string, string>> = {
  opened: 'created',
  created: 'created',
  edited: 'edited',
  deleted: 'deleted',
};

/** Part of the ids of posts and comments: their numbers are unique only within their kind. */
const kinds: Readonly<Record<GithubEvent, string>> = {
  issues: 'issue',
  issue_comment: 'issue-comment',
  discussion: 'discussion',
  discussion_comment: 'discussion-comment',
};

/** created, edited or deleted; undefined for an action that carries no news of a text. */
export const textAction = (action: string): string | undefined =>
  Object.hasOwn(actions, action) ? actions[action] : undefined;

/** The touchpoint of a payload whose action carries news. Throws `occurred-in-future`. */
export function forumTouchpoint(event: GithubEvent, payload: GithubPayload, arrival: Arrival): ForumTouchpoint {
  const { post, comment, repository } = payload;
  const subject = comment ?? post;
  const action = textAction(payload.action) ?? payload.action;
  const community = `github:${repository.full_name}`;
  const isDiscussion = event.startsWith('discussion');
  const updatedAt = subject.updated_at ?? subject.created_at;
  // A deletion leaves the object's update time as it was; that of its thread moves on.
  const deletedAt = Math.max(updatedAt, post.updated_at ?? post.created_at);
  const occurredAt = { created: subject.created_at, deleted: deletedAt }[action] ?? updatedAt;
  const postId = `${kinds[event]}-${subject.id}`;
  const id = `github:${postId}:${new Date(updatedAt).toISOString()}${action === 'deleted' ? ':deleted' : ''}`;
  const threadId = `${community}${isDiscussion ? '/discussions/' : '#'}${post.number}`;
  return {
    ...envelopeOf('forum', 'forum', { id, occurredAt, threadId }, arrival),
    community,
    postId,
    kind: comment === undefined ? 'post' : 'comment',
    action,
    url: subject.html_url ?? null,
    title: post.title.toWellFormed(),
    text: plainTextOf(subject.body).toWellFormed(),
    author: partyOf({ handle: `github:${subject.user.toLowerCase()}` }),
  };
}
