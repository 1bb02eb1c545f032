import { type Checked, comparable, isNumeric, isText, type Type, type Value, WhenError } from './types.ts';

const orderings: Readonly<Record<string, (a: string | number, b: string | number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const doubles: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const integers: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => whole(a + b),
  '-': (a, b) => whole(a - b),
  '*': (a, b) => whole(a * b),
  '/': (a, b) => whole(Math.trunc(a / b)),
  '%': (a, b) => whole(a % b),
};

/** A whole number without a negative zero; an overflow, and a division by zero, is an error. */
const whole = (value: number): number | undefined => (Number.isSafeInteger(value) ? value + 0 : undefined);

const refuse = (operator: string, a: Type, b: Type): never => {
  throw new WhenError(`${operator} does not go with ${a} and ${b}`);
};

/** Folds an expression of constants. */
export const folded = (checked: Checked, ...parts: readonly Checked[]): Checked =>
  parts.every((part) => 'constant' in part) ? { ...checked, constant: checked.run(undefined as never) } : checked;

/** `==` and `!=`. */
export function equality(operator: '==' | '!=', a: Checked, b: Checked): Checked {
  if (!comparable(a.type, b.type) || a.type === 'labels' || a.type === 'measures') refuse(operator, a.type, b.type);
  const wanted = operator === '==';
  const list = a.type.startsWith('list');
  if (!list && 'constant' in b && b.constant !== undefined) {
    const { run } = a;
    const { constant } = b;
    return folded(
      {
        type: 'bool',
        run: (signal) => {
          const value = run(signal);
          return value === undefined ? undefined : (value === constant) === wanted;
        },
      },
      a,
      b,
    );
  }
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const left = a.run(signal);
    const right = b.run(signal);
    if (left === undefined || right === undefined) return undefined;
    return (list ? sameList(left as readonly Value[], right as readonly Value[]) : left === right) === wanted;
  };
  return folded({ type: 'bool', run }, a, b);
}

const sameList = (a: readonly Value[], b: readonly Value[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** `<`, `<=`, `>`, `>=`; ordering a null is an error. */
export function ordering(operator: string, a: Checked, b: Checked): Checked {
  if (!(isNumeric(a.type) && isNumeric(b.type)) && !(isText(a.type) && isText(b.type)))
    refuse(operator, a.type, b.type);
  const holds = orderings[operator] as (typeof orderings)[string];
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const left = a.run(signal) as string | number | null | undefined;
    const right = b.run(signal) as string | number | null | undefined;
    return left == null || right == null ? undefined : holds(left, right);
  };
  return folded({ type: 'bool', run }, a, b);
}

/** Arithmetic: on measures, on integers, and on a measure beside an integer literal. */
export function arithmetic(operator: string, a: Checked, b: Checked): Checked {
  const integer = a.type === 'int' && b.type === 'int';
  const mixed =
    isNumeric(a.type) &&
    isNumeric(b.type) &&
    (a.type === 'number' || a.literal === true) &&
    (b.type === 'number' || b.literal === true);
  const apply = (integer ? integers : doubles)[operator];
  if (!(integer || mixed) || apply === undefined) return refuse(operator, a.type, b.type);
  const literal = a.literal === true && b.literal === true;
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const left = a.run(signal);
    const right = b.run(signal);
    return left === undefined || right === undefined ? undefined : apply(left as number, right as number);
  };
  return folded({ type: integer ? 'int' : 'number', run, ...(integer && literal ? { literal } : {}) }, a, b);
}

/** `&&` and `||`, which absorb an error when the other side decides. */
export function junction(operator: '&&' | '||', a: Checked, b: Checked): Checked {
  if (a.type !== 'bool' || b.type !== 'bool') refuse(operator, a.type, b.type);
  const decisive = operator === '||';
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const left = a.run(signal);
    if (left === decisive) return decisive;
    const right = b.run(signal);
    if (right === decisive) return decisive;
    return left === undefined ? undefined : right;
  };
  return folded({ type: 'bool', run }, a, b);
}

/** `in`: a value in a list, or a key in labels or measures. */
export function membership(a: Checked, b: Checked): Checked {
  if (b.type === 'labels' || b.type === 'measures') {
    if (!isText(a.type)) refuse('in', a.type, b.type);
    return {
      type: 'bool',
      run: (signal) => {
        const key = a.run(signal);
        if (key === undefined) return undefined;
        return key !== null && Object.hasOwn(b.run(signal) as object, key as string);
      },
    };
  }
  const item = b.type.startsWith('list of ') ? (b.type.slice('list of '.length) as Type) : undefined;
  if (item === undefined || !comparable(a.type, item)) refuse('in', a.type, b.type);
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const value = a.run(signal);
    const list = b.run(signal) as readonly Value[] | undefined;
    return value === undefined || list === undefined ? undefined : list.includes(value);
  };
  return folded({ type: 'bool', run }, a, b);
}
