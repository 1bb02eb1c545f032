import { once } from 'node:events';
import { createServer } from 'node:http';
import { loadConfig } from '@resonant/service';
import { configSchema } from './config.ts';
import { Engine } from './engine.ts';
import { front } from './front.ts';

const config = loadConfig(configSchema, process.env);
const engine = new Engine(config.CLICKHOUSE_DATA);
const server = createServer(front(engine, config.CLICKHOUSE_WRITER_PASSWORD));
server.listen(config.PORT, config.HOST);
await once(server, 'listening');
console.log(`ClickHouse listens on ${config.HOST}:${config.PORT}`);
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    server.close(() => {
      engine.close();
      process.exit(0);
    });
    server.closeIdleConnections();
  });
}
