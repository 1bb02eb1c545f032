import { afterAll, beforeAll } from '@jest/globals';
import { clickHouseStore, migrate } from '@resonant/clickhouse';
import { storeConformance } from '../../packages/clickhouse/test/writer/store-conformance.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';

let own: OwnEndpoint;

beforeAll(async () => {
  own = await ownEndpoint();
  await migrate(own.clickhouse, 'embedded');
});
afterAll(() => own?.close());

storeConformance('on the engine', () => {
  const store = clickHouseStore(own.clickhouse, 'embedded');
  return {
    store,
    insertWithoutLedger: async (insert) => {
      await own.clickhouse.command('DETACH TABLE resonant.intake_signals_to_ledger');
      await store
        .insert(insert)
        .finally(() => own.clickhouse.command('ATTACH TABLE resonant.intake_signals_to_ledger'));
    },
  };
});
