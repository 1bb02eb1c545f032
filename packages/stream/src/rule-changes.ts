import type { Keyspace, Rule, RuleChange } from '@resonant/contracts';

/** The latest change of a rule in the rules topic. */
export interface LatestRule {
  /** Its offset there. */
  readonly revision: number;
  readonly rule: Rule;
}

/** The latest change of a rule that a partition's log holds. */
export interface KnownChange {
  readonly action: string;
  readonly revision: number;
}

/**
 * What has to be appended to a partition so that its log says what the rules topic says, in the order of revisions.
 * Each revision is appended once; a rule that moved to another keyspace is deleted here.
 *
 * @param rules latest change by rule id
 * @param known latest change in the partition by rule id
 */
export function missingChanges(
  keyspace: Keyspace,
  rules: ReadonlyMap<string, LatestRule>,
  known: ReadonlyMap<string, KnownChange>,
): RuleChange[] {
  const changes: RuleChange[] = [];
  for (const [ruleId, { revision, rule }] of rules) {
    const here = known.get(ruleId);
    if (here !== undefined && here.revision >= revision) continue;
    if (rule.action === 'put' && rule.keyspace === keyspace) {
      changes.push({ action: 'put', ruleId, document: rule.document, revision });
    } else if (here?.action === 'put') {
      changes.push({ action: 'delete', ruleId, document: null, revision });
    }
  }
  return changes.sort((a, b) => a.revision - b.revision || (a.ruleId < b.ruleId ? -1 : 1));
}
