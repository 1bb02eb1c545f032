import type { EvidenceItem } from './log.ts';
import type { SubjectRef } from './subject.ts';

/** An alert as it was said so far. */
export interface SaidAlert {
  readonly alertId: string;
  readonly ruleId: string;
  readonly subject: SubjectRef;
  /** Sorted JSON of the subject. */
  readonly subjectJson: string;
  readonly openedAt: number;
  readonly openState: string;
  seq: number;
  /** `at` of the last transition that was said. */
  lastAt: number;
  /** `at` of its end; null while it is open. */
  endedAt: number | null;
  readonly actionIds: string[];
}

/** What a pattern says about one instant. */
export interface Statement {
  readonly at: number;
  readonly state: string;
  readonly values: Readonly<Record<string, number>>;
  readonly evidence: readonly EvidenceItem[];
}
