import type { Party } from '@resonant/contracts';
import { GatewayProcess } from './gateway-process.ts';
import { Stack } from './stack.ts';

/** The real stack, a gateway on it, and keys of an administrator, of team north and of region emea; set by `openOffice`. */
export let stack: Stack;
export let gateway: GatewayProcess;
export let admin: string;
export let north: string;
export let emea: string;

export const nobody: Party = {
  role: 'customer',
  speaker: null,
  repId: null,
  contactId: null,
  accountId: null,
  email: null,
  phone: null,
  handle: null,
  name: null,
};

/** The fields that touchpoints of all sources share. */
export const touchpoint = (source: string, id: string) => ({
  eventId: `${source}:${id}`,
  source,
  id,
  occurredAt: Date.parse('2026-03-02T00:59:58.120Z'),
  receivedAt: Date.parse('2026-03-02T01:00:00.000Z'),
  channel: source,
  language: null,
  threadId: null,
  leadId: null,
  opportunityId: null,
  via: 'http',
  keyId: null,
});

/** A region with a team north (rep-07), and a team south without region (rep-08), under ids of this run. */
export async function openOffice(): Promise<void> {
  stack = await Stack.open();
  const ids = { team: stack.id('north'), region: stack.id('emea'), rep: stack.id('rep-07') };
  admin = await stack.key(['admin']);
  north = await stack.key(['alerts:read', `team:${ids.team}`]);
  emea = await stack.key(['alerts:read', 'alerts:acknowledge', `region:${ids.region}`]);
  gateway = await GatewayProcess.start();
  await put(`/v1/directory/regions/${ids.region}`, { name: 'EMEA' });
  await put(`/v1/directory/teams/${ids.team}`, { name: 'North', regions: [{ regionId: ids.region }] });
  await put(`/v1/directory/teams/${stack.id('south')}`, { name: 'South' });
  await put(`/v1/directory/reps/${ids.rep}`, { name: 'Rep 7', teams: [{ teamId: ids.team }] });
  await put(`/v1/directory/reps/${stack.id('rep-08')}`, { name: 'Rep 8', teams: [{ teamId: stack.id('south') }] });
}

export async function closeOffice(): Promise<void> {
  await gateway?.stop();
  await stack?.close();
}

/** PUT as administrator; throws unless the status is the one expected. */
export async function put(path: string, body: unknown, status = 201): Promise<Record<string, unknown>> {
  const response = await gateway.request('PUT', path, { key: admin, body });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.status !== status) throw new Error(`PUT ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** A new account of a rep; its id. */
export const account = async (name: string, rep: string): Promise<string> => {
  const id = stack.id(name);
  await put(`/v1/directory/accounts/${id}`, { name, owners: [{ repId: stack.id(rep) }] });
  return id;
};

/** The first page of `GET /v1/alerts`. */
export const listed = async (key: string, query: string): Promise<readonly { readonly alertId: string }[]> =>
  (await gateway.get(`/v1/alerts?${query}`, key)).alerts ?? [];
