// The engine's cost, one process for each benchmark so that none warms or fills the heap of the next.
// Run: npm run bench -- [signals] [conditions] [memory] [windows] [idle] [late-burst] [month] [replay]
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';

const all = ['signals', 'conditions', 'memory', 'windows', 'idle', 'late-burst', 'month', 'replay'];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  process.exit(2);
}
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
console.log('\n| what | figure | aim | load |\n|---|---|---|---|');
let failed = 0;
for (const name of wanted.length > 0 ? wanted : all) {
  const { status } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--expose-gc',
      '--max-old-space-size=8192',
      join(import.meta.dirname, `${name}.ts`),
    ],
    { stdio: 'inherit' },
  );
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
