export { type Clock, systemClock } from './clock.ts';
export * from './player.ts';
export * from './positions.ts';
export * from './rule-book.ts';
export * from './rule-changes.ts';
export * from './run-tasks.ts';
export * from './sequencer.ts';
export * from './task-processor.ts';
