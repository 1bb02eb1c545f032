import { commonConfig, instanceId } from '@resonant/service';
import { z } from 'zod';

/** What this service reads from the environment. */
export const configSchema = z.object({
  ...commonConfig,
  RESONANT_INSTANCE_ID: instanceId(),
  RESONANT_CLOCK: z
    .enum(['wall', 'log'])
    .default('wall')
    .meta({ description: 'wall: ticks of the wall clock; log: a player appends ticks' }),
});

export type Config = z.output<typeof configSchema>;
