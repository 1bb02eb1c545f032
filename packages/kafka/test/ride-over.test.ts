import { expect, test } from '@jest/globals';
import type { Client } from '../src/broker/client.ts';
import { brokerFollower } from '../src/broker/follower.ts';
import type { Broker, Cluster } from '../src/broker/internals.ts';
import { isMoving, isPassing, rideOver } from '../src/broker/ride-over.ts';
import { codeOf } from './conformance/harness.ts';

const refusal = (type: string, retriable: boolean): Error =>
  Object.assign(new Error(`the broker said ${type}`), { type, retriable });
const wrapped = (cause: Error): Error => new Error('gave up', { cause });
const noConnection = Object.assign(new Error('ECONNREFUSED'), { retriable: true });

test.each([
  ['a leader that moved', refusal('NOT_LEADER_FOR_PARTITION', true), true, true],
  ['a coordinator that loads, wrapped by the client', wrapped(refusal('GROUP_LOAD_IN_PROGRESS', true)), true, true],
  ['a connection that is refused', wrapped(noConnection), true, false],
  ['a topic that does not exist', refusal('UNKNOWN_TOPIC_OR_PARTITION', true), false, false],
  ['a producer that was fenced', refusal('INVALID_PRODUCER_EPOCH', false), false, false],
  ['an error of no protocol', new Error('a defect'), false, false],
])('%s: passing or not, also when nobody has answered yet', (_name, error, passing, moving) => {
  expect([isPassing(error), isMoving(error)]).toEqual([passing, moving]);
});

test('what goes on failing is given up with its last failure when the time is over', async () => {
  let tries = 0;
  const attempt = async () => {
    tries += 1;
    throw refusal('NOT_LEADER_FOR_PARTITION', true);
  };
  await expect(rideOver(200, attempt)).rejects.toThrow('NOT_LEADER_FOR_PARTITION');
  // after 50 and 150 ms; the next wait would be longer than what is left
  expect(tries).toBe(3);
});

/** A client whose one broker refuses to list offsets so many times, like one that has just started. */
function starting(refusals: number, type = 'NOT_LEADER_FOR_PARTITION') {
  const clients = { opened: 0, disposed: 0 };
  const broker = {
    listOffsets: async () => {
      if (refusals-- > 0) throw refusal(type, true);
      return { responses: [{ topic: 't', partitions: [{ partition: 0, offset: '5' }] }] };
    },
    fetch: () => new Promise((resolve) => setTimeout(() => resolve({ responses: [] }), 5)),
  } as unknown as Broker;
  const cluster = {
    connect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    findBroker: async () => broker,
  } as unknown as Cluster;
  const dispose = () => {
    clients.disposed += 1;
  };
  const open = (): Client => {
    clients.opened += 1;
    return { cluster: () => cluster, dispose } as unknown as Client;
  };
  return { open, clients };
}

test('a follower begins although the leaders are just moving, and leaves no client behind', async () => {
  const { open, clients } = starting(3);
  const follower = await brokerFollower(open, { topic: 't', onRecords: () => undefined }, () => undefined);
  await follower.caughtUp;
  await follower.stop();
  expect(clients.opened).toBe(5);
  expect(clients.disposed).toBe(clients.opened);
});

test('following a topic that does not exist is refused at once', async () => {
  const { open, clients } = starting(1, 'UNKNOWN_TOPIC_OR_PARTITION');
  const opening = brokerFollower(open, { topic: 't', onRecords: () => undefined }, () => undefined);
  expect(await codeOf(opening)).toBe('log-unavailable');
  expect(clients.disposed).toBe(clients.opened);
});
