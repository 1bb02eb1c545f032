export { type ConnectOptions, connectKafka } from './broker/connect.ts';
export * from './codec.ts';
export * from './dead-letter.ts';
export { MemoryBroker } from './memory/broker.ts';
export { type MemoryLog, type MemoryLogOptions, memoryLog } from './memory/memory-log.ts';
export { realScheduler, type Scheduler } from './memory/scheduler.ts';
export { partitionOfKey } from './murmur2.ts';
export * from './port.ts';
export * from './table.ts';
