import { signalsTopic } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';
import { latencyRule } from './latency.ts';
import { putRule } from './load.ts';

/**
 * Puts one version of a rule after another into the rules topic, and gives for each the ms from the call that puts it to
 * the last of the partitions whose log shows it to a reader. Rejects if one does not show it within 30 s.
 */
export async function ruleLatencies(log: Log, versions: number, partitions: number): Promise<readonly number[]> {
  const decoder = decoderFor(log);
  const seen = new Map<number, Set<number>>();
  let arrived = (): void => undefined;
  const follower = await log.follow({
    topic: signalsTopic('region'),
    from: 'latest',
    onRecords: async (partition, records) => {
      await decoder.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const decoded = value === null ? undefined : decoder.decode(value);
        if (decoded?.type !== 'RuleChange' || decoded.value.ruleId !== id) continue;
        seen.set(decoded.value.revision, (seen.get(decoded.value.revision) ?? new Set()).add(partition));
      }
      arrived();
    },
  });
  await follower.caughtUp;
  const took: number[] = [];
  for (let version = 1; version <= versions; version++) {
    const started = performance.now();
    const revision = await putRule(log, id, 'region', JSON.stringify({ ...latencyRule, id, version }));
    const deadline = started + 30_000;
    while ((seen.get(revision)?.size ?? 0) < partitions) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`version ${version} is not in every partition within 30 s`);
      await new Promise<void>((resolve) => {
        arrived = resolve;
        setTimeout(resolve, left).unref();
      });
    }
    took.push(performance.now() - started);
  }
  await follower.stop();
  return took;
}

const id = 'bench-live';
