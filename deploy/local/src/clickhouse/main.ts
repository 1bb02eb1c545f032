import { interruption } from '@resonant/cli';
import { isResonantError } from '@resonant/contracts';
import { loadConfig } from '@resonant/service';
import { configSchema } from './config.ts';
import { startEndpoint } from './endpoint.ts';

const say = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
const interrupted = interruption();

try {
  const config = loadConfig(configSchema, process.env);
  const endpoint = await startEndpoint(config, say);
  say(`ClickHouse ${endpoint.version} listens on http://${config.HOST}:${endpoint.port}`);
  if (!interrupted.aborted) {
    await new Promise<void>((resolve) => interrupted.addEventListener('abort', () => resolve(), { once: true }));
  }
  say('stopping');
  await endpoint.stop();
  say('stopped');
  // The engine's own threads would keep the process.
  process.exit(0);
} catch (error) {
  say(isResonantError(error, 'invalid-configuration') ? error.message : String((error as Error).stack));
  process.exit(1);
}
