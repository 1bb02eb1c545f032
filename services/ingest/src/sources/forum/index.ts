import { parse } from '@resonant/service';
import { partyOf } from '../party.ts';
import { envelopeOf, type SourceDefinition } from '../source.ts';
import { forumEvent } from './event.ts';

/** Posts and comments of communities. */
export const forum: SourceDefinition<'forum'> = {
  source: 'forum',
  event: forumEvent,
  example: {
    id: 'post-4711',
    occurredAt: '2026-03-03T11:00:00Z',
    community: 'discourse:forum.acme.example',
    postId: '4711',
    kind: 'post',
    url: 'https://forum.acme.example/t/4711',
    title: 'Export hangs',
    text: 'The export has been as slow as a snail since Monday.',
    author: { handle: 'discourse:contact-3' },
  },
  touchpoint: (value, arrival) => {
    const event = parse(forumEvent, value, 'invalid-event');
    const { community, postId, kind, action } = event;
    return {
      ...envelopeOf('forum', 'forum', event, arrival),
      community,
      postId,
      kind,
      action,
      url: event.url ?? null,
      title: event.title?.toWellFormed() ?? null,
      text: event.text.toWellFormed(),
      author: partyOf(event.author),
    };
  },
};
