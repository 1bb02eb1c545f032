import { expect, test } from '@jest/globals';
import type { FollowOptions } from '../../src/index.ts';
import { type Bench, caughtUp, codeOf, text, until } from './harness.ts';

/** What readers without a group are promised. */
export function following(bench: () => Bench): void {
  const fill = async (topic: string, values: readonly string[], partition = 0): Promise<void> => {
    const producer = await bench().log.producer();
    await producer.sendAll(values.map((value) => ({ topic, key: value, partition, value: Buffer.from(value) })));
    await producer.close();
  };
  const seenFrom = async (topic: string, options: Partial<FollowOptions>): Promise<string[]> => {
    const seen: string[] = [];
    const follower = await bench().log.follow({
      topic,
      ...options,
      onRecords: (_partition, records) => void seen.push(...records.map(text)),
    });
    await caughtUp(follower);
    return seen;
  };

  test('following an empty topic is caught up at once and sees what comes', async () => {
    const topic = await bench().topic('empty');
    const seen: string[] = [];
    const follower = await bench().log.follow({
      topic,
      onRecords: (_partition, records) => void seen.push(...records.map(text)),
    });
    await follower.caughtUp;
    expect(seen).toEqual([]);
    await fill(topic, ['a', 'b'], 3);
    await until(() => seen.length === 2, 'both records came');
    expect(seen).toEqual(['a', 'b']);
    await follower.stop();
    await fill(topic, ['c'], 3);
    expect(seen).toEqual(['a', 'b']);
  });

  test('following begins at the beginning, the end, named offsets, or an instant', async () => {
    const topic = await bench().topic('from', { partitions: 2, stamps: 'append' });
    await fill(topic, ['a', 'b', 'c'], 0);
    await fill(topic, ['x', 'y'], 1);
    expect((await seenFrom(topic, {})).sort()).toEqual(['a', 'b', 'c', 'x', 'y']);
    expect(await seenFrom(topic, { from: 'latest' })).toEqual([]);
    expect((await seenFrom(topic, { from: { offsets: new Map([[0, 2]]) } })).sort()).toEqual(['c', 'x', 'y']);
    expect((await seenFrom(topic, { from: { timestamp: 0 } })).sort()).toEqual(['a', 'b', 'c', 'x', 'y']);
    expect(await seenFrom(topic, { from: { timestamp: Date.now() + 3_600_000 } })).toEqual([]);
    expect(await seenFrom(topic, { partitions: [1] })).toEqual(['x', 'y']);
  });

  test('everything that stood there is handed over before the follower is caught up', async () => {
    const topic = await bench().topic('many', { partitions: 3 });
    const values = Array.from({ length: 4000 }, (_, index) => `${index}-${'x'.repeat(200)}`);
    await Promise.all([0, 1, 2].map((partition) => fill(topic, values, partition)));
    const seen = new Map<number, string[]>();
    const follower = await bench().log.follow({
      topic,
      onRecords: async (partition, records) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.set(partition, [...(seen.get(partition) ?? []), ...records.map(text)]);
      },
    });
    await caughtUp(follower);
    expect([...seen.keys()].sort()).toEqual([0, 1, 2]);
    for (const partition of [0, 1, 2]) expect(seen.get(partition)).toEqual(values);
  });

  test('a slow partition does not hold up the others', async () => {
    const topic = await bench().topic('slow', { partitions: 2 });
    const blocked = Promise.withResolvers<void>();
    const seen: string[] = [];
    const follower = await bench().log.follow({
      topic,
      onRecords: async (partition, records) => {
        if (partition === 0) await blocked.promise;
        seen.push(...records.map(text));
      },
    });
    await fill(topic, ['slow'], 0);
    for (let round = 0; round < 20; round++) {
      await fill(topic, [`fast-${round}`], 1);
      await until(() => seen.length === round + 1, 'the other partition goes on');
    }
    expect(seen).not.toContain('slow');
    blocked.resolve();
    await until(() => seen.includes('slow'), 'the slow one comes too');
    await follower.stop();
  });

  test('what the reader throws ends the follower', async () => {
    const topic = await bench().topic('throws', { partitions: 1 });
    await fill(topic, ['a']);
    const follower = await bench().log.follow({
      topic,
      onRecords: () => {
        throw new Error('no room');
      },
    });
    await expect(follower.failed).rejects.toThrow('no room');
    await expect(follower.caughtUp).rejects.toThrow('no room');
    await follower.stop();
  });

  test('an offset that the log does not hold is refused, never skipped', async () => {
    const topic = await bench().topic('range', { partitions: 1 });
    await fill(topic, ['a']);
    const follower = await bench().log.follow({
      topic,
      from: { offsets: new Map([[0, 7]]) },
      onRecords: () => undefined,
    });
    expect(await codeOf(follower.failed)).toBe('offset-out-of-range');
    await follower.stop();
  });

  test('a topic that does not exist cannot be followed', async () => {
    const options = { topic: bench().name('missing'), onRecords: () => undefined };
    expect(await codeOf(bench().log.follow(options))).toBe('log-unavailable');
  });

  test('after compaction each key has its last value, under its old offset', async () => {
    const topic = await bench().topic('compacted', { partitions: 1, cleanup: 'compact' });
    const producer = await bench().log.producer();
    for (const value of ['1', '2', '3']) {
      await producer.sendAll(['a', 'b'].map((key) => ({ topic, key, value: Buffer.from(key + value) })));
    }
    await producer.send({ topic, key: 'a', value: Buffer.from('a4') });
    await bench().adapter.prepareCompaction(topic);
    // brokers never compact the segment that they write to: this one begins another
    await producer.send({ topic, key: 'c', value: Buffer.from('c1') });
    await bench().adapter.compact(topic);
    const read = await bench().read(topic);
    expect(read.map((record) => [record.offset, text(record)])).toEqual([
      [5, 'b3'],
      [6, 'a4'],
      [7, 'c1'],
    ]);
    expect(await producer.send({ topic, key: 'a', value: null })).toEqual({ topic, partition: 0, offset: 8 });
  }, 180_000);

  test('compaction keeps what transactions committed, drops what they aborted, and leaves tombstones standing', async () => {
    const topic = await bench().topic('decided', { partitions: 1, cleanup: 'compact' });
    const id = bench().name('id');
    const put = (key: string, value: string | null) => ({
      topic,
      key,
      value: value === null ? null : Buffer.from(value),
    });
    const first = await bench().log.transactionalProducer(id);
    await first.commit({ records: [put('a', 'a1'), put('b', 'b1')] });
    const offsets = { group: 'g', topic, partition: 0, offset: 0, metadata: 'x'.repeat(5000) };
    expect(await codeOf(first.commit({ records: [put('a', 'aborted')], offsets }))).toBe('log-unavailable');
    await first.close();
    const second = await bench().connect().transactionalProducer(id);
    await second.commit({ records: [put('b', null), put('c', 'c1')] });
    await second.commit({ records: [put('c', 'c2')] });
    await bench().adapter.prepareCompaction(topic);
    await second.commit({ records: [put('d', 'd1')] });
    await bench().adapter.compact(topic);
    const seen = (await bench().read(topic)).map(({ key, value }) => [String(key), value?.toString() ?? null]);
    expect(seen).toEqual([
      ['a', 'a1'],
      ['b', null],
      ['c', 'c2'],
      ['d', 'd1'],
    ]);
  }, 180_000);

  test('a compacted topic takes no record without a key', async () => {
    const topic = await bench().topic('keyed', { partitions: 1, cleanup: 'compact' });
    const producer = await bench().log.producer({ timeoutMs: 3000 });
    expect(await codeOf(producer.send({ topic, key: null, value: Buffer.from('v') }))).toBe('log-unavailable');
    expect(await producer.send({ topic, key: 'k', value: Buffer.from('v') })).toMatchObject({ offset: 0 });
  });
}
