// Runs the seeds from the first argument to the second; prints the report of each as a line of JSON.
import { simulate } from './run.ts';

const [from, to] = process.argv.slice(2).map(Number);
for (let seed = from as number; seed <= (to as number); seed++) {
  process.stdout.write(`${JSON.stringify(await simulate(seed))}\n`);
}
