import { expect, test } from '@jest/globals';
import type { Bench } from './harness.ts';
import { codeOf, text } from './harness.ts';

/** What producers and topics promise. */
export function producing(bench: () => Bench): void {
  test('a record comes back with its key, value, headers, place and stamp', async () => {
    const topic = await bench().topic('records');
    const producer = await bench().log.producer();
    const before = Date.now();
    const appended = await producer.send({
      topic,
      key: 'acme',
      value: Buffer.from([0, 255, 1]),
      headers: { ce_id: 'e-1', raw: Buffer.from([7, 0]) },
    });
    const [record, ...others] = await bench().read(topic);
    expect(others).toEqual([]);
    expect(record).toEqual({
      ...appended,
      offset: 0,
      timestamp: expect.any(Number),
      key: Buffer.from('acme'),
      value: Buffer.from([0, 255, 1]),
      headers: { ce_id: Buffer.from('e-1'), raw: Buffer.from([7, 0]) },
    });
    expect(record?.timestamp).toBeGreaterThanOrEqual(before - 5000);
    expect(record?.timestamp).toBeLessThanOrEqual(Date.now() + 5000);
  });

  test('tombstones, missing keys and empty values stay what they are', async () => {
    const topic = await bench().topic('empty', { partitions: 1 });
    const producer = await bench().log.producer();
    await producer.sendAll([
      { topic, key: 'k', value: null },
      { topic, key: null, value: Buffer.from('v') },
      { topic, key: '', value: Buffer.alloc(0) },
    ]);
    const read = await bench().read(topic);
    expect(read.map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null])).toEqual([
      ['k', null],
      [null, 'v'],
      ['', ''],
    ]);
  });

  test('a key decides the partition as in every Java client, a named partition overrides it', async () => {
    const topic = await bench().topic('partitions', { partitions: 12 });
    const producer = await bench().log.producer();
    const keys = ['acme', 'globex', 'team-07', 'region-north', '客户-3', ''];
    const sent = await producer.sendAll(keys.map((key) => ({ topic, key, value: Buffer.from(key) })));
    // Utils.toPositive(Utils.murmur2(key)) % 12 of org.apache.kafka:kafka-clients:4.4.0
    expect(sent.map(({ partition }) => partition)).toEqual([0, 7, 0, 11, 10, 9]);
    expect(await producer.send({ topic, key: 'acme', partition: 11, value: null })).toMatchObject({ partition: 11 });
  });

  test('records of one partition stand in the order of the calls, with one offset each', async () => {
    const topic = await bench().topic('order', { partitions: 2 });
    const producer = await bench().log.producer();
    const values = Array.from({ length: 3000 }, (_, index) => String(index));
    const appended = await Promise.all(
      values.map((value, index) => producer.send({ topic, key: 'k', partition: index % 2, value: Buffer.from(value) })),
    );
    expect(appended).toEqual(
      values.map((_, index) => ({ topic, partition: index % 2, offset: Math.floor(index / 2) })),
    );
    const read = await bench().read(topic);
    expect(read.map(text)).toEqual([
      ...values.filter((_, index) => index % 2 === 0),
      ...values.filter((_, index) => index % 2 === 1),
    ]);
  });

  test('more than a request holds is sent in several, in order', async () => {
    const topic = await bench().topic('large', { partitions: 1 });
    const producer = await bench().log.producer();
    const value = Buffer.alloc(300_000, 'x');
    const appended = await producer.sendAll(Array.from({ length: 12 }, () => ({ topic, key: 'k', value })));
    expect(appended.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((await bench().read(topic)).map((record) => record.value?.length)).toEqual(Array(12).fill(300_000));
  });

  test('a record that no topic takes is refused alone', async () => {
    const topic = await bench().topic('oversize', { partitions: 1 });
    const producer = await bench().log.producer();
    const results = await Promise.all([
      producer.send({ topic, key: 'a', value: Buffer.from('a') }).then(() => 'stored'),
      codeOf(producer.send({ topic, key: 'b', value: Buffer.alloc(5 * 1024 * 1024) })),
      producer.send({ topic, key: 'c', value: Buffer.from('c') }).then(() => 'stored'),
    ]);
    expect(results).toEqual(['stored', 'too-large', 'stored']);
    expect((await bench().read(topic)).map(text)).toEqual(['a', 'c']);
  });

  test('a topic that does not exist is refused within the time limit and spoils nothing that follows', async () => {
    const topic = await bench().topic('exists', { partitions: 1 });
    const producer = await bench().log.producer({ timeoutMs: 1500 });
    const missing = producer.send({ topic: bench().name('missing'), key: 'k', value: null });
    expect(await codeOf(missing)).toBe('log-unavailable');
    expect(await producer.send({ topic, key: 'k', value: null })).toEqual({ topic, partition: 0, offset: 0 });
  });

  test('a closed producer takes nothing, but has stored what it was given before', async () => {
    const topic = await bench().topic('closed', { partitions: 1 });
    const producer = await bench().log.producer();
    const sent = producer.send({ topic, key: 'k', value: Buffer.from('last') });
    await producer.close();
    expect(await codeOf(producer.send({ topic, key: 'k', value: null }))).toBe('log-unavailable');
    expect(await sent).toEqual({ topic, partition: 0, offset: 0 });
    expect((await bench().read(topic)).map(text)).toEqual(['last']);
  });

  test('append-time topics stamp records themselves, never backwards', async () => {
    const topic = await bench().topic('stamped', { partitions: 1, stamps: 'append' });
    const producer = await bench().log.producer();
    for (let index = 0; index < 5; index++) await producer.send({ topic, key: 'k', value: null });
    const stamps = (await bench().read(topic)).map(({ timestamp }) => timestamp);
    expect(stamps).toHaveLength(5);
    expect([...stamps].sort((a, b) => a - b)).toEqual(stamps);
    expect(Math.abs((stamps[4] as number) - Date.now())).toBeLessThan(5000);
  });

  test('topics are created once; another partition count is refused', async () => {
    const admin = await bench().admin();
    const topic = { name: bench().name('once'), records: [], cleanup: 'delete' } as const;
    await Promise.all([admin.ensureTopics([topic], 3), (await bench().connect().admin()).ensureTopics([topic], 3)]);
    await admin.ensureTopics([topic], 3);
    expect(await admin.partitionCount(topic.name)).toBe(3);
    expect(await codeOf(admin.ensureTopics([topic], 4))).toBe('invalid-configuration');
    expect(await codeOf(admin.partitionCount(bench().name('nowhere')))).toBe('log-unavailable');
  });

  test('a cluster has one id, whoever asks', async () => {
    const ids = [await (await bench().admin()).clusterId(), await (await bench().connect().admin()).clusterId()];
    expect(ids[0]).toMatch(/^[\w-]+$/);
    expect(ids[1]).toBe(ids[0]);
  });

  test('offsets tell the first and next offset, and those since an instant', async () => {
    const topic = await bench().topic('offsets', { partitions: 2, stamps: 'append' });
    const producer = await bench().log.producer();
    await producer.sendAll([1, 2, 3].map(() => ({ topic, key: null, partition: 1, value: Buffer.from('v') })));
    const admin = await bench().admin();
    expect(await admin.offsets(topic)).toEqual([
      { topic, partition: 0, earliest: 0, latest: 0 },
      { topic, partition: 1, earliest: 0, latest: 3 },
    ]);
    expect(await admin.offsetsSince(topic, 0)).toMatchObject([{ offset: 0 }, { offset: 0 }]);
    expect(await admin.offsetsSince(topic, Date.now() + 3_600_000)).toMatchObject([{ offset: 0 }, { offset: 3 }]);
  });
}
