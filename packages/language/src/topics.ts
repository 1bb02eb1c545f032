import { type FeatureVector, hashText } from './feature-vector.ts';

/** How often words of each topic stand in a text. */
export type TopicCounts = Record<string, number>;

/** Adds how much a text speaks of each topic, and of which it speaks together. */
export const addTopics = (vector: FeatureVector, counts: Readonly<TopicCounts>): void => {
  const present = Object.keys(counts)
    .filter((topic) => counts[topic]! > 0)
    .sort();
  for (const topic of present) {
    vector.add(hashText(`topic ${topic}`), 1);
    vector.add(hashText(`topic many ${topic}`), Math.log(counts[topic]!));
  }
  for (const [index, first] of present.entries()) {
    for (const second of present.slice(index + 1)) vector.add(hashText(`topics ${first} ${second}`), 1);
  }
  if (present.length === 0) vector.add(hashText('topic none'), 1);
};
