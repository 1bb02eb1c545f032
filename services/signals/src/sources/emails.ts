import type { EmailTouchpoint } from '@resonant/contracts';
import { factsOfText, languageOf, wholeText } from '../customer-text.ts';
import { type Derivation, derivation, type Knowledge } from '../derivation.ts';
import { type CustomerParty, oneOfEachAccount, personalNames, sidesOf } from '../parties.ts';
import { type Fact, signalOf } from '../signal.ts';
import { trackUses } from '../talk-tracks.ts';

/** A mail from a customer is judged as a whole; a mail from a rep is a touch, an answer to a lead, or both. */
export function signalsOfEmail(mail: EmailTouchpoint, knowledge: Knowledge): Derivation {
  const author = knowledge.directory.identify(mail.from, mail.occurredAt);
  if (author === undefined) return derivation([], 'unknown-party');
  return author.side === 'rep' ? fromRep(mail, author.repId, knowledge) : fromCustomer(mail, author, knowledge);
}

function fromCustomer(
  mail: EmailTouchpoint,
  { accountId, contactId }: Pick<CustomerParty, 'accountId' | 'contactId'>,
  knowledge: Knowledge,
): Derivation {
  const { directory } = knowledge;
  if (mail.isAutoReply) return derivation([], 'auto-reply');
  const text = wholeText(mail.subject, mail.text);
  if (text === '') return derivation([], 'no-text');
  const repId = sidesOf([...mail.to, ...mail.cc], directory, mail.occurredAt).reps[0]?.repId ?? null;
  return derivation(
    factsOfText(text, mail.language, knowledge).map((fact) =>
      signalOf(mail, { ...fact, accountId, contactId, repId }, directory),
    ),
  );
}

function fromRep(mail: EmailTouchpoint, repId: string, knowledge: Knowledge): Derivation {
  const { directory, analyzer } = knowledge;
  const { customers, unknown } = sidesOf([...mail.to, ...mail.cc], directory, mail.occurredAt);
  const [customer] = customers;
  const text = wholeText(mail.subject, mail.text);
  const concerned = { accountId: customer?.accountId ?? null, contactId: customer?.contactId ?? null, repId };
  const facts: Fact[] = [];
  // A new lead's prospect may be in no directory yet; a mail among colleagues answers nobody.
  if (mail.leadId !== null && (customer !== undefined || unknown.length > 0)) {
    facts.push({
      kind: 'lead-response',
      position: '0',
      ...concerned,
      labels: { by: mail.isAutoReply ? 'auto' : 'human' },
    });
  }
  if (customer !== undefined && !mail.isAutoReply) {
    for (const recipient of oneOfEachAccount(customers)) {
      const { accountId, contactId } = recipient;
      const isPersonalised = analyzer.isPersonalised(text, { names: personalNames(recipient, directory) });
      facts.push({
        kind: 'touch',
        position: accountId ?? `/${contactId}`,
        accountId,
        contactId,
        repId,
        labels: { personalised: isPersonalised ? 'yes' : 'no' },
      });
    }
    const vocabulary = knowledge.vocabulary.in(languageOf(mail.language, text));
    for (const { track } of trackUses([[{ index: 0, text }]], vocabulary, '')) {
      facts.push({
        kind: 'talk-track-mention',
        position: track.trackId,
        ...concerned,
        labels: { track: track.trackId },
      });
    }
  }
  const silence = customer !== undefined ? 'auto-reply' : unknown.length > 0 ? 'unknown-party' : 'internal';
  return derivation(
    facts.map((fact) => signalOf(mail, fact, directory)),
    silence,
  );
}
