import { readdirSync, readFileSync } from 'node:fs';
import type { RecordName } from '@resonant/contracts';

const folder = new URL('../../../schemas/released/', import.meta.url);

/** Released versions of every record, oldest first: `schemas/released/<Record>/<version>.avsc`. */
export const released: ReadonlyMap<RecordName, readonly object[]> = new Map(
  readdirSync(folder)
    .sort()
    .map((name) => {
      const files = readdirSync(new URL(`${name}/`, folder));
      const versions = files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
      return [
        name as RecordName,
        versions.map((file) => JSON.parse(readFileSync(new URL(`${name}/${file}`, folder), 'utf8'))),
      ];
    }),
);
