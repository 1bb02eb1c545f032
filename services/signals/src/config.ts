import { commonConfig, instanceId } from '@resonant/service';
import { z } from 'zod';

/** What this service reads from the environment. */
export const configSchema = z.object({ ...commonConfig, RESONANT_INSTANCE_ID: instanceId() });

export type Config = z.output<typeof configSchema>;
