import { deflateRawSync } from 'node:zlib';
import { type FeatureVector, featureCount } from '../../src/feature-vector.ts';
import { byteOf, type ModelFile } from '../../src/linear-model.ts';
import { calibrate } from './calibration.ts';
import { type Example, foldOf } from './examples.ts';
import { marginOf, type Separator, type SparseVector, separate } from './support-vectors.ts';

/** What a model is to learn. */
export interface Task {
  readonly source: string;
  /** Labels to tell apart; a single one is told apart from everything else. */
  readonly outputs: readonly string[];
  readonly features: (text: string) => FeatureVector;
  readonly examples: readonly Example[];
  readonly cost: number;
  /** How much each group of features counts. */
  readonly groups: readonly number[];
  /** A feature must stand in this many examples to be kept. */
  readonly minimumCount: number;
}

const folds = 5;
/** Weights under 1/160 of the largest (this byte) change no judgement, and without them a model is a sixth smaller. */
const leastByte = 10;

/** Trains and calibrates a model; the calibration sees only margins of examples that were left out of their training. */
export const train = (task: Task): ModelFile => {
  const vectors = task.examples.map(({ text }) => sparse(task.features(text), task.groups));
  const kept = frequentPlaces(vectors, task.minimumCount);
  const reduced = vectors.map((vector) => only(vector, kept));
  const separators = separateAll(task, reduced, () => true);
  const margins: number[][] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isOut = (index: number) => foldOf(task.examples[index]!.text, folds, 'calibration') === fold;
    const partial = separateAll(task, reduced, (index) => !isOut(index));
    for (const [index, vector] of reduced.entries()) {
      if (isOut(index)) margins[index] = partial.map((separator) => marginOf(separator, vector));
    }
  }
  const targets = task.examples.map(({ label }) =>
    task.outputs.length === 1 ? Number(label === task.outputs[0]) : task.outputs.indexOf(label),
  );
  const calibration = calibrate(
    margins,
    targets,
    task.examples.map(({ weight }) => weight),
  );
  return pack(task, separators, calibration);
};

const sparse = (vector: FeatureVector, groups: readonly number[]): SparseVector => {
  const sums = new Map<number, number>();
  let at = 0;
  for (const [group, end] of vector.groupEnds.entries()) {
    for (; at < end; at++) {
      const place = vector.places[at]!;
      sums.set(place, (sums.get(place) ?? 0) + vector.values[at]! * groups[group]!);
    }
  }
  const places = [...sums.keys()].sort((a, b) => a - b);
  return { places: Int32Array.from(places), values: Float64Array.from(places, (place) => sums.get(place)!) };
};

const frequentPlaces = (vectors: readonly SparseVector[], minimum: number): Uint8Array => {
  const counts = new Uint32Array(featureCount);
  for (const { places } of vectors) for (const place of places) counts[place]!++;
  return Uint8Array.from(counts, (count) => Number(count >= minimum));
};

const only = ({ places, values }: SparseVector, kept: Uint8Array): SparseVector => {
  const at = [...places.keys()].filter((index) => kept[places[index]!] === 1);
  return {
    places: Int32Array.from(at, (index) => places[index]!),
    values: Float64Array.from(at, (index) => values[index]!),
  };
};

const separateAll = (task: Task, vectors: readonly SparseVector[], isIn: (index: number) => boolean): Separator[] => {
  const indices = [...vectors.keys()].filter(isIn);
  return task.outputs.map((output) =>
    separate({
      vectors: indices.map((index) => vectors[index]!),
      signs: indices.map((index) => (task.examples[index]!.label === output ? 1 : -1)),
      weights: indices.map((index) => task.examples[index]!.weight),
      dimension: featureCount,
      cost: task.cost,
    }),
  );
};

const pack = (task: Task, separators: readonly Separator[], calibration: number[][]): ModelFile => {
  const scales = separators.map(({ weights }) => weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0));
  const bytes = Int8Array.from({ length: featureCount * separators.length }, (_, at) => {
    const output = Math.floor(at / featureCount);
    const byte = byteOf(separators[output]!.weights[at % featureCount]!, scales[output]!);
    return Math.abs(byte) < leastByte ? 0 : byte;
  });
  return {
    source: task.source,
    outputs: task.outputs,
    groups: task.groups,
    scales,
    biases: separators.map(({ bias }) => bias),
    calibration,
    weights: deflateRawSync(bytes, { level: 9 }).toString('base64'),
  };
};
