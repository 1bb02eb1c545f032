import type { Party } from '@resonant/contracts';
import type { Directory } from './directory.ts';

/** A rep who took part. */
export interface RepParty {
  readonly party: Party;
  readonly repId: string;
}

/** Somebody of a customer who took part; at least one of the ids is known. */
export interface CustomerParty {
  readonly party: Party;
  readonly accountId: string | null;
  readonly contactId: string | null;
}

/** Who took part, by the directory. */
export interface Sides {
  readonly reps: readonly RepParty[];
  readonly customers: readonly CustomerParty[];
  readonly unknown: readonly Party[];
}

/** Sorts parties by side as of an instant (epoch ms), each side in the order given. */
export function sidesOf(parties: readonly Party[], directory: Directory, at: number): Sides {
  const sides = { reps: [] as RepParty[], customers: [] as CustomerParty[], unknown: [] as Party[] };
  for (const party of parties) {
    const identity = directory.identify(party, at);
    if (identity === undefined) sides.unknown.push(party);
    else if (identity.side === 'rep') sides.reps.push({ party, repId: identity.repId });
    else sides.customers.push({ party, accountId: identity.accountId, contactId: identity.contactId });
  }
  return sides;
}

/** One of each account: who is named first; those of no account by contact. */
export const oneOfEachAccount = (customers: readonly CustomerParty[]): readonly CustomerParty[] =>
  firstOfEach(customers, ({ accountId, contactId }) => accountId ?? `/${contactId}`);

/** The first of those with the same key, in order. */
export function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string | null): readonly T[] {
  const firsts = new Map<string | null, T>();
  for (const item of items) if (!firsts.has(keyOf(item))) firsts.set(keyOf(item), item);
  return [...firsts.values()];
}

/** Names that make a text for this customer a personal one. */
export const personalNames = (customer: CustomerParty, directory: Directory): readonly string[] => [
  ...directory.namesOf(customer.accountId, customer.contactId),
  ...(customer.party.name === null ? [] : [customer.party.name]),
];
