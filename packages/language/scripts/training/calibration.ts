const rounds = 3000;
const pace = 0.5;
const shrink = 1e-4;

/**
 * Finds the rows (a factor per margin and an offset) that turn margins into log odds, by gradient descent on the
 * logarithmic loss. `targets` holds the index of the right output per row; with one output 1 = holds, 0 = does not.
 */
export const calibrate = (
  margins: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
): number[][] => {
  const outputs = margins[0]!.length;
  const rows = Array.from({ length: outputs }, (_, row) =>
    Array.from({ length: outputs + 1 }, (_, column) => (row === column ? 2 : 0)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let round = 0; round < rounds; round++) {
    const slopes = rows.map((row) => row.map((value) => value * shrink));
    for (const [index, margin] of margins.entries()) {
      const odds = rows.map((row) => row[outputs]! + margin.reduce((sum, value, at) => sum + value * row[at]!, 0));
      const shares = outputs === 1 ? [1 / (1 + Math.exp(-odds[0]!))] : softmax(odds);
      for (const [output, share] of shares.entries()) {
        const wanted = outputs === 1 ? targets[index]! : targets[index] === output ? 1 : 0;
        const slope = ((share - wanted) * weights[index]!) / total;
        for (const [at, value] of margin.entries()) slopes[output]![at]! += slope * value;
        slopes[output]![outputs]! += slope;
      }
    }
    for (const [row, slope] of slopes.entries())
      for (const [at, value] of slope.entries()) rows[row]![at]! -= pace * value;
  }
  return rows.map((row) => row.map((value) => Math.round(value * 1e4) / 1e4));
};

const softmax = (odds: readonly number[]): number[] => {
  const highest = Math.max(...odds);
  const powers = odds.map((value) => Math.exp(value - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
};
