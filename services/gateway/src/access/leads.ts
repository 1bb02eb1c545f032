import type { Party } from '@resonant/contracts';
import type { Directory } from './directory.ts';

const none: ReadonlySet<Party> = new Set();

/** Who took part in the touchpoints of a lead, so that an alert about the lead finds its team. Bounded: oldest go. */
export class Leads {
  readonly #max: number;
  readonly #parties = new Map<string, Map<string, Party>>();

  /** @param max leads that are remembered */
  constructor(max = 200_000) {
    this.#max = max;
  }

  put(leadId: string, parties: readonly Party[]): void {
    const known = this.#parties.get(leadId) ?? new Map<string, Party>();
    this.#parties.delete(leadId);
    this.#parties.set(leadId, known);
    for (const party of parties) {
      if (known.size < 50)
        known.set(
          `${party.repId}|${party.accountId}|${party.contactId}|${party.email}|${party.phone}|${party.handle}`,
          party,
        );
    }
    if (this.#parties.size > this.#max) {
      for (const oldest of this.#parties.keys()) {
        this.#parties.delete(oldest);
        break;
      }
    }
  }

  partiesOf(leadId: string): Iterable<Party> {
    return this.#parties.get(leadId)?.values() ?? none;
  }
}

/** Teams that a party points to at `now`: the rep's own, or that of the owner of the customer's account. */
export function* teamsOfParty(party: Party, directory: Directory, now: number): Iterable<string> {
  const { repId, accountId } = directory.identify(party, now);
  for (const id of [repId, accountId === undefined ? undefined : directory.ownerOf(accountId, now)]) {
    const team = id === undefined ? undefined : directory.teamOf(id, now);
    if (team !== undefined) yield team;
  }
}
