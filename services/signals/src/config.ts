import { commonConfig } from '@resonant/service';
import { z } from 'zod';

/** What this service reads from the environment. */
export const configSchema = z.object(commonConfig);

/** Consumer group of the touchpoint partitions. */
export const group = 'resonant-signals';
