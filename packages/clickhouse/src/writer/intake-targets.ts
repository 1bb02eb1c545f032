import type { HashedTable } from '../migrations/hash-forms.ts';
import type { IntakeTable } from '../rows/intake-columns.ts';

/** Which tables the views of an intake table fill, besides the ledger. */
export const intakeTargets = {
  intake_touchpoints: ['touchpoints', 'payloads'],
  intake_signals: ['log', 'signals', 'acknowledgements', 'rule_changes'],
  intake_alerts: ['alerts'],
  intake_actions: ['actions'],
  intake_deliveries: ['deliveries'],
  intake_rules: ['rules'],
  intake_directory: ['directory'],
  intake_vocabulary: ['vocabulary'],
  intake_dead_letters: ['dead_letters', 'dead_letter_outcomes'],
} as const satisfies Readonly<Record<IntakeTable, readonly HashedTable[]>>;
