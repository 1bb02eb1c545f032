import { type Keyspace, keyField, keyspaces, type Signal } from '@resonant/contracts';

/** A place of a signal: the keyspace and the record key there. */
export interface Destination {
  readonly keyspace: Keyspace;
  readonly key: string;
}

/** Every keyspace whose key the signal has; none = no rule could ever see it. */
export const destinationsOf = (signal: Signal): readonly Destination[] =>
  keyspaces.flatMap((keyspace) => {
    const key = signal[keyField[keyspace]];
    return key === null || key === '' ? [] : [{ keyspace, key }];
  });
