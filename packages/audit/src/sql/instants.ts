import { of, type Scope } from './scope.ts';
import { whole, wholes } from './text.ts';

/** The instants of a rule by number k: whole multiples of `every`, or the ends of periods that were handed in. */
export type Instants =
  | { readonly kind: 'every'; readonly every: number }
  | { readonly kind: 'ends'; readonly ends: readonly number[] };

/** The instant of number `k`, in epoch ms. */
export const instantOf = (instants: Instants, k: string): string =>
  instants.kind === 'every' ? `(${k}) * ${whole(instants.every)}` : `${wholes(instants.ends)}[${k}]`;

/** Number of the first instant later than `t`. */
export const firstAfter = (instants: Instants, t: string): string =>
  instants.kind === 'every'
    ? `toInt64(floor((${t}) / ${whole(instants.every)}) + 1)`
    : `toInt64(arrayCount(each -> each <= (${t}), ${wholes(instants.ends)}) + 1)`;

/** Number of the first instant not before `t`. */
export const firstFrom = (instants: Instants, t: string): string => firstAfter(instants, `(${t}) - 1`);

/** Number of the last instant not later than `t`. */
export const lastUpTo = (instants: Instants, t: string): string => `(${firstAfter(instants, t)} - 1)`;

/** From which instant on a signal counts (rules.md 3.6), as it was decided and after all corrections. */
export const countsFrom = (
  scope: Scope,
  instants: Instants,
  { grace, lateness }: { readonly grace: number; readonly lateness: number },
): { readonly decided: string; readonly corrected: string } => {
  const born = firstAfter(instants, of(scope, 'bornAt'));
  return {
    // An instant t is decided by the first tick from t + grace on; a signal counts at once if that tick comes after it.
    decided: `greatest(${firstAfter(instants, `arrived - ${whole(grace)}`)}, ${born})`,
    corrected: `greatest(${firstFrom(instants, `arrived - ${whole(lateness)}`)}, ${born})`,
  };
};
