import type { ResonantError } from '@resonant/contracts';
import type { Problem } from '@resonant/rules';

/** A refused rule document for people: a line for the file, and one for each problem. */
export function refusalLines(file: string, { extra }: ResonantError): string {
  const problems = (extra.errors ?? []) as readonly Problem[];
  const lines = problems.map(
    ({ path, expected, got }) => `  ${path || '(document)'}: expected ${expected}, got ${got}\n`,
  );
  return `${file}: refused\n${lines.join('')}`;
}
