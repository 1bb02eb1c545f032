import { wholeNumber } from '@resonant/service';
import { z } from 'zod';

const password = (of: string) =>
  z
    .string()
    .min(16, 'expected at least 16 characters')
    .meta({ description: `password of user ${of}`, secret: true });

/** What the endpoint reads from the environment; every default is in this literal. */
export const configSchema = z.object({
  CLICKHOUSE_DATA: z.string().min(1).meta({ description: 'data folder; one process at a time may use it' }),
  HOST: z.string().min(1).default('127.0.0.1').meta({ description: 'address to listen on' }),
  PORT: wholeNumber(0, 65_535).meta({ description: 'port to listen on' }),
  CLICKHOUSE_WRITER_PASSWORD: password('writer'),
  CLICKHOUSE_ANALYST_PASSWORD: password('analyst'),
});

export type Config = z.output<typeof configSchema>;
