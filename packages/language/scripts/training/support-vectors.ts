/** A training vector: places in rising order, each once. */
export interface SparseVector {
  readonly places: Int32Array;
  readonly values: Float64Array;
}

/** Numbers from 0 up to 1 that only depend on the seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

export interface Training {
  readonly vectors: readonly SparseVector[];
  /** 1 or −1 per vector. */
  readonly signs: readonly number[];
  readonly weights: readonly number[];
  readonly dimension: number;
  /** The price of an error: larger follows the examples more closely. */
  readonly cost: number;
}

export interface Separator {
  readonly weights: Float64Array;
  readonly bias: number;
}

export const marginOf = ({ weights, bias }: Separator, { places, values }: SparseVector): number => {
  let sum = bias;
  for (let at = 0; at < places.length; at++) sum += weights[places[at]!]! * values[at]!;
  return sum;
};

const epochs = 40;
const enough = 0.01;
const seed = 7;

/**
 * A linear support vector machine with squared hinge loss, by dual coordinate descent (Hsieh et al., ICML 2008,
 * algorithm 1). The bias is the weight of a feature that is always 1.
 */
export const separate = ({ vectors, signs, weights: prices, dimension, cost }: Training): Separator => {
  const weights = new Float64Array(dimension);
  const alphas = new Float64Array(vectors.length);
  const lengths = vectors.map(({ values }) => values.reduce((sum, value) => sum + value * value, 1));
  const order = Int32Array.from(vectors, (_, index) => index);
  const random = seededRandom(seed);
  let bias = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    let largest = 0;
    for (const index of order) {
      const vector = vectors[index]!;
      const sign = signs[index]!;
      const alpha = alphas[index]!;
      const diagonal = 0.5 / (cost * prices[index]!);
      const gradient = sign * marginOf({ weights, bias }, vector) - 1 + alpha * diagonal;
      const projected = alpha === 0 ? Math.min(gradient, 0) : gradient;
      largest = Math.max(largest, Math.abs(projected));
      if (Math.abs(projected) < 1e-9) continue;
      const next = Math.max(alpha - gradient / (lengths[index]! + diagonal), 0);
      const step = (next - alpha) * sign;
      alphas[index] = next;
      bias += step;
      for (let at = 0; at < vector.places.length; at++) weights[vector.places[at]!]! += step * vector.values[at]!;
    }
    if (largest < enough) break;
  }
  return { weights, bias };
};

const shuffle = (order: Int32Array, random: () => number): void => {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
};
