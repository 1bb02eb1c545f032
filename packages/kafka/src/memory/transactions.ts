import { ResonantError } from '@resonant/contracts';
import type { CommittedOffset, NewRecord } from '../port.ts';
import type { MemoryBroker } from './broker.ts';
import type { MemoryPartition, MemoryTransaction } from './partition.ts';

interface Open extends MemoryTransaction {
  readonly partitions: Set<MemoryPartition>;
  readonly offsets: { readonly group: string; readonly offset: CommittedOffset }[];
  readonly cancelTimeout: () => void;
}

interface Holder {
  epoch: number;
  timeoutMs: number;
  open: Open | undefined;
}

/** The transaction coordinator: who holds a transactional id, and its open transaction. */
export class MemoryTransactions {
  readonly #broker: MemoryBroker;
  readonly #holders = new Map<string, Holder>();

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  /** Takes over the id: fences the former holder, ends its open transaction. Returns the new epoch. */
  init(id: string, timeoutMs: number): number {
    const holder = this.#holders.get(id) ?? { epoch: -1, timeoutMs, open: undefined };
    this.#holders.set(id, holder);
    this.#end(holder, 'aborted');
    holder.timeoutMs = timeoutMs;
    return ++holder.epoch;
  }

  /** What the log does to a transaction that it gives up: ends it and fences its producer. */
  abort(id: string): void {
    const holder = this.#holders.get(id);
    if (holder?.open === undefined) return;
    this.#end(holder, 'aborted');
    holder.epoch++;
  }

  /** What another holder does that opens the id and is never seen again. */
  fence(id: string): void {
    const holder = this.#holders.get(id);
    if (holder !== undefined) this.init(id, holder.timeoutMs);
  }

  append(id: string, epoch: number, records: readonly NewRecord[]): void {
    const open = this.#opened(id, epoch);
    const placed = records.map((record) => ({ record, partition: this.#broker.partitionFor(record) }));
    for (const { record, partition } of placed) {
      open.partitions.add(partition);
      partition.append(record, this.#broker.scheduler.now(), open);
    }
  }

  addOffsets(id: string, epoch: number, group: string, offset: CommittedOffset): void {
    const open = this.#opened(id, epoch);
    this.#broker.checkOffset(offset);
    open.offsets.push({ group, offset });
  }

  end(id: string, epoch: number, state: 'committed' | 'aborted'): void {
    this.#end(this.#held(id, epoch), state);
  }

  #held(id: string, epoch: number): Holder {
    const holder = this.#holders.get(id);
    if (holder?.epoch !== epoch) throw new ResonantError('fenced', `another producer has taken over ${id}`);
    return holder;
  }

  #opened(id: string, epoch: number): Open {
    const holder = this.#held(id, epoch);
    if (holder.open === undefined) {
      // as the broker does: who overslept its transaction is fenced
      const cancelTimeout = this.#broker.scheduler.after(holder.timeoutMs, () => this.abort(id));
      holder.open = { state: 'open', partitions: new Set(), offsets: [], cancelTimeout };
    }
    return holder.open;
  }

  #end(holder: Holder, state: 'committed' | 'aborted'): void {
    const open = holder.open;
    if (open === undefined) return;
    open.cancelTimeout();
    holder.open = undefined;
    open.state = state;
    for (const partition of open.partitions) partition.mark(open, this.#broker.scheduler.now());
    if (state === 'committed') for (const { group, offset } of open.offsets) this.#broker.commit(group, offset);
  }
}
