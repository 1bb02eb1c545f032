import { ResonantError } from '@resonant/contracts';
import type { LogRecord, StartAt } from '../port.ts';
import type { MemoryBroker } from './broker.ts';
import type { MemoryPartition } from './partition.ts';
import type { Scheduler } from './scheduler.ts';

/** Records handed over at once, at most. */
const batchLimit = 500;

export interface Pump {
  readonly scheduler: Scheduler;
  readonly partition: MemoryPartition;
  readonly from: number;
  readonly isolation: 'read_committed' | 'read_uncommitted';
  readonly signal: AbortSignal;
  deliver(records: readonly LogRecord[], nextOffset: number): Promise<void> | void;
}

/** Hands over a partition's records from `from` on, batch after batch, until the signal. */
export async function pump({ scheduler, partition, from, isolation, signal, deliver }: Pump): Promise<void> {
  let position = from;
  while (!signal.aborted) {
    if (position < partition.earliest || position > partition.latest) throw outOfRange(partition, position);
    if (partition.read(position, isolation, 1).nextOffset === position) {
      await changed(partition, signal);
      continue;
    }
    if (!(await fetched(scheduler))) continue;
    if (signal.aborted) return;
    const { records, nextOffset } = partition.read(position, isolation, batchLimit);
    if (nextOffset === position) continue;
    await deliver(records, nextOffset);
    position = nextOffset;
  }
}

/** A fetch that fails is made again, as every client does. */
const fetched = (scheduler: Scheduler): Promise<boolean> =>
  scheduler.step('fetch').then(
    () => true,
    () => false,
  );

const outOfRange = ({ at, earliest, latest }: MemoryPartition, offset: number): ResonantError =>
  new ResonantError(
    'offset-out-of-range',
    `${at.topic}/${at.partition} holds offsets ${earliest} to ${latest}, asked for ${offset}`,
  );

function changed(partition: MemoryPartition, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      unwatch();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unwatch = partition.watch(done);
    signal.addEventListener('abort', done);
  });
}

/** Behind the last record that a reader of this isolation can get. */
export const endOf = (partition: MemoryPartition, isolation: Pump['isolation']): number =>
  isolation === 'read_committed' ? partition.stable : partition.latest;

/** The offset that a start position means; without a committed offset, `committed` is the beginning. */
export function startOffset(
  { broker, partition, isolation }: Pick<Pump, 'partition' | 'isolation'> & { readonly broker: MemoryBroker },
  group: string,
  start: StartAt,
): number {
  if (start === 'earliest') return partition.earliest;
  if (start === 'latest') return endOf(partition, isolation);
  if (start === 'committed') return broker.committed(group, partition.at)?.offset ?? partition.earliest;
  return start.offset;
}
