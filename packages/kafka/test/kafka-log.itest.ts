import { jest } from '@jest/globals';
import { connectKafka } from '../src/index.ts';
import { conformance } from './conformance/suite.ts';
import { compacted, prepareCompaction, removeTopics } from './kafka-tools.ts';
import { stack } from './stack.ts';

jest.setTimeout(60_000);

conformance({
  name: 'on a broker',
  connect: () => connectKafka({ ...stack(), clientId: 'conformance' }),
  prepareCompaction,
  compact: compacted,
  removeTopics,
});
