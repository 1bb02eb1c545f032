import type { CallTouchpoint } from '@resonant/contracts';
import type { Language } from '@resonant/language';
import { languageOf } from '../customer-text.ts';
import { type Derivation, derivation, type Knowledge } from '../derivation.ts';
import { type CustomerParty, firstOfEach, oneOfEachAccount, personalNames, sidesOf } from '../parties.ts';
import { type Fact, signalOf } from '../signal.ts';
import { tracksCalledFor, trackUses } from '../talk-tracks.ts';
import { instantOf, separatorOf, type Turn, textOf, turnsOf } from '../transcript.ts';
import { factsOfCustomer } from './call-customers.ts';

/** A call seen from the rep who held it. */
interface RepCall {
  readonly touchpoint: CallTouchpoint;
  readonly customers: readonly CustomerParty[];
  /** Of the reps who took part, the first who spoke, else the first: every signal of a call has the same rep. */
  readonly repId: string;
  readonly turns: readonly Turn[];
  /** Turns of our side, colleagues included. */
  readonly repTurns: readonly Turn[];
  readonly language: Language;
}

/**
 * What happened in a call: polarity and intents of each customer, the talk-tracks that were due and used, the touch,
 * the answer to a lead.
 */
export function signalsOfCall(touchpoint: CallTouchpoint, knowledge: Knowledge): Derivation {
  const { reps, customers, unknown } = sidesOf(touchpoint.parties, knowledge.directory, touchpoint.occurredAt);
  const turns = turnsOf(touchpoint.utterances);
  const spoke = new Set<string | null>(turns.map(({ speaker }) => speaker));
  const repId = (reps.find(({ party }) => spoke.has(party.speaker)) ?? reps[0])?.repId ?? null;
  // A speaker label that two parties claim counts for the first.
  const facts = firstOfEach(customers, ({ party }) => party.speaker)
    .flatMap((customer) => factsOfCustomer(touchpoint, customer, turns, knowledge))
    .map((fact): Fact => ({ ...fact, repId }));
  if (repId !== null) {
    const ours = new Set(reps.map(({ party }) => party.speaker));
    const repTurns = turns.filter(({ speaker }) => ours.has(speaker));
    const language = languageOf(touchpoint.language, turns.map((turn) => textOf(turn, ' ')).join(' '));
    const call: RepCall = { touchpoint, customers, repId, turns, repTurns, language };
    facts.push(...talkTrackFacts(call, knowledge), ...touchFacts(call, knowledge), ...leadFacts(call));
  }
  const silence = customers.length > 0 ? 'no-text' : unknown.length > 0 ? 'unknown-party' : 'internal';
  return derivation(
    facts.map((fact) => signalOf(touchpoint, fact, knowledge.directory)),
    silence,
  );
}

/**
 * A call of a rep with a customer is eligible for the tracks it calls for. A use is said as `talk-track` only where the
 * call is eligible, so that uses never outnumber eligible calls; elsewhere it is a `talk-track-mention`.
 */
function talkTrackFacts(
  { touchpoint, customers, repId, turns, repTurns, language }: RepCall,
  knowledge: Knowledge,
): Fact[] {
  const [customer] = customers;
  if (customer === undefined) return [];
  const vocabulary = knowledge.vocabulary.in(language);
  const separator = separatorOf(language);
  const { accountId, contactId } = customer;
  const due = tracksCalledFor(
    turns.map((turn) => textOf(turn, separator)),
    vocabulary,
  );
  const uses = trackUses(
    repTurns.map(({ pieces }) => pieces),
    vocabulary,
    separator,
  );
  const about = (kind: string, track: string, at: number): Fact => ({
    kind,
    position: track,
    at,
    accountId,
    contactId,
    repId,
    labels: { track },
  });
  return [
    ...due.map(({ trackId }) => about('eligible-call', trackId, touchpoint.endedAt)),
    ...uses.map(({ track, index }) =>
      about(due.includes(track) ? 'talk-track' : 'talk-track-mention', track.trackId, instantOf(touchpoint, index)),
    ),
  ];
}

/** A call that a rep made touches each account on the line; one that the customer made is none of the rep's doing. */
function touchFacts(
  { touchpoint, customers, repId, repTurns, language }: RepCall,
  { directory, analyzer }: Knowledge,
): Fact[] {
  if (touchpoint.direction !== 'outbound') return [];
  const separator = separatorOf(language);
  const text = repTurns.map((turn) => textOf(turn, separator)).join('\n');
  return oneOfEachAccount(customers).map((customer): Fact => {
    const { accountId, contactId } = customer;
    const isPersonalised = analyzer.isPersonalised(text, { names: personalNames(customer, directory) });
    return {
      kind: 'touch',
      position: accountId ?? `/${contactId}`,
      at: touchpoint.endedAt,
      accountId,
      contactId,
      repId,
      labels: { personalised: isPersonalised ? 'yes' : 'no' },
    };
  });
}

/** A rep who calls a lead has answered it: when the rep first speaks. */
function leadFacts({ touchpoint, customers: [customer], repId, repTurns }: RepCall): Fact[] {
  if (touchpoint.leadId === null || touchpoint.direction !== 'outbound') return [];
  const first = repTurns[0]?.pieces[0];
  return [
    {
      kind: 'lead-response',
      position: '0',
      at: first === undefined ? touchpoint.endedAt : instantOf(touchpoint, first.index),
      accountId: customer?.accountId ?? null,
      contactId: customer?.contactId ?? null,
      repId,
      labels: { by: 'human' },
    },
  ];
}
