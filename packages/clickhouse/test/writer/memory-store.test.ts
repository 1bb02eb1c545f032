import { MemoryStore, type MemoryTables } from '../../src/index.ts';
import { storeConformance } from './store-conformance.ts';

storeConformance('in memory', () => {
  const tables: MemoryTables = new Map();
  const fault = () => ({ at: 'between', code: 'history-unavailable' }) as const;
  return {
    store: new MemoryStore({ tables }),
    insertWithoutLedger: (insert) => new MemoryStore({ tables, fault }).insert(insert).catch(() => undefined),
  };
});
