import { describe, expect, test } from '@jest/globals';
import type { Decoded, Party } from '@resonant/contracts';
import { toRecord } from '@resonant/service';
import { Directory } from '../../src/access/directory.ts';
import { Leads } from '../../src/access/leads.ts';
import { maySee, placementOf } from '../../src/access/placement.ts';
import { alertOf } from '../support/alerts.ts';

const now = Date.parse('2026-03-02T12:00:00Z');
const directory = new Directory();
let offset = 0;
const put = (kind: Parameters<typeof toRecord>[0], id: string, body: object) => {
  const { key, name, value } = toRecord(kind, id, body);
  directory.put(key, { type: name, value } as Decoded, offset++);
};
put('teams', 'north', { name: 'North', regions: [{ regionId: 'emea' }] });
put('teams', 'south', {
  name: 'South',
  regions: [
    { regionId: 'apac', to: '2026-01-01' },
    { regionId: 'emea', from: '2026-01-01' },
  ],
});
put('teams', 'loose', { name: 'Loose' });
put('reps', 'rep-07', { name: 'Rep 7', teams: [{ teamId: 'north' }], emails: ['rep-07@us.example'] });
put('reps', 'rep-08', {
  name: 'Rep 8',
  teams: [
    { teamId: 'north', to: '2026-03-01' },
    { teamId: 'south', from: '2026-03-01' },
  ],
});
put('accounts', 'acme', { name: 'Acme', owners: [{ repId: 'rep-07' }], domains: ['acme.example'] });
put('accounts', 'globex', {
  name: 'Globex',
  owners: [
    { repId: 'rep-07', to: '2026-02-01' },
    { repId: 'rep-08', from: '2026-02-01' },
  ],
});
put('accounts', 'orphan', { name: 'Orphan' });
put('contacts', 'contact-3', { accounts: [{ accountId: 'acme' }], handles: ['github:contact-3'] });

const party: Party = {
  role: 'other',
  speaker: null,
  repId: null,
  contactId: null,
  accountId: null,
  email: null,
  phone: null,
  handle: null,
  name: null,
};
const leads = new Leads();
leads.put('lead-1', [{ ...party, repId: 'rep-08' }]);
leads.put('lead-2', [{ ...party, email: 'anyone@acme.example' }]);
leads.put('lead-3', [
  { ...party, handle: 'github:contact-3' },
  { ...party, email: 'rep-07@us.example' },
]);
leads.put('lead-4', [{ ...party, email: 'stranger@nowhere.example' }]);

const placeOf = (subject: Record<string, string>) => placementOf(alertOf({ subject }), directory, leads, now);

describe('where an alert belongs', () => {
  test.each([
    ['an account: its owner’s team', { accountId: 'acme' }, ['north'], ['emea']],
    ['an account that changed hands: the owner now, in the team of now', { accountId: 'globex' }, ['south'], ['emea']],
    ['an account without owner: nowhere', { accountId: 'orphan' }, [], []],
    ['an unknown account: nowhere', { accountId: 'nobody' }, [], []],
    ['a contact: the owner of the account', { contactId: 'contact-3' }, ['north'], ['emea']],
    ['a rep in a team: that team', { repId: 'rep-08', teamId: 'north' }, ['north'], ['emea']],
    ['a team without region', { teamId: 'loose' }, ['loose'], []],
    ['a region', { regionId: 'emea' }, [], ['emea']],
    ['a lead by its rep', { leadId: 'lead-1' }, ['south'], ['emea']],
    ['a lead by the account of its mail domain', { leadId: 'lead-2' }, ['north'], ['emea']],
    ['a lead by handle and mail', { leadId: 'lead-3' }, ['north'], ['emea']],
    ['a lead of a stranger: nowhere', { leadId: 'lead-4' }, [], []],
    ['an unknown lead: nowhere', { leadId: 'lead-9' }, [], []],
  ])('%s', (_what, subject, teams, regions) => expect(placeOf(subject)).toEqual({ teams, regions }));

  test.each([
    ['an administrator', ['admin'], { accountId: 'nobody' }, true],
    ['the own team', ['alerts:read', 'team:north'], { accountId: 'acme' }, true],
    ['another team', ['alerts:read', 'team:south'], { accountId: 'acme' }, false],
    ['the own region', ['alerts:read', 'region:emea'], { accountId: 'acme' }, true],
    ['another region', ['alerts:read', 'region:apac'], { accountId: 'globex' }, false],
    ['no team at all', ['alerts:read'], { accountId: 'acme' }, false],
    ['what belongs nowhere', ['alerts:read', 'team:north', 'region:emea'], { accountId: 'orphan' }, false],
    ['a region’s alert for a team in it', ['alerts:read', 'team:north'], { regionId: 'emea' }, false],
  ])('may be seen: %s', (_what, scopes, subject, expected) => {
    const held = new Set<string>(scopes);
    const principal = { has: (scope: string) => held.has(scope) || held.has('admin') };
    expect(maySee(principal, placeOf(subject))).toBe(expected);
  });

  test('follows the directory: an older record or a removal that comes late changes nothing', () => {
    const own = new Directory();
    const { key, name, value } = toRecord('reps', 'rep-1', {
      name: 'One',
      teams: [{ teamId: 'new' }],
      emails: ['a@b.example'],
    });
    own.put(key, { type: name, value } as Decoded, 5);
    own.remove(key, 4);
    expect(own.teamOf('rep-1', now)).toBe('new');
    expect(own.identify({ ...party, email: 'a@b.example' }, now).repId).toBe('rep-1');
    own.remove(key, 6);
    expect(own.teamOf('rep-1', now)).toBeUndefined();
    expect(own.identify({ ...party, email: 'a@b.example' }, now).repId).toBeUndefined();
  });
});
