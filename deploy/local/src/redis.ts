import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '@resonant/cli';
import type { Parts } from './parts.ts';
import { answersRedis, until } from './probe.ts';
import type { PartProcess } from './supervised.ts';

/** Redis with its append-only file in the data folder. */
export function redisProcess(parts: Parts, ports: Ports, folder: string): PartProcess {
  const data = join(folder, 'redis');
  mkdirSync(data, { recursive: true });
  const settings = {
    port: String(ports.redis),
    bind: '127.0.0.1',
    dir: data,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  };
  return {
    command: parts.redis,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ready: (signal) => until('Redis', () => answersRedis(ports.redis), { withinMs: 30_000, signal }),
    stopWithinMs: 10_000,
  };
}
