// What exactly once costs, and how soon a record can be asked for: npm run bench:history
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { connectClickHouse, migrate } from '@resonant/clickhouse';
import { connectKafka } from '@resonant/kafka';
import { startServices, startStack } from '@resonant/local';
import { freshnessAt } from './freshness.ts';
import { priceOf } from './price.ts';

const help = `Measures history on a stack of its own.

  npm run bench:history -- [--rows 200000] [--runs 3] [--per-second 1000] [--seconds 20] [--base 7980]
                           [--data .resonant/bench-history]

Rows a second into the engine through the writer (decoding, rows, commits, four tables, row hashes, ledger) beside a
plain insert loop into one table, and the time from Kafka's acknowledgement until a query sees the row.
`;
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    runs: { type: 'string', default: '3' },
    'per-second': { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
    base: { type: 'string', default: '7980' },
    data: { type: 'string', default: '.resonant/bench-history' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const stack = await startStack({
  base: Number(values.base),
  folder: values.data,
  fresh: true,
  onLine: (line) => void process.stderr.write(`${line}\n`),
});
try {
  const clickHouse = connectClickHouse({
    url: stack.env.CLICKHOUSE_URL,
    user: stack.env.CLICKHOUSE_USER,
    password: stack.env.CLICKHOUSE_PASSWORD,
    application: 'bench',
  });
  await migrate(clickHouse, 'embedded');
  const services = await startServices(stack, { clock: 'log', names: ['history'] });
  const log = connectKafka({
    brokers: [stack.env.KAFKA_BROKERS],
    registryUrl: stack.env.SCHEMA_REGISTRY_URL,
    clientId: 'bench',
  });
  const fresh = await freshnessAt(log, clickHouse, Number(values['per-second']), Number(values.seconds));
  print(
    `${fresh.perSecond} records a second, ${fresh.records} of them: queryable after p50 ${fresh.p50} ms, p99 ${fresh.p99} ms`,
  );
  await log.close();
  await services.stop();
  for (let run = 1; run <= Number(values.runs); run++) {
    const { rows, plain, writer } = await priceOf(clickHouse, Number(values.rows), 1000 + run);
    print(
      `run ${run}, ${rows} rows: plain loop ${plain} rows/s, writer ${writer} rows/s: ${(plain / writer).toFixed(1)} times the price`,
    );
  }
  print(`load of the machine: ${loadavg()[0]?.toFixed(1)}`);
  await clickHouse.close();
} finally {
  await stack.stop();
}
