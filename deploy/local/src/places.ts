import { join } from 'node:path';

/** The repository's folder. */
export const repository = join(import.meta.dirname, '..', '..', '..');

export const pomFile = join(import.meta.dirname, '..', 'pom.xml');
export const configFolder = join(import.meta.dirname, '..', 'config');

/** Fetched parts, shared by all stacks of this clone. */
export const partsFolder = join(repository, '.resonant', 'parts');

/** Port numbers of a stack, counted from its base port. */
export const portsOf = (base: number) =>
  ({
    ingest: base,
    gateway: base + 1,
    signals: base + 2,
    processor: base + 3,
    kafka: base + 10,
    kafkaController: base + 11,
    registry: base + 12,
    redis: base + 13,
    registryBehind: base + 14,
  }) as const;

export type Ports = ReturnType<typeof portsOf>;

/** Where processes of this stack find its parts. */
export const endpointsOf = (ports: Ports) =>
  ({
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
  }) as const;

export type Endpoints = ReturnType<typeof endpointsOf>;
