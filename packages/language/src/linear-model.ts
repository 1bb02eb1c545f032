import { inflateRawSync } from 'node:zlib';
import { type FeatureVector, featureCount } from './feature-vector.ts';

/** A model as its training script wrote it. */
export interface ModelFile {
  /** What the weights were derived from, with licences. */
  readonly source: string;
  readonly outputs: readonly string[];
  /** How much each group of features counts. */
  readonly groups: readonly number[];
  /** Per output: the largest weight and the bias. */
  readonly scales: readonly number[];
  readonly biases: readonly number[];
  /** Per output: factors of all margins and an offset, from margins to log odds. */
  readonly calibration: readonly (readonly number[])[];
  /** All weights, one signed byte each, output after output: deflated, base64. */
  readonly weights: string;
}

/** The weight of a byte: squares spread the few values over many small weights and few large ones. */
export const weightOf = (byte: number, scale: number): number => Math.sign(byte) * (byte / 127) ** 2 * scale;

/** The byte that stands for a weight. */
export const byteOf = (weight: number, scale: number): number =>
  scale === 0 ? 0 : Math.sign(weight) * Math.round(127 * Math.sqrt(Math.abs(weight) / scale));

/** A linear classifier over hashed features, whose margins are calibrated to probabilities. */
export class LinearModel {
  readonly #file: ModelFile;
  readonly #bytes: Int8Array;
  readonly #tables: readonly Float64Array[];

  constructor(file: ModelFile) {
    this.#file = file;
    this.#bytes = new Int8Array(inflateRawSync(Buffer.from(file.weights, 'base64')));
    this.#tables = file.scales.map((scale) =>
      Float64Array.from({ length: 256 }, (_, byte) => weightOf(byte < 128 ? byte : byte - 256, scale)),
    );
  }

  /** Probabilities by output: of one output whether it holds, of several which of them (they add up to 1). */
  probabilities(vector: FeatureVector): number[] {
    const margins = this.margins(vector);
    const odds = this.#file.calibration.map(
      (row) => row.at(-1)! + margins.reduce((sum, margin, at) => sum + margin * row[at]!, 0),
    );
    if (odds.length === 1) return [1 / (1 + Math.exp(-odds[0]!))];
    const highest = Math.max(...odds);
    const powers = odds.map((value) => Math.exp(value - highest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  }

  /** Signed distances from each output's boundary. */
  margins(vector: FeatureVector): number[] {
    return this.#tables.map((table, output) => {
      const from = output * featureCount;
      let sum = this.#file.biases[output]!;
      let at = 0;
      for (const [group, end] of vector.groupEnds.entries()) {
        let part = 0;
        for (; at < end; at++) part += table[this.#bytes[from + vector.places[at]!]! & 255]! * vector.values[at]!;
        sum += part * this.#file.groups[group]!;
      }
      return sum;
    });
  }
}
