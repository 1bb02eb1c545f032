import { MemoryStore } from '../../src/index.ts';
import { storeConformance } from './store-conformance.ts';

storeConformance('in memory', () => new MemoryStore());
