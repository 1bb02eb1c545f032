import { readArguments } from './arguments.ts';
import { startStack } from './stack.ts';
import { runVerb, stopped } from './verb.ts';

const help = `Runs Kafka, the schema registry, Redis and ClickHouse alone, until Ctrl-C.

  node deploy/local/bootstrap.mjs stack [--base 7800] [--data .resonant/dev]

Prints export lines for KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL and CLICKHOUSE_URL, _USER, _PASSWORD on standard
output once all serve; progress goes to standard error.
`;

await runVerb(help, async (args) => {
  const place = readArguments(args, { base: 7800, data: '.resonant/dev', flags: [] });
  const stack = await startStack({ ...place, onLine: (line) => process.stderr.write(`${line}\n`) });
  for (const [name, value] of Object.entries(stack.env)) process.stdout.write(`export ${name}=${value}\n`);
  await stopped();
  process.stderr.write('stopping\n');
  await stack.stop();
  return 0;
});
