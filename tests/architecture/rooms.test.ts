import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  breachesOf,
  importsOf,
  impuritiesOf,
  type Manifest,
  manifestBreaches,
  mayImport,
  pureRooms,
  roomOf,
  type SourceFile,
} from './rooms.ts';

const root = join(import.meta.dirname, '..', '..');

interface PackageJson {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const packageJson = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PackageJson;

const glob = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root, exclude: (name) => /(^|\/)(node_modules|\.resonant)$/.test(String(name)) })
    .map((path) => path.split(sep).join('/'))
    .sort();

const folders = glob('{packages/*,services/*,deploy/local,tests}/package.json').map((path) =>
  path.slice(0, -'/package.json'.length),
);
const sources: readonly SourceFile[] = folders
  .flatMap((folder) => glob(`${folder}/**/*.{ts,mjs,js,cjs}`))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const rootDevDependencies = Object.keys(packageJson('.').devDependencies ?? {});

function manifestOf(room: string): Manifest {
  const { dependencies = {}, devDependencies = {} } = packageJson(room);
  return { room, dependencies: Object.keys(dependencies), devDependencies: Object.keys(devDependencies) };
}

describe('the table of rooms', () => {
  test('names every folder of the workspace', () => {
    expect(folders.filter((folder) => mayImport[folder] === undefined)).toEqual([]);
    expect(folders.length).toBeGreaterThanOrEqual(14);
  });

  test('is kept by every package.json', () => {
    expect(folders.flatMap((folder) => manifestBreaches(manifestOf(folder)))).toEqual([]);
  });

  test('is kept by every import', () => {
    const breaches = sources.flatMap((file) => {
      const room = roomOf(file.path);
      return room === undefined
        ? [`${file.path} lies in no room`]
        : breachesOf(file, manifestOf(room), rootDevDependencies);
    });
    expect(breaches).toEqual([]);
  });

  test('pure rooms read no clock, set no timer and throw no dice', () => {
    const pure = sources.filter(({ path }) => pureRooms.some((room) => path.startsWith(`${room}/src/`)));
    expect(pure.flatMap(impuritiesOf)).toEqual([]);
  });

  test('a package is named after its folder', () => {
    const names = folders.map((folder) => [folder, packageJson(folder).name]);
    expect(names).toEqual(folders.map((folder) => [folder, `@resonant/${folder.split('/').at(-1)}`]));
  });
});

describe('the check itself', () => {
  // Samples are written with signs, or this file would be found to import them.
  const code = (sample: string): string => sample.replaceAll('%', 'import').replaceAll('§', 'require');
  const manifest = (room: string, ...dependencies: string[]): Manifest => ({ room, dependencies, devDependencies: [] });
  const check = (path: string, text: string, ...dependencies: string[]): readonly string[] =>
    breachesOf({ path, text: code(text) }, manifest(roomOf(path) as string, ...dependencies), []);

  test.each([
    ['a package above', 'packages/engine/src/a.ts', "% { x } from '@resonant/kafka';", ['@resonant/kafka']],
    [
      'a service from a service',
      'services/ingest/src/a.ts',
      "% type { x } from '@resonant/gateway';",
      ['@resonant/gateway'],
    ],
    ['the Kafka client', 'services/ingest/src/a.ts', "% { Kafka } from 'kafkajs';", ['kafkajs']],
    ['an HTTP framework', 'services/gateway/src/a.ts', "const f = await %('fastify');", ['fastify']],
    ['a ClickHouse client', 'packages/audit/src/a.ts', "% * from '@clickhouse/client';", ['@clickhouse/client']],
    ['a neighbour by its path', 'packages/rules/src/a.ts', "% '../../engine/src/engine.ts';", []],
    ['a dependency that is not declared', 'packages/rules/src/a.ts', "% { parse } from 'yaml';", []],
  ])('refuses %s', (_what, path, text, dependencies) => {
    expect(check(path, text, ...dependencies)).toHaveLength(1);
  });

  test('accepts what the table allows, and ignores comments', () => {
    const text = "// % 'kafkajs'\nimport { x } from '@resonant/contracts';\nimport { y } from './y.ts';\n% 'node:fs';";
    expect(check('packages/rules/src/a.ts', text, '@resonant/contracts')).toEqual([]);
  });

  test('refuses a declared dependency that is never imported', () => {
    expect(
      manifestBreaches(manifest('packages/language', '@resonant/contracts', '@resonant/kafka', 'pino')),
    ).toHaveLength(2);
  });

  test('sees imports over several lines and requires', () => {
    expect(importsOf(code("% {\n  a,\n  b,\n} from 'one';\nconst { c } = §('two');"))).toEqual(['one', 'two']);
  });

  test.each(['Date.now()', 'new Date()', 'setTimeout(f, 1)', 'Math.random()', 'performance.now()', 'randomUUID()'])(
    'finds %s in a pure room',
    (text) => {
      expect(impuritiesOf({ path: 'packages/engine/src/a.ts', text })).toHaveLength(1);
    },
  );

  test.each(['new Date(tick)', '/** never Date.now() */', 'Date.parse(text)'])('takes %s as pure', (text) => {
    expect(impuritiesOf({ path: 'packages/engine/src/a.ts', text })).toEqual([]);
  });

  test('looks at files that exist', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(existsSync(join(root, 'packages/contracts/src/index.ts'))).toBe(true);
  });
});
