import type { Account, Contact, Decoded, Party, Rep, Team } from '@resonant/contracts';

/** Who a party is by the directory: one of our reps, or somebody of a customer (at least one of the ids is known). */
export type Identity =
  | { readonly side: 'rep'; readonly repId: string }
  | { readonly side: 'customer'; readonly accountId: string | null; readonly contactId: string | null };

/** Where a rep stands at an instant. */
export interface Place {
  readonly teamId: string | null;
  readonly regionId: string | null;
}

/** Which entries an exact key (address, domain, …) leads to. */
class KeyIndex {
  readonly #ids = new Map<string, Set<string>>();

  add(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, new Set([id]));
    else ids.add(id);
  }

  remove(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids?.delete(id) && ids.size === 0) this.#ids.delete(key);
  }

  /** The one entry with this key. A key that several claim identifies none of them: no signal beats a wrong one. */
  only(key: string | null): string | undefined {
    const ids = key === null ? undefined : this.#ids.get(key.toLowerCase());
    return ids?.size === 1 ? ids.values().next().value : undefined;
  }
}

/**
 * Accounts, contacts, reps, teams and regions as the directory topic says, asked as of an instant. Updates apply at
 * once; what signals already hold stays as it was.
 */
export class Directory {
  readonly #accounts = new Map<string, Account>();
  readonly #contacts = new Map<string, Contact>();
  readonly #reps = new Map<string, Rep>();
  readonly #teams = new Map<string, Team>();
  readonly #repKeys = new KeyIndex();
  readonly #contactKeys = new KeyIndex();
  readonly #domains = new KeyIndex();
  readonly #crmIds = new KeyIndex();

  /** Takes a record of the directory topic; `key` is `<kind>/<id>`. */
  put(key: string, { type, value }: Decoded): void {
    this.remove(key);
    switch (type) {
      case 'Account':
        this.#accounts.set(value.accountId, value);
        for (const domain of value.domains) this.#domains.add(domain.toLowerCase(), value.accountId);
        for (const crmId of value.crmIds) this.#crmIds.add(crmId.toLowerCase(), value.accountId);
        break;
      case 'Contact':
        this.#contacts.set(value.contactId, value);
        for (const address of addressesOf(value)) this.#contactKeys.add(address, value.contactId);
        break;
      case 'Rep':
        this.#reps.set(value.repId, value);
        for (const address of addressesOf(value)) this.#repKeys.add(address, value.repId);
        break;
      case 'Team':
        this.#teams.set(value.teamId, value);
        break;
    }
  }

  /** Forgets the entry under `key`. */
  remove(key: string): void {
    const slash = key.indexOf('/');
    const id = key.slice(slash + 1);
    switch (key.slice(0, slash)) {
      case 'accounts': {
        const account = this.#accounts.get(id);
        for (const domain of account?.domains ?? []) this.#domains.remove(domain.toLowerCase(), id);
        for (const crmId of account?.crmIds ?? []) this.#crmIds.remove(crmId.toLowerCase(), id);
        this.#accounts.delete(id);
        break;
      }
      case 'contacts': {
        const contact = this.#contacts.get(id);
        for (const address of contact === undefined ? [] : addressesOf(contact)) this.#contactKeys.remove(address, id);
        this.#contacts.delete(id);
        break;
      }
      case 'reps': {
        const rep = this.#reps.get(id);
        for (const address of rep === undefined ? [] : addressesOf(rep)) this.#repKeys.remove(address, id);
        this.#reps.delete(id);
        break;
      }
      case 'teams':
        this.#teams.delete(id);
        break;
    }
  }

  /**
   * Who a party is at an instant (epoch ms). Ids go before addresses; the side that the source says decides only when
   * an address belongs to a rep and a contact alike. Undefined: the directory knows none of the party's keys.
   */
  identify(party: Party, at: number): Identity | undefined {
    const repId = this.#repOf(party);
    if (repId !== undefined && this.#reps.has(party.repId ?? '')) return { side: 'rep', repId };
    const contactId = this.#contactOf(party);
    if (repId !== undefined && (contactId === undefined || party.role !== 'customer')) return { side: 'rep', repId };
    const contact = contactId === undefined ? undefined : this.#contacts.get(contactId);
    const accountId =
      (contact === undefined ? undefined : covering(contact.accounts, at)?.accountId) ??
      this.#accountOf(party.accountId) ??
      this.#accountByDomain(party.email);
    if (contactId === undefined && accountId === undefined) return undefined;
    return { side: 'customer', accountId: accountId ?? null, contactId: contactId ?? null };
  }

  /** Who owns an account at an instant; null = nobody, or the account is unknown. */
  ownerOf(accountId: string | null, at: number): string | null {
    const account = accountId === null ? undefined : this.#accounts.get(accountId);
    return account === undefined ? null : (covering(account.owners, at)?.repId ?? null);
  }

  /** Team and region of a rep at an instant. */
  placeOf(repId: string | null, at: number): Place {
    const rep = repId === null ? undefined : this.#reps.get(repId);
    const teamId = rep === undefined ? undefined : covering(rep.teams, at)?.teamId;
    const team = teamId === undefined ? undefined : this.#teams.get(teamId);
    const regionId = team === undefined ? undefined : covering(team.regions, at)?.regionId;
    return { teamId: teamId ?? null, regionId: regionId ?? null };
  }

  /** Names by which people write of a contact and an account. */
  namesOf(accountId: string | null, contactId: string | null): string[] {
    const names = [
      contactId === null ? undefined : this.#contacts.get(contactId)?.name,
      accountId === null ? undefined : this.#accounts.get(accountId)?.name,
    ];
    return names.filter((name) => name !== undefined && name !== null);
  }

  #repOf(party: Party): string | undefined {
    if (party.repId !== null && this.#reps.has(party.repId)) return party.repId;
    return this.#repKeys.only(party.email) ?? this.#repKeys.only(party.phone) ?? this.#repKeys.only(party.handle);
  }

  #contactOf(party: Party): string | undefined {
    if (party.contactId !== null && this.#contacts.has(party.contactId)) return party.contactId;
    const keys = this.#contactKeys;
    return keys.only(party.email) ?? keys.only(party.phone) ?? keys.only(party.handle);
  }

  #accountOf(id: string | null): string | undefined {
    return id !== null && this.#accounts.has(id) ? id : this.#crmIds.only(id);
  }

  /** `buyer@eu.acme.example` belongs to the account of `eu.acme.example`, else of `acme.example`. */
  #accountByDomain(email: string | null): string | undefined {
    const labels = (email?.split('@')[1] ?? '').split('.');
    for (let first = 0; first + 1 < labels.length; first++) {
      const accountId = this.#domains.only(labels.slice(first).join('.'));
      if (accountId !== undefined) return accountId;
    }
    return undefined;
  }
}

const addressesOf = (entry: Contact | Rep): string[] =>
  [...entry.emails, ...entry.phones, ...entry.handles].map((address) => address.toLowerCase());

const covering = <S extends { readonly from: number; readonly to: number | null }>(
  spans: readonly S[],
  at: number,
): S | undefined => spans.findLast((span) => span.from <= at && (span.to === null || at < span.to));
