import type { CrmTouchpoint } from '@resonant/contracts';
import { wholeText } from '../customer-text.ts';
import { type Derivation, derivation, type Knowledge } from '../derivation.ts';
import { personalNames, sidesOf } from '../parties.ts';
import { type Fact, signalOf } from '../signal.ts';

/**
 * Leads created and answered. A lead's prospect is often nobody that the directory knows yet, so the lead's id is
 * enough. A human answer to a known account, of which text or judgement came along, is a touch as well.
 */
export function signalsOfCrm(event: CrmTouchpoint, { directory, analyzer }: Knowledge): Derivation {
  if (event.type !== 'lead-created' && event.type !== 'lead-response') return derivation([]);
  if (event.leadId === null) return derivation([], 'no-lead');
  const { reps, customers } = sidesOf(event.parties, directory, event.occurredAt);
  const [customer] = customers;
  const concerned = {
    accountId: customer?.accountId ?? null,
    contactId: customer?.contactId ?? null,
    repId: reps[0]?.repId ?? null,
  };
  if (event.type === 'lead-created') {
    return derivation([signalOf(event, { kind: 'lead-created', position: '0', ...concerned }, directory)]);
  }
  const facts: Fact[] = [{ kind: 'lead-response', position: '0', ...concerned, labels: { by: event.by } }];
  const text = wholeText(event.subject, event.text);
  if (event.by === 'human' && customer !== undefined && concerned.repId !== null) {
    const isPersonalised =
      event.isPersonalised ??
      (text === '' ? undefined : analyzer.isPersonalised(text, { names: personalNames(customer, directory) }));
    if (isPersonalised !== undefined) {
      facts.push({
        kind: 'touch',
        position: '0',
        ...concerned,
        labels: { personalised: isPersonalised ? 'yes' : 'no' },
      });
    }
  }
  return derivation(facts.map((fact) => signalOf(event, fact, directory)));
}
