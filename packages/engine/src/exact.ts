/** An exact number: `units` / 10^`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** An exact fraction with a positive denominator. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

const pow10: bigint[] = [1n];

/** 10 to the power of `exponent`. */
export function tenTo(exponent: number): bigint {
  for (let i = pow10.length; i <= exponent; i++) pow10.push((pow10[i - 1] as bigint) * 10n);
  return pow10[exponent] as bigint;
}

/** The decimal that a double's shortest text names: 0.1 is one tenth. */
export function decimalOf(value: number): Decimal {
  if (Number.isSafeInteger(value)) return { units: BigInt(value), scale: 0 };
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const units = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * tenTo(-scale), scale: 0 };
}

export const fractionOf = (value: Decimal): Fraction => ({ n: value.units, d: tenTo(value.scale) });

/** Negative, zero or positive as a is smaller than, equal to or greater than b. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const left = a.n * b.d;
  const right = b.n * a.d;
  return left < right ? -1 : left > right ? 1 : 0;
}

export const multiply = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });

/** Mean of two fractions. */
export const midpoint = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: 2n * a.d * b.d });

const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** The double nearest to a fraction. */
export function toNumber({ n, d }: Fraction): number {
  const magnitude = n < 0n ? -n : n;
  if (magnitude <= safe && d <= safe) return Number(n) / Number(d);
  const shift = BigInt(Math.max(0, d.toString(2).length - magnitude.toString(2).length + 64));
  const quotient = (magnitude << shift) / d;
  // A remainder decides between two doubles only where the quotient's own bits leave a tie.
  const sticky = quotient * d === magnitude << shift ? quotient : quotient | 1n;
  // In two steps: two to the power of the whole may be more than a double holds.
  const half = Math.floor(Number(shift) / 2);
  const value = Number(sticky) / 2 ** half / 2 ** (Number(shift) - half);
  return n < 0n ? -value : value;
}
