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
const files = ['packages/rules/test/sentences', 'packages/rules/test/{when,document}', 'packages/engine/test/**/*']
  .flatMap((path) =>
    globSync(path.endsWith('sentences') ? `${path}/*.test.ts` : `${path}.test.ts`, { cwd: root.pathname }),
  )
  .map((path) => new URL(path, root).href);
const ours = new RegExp(`^${root.href}packages/(engine|rules)/(src|test)/`);
const globals = new URL('./test-globals.ts', import.meta.url).href;

let planted: Planted | null = null;
let generation = 0;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return { url: globals, shortCircuit: true };
    const resolved = next(specifier, context);
    return ours.test(resolved.url) ? { ...resolved, url: `${resolved.url.split('?')[0]}?${generation}` } : resolved;
  },
  load(url, context, next) {
    if (planted === null || url !== `${planted.url}?${generation}`) return next(url, context);
    return { format: 'module-typescript', source: planted.text, shortCircuit: true };
  },
});

async function passes(): Promise<boolean> {
  generation++;
  try {
    for (const file of files) {
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
  planted = message.planted;
  void passes().then((passed) => process.send?.(passed));
});
