import type { StrengthSpec } from '../rule.ts';

const slack = 1e-6;

/** How strength falls since its last return to 1 (rules.md 3.1), in closed form. Instants in epoch ms. */
export interface Curve {
  /** The last return to 1. */
  readonly since: number;
  /** The episode's first touch; null = none yet. */
  readonly touchedAt: number | null;
}

/** Strength lost per ms once touched. */
const slowRate = ({ residual, at }: StrengthSpec): number => Math.log(1 / residual) / at;

/** For how many ms of the curve the fast rate holds. */
const neglected = ({ since, touchedAt }: Curve): number =>
  touchedAt === null ? Number.POSITIVE_INFINITY : Math.max(0, touchedAt - since);

/** Strength at an instant of the curve: 1 at its beginning. */
export function strengthAt(spec: StrengthSpec, curve: Curve, at: number): number {
  const slow = slowRate(spec);
  const elapsed = at - curve.since;
  const fast = Math.min(elapsed, neglected(curve));
  return Math.exp(-(spec.neglectFactor * slow * fast + slow * (elapsed - fast)));
}

/** The ms at which strength has come down to `level`. */
export function crossingOf(spec: StrengthSpec, curve: Curve, level: number): number {
  const slow = slowRate(spec);
  const fast = spec.neglectFactor * slow;
  const wanted = Math.log(1 / level);
  const head = neglected(curve);
  const x = wanted <= fast * head ? wanted / fast : head + (wanted - fast * head) / slow;
  return curve.since + Math.ceil(x - slack);
}
