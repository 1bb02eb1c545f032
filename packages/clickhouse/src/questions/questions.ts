import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const parameter = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** ClickHouse type. */
  type: z.string(),
  /** Value if none is given: text as ClickHouse reads it; for instants also `now` or a span back such as `-24h`. Without it the parameter has to be given. */
  default: z.string().optional(),
  /** Value with which `answer` was made on the demo's day. */
  demo: z.string(),
  about: z.string(),
});

const cell = z.json();

const shape = z.strictObject({
  title: z.strictObject({ en: z.string(), zh: z.string() }),
  why: z.string(),
  parameters: z.array(parameter),
  /** Its instants are those at which records came in, which are not the day's own when a day is played later. */
  by_arrival: z.boolean().default(false),
  sql: z.string(),
  /** How to read the answer. */
  reading: z.string(),
  /** What comes on the demo's day. */
  answer: z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(cell)) }),
});

export type QuestionParameter = Readonly<z.infer<typeof parameter>>;

/** A worked question: what is asked and why, the SQL, and the answer on the demo's day. */
export type Question = Readonly<z.infer<typeof shape>> & {
  /** From 1, as in `resonant ask 1`. */
  readonly number: number;
  /** e.g. late-leads. */
  readonly name: string;
};

const folder = new URL('../../questions/', import.meta.url);

/** The worked questions in the order of their numbers. Throws, naming the file, if one is not as described. */
export const readQuestions = (): readonly Question[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const [, number, name] = /^(\d\d)-([a-z-]+)\.yaml$/.exec(file) ?? [];
      const read = shape.safeParse(parse(readFileSync(new URL(file, folder), 'utf8'), { schema: 'core' }));
      if (name === undefined) throw new Error(`questions/${file}: expected a name such as 01-late-leads.yaml`);
      if (!read.success) throw new Error(`questions/${file}:\n${z.prettifyError(read.error)}`);
      return { number: Number(number), name, ...read.data };
    });
