import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { alertsTopic, defaultPartitions, schemas, subjectOf } from '@resonant/contracts';
import { connectKafka, type Log } from '@resonant/kafka';
import { type Parts, parts } from './parts.ts';

let chosen: Parts;
let log: Log;

beforeAll(async () => {
  chosen = await parts();
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = chosen.env;
  log = connectKafka({ brokers: KAFKA_BROKERS.split(','), registryUrl: SCHEMA_REGISTRY_URL, clientId: 'parts-test' });
}, 180_000);

afterAll(async () => {
  await log.close();
  await chosen.stop();
});

test('the chosen Kafka has the product’s topics', async () => {
  const admin = await log.admin();
  expect(await admin.partitionCount(alertsTopic)).toBe(defaultPartitions.local);
});

test('the chosen registry takes the product’s schemas', async () => {
  const id = await log.registry.register(subjectOf(alertsTopic, 'Alert'), schemas.Alert);
  expect(await log.registry.schemaById(id)).toMatchObject({ name: 'Alert' });
});

test('the chosen Redis answers', async () => {
  const { hostname, port } = new URL(chosen.env.REDIS_URL);
  const socket = connect(Number(port), hostname);
  socket.write('PING\r\n');
  expect(String(await once(socket, 'data'))).toBe('+PONG\r\n');
  socket.destroy();
});
