export { portsOf } from '@resonant/cli';
export { answersHttp, until } from './probe.ts';
export { type Clock, type Services, type ServicesOptions, startServices } from './services.ts';
export { type PartName, partNames, type Stack, type StackEnv, type StackOptions, startStack } from './stack.ts';
