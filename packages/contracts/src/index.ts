export * from './codec.ts';
export * from './compatibility.ts';
export * from './errors.ts';
export * from './generated/records.ts';
export * from './headers.ts';
export * from './keyspaces.ts';
export * from './topics.ts';
