import { ResonantError } from '@resonant/contracts';
import type { Log } from '../port.ts';
import { memoryAdmin } from './admin.ts';
import { MemoryBroker } from './broker.ts';
import { memoryFollower } from './follower.ts';
import { MemoryMember } from './member.ts';
import { MemoryProducer, MemoryTransactionalProducer } from './producers.ts';
import type { Scheduler } from './scheduler.ts';

export interface MemoryLogOptions {
  /** Time and turns of this process; default: the broker's, which are the host's if nothing else is said. */
  readonly scheduler?: Scheduler;
  /** Shared by the logs of several processes; default: one of its own. */
  readonly broker?: MemoryBroker;
}

/** The in-memory log, with what a test does to a broker from outside. */
export interface MemoryLog extends Log {
  readonly broker: MemoryBroker;
  /** Compacts every partition of a topic now. */
  compact(topic: string): void;
  /** Retention: drops everything before `offset`. */
  deleteBefore(topic: string, partition: number, offset: number): void;
  /** What a broker does with the committed offsets of a group that was away for too long. */
  forgetOffsets(group: string): void;
  /** What SIGKILL of this log's process does: nothing is finished, its group members fall silent. */
  kill(): void;
}

/** A log in memory with the broker's semantics: for tests and simulations. */
export function memoryLog(options: MemoryLogOptions = {}): MemoryLog {
  const broker = options.broker ?? new MemoryBroker(options.scheduler);
  const scheduler = options.scheduler ?? broker.scheduler;
  const joined = new Set<MemoryMember>();
  const open = new Set<{ stop(): Promise<void> }>();
  let ended = false;
  const alive = async (point: string, of?: string): Promise<void> => {
    if (ended) throw new ResonantError('log-unavailable', 'this log is closed');
    await scheduler.step(point, of);
  };
  return {
    broker,
    registry: broker.registry,
    producer: async () => {
      await alive('producer.open');
      const producer = new MemoryProducer(broker, scheduler);
      open.add({ stop: () => producer.close() });
      return producer;
    },
    transactionalProducer: async (id, { timeoutMs = 10_000 } = {}) => {
      await alive('transaction.init.request', id);
      const epoch = broker.transactions.init(id, timeoutMs);
      await alive('transaction.init.response', id);
      const producer = new MemoryTransactionalProducer(broker, scheduler, id, epoch);
      open.add({ stop: () => producer.close() });
      return producer;
    },
    join: async (join) => {
      await alive('join');
      for (const topic of join.topics) broker.partitions(topic);
      const member = new MemoryMember(broker, scheduler, join);
      joined.add(member);
      await member.join();
      return member;
    },
    follow: async (follow) => {
      await alive('follow');
      const follower = memoryFollower(broker, scheduler, follow);
      open.add(follower);
      return follower;
    },
    admin: async () => {
      await alive('admin.open');
      return memoryAdmin(broker, scheduler);
    },
    close: async () => {
      ended = true;
      await Promise.all([...joined].map((member) => member.leave()));
      await Promise.all([...open].map((part) => part.stop()));
    },
    compact: (topic) => {
      for (const partition of broker.partitions(topic)) partition.compact();
    },
    deleteBefore: (topic, partition, offset) => broker.partition({ topic, partition }).deleteBefore(offset),
    forgetOffsets: (group) => broker.forgetOffsets(group),
    kill: () => {
      ended = true;
      for (const member of joined) member.kill();
      joined.clear();
      open.clear();
    },
  };
}
