import { type Decimal, decimalOf, tenTo } from './exact.ts';

/** An integer of any size: a number while that is exact, else a bigint. */
export type Units = number | bigint;

/** Powers of ten that a double holds exactly. */
const tens = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The same integer in the form that is smaller. */
export function unitsFrom(value: bigint): Units {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** a + b. */
export function addUnits(a: Units, b: Units): Units {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return unitsFrom(BigInt(a) + BigInt(b));
}

/** −a. */
export const negateUnits = (a: Units): Units => (typeof a === 'number' ? 0 - a : -a);

/** a · 10^exponent. */
export function scaleUnits(a: Units, exponent: number): Units {
  if (exponent === 0 || a === 0) return a;
  if (typeof a === 'number' && exponent <= 15) {
    const scaled = a * (tens[exponent] as number);
    if (Number.isSafeInteger(scaled)) return scaled;
  }
  return unitsFrom(BigInt(a) * tenTo(exponent));
}

/** Digits behind the point that the decimal of a double has: 0.1 is one tenth. */
export function scaleOf(value: number): number {
  if (Number.isSafeInteger(value)) return 0;
  for (let scale = 1, ten = 10; scale <= 6; scale++, ten *= 10) {
    const whole = Math.round(value * ten);
    // Below 10^15 two decimals of so many digits are two doubles, so this is the one that the shortest text names.
    if (Math.abs(whole) < 1e15 && whole / ten === value) return scale;
  }
  return decimalOf(value).scale;
}

/** The decimal of a double in units of 10^−scale; `scale` is at least its own. */
export function unitsOf(value: number, scale: number): Units {
  if (scale === 0 && Number.isSafeInteger(value)) return value + 0;
  if (scale <= 15) {
    const ten = tens[scale] as number;
    const whole = Math.round(value * ten);
    if (Math.abs(whole) < 1e15 && whole / ten === value) return whole + 0;
  }
  const decimal: Decimal = decimalOf(value);
  return scaleUnits(unitsFrom(decimal.units), scale - decimal.scale);
}

/** The double that a decimal of so many units of 10^−scale names. */
export function doubleOf(value: Units, scale: number): number {
  // Both are exact, so their quotient is rounded once.
  if (typeof value === 'number' && scale < tens.length) return value / (tens[scale] as number);
  return Number(`${value}e-${scale}`);
}
