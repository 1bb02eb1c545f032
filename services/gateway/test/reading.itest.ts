import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Action,
  actionsTopic,
  alertsTopic,
  type CrmTouchpoint,
  type ForumTouchpoint,
  touchpointsTopic,
} from '@resonant/contracts';
import { alertIdOf, alertOf } from './support/alerts.ts';
import {
  account,
  admin,
  closeOffice,
  emea,
  gateway,
  listed,
  nobody,
  north,
  openOffice,
  put,
  stack,
  touchpoint,
} from './support/office.ts';
import { eventually, StreamClient } from './support/stream-client.ts';

beforeAll(openOffice, 60_000);
afterAll(closeOffice, 60_000);

describe('scope', () => {
  test('is checked for each alert by the directory of the moment, on the stream and in answers', async () => {
    const own = await account('own', 'rep-07');
    const foreign = await account('foreign', 'rep-08');
    const clients = await Promise.all([north, emea, admin].map((key) => StreamClient.connect(gateway.url, { key })));
    const filter = { accountId: [own, foreign] };
    await Promise.all(clients.map((client) => client.subscribe('a', { filter })));
    await stack.alerts(own, 2);
    await stack.alerts(foreign, 3);
    await clients[2]?.until(() => (clients[2]?.alertIds().length ?? 0) >= 5);
    await put(`/v1/directory/accounts/${foreign}`, { name: 'foreign', owners: [{ repId: stack.id('rep-07') }] }, 200);
    await stack.alerts(foreign, 1, {}, 3);
    for (const client of clients) await client.until(() => client.alertIds().includes(alertIdOf(`${foreign}/3`)));
    expect(clients.map((client) => client.alertIds().length)).toEqual([3, 3, 6]);
    expect((await listed(north, `accountId=${own}`)).length).toBe(2);
    await put(`/v1/directory/accounts/${own}`, { name: 'own', owners: [] }, 200);
    expect((await listed(north, `accountId=${own}`)).length).toBe(0);
    expect((await gateway.request('GET', `/v1/alerts/${alertIdOf(`${own}/0`)}`, { key: north })).status).toBe(404);
    expect((await listed(admin, `accountId=${own}`)).length).toBe(2);
    for (const client of clients) client.close();
  });

  test('of a lead is that of the rep whom its touchpoints name; of an unknown lead administrators alone', async () => {
    const leadId = stack.id('lead');
    const value: CrmTouchpoint = {
      ...touchpoint('crm', stack.id('created')),
      leadId,
      payloadType: 'application/json',
      payload: Buffer.from('{}'),
      type: 'lead-created',
      by: 'human',
      parties: [{ ...nobody, role: 'rep', repId: stack.id('rep-07') }],
      isPersonalised: null,
      subject: null,
      text: '',
      fields: {},
    };
    await stack.write(touchpointsTopic('crm'), 'CrmTouchpoint', [{ key: leadId, value }]);
    const path = `/v1/touchpoints/${encodeURIComponent(value.eventId)}`;
    await eventually(
      () => gateway.request('GET', path, { key: admin }),
      ({ status }) => status === 200,
    );
    await stack.alerts(leadId, 1, { subject: { leadId }, keyspace: 'lead' });
    await stack.alerts(stack.id('unknown-lead'), 1, {
      subject: { leadId: stack.id('unknown-lead') },
      keyspace: 'lead',
    });
    await eventually(
      () => listed(admin, `leadId=${leadId},${stack.id('unknown-lead')}`),
      ({ length }) => length === 2,
    );
    const seen = await listed(north, `leadId=${leadId},${stack.id('unknown-lead')}`);
    expect(seen.map(({ alertId }) => alertId)).toEqual([alertIdOf(`${leadId}/0`)]);
  });
});

describe('reading', () => {
  test('lists newest first, in pages that leave nothing out and give nothing twice', async () => {
    const id = stack.id('pages');
    for (let n = 0; n < 7; n += 1)
      await stack.alerts(id, 1, { openedAt: 1_000_000 + n, severity: n % 2 ? 'low' : 'high' }, n);
    await eventually(
      () => listed(admin, `accountId=${id}`),
      ({ length }) => length === 7,
    );
    const pages: string[][] = [];
    let next: string | null = null;
    do {
      const page: { alerts: { alertId: string }[]; next: string | null } = (await gateway.get(
        `/v1/alerts?accountId=${id}&limit=3${next === null ? '' : `&cursor=${next}`}`,
        admin,
      )) as never;
      pages.push(page.alerts.map(({ alertId }) => alertId));
      next = page.next;
    } while (next !== null);
    const expected = [6, 5, 4, 3, 2, 1, 0].map((n) => alertIdOf(`${id}/${n}`));
    expect(pages).toEqual([expected.slice(0, 3), expected.slice(3, 6), expected.slice(6)]);
    expect((await listed(admin, `accountId=${id}&severity=low`)).length).toBe(3);
    expect((await listed(admin, `accountId=${id.slice(0, -2)}*&rule=reso*&severity=low,high`)).length).toBe(7);
    expect((await listed(admin, `accountId=${id}&open=false`)).length).toBe(0);
    expect((await gateway.request('GET', '/v1/alerts?colour=red', { key: admin })).status).toBe(400);
    expect((await gateway.request('GET', '/v1/alerts?cursor=x', { key: admin })).status).toBe(400);
  });

  test('shows one alert with transitions, actions, evidence and the original bytes behind it', async () => {
    const id = await account('detail', 'rep-07');
    const payload = Buffer.from('{"text":"像蜗牛一样慢","note":"\u00e9"}');
    const value: ForumTouchpoint = {
      ...touchpoint('forum', `github:octo/repo#1 ${stack.run}`),
      payloadType: 'application/json; charset=utf-8',
      payload,
      community: 'github:octo/repo',
      postId: '1',
      kind: 'post',
      action: 'created',
      url: null,
      title: null,
      text: '像蜗牛一样慢',
      author: nobody,
    };
    await stack.write(touchpointsTopic('forum'), 'ForumTouchpoint', [{ key: id, value }]);
    const evidence = [{ eventId: value.eventId, signalId: 's1', occurredAt: value.occurredAt, role: 'a' }];
    const opening = alertOf({ alertId: alertIdOf(id), subject: { accountId: id }, evidence });
    const ending = { ...opening, seq: 2, transition: 'resolved', state: 'expired' };
    const { alertId } = opening;
    const action: Action = {
      action: 'intervention',
      actionId: alertIdOf(`${id}/action`),
      alertId,
      seq: 1,
      ruleId: opening.ruleId,
      ruleVersion: 1,
      subject: opening.subject,
      to: 'supervisor',
      template: null,
      at: opening.at,
      decidedAt: opening.decidedAt,
      dueAt: opening.at + 900_000,
      keyspace: 'account',
      partitionKey: id,
      partition: 0,
      tickOffset: 7,
    };
    await stack.write(actionsTopic, 'Action', [{ key: id, value: action }]);
    await stack.write(
      alertsTopic,
      'Alert',
      [opening, ending].map((alert) => ({ key: id, value: alert })),
    );
    const read = () => gateway.request('GET', `/v1/alerts/${alertId}`, { key: north }).then((answer) => answer.json());
    const answer = (await eventually(
      read,
      (body) => JSON.stringify(body).includes('supervisor') && (body as { seq?: number }).seq === 2,
    )) as {
      transitions: { seq: number }[];
      actions: object[];
      evidence: { url: string }[];
    };
    expect(answer.transitions.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(answer.actions).toEqual([
      expect.objectContaining({ action: 'intervention', dueAt: '2026-03-02T01:15:00.000Z' }),
    ]);
    const url = answer.evidence[0]?.url ?? '';
    const found = await eventually(
      () => gateway.request('GET', url, { key: north }),
      ({ status }) => status === 200,
    );
    expect(await found.json()).toMatchObject({
      eventId: value.eventId,
      payloadBytes: payload.length,
      text: value.text,
    });
    const bytes = await gateway.request('GET', `${url}/payload`, { key: north });
    expect(bytes.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Buffer.from(await bytes.arrayBuffer()).equals(payload)).toBe(true);
    const stranger = await stack.key(['alerts:read', 'team:elsewhere']);
    const asked = () => gateway.request('GET', url, { key: stranger });
    expect((await eventually(asked, ({ status }) => status !== 401)).status).toBe(404);
  });

  test('lists breakers that are open now', async () => {
    const teamId = stack.id('north');
    const about = (repId: string) => ({ subject: { repId, teamId }, keyspace: 'team', state: 'open' });
    await stack.alerts(stack.id('breaker-1'), 1, about('rep-1'));
    await stack.alerts(stack.id('breaker-2'), 1, { ...about('rep-2'), transition: 'resolved', state: 'closed' });
    const open = async (): Promise<{ alertId: string }[]> => (await gateway.get('/v1/breakers', north)).breakers ?? [];
    await eventually(
      () => listed(north, `teamId=${teamId}`),
      ({ length }) => length === 2,
    );
    expect((await open()).map(({ alertId }) => alertId)).toEqual([alertIdOf(`${stack.id('breaker-1')}/0`)]);
  });
});
