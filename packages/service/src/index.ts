export { readClaim, type StandingClaim } from './claim-lookup.ts';
export { type ClaimResult, type Claims, type ClaimsOptions, type Confirmation, claims } from './claims.ts';
export { type Component, Components, type Started } from './components.ts';
export {
  commaList,
  commonConfig,
  describeConfig,
  type Env,
  instanceId,
  loadConfig,
  redisUrl,
  wholeNumber,
} from './config.ts';
export { type Checks, Health, type Readiness } from './health.ts';
export {
  buildApp,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HttpOptions,
  httpComponent,
} from './http.ts';
export { type Keep, type KeepOptions, keep } from './keep.ts';
export { KeyRing, makeKey, type NewKey, type Principal, requireScope } from './keys.ts';
export { checkLog, logComponent, logSettings, type ReachableLog } from './log-connection.ts';
export { createLogger, type Logger } from './logger.ts';
export {
  type CounterMetric,
  type GaugeMetric,
  type HistogramMetric,
  latencyBuckets,
  Metrics,
} from './metrics.ts';
export { type Probe, probe } from './probe.ts';
export { issuesOf, parse, replyProblem, resonantErrorOf, retryAfterOf } from './problems.ts';
export { checkRedis } from './redis.ts';
export * from './reference-data/index.ts';
export { type Host, runService, type ServiceDefinition, type Wiring } from './run-service.ts';
export { traceparentFrom } from './trace.ts';
export { maxFrameBytes, registerWebsocket, type WebSocket, type WebsocketOptions } from './websocket.ts';
