import { describeHit, type KillLoopOptions, killLoop } from './campaign.ts';
import { isExact } from './verdict.ts';

/** Runs a kill loop and prints its report on standard output. Returns the exit code: 0 if everything is exact. */
export async function campaign(options: KillLoopOptions): Promise<number> {
  const { hits, kills, verdict, seconds, seed } = await killLoop(options);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  for (const [index, hit] of hits.entries()) print(`${index + 1}. ${describeHit(hit)}`);
  const byKind = Map.groupBy(hits, ({ kind }) => kind);
  print(`seed ${seed}: ${kills} kills among ${hits.length} faults in ${seconds} s`);
  for (const [kind, ofKind] of [...byKind].sort()) print(`  ${ofKind.length} × ${kind}`);
  const { records, missing, doubled, signals, rejected, ranges, differences } = verdict;
  print(`${records} records in ${ranges} ranges: ${missing} missing, ${doubled} doubled`);
  print(`signals: ${signals.inKafka} in Kafka, ${signals.stored} stored, ${signals.distinct} distinct`);
  print(
    `rejected: ${rejected.inKafka} in Kafka, ${rejected.inLedger} in the ledger, ${rejected.deadLetters} dead letters`,
  );
  print(differences.length === 0 ? 'ledger without gaps, all counts and digests equal' : differences.join('\n'));
  return isExact(verdict) ? 0 : 1;
}
