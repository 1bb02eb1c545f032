import { type Decoded, type Decoder, isResonantError, ResonantError } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';
import type { LogRecord } from '@resonant/kafka';

/**
 * The entry that a record of a signals topic stands for, or why it stands for none: the same answer in every replay.
 * The record's schema has been prepared. Throws `unknown-record-type` for what this release cannot know how to take.
 */
export function logEntryOf(record: LogRecord, decoder: Decoder): LogEntry | ResonantError {
  if (record.value === null) return new ResonantError('undecodable-record', 'expected a value, got none');
  let decoded: Decoded;
  try {
    decoded = decoder.decode(record.value);
  } catch (error) {
    if (isResonantError(error, 'undecodable-record')) return error;
    throw error;
  }
  switch (decoded.type) {
    case 'Signal':
      return { type: 'signal', signal: decoded.value };
    case 'Tick':
      return { type: 'tick', at: decoded.value.at };
    case 'RuleChange': {
      const { action, ruleId, document, revision } = decoded.value;
      if (action === 'put' || action === 'delete') return { type: 'rule', action, ruleId, document, revision };
      return new ResonantError('undecodable-record', `expected action put or delete, got ${action}`);
    }
    default:
      return new ResonantError('undecodable-record', `expected Signal, Tick or RuleChange, got ${decoded.type}`);
  }
}
