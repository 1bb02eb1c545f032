import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { analystAccess, analystGrants, analystGrantsText, goldenSchemaFile, grantingFamilies } from '../src/index.ts';
import { splitStatements } from '../src/migrations/files.ts';

/** Definitions of the schema by name, with what kind of thing it is. */
const schema = new Map(
  splitStatements(readFileSync(goldenSchemaFile, 'utf8')).map((text) => {
    const [, kind = '', name = ''] = /^CREATE ([A-Z ]+) resonant\.(\w+)/.exec(text) ?? [];
    return [name, { kind, text }] as const;
  }),
);
const open = new Set<string>(Object.values(analystAccess).flat());

test('all that is open to analysts is there, each as what it is', () => {
  const kinds = { tables: 'TABLE', views: 'VIEW', dictionaries: 'DICTIONARY' } as const;
  for (const [key, kind] of Object.entries(kinds)) {
    for (const name of analystAccess[key as keyof typeof kinds]) {
      expect([name, schema.get(name)?.kind]).toEqual([name, kind]);
    }
  }
});

test('closed are the intake with its views, and by what erased persons are known: whoever adds a table decides', () => {
  const closed = [...schema.keys()].filter((name) => !open.has(name) && !name.startsWith('intake_'));
  expect(closed).toEqual(['erased', 'erased_keys']);
  expect([...open].filter((name) => name.startsWith('intake_'))).toEqual([]);
});

test('no open view or dictionary hands on what is closed', () => {
  for (const name of open) {
    const { kind = '', text = '' } = schema.get(name) ?? {};
    if (kind === 'TABLE') continue;
    const read = [...text.matchAll(/resonant\.(\w+)/g)].map(([, other]) => other as string);
    const named = read.filter((other) => schema.has(other));
    expect([name, named.filter((other) => !open.has(other))]).toEqual([name, []]);
  }
});

test.each(grantingFamilies)(
  'the grants for %s are those that are stored, and grant nothing that is closed',
  (family) => {
    const golden = join(import.meta.dirname, '..', 'golden', `analysts-${family}.sql`);
    expect(analystGrantsText(family)).toBe(readFileSync(golden, 'utf8'));
    const granted = analystGrants(family).flatMap((text) => / ON resonant\.(\w+) TO /.exec(text)?.[1] ?? []);
    const names = new Set(granted.map((name) => name.replace(/_local$/, '')));
    expect([...names].sort()).toEqual([...open].sort());
  },
);
