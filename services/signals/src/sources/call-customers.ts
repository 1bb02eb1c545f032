import type { CallTouchpoint } from '@resonant/contracts';
import {
  intentFact,
  intentNames,
  intentsOf,
  type Judgement,
  judge,
  languageOf,
  sentimentFact,
} from '../customer-text.ts';
import type { Knowledge } from '../derivation.ts';
import type { CustomerParty } from '../parties.ts';
import type { Fact } from '../signal.ts';
import { instantOf, separatorOf, type Turn, textOf } from '../transcript.ts';

interface JudgedTurn {
  readonly turn: Turn;
  readonly judgement: Judgement;
}

/**
 * Polarity and intents of what one customer said in a call. Turns are judged one by one, and the call says the
 * outstanding: the most negative turn, the most positive one, and the clearest of each intent, each at its own instant.
 * Where nothing stands out, the mean polarity is said at the call's end. So an hour of talk makes at most four signals
 * per customer, not hundreds.
 */
export function factsOfCustomer(
  call: CallTouchpoint,
  customer: CustomerParty,
  turns: readonly Turn[],
  knowledge: Knowledge,
): Fact[] {
  const { accountId, contactId } = customer;
  const judged = turns
    .filter((turn) => turn.speaker === customer.party.speaker)
    .flatMap((turn) => judgedTurn(call, turn, knowledge));
  const [first] = judged;
  if (first === undefined) return [];
  const said = ({ turn }: JudgedTurn, fact: Fact): Fact => ({
    ...fact,
    accountId,
    contactId,
    at: instantOf(call, turn.pieces[0]?.index ?? 0),
  });
  const outspoken = judged.filter(({ judgement }) => !judgement.isNeutral);
  const moods = [
    highest(outspoken, ({ judgement }) => -judgement.polarity),
    highest(outspoken, ({ judgement }) => judgement.polarity),
  ].filter((mood, index, all) => mood !== undefined && all.indexOf(mood) === index);
  const facts = moods.flatMap((mood) =>
    mood === undefined ? [] : [said(mood, sentimentFact(mood.judgement, positionOf(mood)))],
  );
  if (facts.length === 0) {
    const polarity = judged.reduce((sum, { judgement }) => sum + judgement.polarity, 0) / judged.length;
    const fact = sentimentFact({ language: first.judgement.language, polarity }, `mean/${customer.party.speaker}`);
    facts.push({ ...fact, accountId, contactId, at: call.endedAt });
  }
  for (const intent of intentNames) {
    const clear = judged.filter(({ judgement }) => intentsOf(judgement).includes(intent));
    const clearest = highest(clear, ({ judgement }) => judgement.intents[intent]);
    if (clearest !== undefined) {
      facts.push(said(clearest, intentFact(clearest.judgement, intent, positionOf(clearest))));
    }
  }
  return facts;
}

function judgedTurn(call: CallTouchpoint, turn: Turn, knowledge: Knowledge): readonly JudgedTurn[] {
  const spaced = textOf(turn, ' ');
  if (spaced.trim() === '') return [];
  const language = languageOf(call.language, spaced);
  return [{ turn, judgement: judge(textOf(turn, separatorOf(language)).trim(), language, knowledge) }];
}

const positionOf = ({ turn }: JudgedTurn): string => String(turn.pieces[0]?.index ?? 0);

/** The item of the highest score, the first of several. */
const highest = <T>(items: readonly T[], score: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>(
    (best, item) => (best === undefined || score(item) > score(best) ? item : best),
    undefined,
  );
