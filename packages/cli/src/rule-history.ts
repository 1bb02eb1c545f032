import { isResonantError, type Rule, rulesTopic } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';

/** One change of a rule, as it stands in the rules topic. */
export interface RuleRevision {
  /** Its offset there. */
  readonly revision: number;
  readonly rule: Rule;
}

/** The changes that the rules topic still holds, oldest first; of one rule if `ruleId` is given. */
export async function ruleHistory(log: Log, ruleId: string | undefined): Promise<readonly RuleRevision[]> {
  const decoder = decoderFor(log);
  const found: RuleRevision[] = [];
  const follower = await log.follow({
    topic: rulesTopic,
    onRecords: async (_partition, records) => {
      await decoder.prepare(records.map(({ value }) => value));
      for (const { value, offset } of records) {
        if (value === null) continue;
        try {
          const decoded = decoder.decode(value);
          if (decoded.type !== 'Rule') continue;
          if (ruleId === undefined || decoded.value.ruleId === ruleId)
            found.push({ revision: offset, rule: decoded.value });
        } catch (error) {
          // the processor leaves it out as well
          if (!isResonantError(error, 'undecodable-record')) throw error;
        }
      }
    },
  });
  try {
    await Promise.race([follower.caughtUp, follower.failed]);
  } finally {
    await follower.stop();
  }
  return found.sort((a, b) => a.rule.changedAt - b.rule.changedAt || a.revision - b.revision);
}
