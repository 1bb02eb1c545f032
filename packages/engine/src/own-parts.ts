import type { Arrived } from './arrivals.ts';
import type { Desk } from './desk.ts';
import type { DueState } from './dues.ts';
import type { Intake, Waiting } from './intake.ts';
import type { ReadPart } from './seen-ids.ts';
import { decodePart, encodePart, isOfThisVersion, type StateParts } from './state.ts';

/** Parts of one kind; null = gone. */
interface Source {
  parts(): Iterable<readonly [string, unknown]>;
  changed(): Iterable<readonly [string, unknown]>;
  readonly changedCount: number;
}

type Read = readonly [key: string, text: string];

/**
 * The parts of what is no rule's, each of a few kilobytes however much there is of it: ids that were seen, signals that
 * no tick has judged or taken, marks and dues. Their names, `#seen/…` for one, are such that no rule can have.
 */
export class OwnParts {
  readonly #intake: Intake;
  readonly #desk: Desk;
  readonly #sources: readonly (readonly [string, Source])[];

  constructor(intake: Intake, desk: Desk) {
    this.#intake = intake;
    this.#desk = desk;
    this.#sources = [
      ['#seen', intake.seen],
      ['#arrived', intake.arrivals],
      ['#waiting', intake.waiting],
      ['#mark', desk.marks],
      ['#due', desk.dues.parts],
    ];
  }

  /** Every part. */
  *all(): Generator<readonly [string, string]> {
    for (const [kind, source] of this.#sources) {
      for (const [key, part] of source.parts()) yield [`${kind}/${key}`, encodePart(part)];
    }
  }

  /** Parts that changed and were not given since; null = gone. */
  *changed(): Generator<readonly [string, string | null]> {
    for (const [kind, source] of this.#sources) {
      for (const [key, part] of source.changed()) yield [`${kind}/${key}`, part === null ? null : encodePart(part)];
    }
  }

  /** Parts that `changed` would give. */
  get changedCount(): number {
    return this.#sources.reduce((count, [, source]) => count + source.changedCount, 0);
  }

  /** Takes over what stands in parts, in steps of one part; call it after every open alert was adopted. */
  *importing(parts: StateParts): Generator<void, void> {
    yield* this.#intake.seen.importing(
      [...read(parts, '#seen')].map(([key, text]): ReadPart => [key, () => seenIn(text)]),
    );
    const arrived = [...read(parts, '#arrived')].sort(([a], [b]) => Number(a) - Number(b));
    for (const [, text] of arrived) {
      this.#intake.arrivals.adopt(decodePart(text) as readonly Arrived[]);
      yield;
    }
    for (const [, text] of read(parts, '#waiting')) {
      this.#intake.adopt(decodePart(text) as Waiting);
      yield;
    }
    for (const [key, text] of read(parts, '#mark')) {
      this.#desk.marks.adopt(key, decodePart(text) as number);
      yield;
    }
    for (const [key, text] of read(parts, '#due')) {
      this.#desk.adoptDue(key, decodePart(text) as DueState);
      yield;
    }
  }
}

/** The parts of one kind, by what follows it in their names. */
function* read(parts: StateParts, kind: string): Generator<Read> {
  const prefix = `${kind}/`;
  for (const [name, text] of parts) if (name.startsWith(prefix)) yield [name.slice(prefix.length), text];
}

const seenIn = (text: string): ReturnType<ReadPart[1]> => ({
  part: decodePart(text) as ReturnType<ReadPart[1]>['part'],
  isOfThisVersion: isOfThisVersion(text),
});
