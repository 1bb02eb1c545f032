import { OrderedList } from '../ordered-list.ts';
import type { SaidAlert } from '../said-alert.ts';
import type { SubjectRef } from '../subject.ts';
import { type Half, Halves, type Pair } from './pair-signals.ts';
import { readInstant, storedInstant, type Wake, wakeOf } from './wakes.ts';

/** What a pair has opened. */
export interface Episode {
  readonly said: SaidAlert;
  /** Instant of the earlier signal of the opening pair: touches count from it on. */
  readonly from: number;
  touchedAt: number | null;
  /** The pair of the last return to 1. */
  pair: Pair;
  /** `at` of the last `opened` or `strengthened`. */
  spokenAt: number;
  fadingSaid: boolean;
}

/** What is known of a subject of a pair. */
export interface Part {
  readonly subject: SubjectRef;
  readonly wake: Wake<string>;
  readonly halves: Halves;
  readonly touches: OrderedList<number>;
  episode: Episode | null;
  /** End of the last episode. */
  endedAt: number;
}

const isLess = (a: number, b: number): boolean => a < b;

/** A part of the state. */
interface PartState extends Omit<Part, 'halves' | 'touches' | 'wake'> {
  readonly halves: readonly Half[];
  readonly touches: readonly number[];
  /** When it is looked at again; undefined in the format before. */
  readonly wake?: number | null;
}

export const exportedPart = ({ subject, wake, halves, touches, episode, endedAt }: Part): PartState => {
  return { subject, halves: halves.all(), touches: [...touches], episode, endedAt, wake: storedInstant(wake.at) };
};

export const newPart = (key: string, subject: SubjectRef): Part => ({
  subject,
  wake: wakeOf(key),
  halves: new Halves(),
  touches: new OrderedList(isLess),
  episode: null,
  endedAt: Number.NEGATIVE_INFINITY,
});

/** Returns also when it is looked at again; at once where the format before does not say. */
export function importedPart(key: string, state: unknown): { readonly part: Part; readonly wakeAt: number } {
  const { subject, halves, touches, episode, endedAt, wake } = state as PartState;
  const part = newPart(key, subject);
  for (const half of halves) part.halves.add(half, false);
  for (const at of touches) part.touches.insert(at);
  part.episode = episode;
  part.endedAt = endedAt;
  return { part, wakeAt: wake === undefined ? Number.NEGATIVE_INFINITY : readInstant(wake) };
}
