export { type Clock, systemClock } from './clock.ts';
export * from './run-tasks.ts';
export * from './task-processor.ts';
