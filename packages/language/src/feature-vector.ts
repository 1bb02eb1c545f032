/** Number of bits of a feature's index: features share 2^18 places. */
export const featureBits = 18;
export const featureCount = 1 << featureBits;
const mask = featureCount - 1;

const prime = 0x01000193;

/** FNV-1a over code units, continued from `seed`. */
export const hashText = (text: string, seed = 0x811c9dc5): number => {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
  return hash;
};

/** Continues a hash by a number, such as a code unit or another hash. */
export const hashStep = (hash: number, value: number): number => Math.imul(hash ^ value, prime);

const placeOf = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return mixed & mask;
};

const lastSeen = new Uint32Array(featureCount);
let generation = 0;

/**
 * A sparse vector of hashed features, filled group by group. In each group a feature counts once and the group as a whole
 * has length 1, so that long and short texts, and groups of many and few features, weigh alike; a model says how much
 * each group counts. Vectors are built one after another: start the next only when the last is complete.
 */
export class FeatureVector {
  readonly places: number[] = [];
  readonly values: number[] = [];
  /** Where each group ends in places and values. */
  readonly groupEnds: number[] = [];

  constructor() {
    generation++;
  }

  add(hash: number, value = 1): void {
    if (value === 0) return;
    const place = placeOf(hash);
    if (lastSeen[place] === generation) return;
    lastSeen[place] = generation;
    this.places.push(place);
    this.values.push(value);
  }

  closeGroup(): void {
    const start = this.groupEnds.at(-1) ?? 0;
    let squares = 0;
    for (let at = start; at < this.values.length; at++) squares += this.values[at]! ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let at = start; at < this.values.length; at++) this.values[at]! /= length;
    this.groupEnds.push(this.values.length);
    generation++;
  }
}
