import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '@resonant/cli';
import type { Parts } from './parts.ts';
import { configFolder } from './places.ts';
import { answersKafka, until } from './probe.ts';
import type { PartProcess } from './supervised.ts';

/** One node that is broker and controller. */
const settings = (ports: Ports, data: string): Readonly<Record<string, string | number | boolean>> => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.quorum.voters': `1@127.0.0.1:${ports.kafkaController}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  listeners: `PLAINTEXT://127.0.0.1:${ports.kafka},CONTROLLER://127.0.0.1:${ports.kafkaController}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.kafka}`,
  'log.dirs': data,
  'auto.create.topics.enable': false,
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'group.initial.rebalance.delay.ms': 0,
  // Else a restart after SIGKILL waits 14 s for the old session.
  'broker.session.timeout.ms': 2000,
  'broker.heartbeat.interval.ms': 500,
  // A data folder may rest for weeks; with expired offsets everything would be processed a second time.
  'offsets.retention.minutes': 5 * 365 * 24 * 60,
  'num.network.threads': 2,
  'num.io.threads': 4,
  // The defaults (128 MiB; 10 MiB per index file, two per partition) are for bigger machines.
  'log.cleaner.dedupe.buffer.size': 16 << 20,
  // Of 15 s: there is little to look at, and whoever restores state reads what is not yet compacted.
  'log.cleaner.backoff.ms': 2000,
  'log.index.size.max.bytes': 2 << 20,
});

/** Writes the broker's configuration and, in an empty data folder, formats the storage. */
export async function prepareKafka(parts: Parts, ports: Ports, folder: string): Promise<void> {
  const data = join(folder, 'kafka');
  mkdirSync(data, { recursive: true });
  const lines = Object.entries(settings(ports, data)).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(configOf(folder), lines.join(''));
  if (existsSync(join(data, 'meta.properties'))) return;
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  await run('java', [
    '-XX:TieredStopAtLevel=1',
    '-cp',
    join(parts.kafka, '*'),
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    configOf(folder),
  ]);
}

const configOf = (folder: string): string => join(folder, 'kafka.properties');

/** The broker's process. */
export const kafkaProcess = (parts: Parts, ports: Ports, folder: string): PartProcess => ({
  command: 'java',
  args: [
    '-Xms192m',
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    `-Dlog4j2.configurationFile=file:${join(configFolder, 'log4j2.properties')}`,
    '-cp',
    join(parts.kafka, '*'),
    'kafka.Kafka',
    configOf(folder),
  ],
  ready: (signal) => until('Kafka', () => answersKafka(ports.kafka), { withinMs: 60_000, signal }),
  stopWithinMs: 20_000,
});

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`formatting Kafka's storage failed: ${output.slice(-1000)}`)),
    );
  });
}
