import { createHash } from 'node:crypto';
import type { Subject } from './log.ts';

/** First 32 hex digits of SHA-256 over the parts joined by line feeds. */
export const idOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** The subject as JSON with sorted keys and no spaces: what ids are made from and outputs are ordered by. */
export const subjectJson = (subject: Subject): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.keys(subject)
        .sort()
        .map((key) => [key, subject[key]]),
    ),
  );

/** Orders strings by code unit. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
