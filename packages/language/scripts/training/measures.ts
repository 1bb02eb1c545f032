import type { Example } from './examples.ts';

export interface Measured {
  readonly accuracy: number;
  /** Harmonic mean of precision and recall, per label. */
  readonly f1: ReadonlyMap<string, number>;
}

/** How well a judgement agrees with the labels. */
export const measure = (examples: readonly Example[], judge: (text: string) => string): Measured => {
  const judged = examples.map(({ text, label }) => ({ label, said: judge(text) }));
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const f1 = labels.map((label): [string, number] => {
    const both = judged.filter((one) => one.label === label && one.said === label).length;
    const either =
      judged.filter((one) => one.label === label).length + judged.filter((one) => one.said === label).length;
    return [label, either === 0 ? 0 : (2 * both) / either];
  });
  return {
    accuracy: judged.filter(({ label, said }) => label === said).length / judged.length,
    f1: new Map(f1),
  };
};

/** From this score down a rule takes a remark for a complaint. */
const complaintScore = -0.3;

/** How many of the texts count as complaints, given how their polarity is scored (−1 … 1). */
export const complaints = (texts: readonly string[], score: (text: string) => number): number =>
  texts.filter((text) => score(text) <= complaintScore).length;
