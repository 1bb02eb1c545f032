import type { Account, Contact, Decoded, Party, Region, Rep, Team } from '@resonant/contracts';
import { Entries } from '../writing/entries.ts';

interface Span {
  readonly from: number;
  readonly to: number | null;
}

/** Entry of the span in which `now` (epoch ms) lies. */
const at = <S extends Span>(spans: readonly S[], now: number): S | undefined =>
  spans.find((span) => span.from <= now && (span.to === null || now < span.to));

/** An entry of the directory. */
export type DirectoryEntry = Account | Contact | Rep | Team | Region;

/** The directory in force, by record key (`<kind>/<id>`). Pure: fed with records of `resonant.directory.v1`. */
export class Directory {
  readonly entries = new Entries<DirectoryEntry>();
  readonly #reps = new Map<string, string>();
  readonly #contacts = new Map<string, string>();
  readonly #domains = new Map<string, string>();

  /** Keeps an entry unless a later one of the same key is known. Records that are no directory entries are ignored. */
  put(key: string, { type, value }: Decoded, offset: number): void {
    if (type === 'Account' || type === 'Contact' || type === 'Rep' || type === 'Team' || type === 'Region') {
      this.#index(key, value as DirectoryEntry, offset);
    }
  }

  remove(key: string, offset: number): void {
    this.#index(key, undefined, offset);
  }

  #index(key: string, value: DirectoryEntry | undefined, offset: number): void {
    const before = this.entries.get(key)?.value;
    this.entries.set(key, value, offset);
    const now = this.entries.get(key)?.value;
    if (before !== undefined)
      this.#eachAddress(before, (map, address, id) => map.get(address) === id && map.delete(address));
    if (now !== undefined) this.#eachAddress(now, (map, address, id) => map.set(address, id));
  }

  #eachAddress(entry: DirectoryEntry, act: (map: Map<string, string>, address: string, id: string) => void): void {
    if ('domains' in entry) for (const domain of entry.domains) act(this.#domains, domain, entry.accountId);
    if (!('emails' in entry)) return;
    const [map, id] = 'repId' in entry ? [this.#reps, entry.repId] : [this.#contacts, entry.contactId];
    for (const address of [...entry.emails, ...entry.phones, ...entry.handles]) act(map, address, id);
  }

  /** Rep who owns the account at `now`. */
  ownerOf(accountId: string, now: number): string | undefined {
    const account = this.#get<Account>(`accounts/${accountId}`);
    return account && at(account.owners, now)?.repId;
  }

  teamOf(repId: string, now: number): string | undefined {
    const rep = this.#get<Rep>(`reps/${repId}`);
    return rep && at(rep.teams, now)?.teamId;
  }

  regionOf(teamId: string, now: number): string | undefined {
    const team = this.#get<Team>(`teams/${teamId}`);
    return team && at(team.regions, now)?.regionId;
  }

  accountOf(contactId: string, now: number): string | undefined {
    const contact = this.#get<Contact>(`contacts/${contactId}`);
    return contact && at(contact.accounts, now)?.accountId;
  }

  /** The rep and the account that a party is, as far as its ids and addresses say. */
  identify(party: Party, now: number): { readonly repId: string | undefined; readonly accountId: string | undefined } {
    const addresses = [party.email, party.phone, party.handle].filter((address) => address !== null);
    const repId = party.repId ?? first(addresses, this.#reps);
    const contactId = party.contactId ?? first(addresses, this.#contacts);
    const domain = party.email?.split('@').at(-1);
    const accountId =
      party.accountId ??
      (contactId === undefined ? undefined : this.accountOf(contactId, now)) ??
      (domain === undefined ? undefined : this.#domains.get(domain));
    return { repId, accountId };
  }

  #get<E extends DirectoryEntry>(key: string): E | undefined {
    return this.entries.get(key)?.value as E | undefined;
  }
}

const first = (addresses: readonly string[], known: ReadonlyMap<string, string>): string | undefined => {
  for (const address of addresses) {
    const id = known.get(address);
    if (id !== undefined) return id;
  }
  return undefined;
};
