import { join } from 'node:path';

export const pomFile = join(import.meta.dirname, '..', 'pom.xml');
export const configFolder = join(import.meta.dirname, '..', 'config');
