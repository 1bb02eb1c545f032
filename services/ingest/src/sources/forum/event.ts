import { z } from 'zod';
import { envelopeShape, idField, partyField } from '../fields.ts';

/** A post or comment in a community. */
export const forumEvent = z
  .strictObject({
    ...envelopeShape,
    community: idField.meta({ description: 'platform and place, e.g. github:octo-org/octo-repo' }),
    postId: idField.meta({ description: 'id of the post or comment in the community' }),
    kind: z.enum(['post', 'comment']).default('post'),
    action: z.enum(['created', 'edited', 'deleted']).default('created'),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .nullish(),
    title: z.string().max(10_000).nullish(),
    text: z.string(),
    author: partyField,
  })
  .meta({ title: 'ForumEvent', description: 'A post or comment in a community' });
