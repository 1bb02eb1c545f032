import { type ResonantError, rulesTopic } from '@resonant/contracts';
import { followTable, type Log, type LogRecord } from '@resonant/kafka';
import type { LatestRule } from './rule-changes.ts';

/** The rules topic as it stands: the latest change of each rule. */
export interface RuleBook {
  readonly rules: ReadonlyMap<string, LatestRule>;
  /** Calls back after every change; the result ends that. */
  onChange(listener: () => void): () => void;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Follows `resonant.rules.v1`; resolves when everything that stood there has been read. A record that cannot be decoded
 * changes nothing and is handed to `undecodable`.
 */
export async function followRules(
  log: Log,
  undecodable: (record: LogRecord, error: ResonantError) => void = () => undefined,
): Promise<RuleBook> {
  const rules = new Map<string, LatestRule>();
  const listeners = new Set<() => void>();
  const follower = await followTable(log, rulesTopic, {
    put: (_, decoded, record) => {
      if (decoded.type !== 'Rule') return;
      rules.set(decoded.value.ruleId, { revision: record.offset, rule: decoded.value });
      for (const listener of listeners) listener();
    },
    remove: () => undefined,
    undecodable,
  });
  await follower.caughtUp;
  return {
    rules,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    failed: follower.failed,
    stop: () => follower.stop(),
  };
}
