import type { ASTNode } from '@marcbachmann/cel-js';
import type { Signal } from '@resonant/contracts';

/**
 * Types of expressions: `text` is a string or null, `int` a whole number (an integer literal or a size), `number` a
 * double; lists hold one type.
 */
export type Type = 'bool' | 'int' | 'number' | 'string' | 'text' | 'null' | 'labels' | 'measures' | List;
export type List = `list of ${'bool' | 'int' | 'number' | 'string' | 'text' | 'null'}`;

/** A value of an expression; undefined is an evaluation error. */
export type Value = string | number | boolean | null | readonly Value[] | Readonly<Record<string, unknown>> | undefined;

/** An expression that has been checked. */
export interface Checked {
  readonly type: Type;
  readonly run: (signal: Signal) => Value;
  /** Set if the value is the same for every signal. */
  readonly constant?: Value;
  /** An integer made of literals alone: beside a measure it is a number. */
  readonly literal?: boolean;
}

/** Why a condition is refused. */
export class WhenError extends Error {
  override readonly name = 'WhenError';
}

export type Check = (node: ASTNode) => Checked;

export const isNumeric = (type: Type): boolean => type === 'int' || type === 'number';
export const isText = (type: Type): boolean => type === 'string' || type === 'text';

/** True if one list may hold values of the two types: a null beside texts, too. */
export const listable = (a: Type, b: Type): boolean =>
  comparable(a, b) || (a === 'null' && isText(b)) || (b === 'null' && isText(a));

/** True if values of the two types may be compared for equality. */
export const comparable = (a: Type, b: Type): boolean =>
  a === b ||
  (isNumeric(a) && isNumeric(b)) ||
  (isText(a) && isText(b)) ||
  (a === 'text' && b === 'null') ||
  (a === 'null' && b === 'text');
