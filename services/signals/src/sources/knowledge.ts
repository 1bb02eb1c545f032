import type { KnowledgeTouchpoint } from '@resonant/contracts';
import { intentFact, intentsOf, judge, languageOf } from '../customer-text.ts';
import { type Derivation, derivation, type Knowledge } from '../derivation.ts';
import { signalOf } from '../signal.ts';

/**
 * A page read by a rep is a read; that of a customer is none, since it would count towards the owner's reading. What a
 * customer searched for is judged for intents: a search has no mood.
 */
export function signalsOfKnowledge(read: KnowledgeTouchpoint, knowledge: Knowledge): Derivation {
  const { directory } = knowledge;
  const reader = directory.identify(read.reader, read.occurredAt);
  if (reader === undefined) return derivation([], 'unknown-party');
  if (reader.side === 'rep') {
    const fact = {
      kind: 'kb-read',
      position: '0',
      repId: reader.repId,
      measures: { activeSeconds: read.activeSeconds },
      labels: { page: read.pageId },
    };
    return derivation([signalOf(read, fact, directory)]);
  }
  const query = read.query?.trim() ?? '';
  if (query === '') return derivation([]);
  const judgement = judge(query, languageOf(read.language, query), knowledge);
  const { accountId, contactId } = reader;
  return derivation(
    intentsOf(judgement).map((intent) =>
      signalOf(read, { ...intentFact(judgement, intent, '0'), accountId, contactId }, directory),
    ),
  );
}
