import { createHash } from 'node:crypto';
import type { Signal, Touchpoint } from '@resonant/contracts';
import type { Directory } from './directory.ts';

/** First 32 hex digits of SHA-256 over event id, kind and position: the same signal whenever it is derived again. */
export const signalId = (eventId: string, kind: string, position: string): string =>
  createHash('sha256').update(`${eventId}\n${kind}\n${position}`).digest('hex').slice(0, 32);

/** One fact, with whom it concerns. */
export interface Fact {
  readonly kind: string;
  /** Tells facts of one kind in one touchpoint apart: the piece of text, the track, the account. */
  readonly position: string;
  /** Epoch ms; default: the touchpoint's own instant. */
  readonly at?: number;
  readonly accountId?: string | null;
  readonly contactId?: string | null;
  /** The rep who took part; without one, the account's owner. */
  readonly repId?: string | null;
  readonly measures?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The signal of a fact. Owner, team and region are those of the instant at which the touchpoint happened, for all of
 * its signals alike, so that what is counted together (uses, eligible calls) stands with one team.
 */
export function signalOf(touchpoint: Touchpoint, fact: Fact, directory: Directory): Signal {
  const accountId = fact.accountId ?? null;
  const repId = fact.repId ?? directory.ownerOf(accountId, touchpoint.occurredAt);
  return {
    id: signalId(touchpoint.eventId, fact.kind, fact.position),
    kind: fact.kind,
    occurredAt: fact.at ?? touchpoint.occurredAt,
    channel: touchpoint.channel,
    accountId,
    contactId: fact.contactId ?? null,
    repId,
    ...directory.placeOf(repId, touchpoint.occurredAt),
    leadId: touchpoint.leadId,
    opportunityId: touchpoint.opportunityId,
    measures: fact.measures ?? {},
    labels: fact.labels ?? {},
    eventId: touchpoint.eventId,
  };
}
