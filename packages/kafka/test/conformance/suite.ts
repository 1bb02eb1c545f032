import { afterEach, beforeEach, describe } from '@jest/globals';
import { following } from './following.ts';
import { groups } from './groups.ts';
import { type Adapter, Bench } from './harness.ts';
import { producing } from './producing.ts';
import { schemas } from './schemas.ts';
import { transactions } from './transactions.ts';

/** Everything that the port promises, for one adapter. The in-memory log and the broker pass the same. */
export function conformance(adapter: Adapter): void {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(adapter);
  });
  afterEach(() => bench.close());
  describe(`${adapter.name}: producing`, () => producing(() => bench));
  describe(`${adapter.name}: transactions`, () => transactions(() => bench));
  describe(`${adapter.name}: following`, () => following(() => bench));
  describe(`${adapter.name}: groups`, () => groups(() => bench));
  describe(`${adapter.name}: schemas`, () => schemas(() => bench));
}
