import { createHash } from 'node:crypto';
import { type Decoded, isSource, type Party, type Touchpoint } from '@resonant/contracts';

/** The touchpoint in a decoded record, undefined if it is none. */
export const touchpointOf = (decoded: Decoded): Touchpoint | undefined =>
  'payload' in decoded.value && 'eventId' in decoded.value && isSource(decoded.value.source)
    ? (decoded.value as Touchpoint)
    : undefined;

/** Everybody who took part in a touchpoint. */
export function partiesOf(touchpoint: Touchpoint): readonly Party[] {
  if ('parties' in touchpoint) return touchpoint.parties;
  if ('author' in touchpoint) return [touchpoint.author];
  if ('reader' in touchpoint) return [touchpoint.reader];
  return [touchpoint.from, ...touchpoint.to, ...touchpoint.cc];
}

const instants = new Set(['occurredAt', 'receivedAt', 'endedAt']);

/** A touchpoint as answers show it: ISO times; of the original bytes their length, SHA-256 and where they are. */
export function touchpointJson(touchpoint: Touchpoint): Record<string, unknown> {
  const shown = Object.entries(touchpoint).flatMap(([name, value]): [string, unknown][] => {
    if (name !== 'payload') return [[name, instants.has(name) ? new Date(value as number).toISOString() : value]];
    const bytes = value as Buffer;
    return [
      ['payloadBytes', bytes.length],
      ['payloadSha256', createHash('sha256').update(bytes).digest('hex')],
      ['payloadUrl', `/v1/touchpoints/${encodeURIComponent(touchpoint.eventId)}/payload`],
    ];
  });
  return Object.fromEntries(shown);
}
