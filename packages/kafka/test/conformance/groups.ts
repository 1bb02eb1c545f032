import { expect, test } from '@jest/globals';
import type { GroupHandler, GroupMember, Log, LogRecord, StartAt, TopicPartition } from '../../src/index.ts';
import { type Bench, codeOf, text, until } from './harness.ts';

/** A member that notes everything it is told. */
class Recorder implements GroupHandler {
  readonly calls: string[] = [];
  readonly owned = new Set<number>();
  readonly seen: LogRecord[] = [];
  readonly nextOffsets = new Map<number, number>();
  startAt: (partition: TopicPartition) => Promise<StartAt> = async () => 'committed';
  onRecords: (partition: TopicPartition) => Promise<void> = async () => undefined;

  async assigned(at: TopicPartition): Promise<StartAt> {
    this.calls.push(`assigned ${at.partition}`);
    this.owned.add(at.partition);
    return this.startAt(at);
  }

  async records(at: TopicPartition, records: readonly LogRecord[], nextOffset: number): Promise<void> {
    if (!this.owned.has(at.partition)) this.calls.push(`records of ${at.partition}, which is not owned`);
    await this.onRecords(at);
    this.seen.push(...records);
    this.nextOffsets.set(at.partition, nextOffset);
  }

  lost(at: TopicPartition): void {
    this.calls.push(`lost ${at.partition}`);
    this.owned.delete(at.partition);
  }

  get values(): string[] {
    return this.seen.map(text).sort();
  }
}

/** What consumer groups promise. */
export function groups(bench: () => Bench): void {
  const join = (topic: string, handler: GroupHandler, log: Log = bench().log): Promise<GroupMember> =>
    log.join({ group: bench().name('group'), topics: [topic], handler, sessionTimeoutMs: 6000 });
  const fill = async (topic: string, values: readonly string[], partition = 0): Promise<void> => {
    const producer = await bench().log.producer();
    await producer.sendAll(values.map((value) => ({ topic, key: value, partition, value: Buffer.from(value) })));
    await producer.close();
  };

  test('one member owns every partition and reads each from its committed offset', async () => {
    const topic = await bench().topic('alone', { partitions: 3 });
    for (const partition of [0, 1, 2]) await fill(topic, [`${partition}a`, `${partition}b`], partition);
    const transactional = await bench().log.transactionalProducer(bench().name('id'));
    const group = bench().name('group');
    await transactional.commit({ records: [], offsets: { group, topic, partition: 1, offset: 1 } });
    const recorder = new Recorder();
    const member = await join(topic, recorder);
    await until(() => recorder.seen.length === 5, 'all uncommitted records came');
    expect(recorder.values).toEqual(['0a', '0b', '1b', '2a', '2b']);
    expect([...recorder.calls].sort()).toEqual(['assigned 0', 'assigned 1', 'assigned 2']);
    await member.leave();
  });

  test('no record comes before the start position is known, and then from there', async () => {
    const topic = await bench().topic('start', { partitions: 2 });
    await fill(topic, ['a', 'b', 'c'], 0);
    await fill(topic, ['x'], 1);
    const restored = Promise.withResolvers<StartAt>();
    const recorder = new Recorder();
    recorder.startAt = (at) => (at.partition === 0 ? restored.promise : Promise.resolve('earliest'));
    const member = await join(topic, recorder);
    await until(() => recorder.seen.length === 1, 'the partition that is ready is read');
    expect(recorder.values).toEqual(['x']);
    restored.resolve({ offset: 2 });
    await until(() => recorder.seen.length === 2, 'the other follows');
    expect(recorder.values).toEqual(['c', 'x']);
    await fill(topic, ['d'], 0);
    await until(() => recorder.seen.length === 3, 'it goes on');
    await member.leave();
  });

  test('latest begins behind what stands there', async () => {
    const topic = await bench().topic('latest', { partitions: 1 });
    await fill(topic, ['old']);
    const recorder = new Recorder();
    recorder.startAt = async () => 'latest';
    const member = await join(topic, recorder);
    // what is appended before the member has found the end may count as old
    await until(async () => {
      await fill(topic, ['new']);
      return recorder.seen.length > 0;
    }, 'a new record came');
    expect(new Set(recorder.values)).toEqual(new Set(['new']));
    await member.leave();
  });

  test('a second member takes a share; each partition has one owner; leaving gives it back', async () => {
    const topic = await bench().topic('shared', { partitions: 4 });
    const [first, second] = [new Recorder(), new Recorder()];
    const one = await join(topic, first);
    await until(() => first.owned.size === 4, 'the first owns all');
    const two = await join(topic, second, bench().connect());
    await until(() => first.owned.size === 2 && second.owned.size === 2, 'they share');
    expect([...first.owned, ...second.owned].sort()).toEqual([0, 1, 2, 3]);
    expect(first.calls.slice(4, 8).sort()).toEqual(['lost 0', 'lost 1', 'lost 2', 'lost 3']);
    for (const partition of [0, 1, 2, 3]) await fill(topic, [`r${partition}`], partition);
    await until(() => first.seen.length + second.seen.length === 4, 'all came');
    await two.leave();
    expect(second.owned.size).toBe(0);
    await until(() => first.owned.size === 4, 'the first owns all again');
    expect([...first.calls, ...second.calls].filter((call) => call.includes('not owned'))).toEqual([]);
    await one.leave();
    expect(first.owned.size).toBe(0);
  });

  test('a member keeps what it owned when another comes and goes', async () => {
    const topic = await bench().topic('sticky', { partitions: 4 });
    const recorders = [new Recorder(), new Recorder(), new Recorder()];
    const members: GroupMember[] = [];
    for (const recorder of recorders.slice(0, 2)) members.push(await join(topic, recorder, bench().connect()));
    const shares = (): number[] => recorders.map(({ owned }) => owned.size);
    await until(() => shares().join() === '2,2,0', 'two share');
    const before = recorders.slice(0, 2).map(({ owned }) => new Set(owned));
    const third = await join(topic, recorders[2] as Recorder, bench().connect());
    await until(() => shares()[2] === 1 && shares().reduce((sum, size) => sum + size) === 4, 'three share');
    for (const index of [0, 1]) {
      for (const partition of (recorders[index] as Recorder).owned) expect(before[index]).toContain(partition);
    }
    await third.leave();
    await until(() => shares().join() === '2,2,0', 'two share again');
    await Promise.all(members.map((member) => member.leave()));
  });

  test('a slow partition holds up neither the others nor the membership', async () => {
    const topic = await bench().topic('slow', { partitions: 2 });
    const blocked = Promise.withResolvers<void>();
    const recorder = new Recorder();
    recorder.onRecords = (at) => (at.partition === 0 ? blocked.promise : Promise.resolve());
    const member = await join(topic, recorder);
    await fill(topic, ['slow'], 0);
    for (let round = 0; round < 20; round++) {
      await fill(topic, [`fast-${round}`], 1);
      await until(() => recorder.seen.length === round + 1, 'the other partition goes on');
    }
    await member.proveMembership();
    expect(recorder.values).not.toContain('slow');
    blocked.resolve();
    await until(() => recorder.seen.length === 21, 'the slow one comes too');
    expect(recorder.calls).toHaveLength(2);
    await member.leave();
  });

  test('a batch in hand when the partition is lost is delivered again to the new owner', async () => {
    const topic = await bench().topic('abandon', { partitions: 1 });
    await fill(topic, ['a']);
    const never = new Promise<void>(() => undefined);
    const [first, second] = [new Recorder(), new Recorder()];
    first.onRecords = () => never;
    const one = await join(topic, first);
    await until(() => first.owned.size === 1, 'the first owns it');
    await one.leave();
    const two = await join(topic, second, bench().connect());
    await until(() => second.seen.length === 1, 'the second reads it');
    expect(second.values).toEqual(['a']);
    expect(first.seen).toEqual([]);
    await two.leave();
  });

  test('who cannot find its start position leaves and joins again', async () => {
    const topic = await bench().topic('retry', { partitions: 1 });
    await fill(topic, ['a']);
    let attempts = 0;
    const recorder = new Recorder();
    recorder.startAt = async () => {
      if (++attempts < 3) throw new Error('no snapshot yet');
      return 'earliest';
    };
    const member = await join(topic, recorder);
    await until(() => recorder.seen.length === 1, 'it is read at last');
    expect(recorder.calls).toEqual(['assigned 0', 'lost 0', 'assigned 0', 'lost 0', 'assigned 0']);
    await member.leave();
  });

  test('what the handler of records throws ends the member', async () => {
    const topic = await bench().topic('throws', { partitions: 1 });
    await fill(topic, ['a']);
    const recorder = new Recorder();
    recorder.onRecords = async () => {
      throw new Error('cannot go on');
    };
    const member = await join(topic, recorder);
    await expect(member.failed).rejects.toThrow('cannot go on');
    await member.leave();
  });

  test('a start position that the log does not hold ends the member', async () => {
    const topic = await bench().topic('range', { partitions: 1 });
    const recorder = new Recorder();
    recorder.startAt = async () => ({ offset: 99 });
    const member = await join(topic, recorder);
    expect(await codeOf(member.failed)).toBe('offset-out-of-range');
    await member.leave();
  });

  test('a member commits where its group goes on, with words of its own, and who follows begins there', async () => {
    const topic = await bench().topic('commits', { partitions: 2 });
    await fill(topic, ['a', 'b', 'c']);
    const [first, second] = [new Recorder(), new Recorder()];
    const one = await join(topic, first);
    await until(() => first.seen.length === 3, 'all came');
    const metadata = JSON.stringify({ pending: { first: 2, last: 2 } });
    await one.commit({ topic, partition: 0, offset: 1 });
    await one.commit({ topic, partition: 0, offset: 2, metadata });
    const committed = await (await bench().admin()).committed(bench().name('group'), topic);
    expect(committed.toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic, partition: 0, offset: 2, metadata },
      { topic, partition: 1, offset: null, metadata: '' },
    ]);
    await one.leave();
    const two = await join(topic, second, bench().connect());
    await until(() => second.seen.length === 1, 'the rest came');
    expect(second.values).toEqual(['c']);
    await two.leave();
  });

  test('words that are too long are refused, and what was committed before stays', async () => {
    const topic = await bench().topic('words', { partitions: 1 });
    await fill(topic, ['a', 'b']);
    const recorder = new Recorder();
    const member = await join(topic, recorder);
    await until(() => recorder.seen.length === 2, 'all came');
    await member.commit({ topic, partition: 0, offset: 1 });
    const tooLong = { topic, partition: 0, offset: 2, metadata: 'x'.repeat(5000) };
    expect(await codeOf(member.commit(tooLong))).toBe('log-unavailable');
    const [committed] = await (await bench().admin()).committed(bench().name('group'), topic);
    expect(committed).toEqual({ topic, partition: 0, offset: 1, metadata: '' });
    await member.leave();
  });

  test('what a member does not own any more it cannot commit', async () => {
    const topic = await bench().topic('stale', { partitions: 2 });
    const as = (instanceId: string, handler: GroupHandler) =>
      bench()
        .connect()
        .join({ group: bench().name('group'), topics: [topic], handler, sessionTimeoutMs: 6000, instanceId });
    const [former, successor] = [new Recorder(), new Recorder()];
    const one = await as('process-1', former);
    await until(() => former.owned.size === 2, 'it owns all');
    await one.commit({ topic, partition: 0, offset: 0, metadata: 'former' });
    const two = await as('process-1', successor);
    await until(() => successor.owned.size === 2, 'its successor does');
    await two.commit({ topic, partition: 0, offset: 0, metadata: 'successor' });
    expect(await codeOf(one.commit({ topic, partition: 0, offset: 0, metadata: 'late' }))).toBe('fenced');
    const other = new Recorder();
    const three = await as('process-2', other);
    await until(() => successor.owned.size === 1 && other.owned.size === 1, 'they share');
    const given = [...other.owned][0] as number;
    expect(await codeOf(two.commit({ topic, partition: given, offset: 0, metadata: 'not mine' }))).toBe('fenced');
    await three.commit({ topic, partition: given, offset: 0, metadata: 'mine' });
    await three.leave();
    expect(await codeOf(three.commit({ topic, partition: given, offset: 0, metadata: 'left' }))).toBe('fenced');
    const committed = await (await bench().admin()).committed(bench().name('group'), topic);
    expect(committed.find(({ partition }) => partition === given)?.metadata).toBe('mine');
    await Promise.all([one.leave(), two.leave()]);
  });

  test('one partition begins anew where it is told to, and the others notice nothing', async () => {
    const topic = await bench().topic('anew', { partitions: 2 });
    await fill(topic, ['a', 'b', 'c'], 0);
    await fill(topic, ['x'], 1);
    const recorder = new Recorder();
    const member = await join(topic, recorder);
    await until(() => recorder.seen.length === 4, 'all came');
    const heard = recorder.calls.length;
    recorder.startAt = async () => ({ offset: 1 });
    member.restart({ topic, partition: 0 });
    await until(() => recorder.seen.length === 6, 'it is read again from there');
    expect(recorder.calls.slice(heard)).toEqual(['lost 0', 'assigned 0']);
    expect(recorder.values).toEqual(['a', 'b', 'b', 'c', 'c', 'x']);
    await fill(topic, ['d'], 0);
    await fill(topic, ['y'], 1);
    await until(() => recorder.seen.length === 8, 'both go on');
    await member.commit({ topic, partition: 0, offset: 4 });
    await member.leave();
    member.restart({ topic, partition: 0 });
    expect(recorder.calls.slice(heard + 2).sort()).toEqual(['lost 0', 'lost 1']);
  });

  test('a batch in hand when its partition begins anew is abandoned', async () => {
    const topic = await bench().topic('anew-in-hand', { partitions: 1 });
    await fill(topic, ['a']);
    const recorder = new Recorder();
    let deliveries = 0;
    recorder.onRecords = () => (++deliveries === 1 ? new Promise<void>(() => undefined) : Promise.resolve());
    const member = await join(topic, recorder);
    await until(() => deliveries === 1, 'it is in hand');
    recorder.startAt = async () => 'earliest';
    member.restart({ topic, partition: 0 });
    await until(() => recorder.seen.length === 1, 'it came again');
    expect(recorder.values).toEqual(['a']);
    await member.leave();
  });

  test('membership is proven while it lasts and refused after leaving', async () => {
    const topic = await bench().topic('proof', { partitions: 1 });
    const member = await join(topic, new Recorder());
    await member.proveMembership();
    await member.leave();
    expect(await codeOf(member.proveMembership())).toBe('fenced');
  });

  test('a member sees what was committed, in its order, and nothing of an open transaction', async () => {
    const topic = await bench().topic('committed', { partitions: 1 });
    const id = bench().name('id');
    const value = (text: string) => ({ topic, partition: 0, key: 'k', value: Buffer.from(text) });
    const first = await bench().log.transactionalProducer(id);
    await first.commit({ records: [value('a')] });
    const offsets = { group: 'g', topic, partition: 0, offset: 0, metadata: 'x'.repeat(5000) };
    expect(await codeOf(first.commit({ records: [value('never')], offsets }))).toBe('log-unavailable');
    await fill(topic, ['behind']);
    const recorder = new Recorder();
    const member = await join(topic, recorder);
    await until(() => recorder.seen.length === 1, 'the committed record came');
    await member.proveMembership();
    expect(recorder.seen.map(text)).toEqual(['a']);
    await bench().connect().transactionalProducer(id);
    await until(() => recorder.seen.length === 2, 'the record behind the aborted transaction came');
    expect(recorder.seen.map(text)).toEqual(['a', 'behind']);
    await member.leave();
  });

  test('who joins under a static id takes over at once, and nobody else notices', async () => {
    const topic = await bench().topic('static', { partitions: 4 });
    const as = (instanceId: string, handler: GroupHandler) =>
      bench()
        .connect()
        .join({ group: bench().name('group'), topics: [topic], handler, sessionTimeoutMs: 6000, instanceId });
    const [other, former, successor] = [new Recorder(), new Recorder(), new Recorder()];
    const one = await as('process-1', other);
    const two = await as('process-2', former);
    await until(() => other.owned.size === 2 && former.owned.size === 2, 'they share');
    const [owned, heard] = [new Set(former.owned), other.calls.length];
    const three = await as('process-2', successor);
    await until(() => successor.owned.size === 2, 'the successor owns what the former had');
    expect(successor.owned).toEqual(owned);
    expect(await codeOf(two.failed)).toBe('fenced');
    expect(await codeOf(two.proveMembership())).toBe('fenced');
    expect(former.owned.size).toBe(0);
    await three.proveMembership();
    await one.proveMembership();
    expect(other.calls).toHaveLength(heard);
    await two.leave();
    await three.proveMembership();
    await three.leave();
    await until(() => other.owned.size === 4, 'who leaves hands over');
    await one.leave();
  });

  test('the next offset passes control records, so that a group can end with no lag', async () => {
    const topic = await bench().topic('lag', { partitions: 1 });
    const transactional = await bench().log.transactionalProducer(bench().name('id'));
    await transactional.commit({ records: [{ topic, key: 'k', value: Buffer.from('a') }] });
    const recorder = new Recorder();
    const member = await join(topic, recorder);
    await until(() => recorder.nextOffsets.get(0) === 2, 'the reader is behind the control record');
    expect(recorder.values).toEqual(['a']);
    await member.leave();
  });
}
