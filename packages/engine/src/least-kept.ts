/**
 * Ms for which a rule remembers signals beyond its reach at least, as with the default lateness: a version that looks
 * further back can follow.
 */
export const leastKept = 86_400_000;
