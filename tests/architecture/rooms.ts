/** The table of rooms: which workspace packages each may import (names without their scope). */
const packages = [
  'contracts',
  'engine',
  'rules',
  'language',
  'kafka',
  'stream',
  'clickhouse',
  'audit',
  'service',
  'cli',
];

export const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/contracts': [],
  'packages/engine': ['contracts'],
  'packages/rules': ['contracts', 'engine'],
  'packages/language': ['contracts'],
  'packages/kafka': ['contracts'],
  'packages/stream': ['contracts', 'kafka', 'engine', 'rules'],
  'packages/clickhouse': ['contracts'],
  'packages/audit': ['contracts', 'engine', 'rules', 'clickhouse'],
  'packages/service': ['contracts'],
  'packages/cli': packages,
  'services/ingest': packages,
  'services/signals': packages,
  'services/processor': packages,
  'services/history': packages,
  'services/gateway': packages,
  'services/console': ['client'],
  'deploy/local': packages,
  tests: [...packages, 'local', 'ingest', 'signals', 'processor', 'history', 'gateway', 'console'],
};

/** Clients of the outside world that a single room may know. */
export const onlyImporter: readonly { readonly dependency: RegExp; readonly room: string }[] = [
  { dependency: /^(kafkajs|@kafkajs\/.*|lz4-napi)$/, room: 'packages/kafka' },
  { dependency: /^(fastify|@fastify\/.*|pino|ioredis)$/, room: 'packages/service' },
  { dependency: /^@clickhouse\/.*$/, room: 'packages/clickhouse' },
  { dependency: /^(chdb|@chdb\/.*)$/, room: 'deploy/local' },
];

/** Rooms whose results depend on nothing but their arguments. */
export const pureRooms = ['packages/contracts', 'packages/engine', 'packages/rules', 'packages/language'] as const;

/** What a pure room must not say: the clock, timers and chance. */
export const impure: readonly { readonly what: string; readonly form: RegExp }[] = [
  {
    what: 'the clock',
    form: /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.|\bprocess\.(hrtime|uptime)\b|\bTemporal\.Now\b/,
  },
  { what: 'a timer', form: /\bset(Timeout|Interval|Immediate)\b|\bnode:timers\b/ },
  { what: 'chance', form: /\bMath\.random\b|\brandom(Bytes|UUID|Int|FillSync|Fill)\b|\bgetRandomValues\b/ },
];

/** A source file: path from the repository's folder, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What package.json of a room declares. */
export interface Manifest {
  readonly room: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

const importForm =
  /\b(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|\bimport\s+['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/g;

/** Module names that a text imports, in whatever way. */
export const importsOf = (text: string): readonly string[] =>
  [...withoutComments(text).matchAll(importForm)].map(
    (match) => (match[1] ?? match[2] ?? match[3] ?? match[4]) as string,
  );

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

/** The room that a path lies in. */
export const roomOf = (path: string, rooms: readonly string[] = Object.keys(mayImport)): string | undefined =>
  rooms.find((room) => path.startsWith(`${room}/`));

/** Every breach of the table by an import of this file. */
export function breachesOf(
  file: SourceFile,
  manifest: Manifest,
  rootDevDependencies: readonly string[],
): readonly string[] {
  const { room } = manifest;
  return importsOf(file.text).flatMap((name): readonly string[] => {
    if (name.startsWith('node:')) return [];
    if (name.startsWith('.'))
      return leavesRoom(file.path, name, room) ? [`${file.path} reaches out of ${room}: ${name}`] : [];
    const dependency = packageOf(name);
    const breaches = [...dependencyBreaches(room, dependency).map((why) => `${file.path} imports ${name}: ${why}`)];
    const declared =
      manifest.dependencies.includes(dependency) ||
      (!file.path.startsWith(`${room}/src/`) &&
        (manifest.devDependencies.includes(dependency) || rootDevDependencies.includes(dependency)));
    if (!declared && dependency !== `@resonant/${room.split('/').at(-1)}`) {
      breaches.push(`${file.path} imports ${name}, which ${room}/package.json does not name`);
    }
    return breaches;
  });
}

/** Every breach of the table by what package.json declares. */
export const manifestBreaches = (manifest: Manifest): readonly string[] =>
  [...manifest.dependencies, ...manifest.devDependencies].flatMap((dependency) =>
    dependencyBreaches(manifest.room, dependency).map(
      (why) => `${manifest.room}/package.json names ${dependency}: ${why}`,
    ),
  );

function dependencyBreaches(room: string, dependency: string): readonly string[] {
  if (dependency.startsWith('@resonant/')) {
    const name = dependency.slice('@resonant/'.length);
    const own = room.split('/').at(-1) === name;
    return own || mayImport[room]?.includes(name)
      ? []
      : [`${room} may import ${mayImport[room]?.join(', ') || 'nothing'}`];
  }
  return onlyImporter
    .filter((rule) => rule.dependency.test(dependency) && rule.room !== room)
    .map((rule) => `only ${rule.room} may`);
}

/** What a pure room's source says that it must not. */
export function impuritiesOf(file: SourceFile): readonly string[] {
  const text = withoutComments(file.text);
  return impure.filter(({ form }) => form.test(text)).map(({ what }) => `${file.path} reads ${what}`);
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

function leavesRoom(path: string, name: string, room: string): boolean {
  if (room === 'tests') return false;
  const { pathname } = new URL(name, `file:///${path}`);
  return !pathname.startsWith(`/${room}/`);
}
