import { createHash } from 'node:crypto';
import type { Alert } from '@resonant/contracts';

/** An alert id as rules.md makes them, from any words. */
export const alertIdOf = (words: string): string => createHash('sha256').update(words).digest('hex').slice(0, 32);

const opened = Date.parse('2026-03-02T01:00:00.000Z');

/** A resonance alert about the account acme, with what a test changes. */
export const alertOf = (changes: Partial<Alert> = {}): Alert => ({
  alertId: alertIdOf('acme'),
  seq: 1,
  ruleId: 'resonance',
  ruleVersion: 1,
  subject: { accountId: 'acme' },
  transition: 'opened',
  state: 'resonating',
  at: opened,
  decidedAt: opened,
  values: { strength: 1, lift: 3.2, minutesBetween: 12.5 },
  evidence: [{ eventId: 'forum:991', signalId: 's1', occurredAt: opened - 1000, role: 'a' }],
  isLate: false,
  isShadow: false,
  openedAt: opened,
  severity: 'high',
  title: { en: 'Resonance' },
  keyspace: 'account',
  partitionKey: 'acme',
  partition: 0,
  tickOffset: 7,
  ...changes,
});
