import type { Party, Touchpoint } from '@resonant/contracts';

/** Key of a touchpoint's record: its thread, else its lead or contact, else the event itself. */
export const recordKeyOf = (touchpoint: Touchpoint): string =>
  touchpoint.threadId ?? touchpoint.leadId ?? contactOf(touchpoint) ?? touchpoint.eventId;

function contactOf(touchpoint: Touchpoint): string | undefined {
  const known = partiesOf(touchpoint).filter(({ contactId }) => contactId !== null);
  return (known.find(({ role }) => role === 'customer') ?? known[0])?.contactId ?? undefined;
}

function partiesOf(touchpoint: Touchpoint): readonly Party[] {
  if ('parties' in touchpoint) return touchpoint.parties;
  if ('author' in touchpoint) return [touchpoint.author];
  if ('reader' in touchpoint) return [touchpoint.reader];
  return [touchpoint.from, ...touchpoint.to];
}
