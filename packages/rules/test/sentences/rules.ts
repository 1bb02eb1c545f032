import type { Rule } from './cases.ts';

/** Fields of a pattern, and of the rule around it. */
type Fields = object;

/** Rule r about one rep of a team: keyspace team, subject teamId and repId. */
const head = { apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] };

/** A condition for signals of one kind. */
export const kind = (name: string): Fields => ({ when: `kind == '${name}'` });

const ruleOf = (pattern: Fields, rule: Fields): Rule => ({ ...head, ...rule, pattern });

/** `start` must be followed by `stop` within an hour. */
export const deadline = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ruleOf({ deadline: { start: kind('start'), stop: kind('stop'), within: '1h', ...fields } }, rule);

/** The strength of pairs: halved every hour, gone at a quarter, so two hours after its last return to 1. */
export const strength = { residual: 0.5, at: '1h', expired: 0.25 };

/** `a` and `b` within an hour. */
export const pair = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ruleOf({ pair: { a: kind('a'), b: kind('b'), within: '1h', strength, ...fields } }, rule);

/** `hit` per `call` in ten minutes, looked at every ten, at most a half: opens and closes at once. */
export const ratio = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ruleOf(
    {
      ratio: {
        ...{ numerator: kind('hit'), denominator: kind('call'), window: '10m', every: '10m' },
        ...{ against: 'number', number: 0.5, side: 'below', ...fields },
      },
    },
    rule,
  );

/** `hit` per `call` of a rep against the others of the team. */
export const cohort = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ratio({ against: 'cohort', cohort: { by: ['teamId'] }, ...fields }, rule);

/** The number of `x` in ten minutes, looked at every ten, below one. */
export const threshold = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ruleOf(
    {
      threshold: {
        ...{ when: "kind == 'x'", aggregate: 'count', window: '10m', every: '10m' },
        ...{ side: 'below', value: 1, minSamples: 0, ...fields },
      },
    },
    rule,
  );

/** An aggregate of the measure v of `x` over a day of the zone. */
export const daily = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ruleOf(
    {
      threshold: {
        ...{ when: "kind == 'x'", measure: 'v', aggregate: 'sum', window: 'day', side: 'above', value: 10 },
        ...fields,
      },
    },
    rule,
  );

/** `x` of an hour, twice as many as in the two hours before would let expect, looked at every half hour. */
export const surge = (fields: Fields = {}, rule: Fields = {}): Rule =>
  ruleOf({ surge: { when: "kind == 'x'", window: '1h', every: '30m', against: '2h', factor: 2, ...fields } }, rule);
