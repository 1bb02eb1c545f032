import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ResonantError } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import type { Io } from './command.ts';
import {
  defaultDataFolder,
  type Endpoints,
  endpointsFile,
  githubSecretFile,
  operatorKeyFile,
  type ServiceName,
} from './places.ts';

/** Options that every command with a connection takes; spread them into its own. */
export const connectionOptions = {
  data: { type: 'string' },
  brokers: { type: 'string' },
  registry: { type: 'string' },
  'ingest-url': { type: 'string' },
  'gateway-url': { type: 'string' },
  key: { type: 'string' },
} as const;

/** Their part of a help text. */
export const connectionHelp = `Where to connect (default: the local stack that npm start runs):
  --data DIR         data folder of the local stack                  RESONANT_DATA
  --brokers LIST     Kafka, host:port separated by commas            KAFKA_BROKERS
  --registry URL     schema registry                                 SCHEMA_REGISTRY_URL
  --ingest-url URL   the ingest service                              RESONANT_INGEST_URL
  --gateway-url URL  the gateway service                             RESONANT_GATEWAY_URL
  --key KEY          API key (default: the operator's, in DIR)       RESONANT_API_KEY
`;

type ConnectionValues = { readonly [O in keyof typeof connectionOptions]?: string | undefined };

/** Settings by flag, else environment, else the endpoints of the running local stack. */
export class Connection {
  readonly dataFolder: string;
  readonly #given: Readonly<Record<string, string | undefined>>;
  readonly #key: string | undefined;

  constructor(values: ConnectionValues, env: Io['env']) {
    this.dataFolder = resolve(values.data ?? env.RESONANT_DATA ?? defaultDataFolder);
    // A folder that was named outweighs what happens to be in the environment.
    const local = localEndpoints(this.dataFolder);
    const named = values.data === undefined ? {} : local;
    this.#given = {
      ...local,
      ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')),
      ...named,
      ...definedOnly({
        KAFKA_BROKERS: values.brokers,
        SCHEMA_REGISTRY_URL: values.registry,
        RESONANT_INGEST_URL: values['ingest-url'],
        RESONANT_GATEWAY_URL: values['gateway-url'],
      }),
    };
    this.#key = values.key ?? env.RESONANT_API_KEY;
  }

  get brokers(): readonly string[] {
    return this.#setting('KAFKA_BROKERS', '--brokers').split(',');
  }

  get registryUrl(): string {
    return this.#setting('SCHEMA_REGISTRY_URL', '--registry');
  }

  get redisUrl(): string {
    return this.#setting('REDIS_URL', '--data');
  }

  /** Base URL of ClickHouse's HTTP interface. */
  get clickhouseUrl(): string {
    return this.#setting('CLICKHOUSE_URL', '--clickhouse-url');
  }

  /** Base URL of a service, without a slash at the end. */
  serviceUrl(service: ServiceName): string {
    const flag = service === 'ingest' || service === 'gateway' ? `--${service}-url` : '--data';
    return this.#setting(`RESONANT_${service.toUpperCase() as Uppercase<ServiceName>}_URL`, flag).replace(/\/+$/, '');
  }

  /** The text of the API key. */
  get key(): string {
    if (this.#key !== undefined && this.#key !== '') return this.#key;
    const file = operatorKeyFile(this.dataFolder);
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    throw new ResonantError(
      'invalid-configuration',
      `There is no API key: give --key or RESONANT_API_KEY, made with "resonant keys create" (${file} does not exist).`,
    );
  }

  /** The secret that signs the payloads of the local stack's GitHub endpoint. */
  get githubSecret(): string {
    const file = githubSecretFile(this.dataFolder);
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    throw new ResonantError(
      'invalid-configuration',
      `There is no secret of the GitHub endpoint: give --github-secret or RESONANT_GITHUB_SECRET (${file} does not exist).`,
    );
  }

  /** Connects to the log; the Kafka client is loaded only now, so that other commands start fast. */
  async log(): Promise<Log> {
    const { brokers, registryUrl } = this;
    const { connectKafka } = await import('@resonant/kafka');
    return connectKafka({ brokers, registryUrl, clientId: 'resonant-cli' });
  }

  #setting(name: keyof Endpoints, flag: string): string {
    const value = this.#given[name];
    if (value !== undefined) return value;
    throw new ResonantError(
      'invalid-configuration',
      `No local stack runs on ${this.dataFolder}: run "npm start", or give ${flag} or ${name}.`,
    );
  }
}

const definedOnly = (values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));

function localEndpoints(dataFolder: string): Partial<Endpoints> {
  const file = endpointsFile(dataFolder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Endpoints) : {};
}
