import { alertsTopic } from '@resonant/contracts';
import { runService } from '@resonant/service';
import { configSchema } from './config.ts';
import { wireGateway } from './gateway.ts';
import { connectLog } from './log.ts';

await runService({
  name: 'gateway',
  config: configSchema,
  wire: async (w) => {
    await wireGateway(w);
  },
  check: async ({ config, logger }) => {
    const log = connectLog(config, logger);
    try {
      await (await log.admin()).offsets(alertsTopic);
    } finally {
      await log.close();
    }
  },
});
