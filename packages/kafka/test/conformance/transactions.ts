import { expect, test } from '@jest/globals';
import type { NewRecord, TransactionalProducer } from '../../src/index.ts';
import { type Bench, caughtUp, codeOf, text, until } from './harness.ts';

/** Longer than brokers take as offset metadata: a transaction that sends its records and then breaks. */
const tooLong = 'x'.repeat(5000);

const record = (topic: string, value: string, partition = 0): NewRecord => ({
  topic,
  partition,
  key: 'k',
  value: Buffer.from(value),
});

/** Sends records in a transaction that stays open, as one of a process that dies in the middle of it does. */
async function leaveOpen(producer: TransactionalProducer, topic: string, value: string): Promise<void> {
  const offsets = { group: 'g', topic, partition: 0, offset: 0, metadata: tooLong };
  expect(await codeOf(producer.commit({ records: [record(topic, value)], offsets }))).toBe('log-unavailable');
}

/** What transactions promise. */
export function transactions(bench: () => Bench): void {
  test('a transaction is records and offsets at once, over partitions and topics', async () => {
    const [input, first, second] = await Promise.all([
      bench().topic('input'),
      bench().topic('first'),
      bench().topic('second'),
    ]);
    const producer = await bench().log.transactionalProducer(bench().name('id'));
    const group = bench().name('group');
    await producer.commit({
      records: [record(first, 'a', 0), record(first, 'b', 3), record(second, 'c', 1)],
      offsets: { group, topic: input, partition: 2, offset: 17, metadata: '{"snapshot":4}' },
    });
    expect((await bench().read(first)).map(text)).toEqual(['a', 'b']);
    expect((await bench().read(second)).map(text)).toEqual(['c']);
    const admin = await bench().admin();
    const none = (partition: number) => ({ topic: input, partition, offset: null, metadata: '' });
    expect(await admin.committed(group, input)).toEqual([
      none(0),
      none(1),
      { topic: input, partition: 2, offset: 17, metadata: '{"snapshot":4}' },
      none(3),
    ]);
    expect(await admin.groups()).toContain(group);
  });

  test('offsets alone, records alone, nothing at all: each commits, many times in a row', async () => {
    const topic = await bench().topic('mixed', { partitions: 1 });
    const group = bench().name('group');
    const producer = await bench().log.transactionalProducer(bench().name('id'));
    for (let index = 0; index < 20; index++) {
      await producer.commit({ records: [record(topic, String(index))] });
      await producer.commit({ records: [], offsets: { group, topic, partition: 0, offset: index + 1 } });
      await producer.commit({ records: [] });
    }
    expect((await bench().read(topic)).map(text)).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    const admin = await bench().admin();
    await until(async () => (await admin.committed(group, topic))[0]?.offset === 20, 'the last offset is committed');
  });

  test('each transaction leaves a control record, which readers pass', async () => {
    const topic = await bench().topic('control', { partitions: 1 });
    const producer = await bench().log.transactionalProducer(bench().name('id'));
    await producer.commit({ records: [record(topic, 'a')] });
    await producer.commit({ records: [record(topic, 'b'), record(topic, 'c')] });
    expect((await bench().read(topic)).map(({ offset }) => offset)).toEqual([0, 2, 3]);
    expect((await bench().read(topic, 'read_uncommitted')).map(({ offset }) => offset)).toEqual([0, 2, 3]);
    const admin = await bench().admin();
    expect(await admin.offsets(topic)).toMatchObject([{ earliest: 0, latest: 5 }]);
    let next = 0;
    const follower = await bench().log.follow({
      topic,
      isolation: 'read_uncommitted',
      onRecords: (_partition, _records, nextOffset) => {
        next = nextOffset;
      },
    });
    await caughtUp(follower);
    expect(next).toBe(5);
  });

  test('opening a transactional id fences its holder, at once and for good', async () => {
    const topic = await bench().topic('fenced', { partitions: 1 });
    const id = bench().name('id');
    const zombie = await bench().log.transactionalProducer(id);
    await zombie.commit({ records: [record(topic, 'old')] });
    const owner = await bench().connect().transactionalProducer(id);
    expect(await codeOf(zombie.commit({ records: [record(topic, 'zombie')] }))).toBe('fenced');
    expect(await codeOf(zombie.commit({ records: [record(topic, 'zombie again')] }))).toBe('fenced');
    await owner.commit({ records: [record(topic, 'new')] });
    await zombie.close();
    await owner.commit({ records: [record(topic, 'newer')] });
    expect((await bench().read(topic)).map(text)).toEqual(['old', 'new', 'newer']);
    expect((await bench().read(topic, 'read_uncommitted')).map(text)).toEqual(['old', 'new', 'newer']);
  });

  test('a zombie cannot commit offsets alone either', async () => {
    const topic = await bench().topic('offsets', { partitions: 1 });
    const [id, group] = [bench().name('id'), bench().name('group')];
    const zombie = await bench().log.transactionalProducer(id);
    const owner = await bench().connect().transactionalProducer(id);
    await owner.commit({ records: [], offsets: { group, topic, partition: 0, offset: 9 } });
    const stale = { group, topic, partition: 0, offset: 3 };
    expect(await codeOf(zombie.commit({ records: [], offsets: stale }))).toBe('fenced');
    const admin = await bench().admin();
    await until(async () => (await admin.committed(group, topic))[0]?.offset === 9, 'the owner has committed 9');
  });

  test('a transaction that broke commits nothing, and its producer stays broken', async () => {
    const topic = await bench().topic('broken', { partitions: 1 });
    const id = bench().name('id');
    const producer = await bench().log.transactionalProducer(id);
    await producer.commit({ records: [record(topic, 'before')] });
    await leaveOpen(producer, topic, 'lost');
    expect(await codeOf(producer.commit({ records: [record(topic, 'after')] }))).toBe('log-unavailable');
    await producer.close();
    const next = await bench().log.transactionalProducer(id);
    await next.commit({ records: [record(topic, 'next')] });
    expect((await bench().read(topic)).map(text)).toEqual(['before', 'next']);
    expect((await bench().read(topic, 'read_uncommitted')).map(text)).toEqual(['before', 'lost', 'next']);
  });

  test('offsets of a transaction that broke are not committed, and later metadata replaces the former', async () => {
    const topic = await bench().topic('uncommitted', { partitions: 1 });
    const [id, group] = [bench().name('id'), bench().name('group')];
    const admin = await bench().admin();
    const committed = async () => (await admin.committed(group, topic))[0];
    const producer = await bench().log.transactionalProducer(id);
    const at = { group, topic, partition: 0 };
    await producer.commit({ records: [], offsets: { ...at, offset: 3, metadata: 'snapshot 1' } });
    await until(async () => (await committed())?.offset === 3, 'the first offset is committed');
    expect((await committed())?.metadata).toBe('snapshot 1');
    const broken = producer.commit({ records: [record(topic, 'a')], offsets: { ...at, offset: 9, metadata: tooLong } });
    expect(await codeOf(broken)).toBe('log-unavailable');
    await producer.close();
    const next = await bench().connect().transactionalProducer(id);
    expect(await committed()).toMatchObject({ offset: 3, metadata: 'snapshot 1' });
    await next.commit({ records: [], offsets: { ...at, offset: 2 } });
    await until(async () => (await committed())?.offset === 2, 'an offset may go back');
    expect((await committed())?.metadata).toBe('');
  });

  test('records of a transaction keep headers, keys and the stamp of the log', async () => {
    const topic = await bench().topic('whole', { partitions: 1, stamps: 'append' });
    const producer = await bench().log.transactionalProducer(bench().name('id'));
    const headers = { ce_id: 'e-1', raw: Buffer.from([0, 255]) };
    const before = Date.now();
    await producer.commit({ records: [{ topic, partition: 0, key: null, value: Buffer.from('v'), headers }] });
    const [read] = await bench().read(topic);
    expect(read).toMatchObject({ offset: 0, key: null, headers: { ce_id: Buffer.from('e-1'), raw: headers.raw } });
    expect(Math.abs((read?.timestamp ?? 0) - before)).toBeLessThan(5000);
  });

  test('a holder that was fenced before its first record has written nothing, whoever reads', async () => {
    const topic = await bench().topic('silent', { partitions: 1 });
    const id = bench().name('id');
    const holders = [];
    for (let index = 0; index < 3; index++) holders.push(await bench().connect().transactionalProducer(id));
    for (const zombie of holders.slice(0, 2)) {
      expect(await codeOf(zombie.commit({ records: [record(topic, 'zombie')] }))).toBe('fenced');
      await zombie.close();
    }
    await holders[2]?.commit({ records: [record(topic, 'owner')] });
    expect((await bench().read(topic, 'read_uncommitted')).map(text)).toEqual(['owner']);
  });

  test('an open transaction holds read_committed readers back until the next holder ends it', async () => {
    const topic = await bench().topic('held', { partitions: 1 });
    const id = bench().name('id');
    const plain = await bench().log.producer();
    await plain.send(record(topic, 'first'));
    await leaveOpen(await bench().log.transactionalProducer(id), topic, 'never');
    await plain.send(record(topic, 'behind'));

    const seen: string[] = [];
    const follower = await bench().log.follow({
      topic,
      onRecords: (_partition, records) => void seen.push(...records.map(text)),
    });
    let isCaughtUp = false;
    const caught = follower.caughtUp.then(() => {
      isCaughtUp = true;
    });
    await until(() => seen.length === 1, 'what stands before it is read');
    expect((await bench().read(topic, 'read_uncommitted')).map(text)).toEqual(['first', 'never', 'behind']);
    expect([seen, isCaughtUp]).toEqual([['first'], false]);
    await bench().connect().transactionalProducer(id);
    await caught;
    expect(seen).toEqual(['first', 'behind']);
    await follower.stop();
  });

  test('a transaction that outlives its time limit is ended by the log, and its producer is fenced', async () => {
    const topic = await bench().topic('overdue', { partitions: 1 });
    const producer = await bench().log.transactionalProducer(bench().name('id'), { timeoutMs: 1000 });
    await leaveOpen(producer, topic, 'overdue');
    const plain = await bench().log.producer();
    await plain.send(record(topic, 'behind'));
    expect((await bench().read(topic)).map(text)).toEqual(['behind']);
  });

  test('aborted records of overlapping transactions stay hidden, wherever reading begins', async () => {
    const topic = await bench().topic('overlap', { partitions: 1 });
    const ids = ['a', 'b', 'c'].map((what) => bench().name(what));
    const producers = await Promise.all(ids.map((id) => bench().log.transactionalProducer(id)));
    for (const producer of producers.slice(0, 2)) {
      await leaveOpen(producer, topic, 'x1');
    }
    await producers[2]?.commit({ records: [record(topic, 'kept')] });
    for (const producer of producers) await producer.close();
    const expected = (await bench().read(topic)).map(({ offset, value }) => [offset, value?.toString()]);
    expect(expected).toEqual([[2, 'kept']]);
    for (const offset of [0, 1, 2]) {
      const seen: number[] = [];
      const follower = await bench().log.follow({
        topic,
        from: { offsets: new Map([[0, offset]]) },
        onRecords: (_partition, records) => void seen.push(...records.map((found) => found.offset)),
      });
      await caughtUp(follower);
      expect(seen).toEqual([2]);
    }
  });
}
