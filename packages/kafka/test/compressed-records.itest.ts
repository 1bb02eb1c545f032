import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { type CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { connectKafka } from '../src/index.ts';
import { removeTopics } from './kafka-tools.ts';
import { stack } from './stack.ts';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

const zstd = 4 as CompressionTypes.ZSTD;
const { Codecs } = createRequire(import.meta.url)('kafkajs/src/protocol/message/compression/index.js') as {
  readonly Codecs: Record<number, () => Codec>;
};
const log = connectKafka({ ...stack(), clientId: 'compressed' });
const topic = `compressed.${randomUUID().slice(0, 8)}`;

afterAll(async () => {
  await log.close();
  await removeTopics(topic);
});

test('what an upstream producer sent compressed is read, although the client cannot undo that compression', async () => {
  const codec: Codec = {
    compress: async ({ buffer }) => zstdCompressSync(buffer),
    decompress: () => Promise.reject(new Error('a compressed batch came')),
  };
  Codecs[zstd] = () => codec;
  await (await log.admin()).ensureTopics([{ name: topic, records: [], cleanup: 'delete' }], 1);
  const kafka = new Kafka({ brokers: [...stack().brokers], clientId: 'upstream', logLevel: logLevel.NOTHING });
  const upstream = kafka.producer();
  await upstream.connect();
  const values = ['a', 'b', 'c'].map((letter) => letter.repeat(1000));
  await upstream.send({ topic, compression: zstd, messages: values.map((value) => ({ key: 'k', value })) });
  await upstream.disconnect();

  const seen: string[] = [];
  const onRecords = (_partition: number, records: readonly { readonly value: Buffer | null }[]): void =>
    void seen.push(...records.map(({ value }) => String(value)));
  const follower = await log.follow({ topic, onRecords });
  await follower.caughtUp;
  await follower.stop();
  expect(seen).toEqual(values);
}, 30_000);
