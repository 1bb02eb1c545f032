import { createHmac } from 'node:crypto';
import type { Signal } from '@resonant/contracts';
import { type Day, instantOf } from '../../packages/cli/src/demo/day.ts';
import type { Delivery } from '../../packages/cli/src/demo/delivery.ts';

/** Somebody marks an action as taken up, at an instant in epoch ms. */
export interface Mark {
  readonly at: number;
  readonly ruleId: string;
  readonly repId: string;
  readonly action: string;
  /** Key under which it was done. */
  readonly by: string;
  readonly note: string | null;
}

/** A supervisor's mark on an action of a breaker, when it is open on trial: then it moves nothing. */
export const acknowledgements = (day: Day): readonly Mark[] => [
  {
    at: instantOf(day, '12:20:00'),
    ruleId: 'rep-new-policy-usage',
    repId: 'rep-10',
    action: 'intervention',
    by: 'key-s2',
    note: null,
  },
  {
    at: instantOf(day, '13:10:00'),
    ruleId: 'rep-new-policy-usage',
    repId: 'rep-03',
    action: 'intervention',
    by: 'key-s1',
    note: 'spoke with the rep',
  },
];

/** Signals that come a second time, as they do when an acknowledgement of the broker was lost. */
export const copies = (day: Day) => [{ at: instantOf(day, '15:40:00'), eventId: 'crm:lead-4-answer' }];

/** A signal of a clock that is twelve minutes ahead; only what writes past ingest can bring it. */
export const aheadOfTime = (day: Day): { readonly at: number; readonly signal: Signal } => {
  const at = instantOf(day, '16:30:00');
  return {
    at,
    signal: {
      id: '00000000000000000000000000000000',
      kind: 'touch',
      occurredAt: at + 12 * 60_000,
      channel: 'call',
      accountId: 'lantian',
      contactId: null,
      repId: 'rep-09',
      teamId: 'team-b',
      regionId: 'region-east',
      leadId: null,
      opportunityId: null,
      measures: {},
      labels: { personalised: 'yes' },
      eventId: null,
    },
  };
};

/** A payload under a valid signature that nobody can read, twice: ingest keeps the bytes with the reason. */
export function unreadable(day: Day, github: { readonly endpointId: string; readonly secret: string }): Delivery[] {
  const bodies = [
    { at: '11:11:11', body: Buffer.from('{"action":"opened","issue":{"id":"not a number"}}') },
    { at: '15:15:15', body: Buffer.from('{"action":"opened",') },
  ];
  return bodies.map(({ at, body }) => ({
    sendAt: instantOf(day, at),
    path: `/v1/webhooks/github/${github.endpointId}`,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': `unreadable-${at}`,
      'x-hub-signature-256': `sha256=${createHmac('sha256', github.secret).update(body).digest('hex')}`,
    },
    body,
  }));
}
