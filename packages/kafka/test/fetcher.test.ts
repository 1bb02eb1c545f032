import { expect, test } from '@jest/globals';
import type { Client } from '../src/broker/client.ts';
import { Fetcher } from '../src/broker/fetcher.ts';
import type { Broker, Cluster } from '../src/broker/internals.ts';

type Fetch = Broker['fetch'];
type Answer = Awaited<ReturnType<Fetch>>;

const at = { topic: 't', partition: 0 };

/** What a broker answers for one partition: its records from `first` to `last`. */
function answer(first: number, last: number): Answer {
  const messages = Array.from({ length: last - first + 1 }, (_, index) => ({
    offset: String(first + index),
    timestamp: '0',
    key: null,
    value: Buffer.from(String(first + index)),
    headers: {},
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
  }));
  const fetched = {
    partition: 0,
    abortedTransactions: null,
    messages: Object.assign(messages, { nextOffset: last + 1 }),
  };
  return { responses: [{ topicName: 't', partitions: [fetched] }] };
}

/** A fetcher of a cluster whose one broker answers when it is told to. */
async function bench() {
  const asked: { readonly offset: string; readonly answer: (answer: Answer) => void }[] = [];
  const fetch: Fetch = ({ topics }) =>
    new Promise((resolve) => asked.push({ offset: topics[0]?.partitions[0]?.fetchOffset ?? '', answer: resolve }));
  const cluster = {
    connect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    findBroker: async () => ({ fetch }),
  };
  const client = { cluster: () => cluster as unknown as Cluster, dispose: () => undefined };
  const fetcher = new Fetcher(
    () => client as unknown as Client,
    'read_committed',
    () => undefined,
  );
  await fetcher.start(['t']);
  return { fetcher, asked };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an answer that comes after the partition was assigned anew is not taken for one to its new reader', async () => {
  const { fetcher, asked } = await bench();
  const seen: string[] = [];
  const reader = (name: string) => ({
    deliver: (records: readonly { readonly offset: number }[], nextOffset: number) =>
      void seen.push(`${name}: ${records.map(({ offset }) => offset).join()} up to ${nextOffset}`),
    failed: () => undefined,
  });
  fetcher.add(at, reader('former')).begin(5);
  await settled();
  fetcher.clear();
  const slot = fetcher.add(at, reader('new'));
  asked[0]?.answer(answer(5, 9));
  await settled();
  expect(seen).toEqual([]);
  slot.begin(5);
  await settled();
  expect(asked.map(({ offset }) => offset)).toEqual(['5', '5']);
  asked[1]?.answer(answer(5, 9));
  await settled();
  expect(seen).toEqual(['new: 5,6,7,8,9 up to 10']);
  const stopped = fetcher.stop();
  asked[2]?.answer({ responses: [] });
  await stopped;
});
