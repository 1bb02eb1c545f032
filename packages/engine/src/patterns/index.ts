import type { MakeRuntime } from '../runtime.ts';
import { RatioMeter } from '../sliding/ratio-meter.ts';
import { SlidingRuntime } from '../sliding/runtime.ts';
import { SurgeMeter } from '../sliding/surge-meter.ts';
import { ThresholdMeter } from '../sliding/threshold-meter.ts';
import { DeadlineRuntime } from './deadline.ts';
import { PairRuntime } from './pair.ts';

/** The runtime of a rule's pattern. */
export const makeRuntime: MakeRuntime = (versions, desk) => {
  switch (versions.current.pattern.kind) {
    case 'pair':
      return new PairRuntime(versions, desk);
    case 'ratio':
      return new SlidingRuntime(new RatioMeter(), versions, desk);
    case 'deadline':
      return new DeadlineRuntime(versions, desk);
    case 'threshold':
      return new SlidingRuntime(new ThresholdMeter(), versions, desk);
    case 'surge':
      return new SlidingRuntime(new SurgeMeter(), versions, desk);
  }
};
