import { OrderedList } from '../ordered-list.ts';
import type { SaidAlert } from '../said-alert.ts';
import type { SubjectRef } from '../subject.ts';
import { readInstant, storedInstant, type Wake, wakeOf } from './wakes.ts';

/** A signal that starts or stops. */
export interface Mark {
  readonly at: number;
  readonly id: string;
  readonly eventId: string | null;
}

export interface Stop extends Mark {
  readonly arrivedAt: number;
}

export interface Start extends Mark {
  /** Until when it has to be stopped, by the version that took it. */
  readonly deadline: number;
}

/** A said alert that ended: it owns [from, to]. */
interface Owned {
  readonly from: number;
  readonly to: number;
}

/** What a part of the state holds of a subject. */
interface PartState {
  readonly subject: SubjectRef;
  readonly starts: readonly Start[];
  readonly stops: readonly Stop[];
  readonly alert: { readonly said: SaidAlert; readonly start: Start } | null;
  readonly owned: readonly Owned[];
  readonly opened: readonly number[];
  /** When it is looked at again, and up to where it is decided; undefined in the format before. */
  readonly wake?: number | null;
  readonly decidedTo?: number | null;
}

/** Starts (after, to] that are to be decided; `after` = where the stop before them ended what had begun. */
export interface Stretch {
  readonly after: number;
  readonly to: number;
}

const none: readonly never[] = [];

const markBefore = (a: Mark, b: Mark): boolean => a.at < b.at || (a.at === b.at && a.id < b.id);
const ownedBefore = (a: Owned, b: Owned): boolean => a.from < b.from;
const isLess = (a: number, b: number): boolean => a < b;

/** What is known of a subject of a deadline. Every list is in order, so what an instant needs is found by search. */
export class DeadlinePart {
  readonly subject: SubjectRef;
  readonly wake: Wake<string>;
  /** By (at, id). */
  readonly starts = new OrderedList<Start>(markBefore);
  readonly stops = new OrderedList<Stop>(markBefore);
  alert: PartState['alert'] = null;
  /** No two of them meet. */
  readonly #owned = new OrderedList<Owned>(ownedBefore);
  /** Instants at which an alert was opened: none opens twice, also where a calendar gives two starts one deadline. */
  readonly #opened = new OrderedList<number>(isLess);
  /** Instants of what was taken since it was decided last, ascending. */
  #fresh: readonly number[] = none;
  /** Starts before this one are decided but for what is fresh; −∞ = none is. */
  decidedTo = Number.NEGATIVE_INFINITY;

  constructor(key: string, subject: SubjectRef) {
    this.subject = subject;
    this.wake = wakeOf(key);
  }

  takeStart(start: Start): void {
    this.starts.insert(start);
    this.#fresh = [...this.#fresh, start.at];
  }

  takeStop(stop: Stop): void {
    this.stops.insert(stop);
    this.#fresh = [...this.#fresh, stop.at];
  }

  /**
   * What has to be decided now, in order: a mark bears on the starts since the stop before it, up to the stop behind it;
   * and what earlier ticks left open.
   */
  stretches(): readonly Stretch[] {
    const { stops } = this;
    const stretches: Stretch[] = [];
    for (const at of this.#fresh) {
      const behind = stops.at(firstFrom(stops, at + 1));
      if (at < this.decidedTo)
        stretches.push({
          after: this.stopBefore(at)?.at ?? Number.NEGATIVE_INFINITY,
          to: behind?.at ?? Number.POSITIVE_INFINITY,
        });
    }
    this.#fresh = none;
    stretches.push({
      after: this.stopBefore(this.decidedTo)?.at ?? Number.NEGATIVE_INFINITY,
      to: Number.POSITIVE_INFINITY,
    });
    return stretches;
  }

  /** The first start after an instant. */
  startAfter(at: number): Start | undefined {
    return this.starts.at(firstFrom(this.starts, at + 1));
  }

  /** The stop that ends what a start has begun. */
  stopOf(start: Start): Stop | undefined {
    return this.stops.at(firstFrom(this.stops, start.at));
  }

  /** The last stop before an instant. */
  stopBefore(at: number): Stop | undefined {
    return this.stops.at(firstFrom(this.stops, at) - 1);
  }

  /** The end of the said alert that owns an instant; −∞ = none does. */
  ownedTo(at: number): number {
    const owned = this.#owned.at(this.#owned.firstOver(({ from }) => from > at) - 1);
    return owned !== undefined && at <= owned.to ? owned.to : Number.NEGATIVE_INFINITY;
  }

  /** True if [from, to] meets what said alerts own, or comes to the one that is open. */
  meetsSaid(from: number, to: number): boolean {
    const owned = this.#owned.at(this.#owned.firstOver((said) => said.from > to) - 1);
    return (owned !== undefined && from <= owned.to) || (this.alert !== null && to >= this.alert.start.at);
  }

  own(owned: Owned): void {
    this.#owned.insert(owned);
  }

  open(at: number): void {
    this.#opened.insert(at);
  }

  hasOpened(at: number): boolean {
    return this.#opened.at(this.#opened.firstOver((each) => each >= at)) === at;
  }

  /** Drops what no signal at or after the horizon can touch. Returns the last instant that is known; −∞ = none. */
  forget(horizon: number): number {
    const { starts, stops } = this;
    for (let first = starts.at(0); first !== undefined && first.at < horizon; first = starts.at(0)) {
      const stop = this.stopOf(first);
      if (stop === undefined || stop.at >= horizon) break;
      starts.drop(firstFrom(starts, stop.at + 1));
    }
    // What was said of a start is known as long as the start is.
    const oldest = Math.min(horizon, starts.at(0)?.at ?? Number.POSITIVE_INFINITY);
    stops.drop(firstFrom(stops, oldest));
    this.#owned.drop(this.#owned.firstOver(({ to }) => to >= oldest));
    this.#opened.drop(this.#opened.firstOver((at) => at >= oldest));
    const last = [starts.last?.at, stops.last?.at, this.#owned.last?.to, this.#opened.last];
    return Math.max(...last.map((at) => at ?? Number.NEGATIVE_INFINITY));
  }

  export(): PartState {
    const { subject, alert } = this;
    const [starts, stops] = [[...this.starts], [...this.stops]];
    const due = { wake: storedInstant(this.wake.at), decidedTo: storedInstant(this.decidedTo) };
    return { subject, starts, stops, alert, owned: [...this.#owned], opened: [...this.#opened], ...due };
  }

  /** Returns also when it is looked at again; at once where the format before does not say. */
  static import(key: string, state: unknown): { readonly part: DeadlinePart; readonly wakeAt: number } {
    const { subject, starts, stops, alert, owned, opened, wake, decidedTo } = state as PartState;
    const part = new DeadlinePart(key, subject);
    for (const { at, id, eventId, deadline } of starts) part.starts.insert({ at, id, eventId, deadline });
    for (const stop of stops) part.stops.insert(stop);
    part.alert = alert;
    for (const each of owned) part.own(each);
    for (const at of opened) part.open(at);
    if (decidedTo !== undefined) part.decidedTo = readInstant(decidedTo);
    return { part, wakeAt: wake === undefined ? Number.NEGATIVE_INFINITY : readInstant(wake) };
  }
}

const firstFrom = <M extends Mark>(marks: OrderedList<M>, instant: number): number =>
  marks.firstOver(({ at }) => at >= instant);
