/** An exact fraction with a positive denominator. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const fraction = (n: number | bigint, d: number | bigint = 1): Fraction => ({ n: BigInt(n), d: BigInt(d) });

/** The decimal that a number's text names: 0.1 is one tenth. */
export function decimal(value: number): Fraction {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', places = ''] = digits.split('.');
  const scale = places.length - Number(exponent);
  const units = BigInt(whole + places);
  return scale >= 0 ? { n: units, d: 10n ** BigInt(scale) } : { n: units * 10n ** BigInt(-scale), d: 1n };
}

/** What a compiled rule keeps of a decimal. */
export const ofUnits = ({ units, scale }: { readonly units: bigint; readonly scale: number }): Fraction => ({
  n: units,
  d: 10n ** BigInt(scale),
});

export const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
export const minus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d });
export const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });

/** Negative, zero or positive. */
export const compare = (a: Fraction, b: Fraction): number => Number(a.n * b.d - b.n * a.d);

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

/** The nearest double. */
export function toDouble({ n, d }: Fraction): number {
  const common = gcd(n, d);
  const [top, bottom] = [Number(n / common), Number(d / common)];
  if (Number.isSafeInteger(top) && Number.isSafeInteger(bottom)) return top / bottom;
  // Far more digits than a double has, and one that says whether more would follow.
  const places = 400n;
  const size = n < 0n ? -n : n;
  const digits = (size * 10n ** places) / d;
  const rest = digits * d === size * 10n ** places ? 0 : 1;
  return (n < 0n ? -1 : 1) * Number(`${digits}${rest}e-${places + 1n}`);
}
