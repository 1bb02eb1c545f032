import type { IncomingHttpHeaders } from 'node:http';
import { ResonantError } from '@resonant/contracts';
import { parse } from '@resonant/service';
import { readJson } from '../../json-items.ts';
import type { Arrival } from '../../sources/source.ts';
import type { Vendor, WebhookContent } from '../vendor.ts';
import { type GithubEvent, type GithubPayload, payloads } from './payload.ts';
import { isSigned } from './signature.ts';
import { forumTouchpoint, textAction } from './touchpoint.ts';

/** GitHub's issues, discussions and their comments as a forum. Secrets by endpoint id. */
export const github = (secrets: ReadonlyMap<string, string>): Vendor => ({
  source: 'forum',

  verify: (endpointId, headers, body) => {
    const secret = secrets.get(endpointId);
    if (secret === undefined) throw new ResonantError('not-found', `there is no GitHub endpoint ${endpointId}`);
    if (!isSigned(body, secret, headers['x-hub-signature-256'])) {
      throw new ResonantError(
        'invalid-signature',
        'X-Hub-Signature-256 is missing or not made with this endpoint’s secret',
      );
    }
  },

  read: (headers, arrival) => {
    const event = headers['x-github-event'];
    if (event === 'ping') return { kind: 'ignored', reason: 'a ping: the endpoint works' };
    if (typeof event !== 'string' || !Object.hasOwn(payloads, event)) {
      return { kind: 'ignored', reason: `the event ${String(event)} carries no text that is watched` };
    }
    return contentOf(event as GithubEvent, payloadOf(headers, arrival.payload), arrival);
  },
});

function contentOf(event: GithubEvent, json: unknown, arrival: Arrival): WebhookContent {
  const { action } = (json ?? {}) as { action?: unknown };
  if (typeof action === 'string' && textAction(action) === undefined) {
    return { kind: 'ignored', reason: `the action ${action} of ${event} carries no new text` };
  }
  const payload: GithubPayload = parse(payloads[event], json, 'invalid-event');
  return { kind: 'touchpoint', source: 'forum', touchpoint: forumTouchpoint(event, payload, arrival) };
}

/** GitHub sends JSON, or on request a form with the JSON in the field `payload`. */
function payloadOf(headers: IncomingHttpHeaders, body: Buffer): unknown {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return readJson(body);
  return readJson(Buffer.from(new URLSearchParams(body.toString('utf8')).get('payload') ?? ''));
}
