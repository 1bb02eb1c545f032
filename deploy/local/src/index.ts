export { portsOf } from '@resonant/cli';
export { type ClickHouse, type ClickHouseEnv, startClickHouse } from './clickhouse/start.ts';
export { type Api, keyIsKnown, loadShippedRules } from './first-load.ts';
export { githubSecret, operatorKey } from './home.ts';
export { answersHttp, until } from './probe.ts';
export { type Clock, type Services, type ServicesOptions, startServices } from './services.ts';
export { type PartName, partNames, type Stack, type StackEnv, type StackOptions, startStack } from './stack.ts';
