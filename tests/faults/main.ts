// Kills and pauses processes and broker while leads stream in, then compares with resonant replay: npm run test:faults
import { parseArgs } from 'node:util';
import { campaign, describeHit } from './campaign.ts';

const help = `Hits processors, signals services and the broker of a stack of its own at random moments, with SIGKILL,
SIGSTOP for longer than the session, and rolling restarts, and counts what is lost or doubled against resonant replay.

  npm run test:faults -- [--faults 100] [--touchpoints 1000000] [--per-second 1500] [--seed 1] [--base 7900]

Once so many touchpoints are in the log, 200 a second go on until there were so many faults. The report lists each fault
with its recovery time: until every partition has said an alert decided after the fault.
Exit code 1 if anything was lost or doubled.
`;
const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '100' },
    touchpoints: { type: 'string', default: '1000000' },
    'per-second': { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' },
    base: { type: 'string', default: '7900' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const { hits, audit, seed, seconds } = await campaign({
  base: Number(values.base),
  seed: Number(values.seed),
  faults: Number(values.faults),
  touchpoints: Number(values.touchpoints),
  perSecond: Number(values['per-second']),
  signals: 2,
  processors: 3,
  onLine: (line) => void process.stderr.write(`${line}\n`),
});
for (const hit of hits) process.stdout.write(`${describeHit(hit)}\n`);
const sorted = hits.map(({ recoveredMs }) => recoveredMs).sort((a, b) => a - b);
const { lostLines, doubledLines, ...counts } = audit;
const [lost, doubled] = [lostLines.length, doubledLines.length];
process.stdout.write(
  `seed ${seed}: ${hits.length} faults in ${seconds} s; recovery p50 ${sorted[sorted.length >> 1]} ms, ` +
    `longest ${sorted.at(-1)} ms\n${JSON.stringify({ ...counts, lostLines: lost, doubledLines: doubled })}\n`,
);
for (const line of lostLines.slice(0, 5)) process.stdout.write(`lost: ${line}\n`);
for (const line of doubledLines.slice(0, 5)) process.stdout.write(`doubled: ${line}\n`);
const wrong = [audit.lostTouchpoints, audit.lostSignals, audit.doubledSignals, audit.deadLetters, lost, doubled];
process.exitCode = wrong.every((count) => count === 0) ? 0 : 1;
