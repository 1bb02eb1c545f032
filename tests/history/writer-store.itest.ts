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

storeConformance('on the engine', () => clickHouseStore(own.clickhouse, 'embedded'));
