// Kills writers of history and the engine while records stream in, then counts: npm run test:history-faults
import { parseArgs } from 'node:util';
import { campaign } from './report.ts';

const help = `Kills services/history and the ClickHouse engine of a stack of its own with SIGKILL at random moments, holds a
writer up for longer than its session, moves the group's offsets back and ahead, and loses answers or makes them 500 in
a proxy, while records stream in. Then counts what ClickHouse holds against what Kafka holds.

  npm run test:history-faults -- [--kills 100] [--records 1000000] [--per-second 8000] [--zombies 3] [--seed 1]
                                 [--base 7880] [--data .resonant/history-faults]

The report lists each fault. Exit code 1 unless nothing is missing, nothing doubled, the ledger has no gap, and every
count and digest is the same when it is computed again.
`;
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    records: { type: 'string', default: '1000000' },
    'per-second': { type: 'string', default: '8000' },
    zombies: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    base: { type: 'string', default: '7880' },
    data: { type: 'string', default: '.resonant/history-faults' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
process.exitCode = await campaign({
  base: Number(values.base),
  folder: values.data,
  seed: Number(values.seed),
  kills: Number(values.kills),
  records: Number(values.records),
  perSecond: Number(values['per-second']),
  writers: 2,
  zombies: Number(values.zombies),
  onLine: (line) => void process.stderr.write(`${line}\n`),
});
