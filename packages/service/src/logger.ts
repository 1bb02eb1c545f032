import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** A JSON-lines logger on standard output; times are ISO 8601, credentials in headers are left out. */
export const createLogger = (name: string, level: string): Logger =>
  pino({
    name,
    level,
    base: { name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['authorization', '*.authorization', '*.cookie', 'req.headers.authorization'],
  });
