import { type ClickHouse, recordLosses } from '@resonant/clickhouse';
import { deadLettersTopic, directoryTopic, type Records, signalsTopic, touchpointsTopic } from '@resonant/contracts';
import { storeRange } from './stored-range.ts';

/** When everything of them happened. */
export const at = Date.UTC(2026, 2, 3, 9);

export const party = (over: Partial<Records['EmailTouchpoint']['from']>): Records['EmailTouchpoint']['from'] => ({
  ...{ role: 'customer', speaker: null, repId: null, contactId: null, accountId: null, email: null, phone: null },
  ...{ handle: null, name: null },
  ...over,
});

export const mail = (id: string, from: Records['EmailTouchpoint']['from']): Records['EmailTouchpoint'] => ({
  ...{ eventId: `emails:${id}`, source: 'emails', id, occurredAt: at, receivedAt: at, channel: 'email' },
  ...{ language: null, threadId: null, leadId: null, opportunityId: null, via: 'http', keyId: 'k' },
  ...{ payloadType: 'application/json', payload: Buffer.from(`secret of ${id} \0`), messageId: null, inReplyTo: null },
  ...{
    references: [],
    from,
    to: [party({ role: 'rep', repId: 'rep-1' })],
    cc: [],
    subject: 's',
    text: `text of ${id}`,
  },
  ...{ isAutoReply: false, attachments: [], defects: [] },
});

export const signal = (id: string, over: Partial<Records['Signal']> = {}): Records['Signal'] => ({
  ...{ id, kind: 'sentiment', occurredAt: at, channel: 'email', accountId: 'acme', contactId: null, repId: null },
  ...{ teamId: null, regionId: null, leadId: null, opportunityId: null, measures: { polarity: -0.5 }, labels: {} },
  ...{ eventId: null },
  ...over,
});

export const contact = (contactId: string, emails: readonly string[]): Records['Contact'] => ({
  ...{ contactId, name: contactId, accounts: [], emails, phones: [], handles: [] },
});

export const letter = (id: string, payload: string): Records['DeadLetter'] => ({
  ...{ deadLetterId: id, source: 'emails', origin: `nowhere ${id}`, reason: 'invalid-event', detail: '', at },
  ...{ mediaType: 'application/json', key: null, headers: {}, payload: Buffer.from(payload) },
});

export const emails = touchpointsTopic('emails');
export const accounts = signalsTopic('account');

/** Ann's mails by id and by address, Bob's mail, what was made of them, and a range that an unfinished one precedes. */
export async function fill(clickhouse: ClickHouse): Promise<void> {
  await storeRange(clickhouse, { topic: directoryTopic, partition: 0, first: 0, last: 2 }, [
    { offset: 0, key: 'contact:ann', value: ['Contact', contact('ann', ['ann@old.example'])] },
    { offset: 1, key: 'contact:ann', value: ['Contact', contact('ann', ['ann@acme.example', ''])] },
    { offset: 2, key: 'contact:bob', value: ['Contact', contact('bob', ['bob@acme.example'])] },
  ]);
  await storeRange(clickhouse, { topic: emails, partition: 0, first: 0, last: 1 }, [
    { offset: 0, value: ['EmailTouchpoint', mail('by-id', party({ contactId: 'ann' }))] },
    { offset: 1, value: ['EmailTouchpoint', mail('by-bob', party({ email: 'bob@acme.example' }))] },
  ]);
  await storeRange(clickhouse, { topic: emails, partition: 0, first: 2, last: 4 }, [
    { offset: 4, value: ['EmailTouchpoint', mail('by-old-address', party({ email: 'ann@old.example' }))] },
  ]);
  await storeRange(clickhouse, { topic: accounts, partition: 1, first: 0, last: 3 }, [
    { offset: 0, value: ['Signal', signal('s1', { eventId: 'emails:by-old-address' })] },
    { offset: 1, value: ['Signal', signal('s2', { contactId: 'ann' })] },
    { offset: 2, value: ['Signal', signal('s3', { eventId: 'emails:by-bob', contactId: 'bob' })] },
    { offset: 3, value: ['Tick', { at }] },
  ]);
  await storeRange(clickhouse, { topic: deadLettersTopic, partition: 0, first: 0, last: 3 }, [
    { offset: 2, value: ['DeadLetter', letter('d3', '"joann@acme.example" and ann@acme.example.org')] },
    { offset: 0, value: ['DeadLetter', letter('d1', '{"from": "ann@acme.example"')] },
    // Bytes of a letter about nobody that could be taken for a sign of the search itself.
    { offset: 1, value: ['DeadLetter', letter('d2', '\0\x01\x02 {"from": "bob@acme.example"')] },
    { offset: 3, value: ['DeadLetter', { ...letter('d4', '\0'), key: Buffer.from('ann@acme.example') }] },
  ]);
  const lost = { topic: accounts, partition: 2, epoch: 0, first: 0, last: 9 };
  await recordLosses(clickhouse, [lost], { reason: 'backup of March', by: 'ops' });
}
