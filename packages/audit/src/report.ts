import type { Difference, Range } from './compare.ts';

/** Something that was not checked, and why. */
export interface NotChecked {
  readonly ruleId: string;
  readonly keyspace: string;
  readonly partition: number;
  /** From where on, epoch ms; null = all of it. */
  readonly from: number | null;
  readonly why: string;
  /** Stored openings and ends that nothing is claimed of. */
  readonly transitions: number;
}

/** What one way of checking found. */
export interface Findings {
  /** Counted by what was looked at. */
  readonly checked: Readonly<Record<string, number>>;
  /** What was found as it has to be, by what it is. */
  readonly agreed: Readonly<Record<string, number>>;
  /** Transitions of subjects whose instants were decided again because of late signals. */
  readonly excepted: number;
  readonly notChecked: readonly NotChecked[];
  readonly differences: readonly (Difference & { readonly keyspace: string; readonly partition: number })[];
}

/** A verification of stored alerts in a range of instants. */
export interface Report {
  readonly range: Range;
  readonly sql: Findings | null;
  readonly replay: Findings | null;
}

export const noFindings: Findings = { checked: {}, agreed: {}, excepted: 0, notChecked: [], differences: [] };

/** Two findings as one. */
export const merged = (a: Findings, b: Findings): Findings => ({
  checked: sums(a.checked, b.checked),
  agreed: sums(a.agreed, b.agreed),
  excepted: a.excepted + b.excepted,
  notChecked: [...a.notChecked, ...b.notChecked],
  differences: [...a.differences, ...b.differences],
});

function sums(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
