import type { Source, Touchpoint } from '@resonant/contracts';
import { readJson } from '../json-items.ts';
import { type MailContext, touchpointOfMessage } from './emails/message.ts';
import { definitions } from './index.ts';
import type { Arrival } from './source.ts';

export const mailType = 'message/rfc822';

/**
 * The touchpoint in `arrival.payload`: the source's JSON, or for `emails` a mail. Throws `malformed-body`,
 * `invalid-event` or `occurred-in-future`.
 */
export async function touchpointOf(source: Source, arrival: Arrival, context: MailContext = {}): Promise<Touchpoint> {
  if (source === 'emails' && arrival.payloadType === mailType) {
    return touchpointOfMessage(arrival.payload, arrival, context);
  }
  return definitions[source].touchpoint(readJson(arrival.payload), arrival);
}
