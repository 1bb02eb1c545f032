import { ResonantError } from '@resonant/contracts';
import { parseDuration } from '../durations.ts';

/** One problem of a rule document. */
export interface Problem {
  /** Where, e.g. `pattern.ratio.window`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** The ResonantError `invalid-rule` of these problems: its `extra.errors` lists them. */
export function refusal(problems: readonly Problem[]): ResonantError {
  const lines = problems.map(({ path, expected, got }) => `${path || 'document'}: expected ${expected}, got ${got}`);
  return new ResonantError('invalid-rule', lines.join('; '), { extra: { errors: problems } });
}

/** Shows a value in a problem. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** A document as it was written, right or wrong, read by path; collects problems. */
export class DocumentView {
  readonly problems: Problem[] = [];
  readonly #document: unknown;

  constructor(document: unknown) {
    this.#document = document;
  }

  at(path: string): unknown {
    return this.in(path === '' ? [] : path.split('.'));
  }

  /** As `at`, by keys that may hold dots themselves. */
  in(keys: readonly PropertyKey[]): unknown {
    let value = this.#document;
    for (const key of keys) value = isObject(value) && Object.hasOwn(value, key) ? value[key as string] : undefined;
    return value;
  }

  has(path: string): boolean {
    return this.at(path) !== undefined;
  }

  /** A duration in ms; undefined if it is none. */
  ms(path: string, fallback?: string): number | undefined {
    const value = this.at(path) ?? fallback;
    return typeof value === 'string' ? parseDuration(value) : undefined;
  }

  number(path: string, fallback?: number): number | undefined {
    const value = this.at(path) ?? fallback;
    return typeof value === 'number' ? value : undefined;
  }

  texts(path: string): readonly string[] {
    const value = this.at(path);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  keys(path: string): readonly string[] {
    const value = this.at(path);
    return isObject(value) && !Array.isArray(value) ? Object.keys(value).filter((key) => value[key] !== undefined) : [];
  }

  size(path: string): number {
    const value = this.at(path);
    return Array.isArray(value) ? value.length : 0;
  }

  refuse(path: string, expected: string): void {
    this.problems.push({ path, expected, got: shown(this.at(path)) });
  }
}
