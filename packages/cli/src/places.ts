import { join } from 'node:path';

/** The repository's folder. */
export const repository = join(import.meta.dirname, '..', '..', '..');

/** Where `npm start` keeps its data unless told otherwise. */
export const defaultDataFolder = join(repository, '.resonant', 'data');

/** Fetched parts of local stacks, shared by all of this clone. */
export const partsFolder = join(repository, '.resonant', 'parts');

/** First port of `npm start` unless told otherwise. */
export const defaultBase = 7400;

/** Base ports that leave room for all ports of a stack, none of them privileged. */
export const lowestBase = 1024;
export const highestBase = 65_500;

export const serviceNames = ['ingest', 'signals', 'processor', 'history', 'gateway'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Port numbers of a local stack, counted from its base port. */
export const portsOf = (base: number) =>
  ({
    ingest: base,
    gateway: base + 1,
    signals: base + 2,
    processor: base + 3,
    history: base + 4,
    kafka: base + 10,
    kafkaController: base + 11,
    registry: base + 12,
    redis: base + 13,
    registryBehind: base + 14,
    clickhouse: base + 15,
  }) as const;

export type Ports = ReturnType<typeof portsOf>;

/** Where everything of a local stack is found, under the names that environment variables have. */
export const endpointsOf = (ports: Ports) =>
  ({
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    CLICKHOUSE_URL: `http://127.0.0.1:${ports.clickhouse}`,
    RESONANT_INGEST_URL: `http://127.0.0.1:${ports.ingest}`,
    RESONANT_GATEWAY_URL: `http://127.0.0.1:${ports.gateway}`,
    RESONANT_SIGNALS_URL: `http://127.0.0.1:${ports.signals}`,
    RESONANT_PROCESSOR_URL: `http://127.0.0.1:${ports.processor}`,
    RESONANT_HISTORY_URL: `http://127.0.0.1:${ports.history}`,
  }) as const;

export type Endpoints = ReturnType<typeof endpointsOf>;

/** In the data folder while `npm start` runs: the endpoints as JSON. */
export const endpointsFile = (dataFolder: string): string => join(dataFolder, 'endpoints.json');

/** In the data folder: the text of the API key that the operator's commands use. Readable by the owner only. */
export const operatorKeyFile = (dataFolder: string): string => join(dataFolder, 'operator-key');

/** In the data folder: the secret that signs the payloads of the GitHub endpoint `community`. Readable by the owner only. */
export const githubSecretFile = (dataFolder: string): string => join(dataFolder, 'github-secret');

/** Users of the local ClickHouse endpoint: one for the product, one that only reads. */
export const clickhouseUsers = ['writer', 'analyst'] as const;

export type ClickhouseUser = (typeof clickhouseUsers)[number];

/** In the data folder: the password of a user of the local ClickHouse endpoint. Readable by the owner only. */
export const clickhousePasswordFile = (dataFolder: string, user: ClickhouseUser): string =>
  join(dataFolder, `clickhouse-${user}-password`);

/** In the data folder: the keys that seal the local stack's history, PEM. The private one is readable by the owner only. */
export const sealKeyFile = (dataFolder: string): string => join(dataFolder, 'seal-key.pem');
export const sealPublicKeyFile = (dataFolder: string): string => join(dataFolder, 'seal-public-key.pem');
