export type { Command, Io } from './command.ts';
export { runCommandLine } from './command-line.ts';
export { checkMachine, type Finding, isFree, portsProblem } from './doctor/checks.ts';
export { interruption } from './interruption.ts';
export { createKey } from './keys.ts';
export * from './places.ts';
