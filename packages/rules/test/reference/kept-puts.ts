import type { LogEntry } from '@resonant/engine';
import fc from 'fast-check';
import { compileRule } from '../../src/index.ts';
import { type Document, documents, type Kind } from './random-documents.ts';
import { widens } from './widened.ts';

/** A put that keeps the state: which rule gets it, where, and which fields it takes from another rule of its kind. */
export interface KeptPut {
  readonly at: number;
  readonly rule: number;
  readonly other: Document;
  readonly fields: number;
}

export const keptPuts = (unit: number, kinds: readonly Kind[], places: readonly number[]): fc.Arbitrary<KeptPut> =>
  fc.nat(kinds.length - 1).chain((rule) =>
    fc.record({
      at: fc.nat(30),
      rule: fc.constant(rule),
      other: documents(kinds[rule] as Kind, unit, places[rule] as number),
      fields: fc.nat(2 ** 20 - 1),
    }),
  );

/**
 * The version after `current`: some of its fields, and of its pattern's, are those of another rule. Where these do not go
 * together, or ask for what need not be kept, only its lateness is; null = not even that.
 */
export function nextVersion(current: Document, { other, fields }: KeptPut): Document | null {
  const [name] = Object.keys(current.pattern as object) as [string];
  const of = ({ pattern }: Document): object => (pattern as Readonly<Record<string, object>>)[name] as object;
  const pattern = { [name]: mixed(of(current), of(other), fields) };
  const version = current.version + 1;
  const both = { ...mixed(current, other, fields >> 12), pattern, id: current.id, version, onChange: 'keep' };
  const later = { ...current, lateness: other.lateness ?? '24h', version, onChange: 'keep' };
  return [both as Document, later].find((document) => isKept(current, document)) ?? null;
}

function mixed(current: object, other: object, fields: number): object {
  const names = [...new Set([...Object.keys(current), ...Object.keys(other)])];
  const from = (name: string, place: number): unknown =>
    ((fields >> place) & 1 ? other : current)[name as keyof object] as unknown;
  return Object.fromEntries(
    names.map((name, place) => [name, from(name, place)]).filter(([, value]) => value !== undefined),
  );
}

function isKept(current: Document, next: Document): boolean {
  const put = (document: Document): LogEntry => {
    return { type: 'rule', action: 'put', ruleId: document.id, document, revision: null };
  };
  try {
    compileRule(next);
  } catch {
    return false;
  }
  return !widens([put(current), put(next)]);
}
