/** Why a rule says what it says of one subject at one instant, or says nothing. */
export interface Explanation {
  /** The instant whose numbers these are: the subject's last one, for a rule that has instants. */
  readonly at: number;
  /** Where the subject stands: a status and phase, or the pattern's own word. */
  readonly standing: string;
  readonly values: Readonly<Record<string, number>>;
  /** What is missing for an opening, in sentences; empty if one is open. */
  readonly missing: readonly string[];
}

/** A duration as people write it: 1h 59m, 12.5s. */
export function spanText(ms: number): string {
  const parts: string[] = [];
  let left = ms;
  for (const [unit, size] of units) {
    if (left < size) continue;
    parts.push(`${Math.floor(left / size)}${unit}`);
    left %= size;
  }
  if (left > 0 || parts.length === 0) parts.push(`${left / 1000}s`);
  return parts.join(' ');
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;
