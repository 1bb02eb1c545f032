/** One signal of an alert's evidence. `eventId` '' = none. Instant in epoch ms. */
export interface Evidence {
  readonly occurredAt: number;
  readonly signalId: string;
  readonly eventId: string;
  readonly role: string;
}

/** A transition that follows from the stored signals. Instants in epoch ms. */
export interface DerivedTransition {
  readonly at: number;
  readonly decidedAt: number;
  readonly state: string;
  /** The numbers that must be stored, by name. */
  readonly values: Readonly<Record<string, number>>;
  readonly evidence: readonly Evidence[];
}

/** An alert's opening and end as SQL derives them. */
export interface DerivedAlert {
  /** Values of the subject, in the order the rule names its fields. */
  readonly key: readonly string[];
  readonly opened: DerivedTransition;
  readonly ended: DerivedTransition | null;
}

/** A subject whose signals had instants decided again; from `from` on nothing is claimed of it. */
export interface Corrected {
  readonly key: readonly string[];
  readonly from: number;
}

/** What SQL says of one life of a rule. */
export interface Derivation {
  readonly alerts: readonly DerivedAlert[];
  readonly corrected: readonly Corrected[];
}

/** A transition as the table `alerts` holds it. Instants in epoch ms. */
export interface StoredTransition {
  readonly alertId: string;
  readonly seq: number;
  readonly ruleId: string;
  readonly ruleVersion: number;
  /** Canonical JSON. */
  readonly subject: string;
  readonly transition: string;
  readonly state: string;
  readonly at: number;
  readonly decidedAt: number;
  readonly openedAt: number;
  readonly values: Readonly<Record<string, number>>;
  readonly evidence: readonly Evidence[];
  readonly isShadow: boolean;
  readonly tickOffset: number;
}
