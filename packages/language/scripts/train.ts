import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFile } from '../src/linear-model.ts';
import { train } from './training/model-training.ts';
import { tasks } from './training/tasks.ts';

// node packages/language/scripts/train.ts ../shared/data [model…]: derives src/models/*.ts; the same data gives the same files.

const [data, ...wanted] = process.argv.slice(2);
if (data === undefined) {
  process.stderr.write('Usage: node packages/language/scripts/train.ts DATA_FOLDER [MODEL…]\n');
  process.exit(2);
}

const folder = join(import.meta.dirname, '../src/models');

const moduleOf = (name: string, model: ModelFile): string => {
  const constant = name.replace(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
  return `// Written by scripts/train.ts; derived from ${model.source}.
import type { ModelFile } from '../linear-model.ts';

export const ${constant}: ModelFile = ${JSON.stringify(model, undefined, 2)};
`;
};

mkdirSync(folder, { recursive: true });
for (const { name, task } of tasks(data)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const model = train(task);
  writeFileSync(join(folder, `${name}.ts`), moduleOf(name, model));
  process.stdout.write(`${name}: ${task.examples.length} examples, ${Math.ceil(model.weights.length / 1024)} KiB\n`);
}
