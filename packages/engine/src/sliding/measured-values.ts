import type { Series } from './meter.ts';
import { combined, nothing, type Total } from './value-chunk.ts';
import { ValueSeries } from './value-series.ts';

/** Values that are read by time; both ends of a span on bucket borders. */
export type Values = Pick<ValueSeries, 'total' | 'extreme' | 'changesAfter' | 'firstFrom'>;

/** Values that versions with another measure took. */
interface Former {
  readonly measure: string | null;
  readonly values: ValueSeries;
}

interface FormerState {
  readonly measure: string | null;
  readonly values: unknown;
}

const none: readonly Former[] = [];

/**
 * What a threshold keeps of a subject's signals: for each signal the value of the measure that the version reads which
 * took it, 0 where that reads none. A version with a measure reads what versions with the same one took; for one without,
 * every signal counts (rules.md 3.4).
 */
export class MeasuredValues implements Series {
  readonly #measure: string | null;
  /** What the version in force takes. */
  readonly #values: ValueSeries;
  #former: readonly Former[];

  constructor(measure: string | null, values: ValueSeries, former = none) {
    this.#measure = measure;
    this.#values = values;
    this.#former = former;
  }

  get grain(): number {
    return this.#values.grain;
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#former.reduce((size, { values }) => size + values.size, this.#values.size);
  }

  /** Adds a value of the measure that the version in force reads. */
  add(at: number, value: number): void {
    this.#values.add(at, value);
  }

  /** What counts for a version that reads a measure; null = it reads none, and of the values only the count is of use. */
  of(measure: string | null): Values {
    const isOwn = measure === null || measure === this.#measure;
    if (this.#former.length === 0) return isOwn ? this.#values : new JoinedValues([]);
    const former = this.#former.filter((each) => measure === null || measure === each.measure);
    return new JoinedValues([...(isOwn ? [this.#values] : []), ...former.map(({ values }) => values)]);
  }

  first(): number {
    return this.#former.reduce((first, { values }) => Math.min(first, values.first()), this.#values.first());
  }

  last(): number {
    return this.#former.reduce((last, { values }) => Math.max(last, values.last()), this.#values.last());
  }

  /** Forgets buckets that end at or before `before`. */
  forget(before: number): void {
    this.#values.forget(before);
    if (this.#former.length === 0) return;
    for (const { values } of this.#former) values.forget(before);
    this.#former = this.#former.filter(({ values }) => values.size > 0);
  }

  /** The same for a version that reads `measure`, in other buckets: exact if the old grain is a multiple of the new one. */
  carried(measure: string | null, grain: number): MeasuredValues {
    const all = this.#all().map((each) => ({ ...each, values: each.values.regrained(grain) }));
    const values = all.find((each) => each.measure === measure)?.values ?? new ValueSeries(grain);
    return new MeasuredValues(
      measure,
      values,
      all.filter((each) => each.measure !== measure && each.values.size > 0),
    );
  }

  /** What both hold, in buckets of this one's length, for the version that this one is for; neither is changed. */
  combined(other: MeasuredValues): MeasuredValues {
    const both = Map.groupBy([...this.#all(), ...other.#all()], ({ measure }) => measure);
    const joined = (measure: string | null): ValueSeries =>
      (both.get(measure) ?? []).reduce((all, { values }) => all.combined(values), new ValueSeries(this.grain));
    const former = [...both.keys()].filter((measure) => measure !== this.#measure);
    return new MeasuredValues(
      this.#measure,
      joined(this.#measure),
      former.map((measure) => ({ measure, values: joined(measure) })),
    );
  }

  /** As JSON can hold it; the measure of the version in force is not in it. */
  export(): unknown {
    const values = this.#values.export() as object;
    if (this.#former.length === 0) return values;
    const former = this.#former.map((each): FormerState => ({ ...each, values: each.values.export() }));
    return { ...values, former };
  }

  /** What `export` gave, for a version in force that reads `measure`. */
  static import(measure: string | null, state: unknown): MeasuredValues {
    const { former = [] } = state as { readonly former?: readonly FormerState[] };
    return new MeasuredValues(
      measure,
      ValueSeries.import(state),
      former.map((each) => ({ ...each, values: ValueSeries.import(each.values) })),
    );
  }

  #all(): readonly Former[] {
    return [{ measure: this.#measure, values: this.#values }, ...this.#former];
  }
}

/** Values of several series, read as one. */
class JoinedValues implements Values {
  readonly #all: readonly ValueSeries[];

  constructor(all: readonly ValueSeries[]) {
    this.#all = all;
  }

  total(from: number, to: number): Total {
    return this.#all.reduce((total, values) => combined(total, values.total(from, to)), nothing);
  }

  extreme(of: 'min' | 'max', from: number, to: number): number {
    return Math[of](...this.#all.map((values) => values.extreme(of, from, to)));
  }

  changesAfter(at: number, window: number): number {
    return Math.min(...this.#all.map((values) => values.changesAfter(at, window)));
  }

  firstFrom(at: number): number {
    return Math.min(...this.#all.map((values) => values.firstFrom(at)));
  }
}
