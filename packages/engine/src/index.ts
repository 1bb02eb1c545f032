export * from './engine.ts';
export * from './engine-options.ts';
export * from './exact.ts';
export * from './format.ts';
export * from './log.ts';
export * from './parse.ts';
export * from './rule.ts';
export type { ChangedParts, StateParts } from './state.ts';
export { zoneOf } from './time/zone.ts';
