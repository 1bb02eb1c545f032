import { expect, test } from '@jest/globals';
import { deadLettersTopic, defaultPartitions, type Position, topics } from '@resonant/contracts';
import { deadLetterWriter, decoderFor, encoderFor, followTable } from '../../src/index.ts';
import { type Bench, caughtUp, codeOf, until } from './harness.ts';

const position: Position = { topic: 't', partition: 3, offset: 2 ** 40, oldestWaitingAt: null, publishedAt: 1_000 };

/** What the schema registry, codecs, tables and dead letters promise. */
export function schemas(bench: () => Bench): void {
  const schemaOf = (...fields: readonly object[]): object => ({
    type: 'record',
    name: `Probe${bench().id}`,
    namespace: 'resonant.probe',
    fields,
  });
  const id = { name: 'id', type: 'string' };
  const added = { name: 'added', type: ['null', 'string'], default: null };

  test('a schema has one id, however often and under whichever subject it is registered', async () => {
    const { registry } = bench().log;
    const first = await registry.register(bench().name('a'), schemaOf(id));
    expect(await registry.register(bench().name('a'), schemaOf(id))).toBe(first);
    expect(await bench().connect().registry.register(bench().name('b'), schemaOf(id))).toBe(first);
    expect(await registry.register(bench().name('a'), schemaOf(id, added))).not.toBe(first);
    expect(await registry.schemaById(first)).toEqual(schemaOf(id));
  });

  test('an unknown schema id is no error, there is just no schema', async () => {
    expect(await bench().log.registry.schemaById(999_999)).toBeUndefined();
  });

  test('a schema that cannot read every earlier version is refused, also the earliest', async () => {
    const { registry } = bench().log;
    const subject = bench().name('evolving');
    await registry.register(subject, schemaOf(id));
    await registry.register(subject, schemaOf(id, added));
    // reads the version before it, but not the first, which has no such field
    const mandatory = schemaOf(id, { name: 'added', type: ['null', 'string'] });
    expect(await codeOf(registry.register(subject, mandatory))).toBe('incompatible-schema');
    const retyped = schemaOf({ name: 'id', type: 'long' });
    expect(await codeOf(registry.register(subject, retyped))).toBe('incompatible-schema');
  });

  test('what an encoder wrote another process decodes', async () => {
    const topic = await bench().topic('codec', { partitions: 1 });
    const encode = await encoderFor(bench().log, topic, 'Position');
    const producer = await bench().log.producer();
    await producer.send({ topic, key: 'k', value: encode(position) });
    const [record] = await bench().read(topic);
    const decoder = decoderFor(bench().connect());
    expect(await decoder.read(record?.value as Buffer)).toEqual({ type: 'Position', value: position });
    expect(decoderFor(bench().log)).toBe(decoderFor(bench().log));
  });

  test('a table holds the latest value per key, and hears of what is removed', async () => {
    const topic = await bench().topic('table', { cleanup: 'compact' });
    const encode = await encoderFor(bench().log, topic, 'Position');
    const producer = await bench().log.producer();
    for (const offset of [1, 2, 3]) {
      await producer.sendAll(['a', 'b', 'c'].map((key) => ({ topic, key, value: encode({ ...position, offset }) })));
    }
    await producer.send({ topic, key: 'b', value: null });
    const table = new Map<string, unknown>();
    const follower = await followTable(bench().log, topic, {
      put: (key, { type, value }) => table.set(key, type === 'Position' ? value.offset : type),
      remove: (key) => table.delete(key),
    });
    await follower.caughtUp;
    expect([...table].sort()).toEqual([
      ['a', 3],
      ['c', 3],
    ]);
    await producer.send({ topic, key: 'a', value: encode({ ...position, offset: 4 }) });
    await until(() => table.get('a') === 4, 'the table follows');
    await follower.stop();
  });

  test('a table hands over what it cannot decode, or fails if nobody takes it', async () => {
    const topic = await bench().topic('undecodable', { partitions: 1, cleanup: 'compact' });
    const encode = await encoderFor(bench().log, topic, 'Position');
    const producer = await bench().log.producer();
    await producer.send({ topic, key: 'bad', value: Buffer.from('{"no":"avro"}') });
    await producer.send({ topic, key: 'good', value: encode(position) });
    const seen: string[] = [];
    const table = { put: (key: string) => void seen.push(`put ${key}`), remove: () => undefined };
    const lenient = await followTable(bench().log, topic, {
      ...table,
      undecodable: (record, error) => void seen.push(`${error.code} at ${record.offset}`),
    });
    await caughtUp(lenient);
    expect(seen).toEqual(['undecodable-record at 0', 'put good']);
    const strict = await followTable(bench().log, topic, table);
    expect(await codeOf(strict.failed)).toBe('undecodable-record');
    await strict.stop();
  });

  test('a record type that this release does not know stops a table', async () => {
    const topic = await bench().topic('unknown', { partitions: 1, cleanup: 'compact' });
    const schemaId = await bench().log.registry.register(bench().name('unknown'), schemaOf(id));
    const value = Buffer.alloc(6);
    value.writeUInt32BE(schemaId, 1);
    const producer = await bench().log.producer();
    await producer.send({ topic, key: 'k', value });
    const follower = await followTable(bench().log, topic, {
      put: () => undefined,
      remove: () => undefined,
      undecodable: () => undefined,
    });
    expect(await codeOf(follower.failed)).toBe('unknown-record-type');
    await follower.stop();
  });

  test('a dead letter keeps the bytes, and its id depends on origin and bytes alone', async () => {
    const admin = await bench().admin();
    const deadLetters = topics.filter(({ name }) => name === deadLettersTopic);
    await admin.ensureTopics(deadLetters, defaultPartitions.local);
    const letter = {
      source: 'signals',
      origin: bench().name('origin'),
      reason: 'undecodable-record',
      detail: 'expected Avro',
      at: 1_700_000_000_000,
      mediaType: 'application/octet-stream',
      key: Buffer.from('k'),
      headers: { ce_id: Buffer.from('e') },
      payload: Buffer.from([0, 1, 2, 255]),
    };
    const writer = await deadLetterWriter(bench().log);
    await writer.write(letter);
    await writer.write({ ...letter, at: letter.at + 1 });
    await writer.close();
    const records = (await bench().read(deadLettersTopic)).filter((record) => record.key?.toString() === letter.origin);
    const decoder = decoderFor(bench().log);
    const read = await Promise.all(records.map((record) => decoder.read(record.value as Buffer)));
    const deadLetterId = records[0]?.headers.ce_id?.toString();
    expect(deadLetterId).toMatch(/^[0-9a-f]{32}$/);
    expect(read).toEqual([
      { type: 'DeadLetter', value: { ...letter, deadLetterId } },
      { type: 'DeadLetter', value: { ...letter, deadLetterId, at: letter.at + 1 } },
    ]);
    expect(records[0]?.headers.ce_type?.toString()).toBe('com.resonant.dead-letter.v1');
  });
}
