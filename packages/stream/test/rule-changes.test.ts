import { describe, expect, test } from '@jest/globals';
import type { Keyspace } from '@resonant/contracts';
import { type KnownChange, type LatestRule, missingChanges } from '../src/index.ts';

const put = (revision: number, keyspace: Keyspace): LatestRule => ({
  revision,
  rule: { action: 'put', ruleId: 'r', keyspace, document: `{"version":${revision}}`, changedAt: 0, changedBy: null },
});
const removed = (revision: number): LatestRule => ({
  revision,
  rule: { action: 'delete', ruleId: 'r', keyspace: null, document: null, changedAt: 0, changedBy: null },
});

const cases: readonly [string, LatestRule, KnownChange | undefined, string[]][] = [
  ['a rule of the keyspace that the log lacks is put', put(4, 'team'), undefined, ['put r@4']],
  ['a revision that the log holds is not put again', put(4, 'team'), { action: 'put', revision: 4 }, []],
  ['a later revision is put', put(9, 'team'), { action: 'put', revision: 4 }, ['put r@9']],
  ['a rule of another keyspace is none of ours', put(4, 'account'), undefined, []],
  ['a rule that moved away is deleted', put(9, 'account'), { action: 'put', revision: 4 }, ['delete r@9']],
  ['a rule that moved away and was deleted here stays so', put(9, 'account'), { action: 'delete', revision: 7 }, []],
  ['a deletion is passed on', removed(9), { action: 'put', revision: 4 }, ['delete r@9']],
  ['a deletion of what was never here says nothing', removed(9), undefined, []],
  ['a rule that comes back is put', put(9, 'team'), { action: 'delete', revision: 7 }, ['put r@9']],
  ['an older book than the log changes nothing', put(3, 'team'), { action: 'put', revision: 4 }, []],
];

describe('missing rule changes', () => {
  test.each(cases)('%s', (_, latest, known, expected) => {
    const changes = missingChanges(
      'team',
      new Map([['r', latest]]),
      new Map(known === undefined ? [] : [['r', known]]),
    );
    expect(changes.map(({ action, ruleId, revision }) => `${action} ${ruleId}@${revision}`)).toEqual(expected);
  });

  test('several come in the order of revisions, ids deciding between equal ones', () => {
    const rules = new Map(
      [
        ['c', 2],
        ['b', 7],
        ['a', 2],
      ].map(([ruleId, revision]): [string, LatestRule] => {
        const { rule } = put(0, 'team');
        return [String(ruleId), { revision: Number(revision), rule: { ...rule, ruleId: String(ruleId) } }];
      }),
    );
    expect(missingChanges('team', rules, new Map()).map(({ ruleId }) => ruleId)).toEqual(['a', 'c', 'b']);
  });
});
