import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const clock = z.string().regex(/^\d\d:\d\d:\d\d$/, 'expected HH:MM:SS');
const minutes = z
  .string()
  .regex(/^\d+[sm]$/, 'expected seconds or minutes, e.g. 75s or 15m')
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('m') ? 60_000 : 1000));
const language = z.enum(['en', 'zh']);
const texts = z.object({ en: z.array(z.string()).min(1), zh: z.array(z.string()).min(1) });

const party = z.strictObject({ repId: z.string().optional(), email: z.string().optional() });
const call = z.strictObject({
  id: z.string(),
  text: z.string(),
  rep: z.string(),
  contact: z.string(),
  direction: z.enum(['inbound', 'outbound']),
});
const knowledge = z.strictObject({
  id: z.string(),
  reader: party,
  pageId: z.string(),
  pageTitle: z.string(),
  activeSeconds: z.number(),
  query: z.string().optional(),
  language: language.optional(),
});
const crm = z.strictObject({
  id: z.string(),
  type: z.enum(['lead-created', 'lead-response']),
  leadId: z.string(),
  by: z.enum(['human', 'auto']),
  text: z.string(),
  rep: z.string(),
  language: language.optional(),
});
const event = z.strictObject({
  at: clock,
  send: clock.optional(),
  call: call.optional(),
  github: z.strictObject({ event: z.enum(['issues', 'issue_comment']), body: z.string() }).optional(),
  mail: z.strictObject({ text: z.string(), leadId: z.string().optional() }).optional(),
  knowledge: knowledge.optional(),
  crm: crm.optional(),
});
const series = z.strictObject({
  every: minutes,
  send: minutes,
  from: clock,
  to: clock,
  used: texts,
  unused: texts,
  plain: texts.extend({ every: minutes }),
  reps: z.array(
    z.strictObject({
      rep: z.string(),
      language,
      offset: minutes,
      contacts: z.array(z.string()).min(1),
      silent: z.tuple([clock, clock]).optional(),
    }),
  ),
});

/** The demo's day as `demo/day.yaml` describes it. */
const daySchema = z.strictObject({
  date: z.iso.date(),
  from: clock,
  to: z.iso.datetime(),
  events: z.array(event),
  series,
});

export type Day = z.infer<typeof daySchema>;
export type DayEvent = z.infer<typeof event>;
export type CallText = z.infer<typeof call>;

/** Reads a day; `file` is the path of its YAML. Throws with every problem if it is not as described. */
export function loadDay(file: string): Day {
  const result = daySchema.safeParse(parse(readFileSync(file, 'utf8'), { schema: 'core' }));
  if (!result.success) throw new Error(`${file} is not a day of the demo:\n${z.prettifyError(result.error)}`);
  return result.data;
}

/** Epoch ms of a time of that day, which is in UTC. */
export const instantOf = (day: Pick<Day, 'date'>, time: string): number => Date.parse(`${day.date}T${time}Z`);
