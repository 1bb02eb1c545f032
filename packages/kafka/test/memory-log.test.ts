import { MemoryBroker, memoryLog } from '../src/index.ts';
import { conformance } from './conformance/suite.ts';

const broker = new MemoryBroker();

conformance({
  name: 'in memory',
  connect: () => memoryLog({ broker }),
  prepareCompaction: async () => undefined,
  removeTopics: async () => undefined,
  compact: async (topic) => memoryLog({ broker }).compact(topic),
});
