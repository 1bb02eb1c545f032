import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { parseOptions } from '../options.ts';
import { type GroupLag, groupLags } from '../status/lag.ts';
import { type ServiceStatus, servicesStatus } from '../status/services.ts';
import { tableOf } from '../table.ts';

/** How long Kafka may take before it counts as out of reach. */
const kafkaPatienceMs = 10_000;

interface Status {
  readonly services: readonly ServiceStatus[];
  /** Why Kafka could not be asked; null = it answered. */
  readonly kafka: string | null;
  readonly groups: readonly GroupLag[];
}

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show what runs, how far each consumer group is behind, held time and restores',
  help: `resonant status: what runs, lag per consumer group, held time

Works as well while parts are down, and says which. Lag is in records; the offsets of a transaction's end count too, so
a lag of a few is normal under load. Held time: by how much a partition's clock waits for touchpoints that are not
signals yet. Restoring: partitions whose memory is being brought back.

Usage: resonant status [--json]

  --json  everything as one JSON object

${connectionHelp}
Exit codes: 0 all services are ready and Kafka answers; 1 not so; 2 the call was wrong

Examples:
  resonant status
  resonant status --json | jq '.groups[] | select(.lag > 100)'
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, { ...connectionOptions, json: { type: 'boolean', default: false } });
    const connection = new Connection(values, io.env);
    const [services, lags] = await Promise.all([
      servicesStatus((name) => connection.serviceUrl(name)),
      lagsWithin(connection),
    ]);
    const status: Status = { services, ...lags };
    io.stdout.write(values.json ? `${JSON.stringify(status)}\n` : textOf(status));
    return status.kafka === null && services.every(({ state }) => state === 'ready') ? 0 : 1;
  },
};

async function lagsWithin(connection: Connection): Promise<Pick<Status, 'kafka' | 'groups'>> {
  const log = await connection.log();
  const late = new AbortController();
  const lags = groupLags(log);
  // Whoever is late is not waited for; its own failure would then be nobody's.
  lags.catch(() => undefined);
  try {
    const groups = await Promise.race([
      lags,
      pause(kafkaPatienceMs, undefined, { signal: late.signal }).then(() => {
        throw new Error(`no answer within ${kafkaPatienceMs / 1000} s`);
      }),
    ]);
    return { kafka: null, groups };
  } catch (error) {
    return { kafka: (error as Error).message, groups: [] };
  } finally {
    late.abort();
    await log.close();
  }
}

function textOf({ services, kafka, groups }: Status): string {
  const sections = [
    tableOf(
      ['service', 'state', 'address', 'reason'],
      services.map(({ name, state, url, reason }) => [name, state, url, reason ?? '']),
    ),
    kafka !== null
      ? `Kafka cannot be asked: ${kafka}`
      : groups.length === 0
        ? 'No consumer group has committed anything yet.'
        : tableOf(
            ['group', 'topic', 'lag', 'worst partition'],
            groups.map(({ group, topic, lag, worst }) => [
              group,
              topic,
              String(lag),
              worst.lag === 0 ? '' : `${worst.partition}: ${worst.lag}`,
            ]),
          ),
    heldText(services),
    ...restoringTexts(services),
    ...services.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function heldText(services: readonly ServiceStatus[]): string {
  if (services.find(({ name }) => name === 'processor')?.state === 'unreachable') return 'Held time: unknown.';
  const held = services.flatMap((service) => service.held);
  if (held.length === 0) return 'Held time: none.';
  const waiting = services.flatMap(({ waitingFor }) => waitingFor ?? []);
  const lines = [
    ...held.map(({ task, heldMs }) => `  ${task}: ${(heldMs / 1000).toFixed(1)} s`),
    ...waiting.map((touchpoint) => `  services/signals has not passed ${touchpoint}`),
  ];
  return `Held time:\n${lines.join('\n')}`;
}

function restoringTexts(services: readonly ServiceStatus[]): readonly string[] {
  const restoring = services.flatMap((service) => service.restoring);
  if (restoring.length === 0) return [];
  const lines = restoring.map(({ task, position, to }) => `  ${task}: at offset ${position} of ${to}`);
  return [`Restoring:\n${lines.join('\n')}`];
}
