import type { MakeRuntime } from '../runtime.ts';
import { RatioMeter } from '../sliding/ratio-meter.ts';
import { SlidingRuntime } from '../sliding/runtime.ts';
import { SurgeMeter } from '../sliding/surge-meter.ts';
import { ThresholdMeter } from '../sliding/threshold-meter.ts';
import { DeadlineRuntime } from './deadline.ts';
import { PairRuntime } from './pair.ts';

/** The runtime of a rule's pattern. */
export const makeRuntime: MakeRuntime = (rule, putAt, desk) => {
  switch (rule.pattern.kind) {
    case 'pair':
      return new PairRuntime(rule, putAt, desk);
    case 'ratio':
      return new SlidingRuntime(new RatioMeter(), rule, putAt, desk);
    case 'deadline':
      return new DeadlineRuntime(rule, putAt, desk);
    case 'threshold':
      return new SlidingRuntime(new ThresholdMeter(), rule, putAt, desk);
    case 'surge':
      return new SlidingRuntime(new SurgeMeter(), rule, putAt, desk);
  }
};
