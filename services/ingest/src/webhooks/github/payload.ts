import { z } from 'zod';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** Deleted accounts come as null; GitHub shows them as @ghost. */
const user = z
  .object({ login: z.string().min(1) })
  .nullish()
  .transform((given) => given?.login ?? 'ghost');

const written = {
  id: z.number().int(),
  body: z
    .string()
    .nullish()
    .transform((body) => body ?? ''),
  html_url: z.string().max(2000).nullish(),
  user,
  created_at: instant,
  updated_at: instant.nullish(),
};

const post = z.object({ ...written, number: z.number().int(), title: z.string() });
const comment = z.object(written);
const common = { action: z.string(), repository: z.object({ full_name: z.string().min(1) }) };

/** What is read of each event that says something; everything else in the payload is left alone. */
export const payloads = {
  issues: z.object({ ...common, issue: post }).transform(({ issue, ...rest }) => ({ ...rest, post: issue })),
  issue_comment: z
    .object({ ...common, issue: post, comment })
    .transform(({ issue, ...rest }) => ({ ...rest, post: issue })),
  discussion: z
    .object({ ...common, discussion: post })
    .transform(({ discussion, ...rest }) => ({ ...rest, post: discussion })),
  discussion_comment: z
    .object({ ...common, discussion: post, comment })
    .transform(({ discussion, ...rest }) => ({ ...rest, post: discussion })),
} as const;

export type GithubEvent = keyof typeof payloads;

/** An event as all four look after reading: `comment` only where one was written. */
export interface GithubPayload {
  readonly action: string;
  readonly repository: { readonly full_name: string };
  readonly post: z.output<typeof post>;
  readonly comment?: z.output<typeof comment>;
}
