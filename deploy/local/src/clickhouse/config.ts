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
  MAX_BODY_BYTES: wholeNumber(1024)
    .default(64 << 20)
    .meta({ description: 'body of one request, in bytes, also once decompressed' }),
  MAX_CONCURRENT_QUERIES: wholeNumber(1, 16).default(8).meta({ description: 'queries of one user that run at once' }),
  MAX_SECONDS: wholeNumber(1, 86_400).default(600).meta({ description: 'how long a statement of the writer may run' }),
  MAX_MEMORY_BYTES: wholeNumber(1 << 20)
    .default(4 * 1024 ** 3)
    .meta({ description: 'memory of one statement of the writer, in bytes' }),
  ANALYST_MAX_SECONDS: wholeNumber(1, 3600).default(30).meta({ description: 'how long a query of an analyst may run' }),
  ANALYST_MAX_ROWS: wholeNumber(1).default(1_000_000).meta({ description: 'rows that an analyst may be given' }),
  ANALYST_MAX_MEMORY_BYTES: wholeNumber(1 << 20)
    .default(1024 ** 3)
    .meta({ description: 'memory of one query of an analyst, in bytes' }),
  STALL_SECONDS: wholeNumber(1, 3600)
    .default(60)
    .meta({ description: 'a reader that takes nothing for so long is cut off, and its query ended' }),
  STOP_SECONDS: wholeNumber(0, 600)
    .default(8)
    .meta({ description: 'how long running statements may go on after SIGTERM' }),
  QUERY_LOG_SECONDS: wholeNumber(1, 3600).default(5).meta({ description: 'how often the query log is written' }),
});

export type Config = z.output<typeof configSchema>;
