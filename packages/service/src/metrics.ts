import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels<L extends string> = Readonly<Record<L, string>>;

/** Only goes up. */
export interface CounterMetric<L extends string> {
  add(labels: Labels<L>, by?: number): void;
}

/** Goes up and down. */
export interface GaugeMetric<L extends string> {
  set(labels: Labels<L>, value: number): void;
}

/** Counts values in buckets. */
export interface HistogramMetric<L extends string> {
  observe(labels: Labels<L>, value: number): void;
}

/** Latencies in seconds from 1 ms to 30 s. */
export const latencyBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** The metrics of one process, in Prometheus' text form. Names are snake_case with their unit, e.g. `_seconds`. */
export class Metrics {
  readonly #registry = new Registry();

  /** Adds those of the process itself: memory, event loop, garbage collection. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): CounterMetric<L> {
    const counter = new Counter<L>({ name, help, labelNames, registers: [this.#registry] });
    return { add: (labels, by = 1) => counter.inc(labels, by) };
  }

  gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): GaugeMetric<L> {
    const gauge = new Gauge<L>({ name, help, labelNames, registers: [this.#registry] });
    return { set: (labels, value) => gauge.set(labels, value) };
  }

  histogram<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    buckets: readonly number[] = latencyBuckets,
  ): HistogramMetric<L> {
    const histogram = new Histogram<L>({ name, help, labelNames, buckets: [...buckets], registers: [this.#registry] });
    return { observe: (labels, value) => histogram.observe(labels, value) };
  }

  /** The whole registry in Prometheus' text form. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Media type of `render`. */
  get contentType(): string {
    return this.#registry.contentType;
  }
}
