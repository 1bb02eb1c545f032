import { readdirSync, readFileSync } from 'node:fs';
import { loadRuleDocument } from './document/load.ts';

/** A rule that ships with the product. */
export interface ShippedRule {
  readonly id: string;
  /** The YAML as it stands in packages/rules/rules, comments included. */
  readonly text: string;
  readonly document: unknown;
}

const folder = new URL('../rules/', import.meta.url);
let pack: readonly ShippedRule[] | undefined;

/** The shipped rules (rules.md 7), by id. Read once, when first asked for. */
export function shippedRules(): readonly ShippedRule[] {
  pack ??= readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      return { id: name.slice(0, -'.yaml'.length), text, document: loadRuleDocument(text) };
    });
  return pack;
}
