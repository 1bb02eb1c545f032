import { expect, test } from '@jest/globals';
import { schemas, whyUnreadable } from '@resonant/contracts';
import { released } from './released-schemas.ts';

test('every record has a released version', () => {
  expect([...released.keys()]).toEqual(Object.keys(schemas).sort());
});

test('the records of this release read everything that earlier releases wrote', () => {
  const unreadable = [...released].flatMap(([name, versions]) =>
    versions.map((version, index) => [`${name} ${index + 1}`, whyUnreadable(schemas[name], version)]),
  );
  expect(unreadable.filter(([, reason]) => reason !== undefined)).toEqual([]);
});

test('a field without default, a renamed field and another type are each found unreadable', () => {
  const [tick] = released.get('Tick') as [{ fields: { name: string; type: unknown; default?: unknown }[] }];
  const change = (edit: (fields: typeof tick.fields) => typeof tick.fields): object => ({
    ...tick,
    fields: edit(structuredClone(tick.fields)),
  });
  const added = { name: 'added', type: 'string' };
  expect(
    whyUnreadable(
      change((fields) => [...fields, { ...added, default: '' }]),
      tick,
    ),
  ).toBeUndefined();
  expect(
    whyUnreadable(
      change((fields) => [...fields, added]),
      tick,
    ),
  ).toMatch(/added/);
  expect(
    whyUnreadable(
      change(([first, ...rest]) => [{ ...first!, name: 'other' }, ...rest]),
      tick,
    ),
  ).toMatch(/other/);
  expect(
    whyUnreadable(
      change(([first, ...rest]) => [{ ...first!, type: 'string' }, ...rest]),
      tick,
    ),
  ).toBeDefined();
});
