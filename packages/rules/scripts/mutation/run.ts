import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tests } from './test-globals.ts';

// A process that runs the tests with one mistake at a time in its sources: the parent sends `{planted}`, it answers
// with whether every test passed. Modules of the engine and the rules are loaded anew for each, all others once.

/** A source file with a mistake in it; null = none. */
export interface Planted {
  readonly url: string;
  readonly text: string;
}

const root = new URL('../../../..', import.meta.url);
const files = ['rules/test/sentences/*', 'rules/test/{when,document,reference-cases}', 'engine/test/**/*']
  .flatMap((path) => globSync(`packages/${path}.test.ts`, { cwd: root.pathname }))
  .map((path) => new URL(path, root).href);
const ours = new RegExp(`^${root.href}packages/(engine|rules)/(src|test)/`);
const globals = new URL('./test-globals.ts', import.meta.url).href;

let planted: Planted | null = null;
let generation = 0;
/** Who imports a module of ours. */
const importers = new Map<string, Set<string>>();

const withoutGeneration = (url: string): string => url.split('?')[0] as string;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return { url: globals, shortCircuit: true };
    const resolved = next(specifier, context);
    if (!ours.test(resolved.url)) return resolved;
    const module = withoutGeneration(resolved.url);
    if (context.parentURL !== undefined) noteImport(module, withoutGeneration(context.parentURL));
    return { ...resolved, url: `${module}?${generation}` };
  },
  load(url, context, next) {
    if (planted === null || url !== `${planted.url}?${generation}`) return next(url, context);
    return { format: 'module-typescript', source: planted.text, shortCircuit: true };
  },
});

function noteImport(module: string, importer: string): void {
  const known = importers.get(module);
  if (known === undefined) importers.set(module, new Set([importer]));
  else known.add(importer);
}

/** The tests that load a module, however far away, the nearest first; what does not load a mistake cannot see it. */
function testsOf(module: string): readonly string[] {
  const reached = new Set([module]);
  for (const each of reached) for (const importer of importers.get(each) ?? []) reached.add(importer);
  return [...reached].filter((file) => files.includes(file));
}

/** Loads every test without a mistake, so that it is known who imports what. */
async function load(): Promise<void> {
  for (const file of files) await import(file);
}

async function passes(mistake: Planted | null): Promise<boolean> {
  if (generation === 0) await load();
  planted = mistake;
  generation++;
  try {
    for (const file of planted === null ? files : testsOf(planted.url)) {
      tests.length = 0;
      await import(file);
      for (const run of tests) await run();
    }
    return true;
  } catch {
    return false;
  }
}

process.on('message', (message: { readonly planted: Planted | null }) => {
  void passes(message.planted).then((passed) => process.send?.(passed));
});
process.on('disconnect', () => process.exit());
