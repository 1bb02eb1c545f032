import type { MakeRuntime } from '../runtime.ts';
import { DeadlineRuntime } from './deadline.ts';
import { PairRuntime } from './pair.ts';

/** The runtime of a rule's pattern. */
export const makeRuntime: MakeRuntime = (rule, putAt, desk) => {
  switch (rule.pattern.kind) {
    case 'deadline':
      return new DeadlineRuntime(rule, putAt, desk);
    case 'pair':
      return new PairRuntime(rule, putAt, desk);
    default:
      throw new RangeError(`pattern ${rule.pattern.kind} is not there yet`);
  }
};
