import { ResonantError } from '@resonant/contracts';
import type { FormerDesk } from './desk.ts';
import type { FormerIntake } from './intake.ts';
import type { TransitionName } from './log.ts';
import type { CompiledRule } from './rule.ts';
import type { SaidAlert } from './said-alert.ts';

/** The engine's state as keyed parts: `#engine`, those of `OwnParts`, `<rule>` and `<rule>/<subject>`; values are JSON. */
export type StateParts = ReadonlyMap<string, string>;

/** What a part's format is; every release reads the version before its own. */
export const stateVersion = 5;

const infinite = '\u0000infinite';

/** JSON that keeps infinities and big integers. */
export const encodeState = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return { [infinite]: `${item}` };
    if (item === Number.POSITIVE_INFINITY || item === Number.NEGATIVE_INFINITY)
      return { [infinite]: item > 0 ? 1 : -1 };
    return item;
  });

/** How the key that marks what JSON has no form for stands in the text. */
const infiniteInText = JSON.stringify(infinite).slice(1, -1);

/** A reviver makes parsing several times slower, and most parts need none. */
export const decodeState = (text: string): unknown =>
  text.includes(infiniteInText) ? JSON.parse(text, revived) : JSON.parse(text);

function revived(_: string, item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, infinite)) return item;
  const mark = (item as Readonly<Record<string, unknown>>)[infinite];
  return typeof mark === 'string' ? BigInt(mark) : (mark as number) * Number.POSITIVE_INFINITY;
}

/** A part with the version of its format. */
export const encodePart = (value: unknown): string => encodeState([stateVersion, value]);

/** What a part holds. Throws ResonantError `internal` for a version that this release does not read. */
export function decodePart(text: string): unknown {
  const part = decodeState(text);
  const version: unknown = Array.isArray(part) ? part[0] : undefined;
  if (version !== stateVersion && version !== stateVersion - 1) {
    const got = typeof version === 'number' ? version : 'none';
    throw new ResonantError('internal', `expected state of version ${stateVersion - 1} or ${stateVersion}, got ${got}`);
  }
  return (part as readonly unknown[])[1];
}

/** False for a part that the next release will not read. */
export const isOfThisVersion = (text: string): boolean => text.startsWith(`[${stateVersion},`);

/** Versions of a rule in a part: documents, to be compiled again. */
export interface VersionsState {
  readonly current: unknown;
  readonly putAt: number;
  readonly forgottenTo: number;
  readonly former: readonly { readonly document: unknown; readonly until: number }[];
}

/** What a runtime puts into parts, and takes from them. */
export interface Stateful {
  /** The rule's own part. */
  exportHead(): unknown;
  importHead(state: unknown): void;
  /** A part per subject, by a name that is the same in every engine. */
  exportParts(): Iterable<readonly [string, unknown]>;
  /** Names of these parts. */
  keys(): Iterable<string>;
  /** One of them; undefined if there is none by that name. */
  exportPart(key: string): unknown;
  /** Names of the parts that may have changed, or gone, since the caller took them out. */
  readonly changed: Set<string>;
  importPart(key: string, state: unknown, adopt: (alert: SaidAlert) => void): void;
}

export type Recompile = (document: unknown) => CompiledRule;

/** The part of what is not any rule's and has no part of its own. */
export interface EngineState {
  readonly time: number;
  readonly order: number;
  readonly counts: { signals: number; used: number; unused: number };
  readonly duplicates: number;
  readonly quarantined: number;
  readonly lateDropped: readonly (readonly [string, number])[];
  readonly said: Readonly<Record<TransitionName, number>>;
}

/** The same in the version before this one: it had everything. */
export interface FormerEngineState extends Omit<EngineState, 'said'> {
  readonly intake: FormerIntake;
  readonly desk: FormerDesk;
}

/** The part of a rule, without its subjects. */
export interface RuleState {
  readonly revision: number | null;
  readonly document: unknown;
  readonly knowsFrom: number;
  readonly running: { readonly versions: VersionsState; readonly head: unknown } | null;
}
