import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const transition = z.strictObject({
  transition: z.enum(['opened', 'updated', 'resolved', 'withdrawn']),
  state: z.string(),
  at: z.iso.datetime(),
  evidence: z.array(z.string()).optional(),
});
const story = z.strictObject({
  rule: z.string(),
  subject: z.record(z.string(), z.string()),
  why: z.string(),
  /** In order of seq; empty = the near miss stays silent. */
  transitions: z.array(transition),
});

/** What the demo's day is to bring, story by story, as `demo/expected.yaml` says. */
export type Story = z.infer<typeof story>;

export function loadExpectation(file: string): readonly Story[] {
  const result = z.array(story).safeParse(parse(readFileSync(file, 'utf8'), { schema: 'core' }));
  if (!result.success) throw new Error(`${file} is not an expectation of the demo:\n${z.prettifyError(result.error)}`);
  return result.data;
}

/** What of an alert transition the comparison looks at; any alert of the stream or of Kafka has it. */
export interface SeenAlert {
  readonly alertId: string;
  readonly seq: number;
  readonly ruleId: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly transition: string;
  readonly state: string;
  readonly at: string;
  readonly evidence: readonly { readonly eventId: string | null }[];
}

/** One line of the table: what was expected, what came; they are the same when `isMet`. */
export interface Row {
  readonly rule: string;
  readonly subject: string;
  readonly why: string;
  readonly expected: string;
  readonly came: string;
  readonly isMet: boolean;
}

const nothing = '(silence)';

/**
 * Compares the transitions that came, in any order, with the stories. Each (alertId, seq) is to come once; what no
 * story speaks of is a row of its own, that is not met.
 */
export function compare(stories: readonly Story[], seen: readonly SeenAlert[]): readonly Row[] {
  const left = new Map<string, SeenAlert[]>();
  for (const alert of seen) {
    const key = keyOf(alert.ruleId, alert.subject);
    left.set(key, [...(left.get(key) ?? []), alert]);
  }
  const rows: Row[] = [];
  for (const { rule, subject, why, transitions } of stories) {
    const key = keyOf(rule, subject);
    const came = (left.get(key) ?? []).sort(byOccurrence);
    left.delete(key);
    const length = Math.max(transitions.length, came.length, 1);
    for (let n = 0; n < length; n += 1) {
      const expected = transitions[n];
      const alert = came[n];
      rows.push({
        rule,
        subject: Object.values(subject).join(' · '),
        why: n === 0 ? why : '',
        expected: expected === undefined ? nothing : textOf(expected),
        came: alert === undefined ? nothing : textOf(alert),
        isMet: isSame(expected, alert),
      });
    }
  }
  for (const alert of [...left.values()].flat()) {
    rows.push({
      rule: alert.ruleId,
      subject: Object.values(alert.subject).join(' · '),
      why: 'not expected at all',
      expected: nothing,
      came: textOf(alert),
      isMet: false,
    });
  }
  return rows;
}

const keyOf = (rule: string, subject: Readonly<Record<string, string>>): string =>
  `${rule} ${JSON.stringify(Object.entries(subject).sort())}`;

const byOccurrence = (a: SeenAlert, b: SeenAlert): number =>
  a.alertId === b.alertId ? a.seq - b.seq : a.at < b.at ? -1 : 1;

const textOf = (entry: { readonly transition: string; readonly state: string; readonly at: string }): string =>
  `${entry.transition} (${entry.state}) ${entry.at.replace('T', ' ').replace('.000Z', '').replace('Z', '')}`;

function isSame(expected: Story['transitions'][number] | undefined, alert: SeenAlert | undefined): boolean {
  if (expected === undefined || alert === undefined) return expected === alert;
  const sameMoment = Date.parse(expected.at) === Date.parse(alert.at);
  const sameWords = expected.transition === alert.transition && expected.state === alert.state;
  const evidence = alert.evidence.map((each) => each.eventId);
  return sameMoment && sameWords && (expected.evidence ?? evidence).join() === evidence.join();
}
