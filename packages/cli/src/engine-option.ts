import type { EngineFamily } from '@resonant/clickhouse';
import { UsageError } from './options.ts';

/** Which kind of ClickHouse it is: an option of the commands that know its tables. */
export const engineOption = { engine: { type: 'string', default: 'embedded' } } as const;

/** Its part of a help text. */
export const engineOptionHelp =
  '  --engine FAMILY  embedded (the local stack, default), server (one server) or cluster (shards and replicas)';

/** The family that was named. */
export async function engineOf(text: string): Promise<EngineFamily> {
  const { engineFamilies } = await import('@resonant/clickhouse');
  const family = engineFamilies.find((known) => known === text);
  if (family === undefined) throw new UsageError(`--engine expects ${engineFamilies.join(', ')}, got ${text}`);
  return family;
}
