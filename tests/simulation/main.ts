// Runs seeds of the simulation; what they are and what they check: README.md here.
import { parseArgs } from 'node:util';
import { describeFailure, Ledger } from './ledger.ts';
import { simulate } from './run.ts';

const help = `Runs signals service and processor on a log in memory that suffers faults, and checks what they said.

  npm run simulate -- --seeds 5000 [--from 1]    that many seeds
  npm run simulate -- --seed 17 [--trace]        one seed; with every step of every process

Exit code 1 if a seed failed; each prints itself with the command that replays it.
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`--${name} expects a whole number, got ${text}\n`);
  process.exit(2);
}

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const first = wholeNumber('from', values.seed ?? values.from);
const count = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1;
const trace = (line: string): void => void process.stdout.write(`${line}\n`);
const ledger = new Ledger();
const startedAt = process.cpuUsage();
for (let seed = first; seed < first + count; seed++) {
  const report = await simulate(seed, values.trace ? { trace } : {});
  ledger.add(report);
  if (report.problems.length > 0) process.stdout.write(describeFailure(report));
}
const { user, system } = process.cpuUsage(startedAt);
process.stdout.write(`${ledger.summary()}${((user + system) / 1e6).toFixed(1)} s of one core\n`);
process.exitCode = ledger.failed.length === 0 ? 0 : 1;
