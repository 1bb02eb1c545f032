export * from './engine.ts';
export * from './exact.ts';
export * from './format.ts';
export * from './log.ts';
export * from './parse.ts';
export * from './rule.ts';
export type { StateParts } from './state.ts';
export { zoneOf } from './time/zone.ts';
