export * from './reference-data/index.ts';
