import { expect, test } from '@jest/globals';
import { type FaultKind, Faults, faultKinds, seededRandom } from '../src/index.ts';

/** What happens in a thousand steps at each of these points, and to a thousand deliveries, where all can fail. */
function kindsOf(only?: readonly FaultKind[]): readonly FaultKind[] {
  const faults = new Faults(seededRandom(7), 40, only);
  const seen = new Set<FaultKind>();
  for (let n = 0; n < 1000; n++) {
    for (const point of ['fetch', 'assigned', 'transaction.init.request', 'transaction.commit.response']) {
      const kind = faults.at(point);
      if (kind !== undefined) seen.add(kind);
    }
    if (faults.duplicates()) seen.add('duplicate');
  }
  return faultKinds.filter((kind) => seen.has(kind));
}

test.each(faultKinds.map((kind) => [kind] as const))('only the kind %s happens if only that may', (kind) => {
  expect(kindsOf([kind])).toEqual([kind]);
});

test('every kind happens if nothing else is said', () => {
  expect(kindsOf()).toEqual(faultKinds);
});
