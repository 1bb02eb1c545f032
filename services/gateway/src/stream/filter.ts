import { z } from 'zod';
import type { Placement } from '../access/placement.ts';

const word = z.string().min(1).max(256);
const prefix = z.strictObject({ prefix: word });
const match = z.union(
  [
    word,
    prefix,
    z
      .array(z.union([word, prefix]))
      .min(1)
      .max(200),
  ],
  {
    error: 'expected a text, {"prefix": text}, or a list of these',
  },
);

type Match = z.output<typeof match>;

const subjectFields = [
  'accountId',
  'contactId',
  'repId',
  'teamId',
  'regionId',
  'leadId',
  'opportunityId',
  'channel',
] as const;

const subjectFieldForm = new RegExp(`^(${subjectFields.join('|')}|labels\\.\\w{1,64})$`);

const optional = match.optional();

/**
 * What a subscription wants to see: every field named must match; a list matches if one of its entries does. Fields of
 * the subject stand at the top level or under `subject` (there also `labels.<name>`); `team` and `region` are where the
 * alert belongs by the directory now. Unknown fields are refused.
 */
export const filterShape = z.strictObject({
  severity: optional,
  rule: optional,
  transition: optional,
  state: optional,
  alertId: optional,
  keyspace: optional,
  team: optional,
  region: optional,
  accountId: optional,
  contactId: optional,
  repId: optional,
  teamId: optional,
  regionId: optional,
  leadId: optional,
  opportunityId: optional,
  channel: optional,
  shadow: z.boolean().optional(),
  subject: z
    .record(z.string().regex(subjectFieldForm, 'expected a subject field such as accountId or labels.<name>'), match)
    .optional(),
});

export type Filter = z.output<typeof filterShape>;

/** What a filter looks at. */
export interface Filterable {
  readonly alertId: string;
  readonly severity: string;
  readonly ruleId: string;
  readonly transition: string;
  readonly state: string;
  readonly keyspace: string;
  readonly isShadow: boolean;
  readonly subject: Readonly<Record<string, string>>;
}

type Predicate = (alert: Filterable, placement: () => Placement) => boolean;

/** The filter as a function; `placement` is asked only if the filter names `team` or `region`. */
export function compileFilter(filter: Filter): Predicate {
  const tests: Predicate[] = [];
  const add = (
    wanted: Match | undefined,
    values: (alert: Filterable, placement: () => Placement) => Iterable<string>,
  ) => {
    if (wanted === undefined) return;
    const test = matcher(wanted);
    tests.push((alert, placement) => {
      for (const value of values(alert, placement)) if (test(value)) return true;
      return false;
    });
  };
  add(filter.severity, (alert) => [alert.severity]);
  add(filter.rule, (alert) => [alert.ruleId]);
  add(filter.transition, (alert) => [alert.transition]);
  add(filter.state, (alert) => [alert.state]);
  add(filter.alertId, (alert) => [alert.alertId]);
  add(filter.keyspace, (alert) => [alert.keyspace]);
  add(filter.team, (_alert, placement) => placement().teams);
  add(filter.region, (_alert, placement) => placement().regions);
  for (const name of subjectFields) add(filter[name], (alert) => subjectValue(alert, name));
  for (const [name, wanted] of Object.entries(filter.subject ?? {})) add(wanted, (alert) => subjectValue(alert, name));
  const { shadow } = filter;
  if (shadow !== undefined) tests.push((alert) => alert.isShadow === shadow);
  return (alert, placement) => tests.every((test) => test(alert, placement));
}

const subjectValue = (alert: Filterable, name: string): readonly string[] => {
  const value = Object.hasOwn(alert.subject, name) ? alert.subject[name] : undefined;
  return value === undefined ? [] : [value];
};

function matcher(wanted: Match): (value: string) => boolean {
  const list = Array.isArray(wanted) ? wanted : [wanted];
  const equal = new Set(list.filter((entry) => typeof entry === 'string'));
  const prefixes = list.filter((entry) => typeof entry === 'object').map((entry) => entry.prefix);
  return (value) => equal.has(value) || prefixes.some((start) => value.startsWith(start));
}
