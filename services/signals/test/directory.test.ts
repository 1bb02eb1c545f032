import { describe, expect, test } from '@jest/globals';
import type { Party } from '@resonant/contracts';
import type { Identity } from '../src/directory.ts';
import { knowledge, party, put, t0 } from './knowledge.ts';

const acme: Identity = { side: 'customer', accountId: 'acme', contactId: 'acme-1' };
const acmeAlone: Identity = { side: 'customer', accountId: 'acme', contactId: null };
const rep1: Identity = { side: 'rep', repId: 'rep-1' };

describe('who a party is', () => {
  test.each<[string, Partial<Party>, Identity | undefined]>([
    ['the id of a contact', { contactId: 'acme-1' }, acme],
    ['an e-mail address, in any case', { email: 'One@ACME.example' }, acme],
    ['a phone number', { phone: '+4930123456' }, acme],
    ['a handle, in any case', { handle: 'GitHub:Acme-One' }, acme],
    ['the id of an account', { accountId: 'acme' }, acmeAlone],
    ['the id of an account in a CRM', { accountId: 'crm-77' }, acmeAlone],
    ['the domain of an address', { email: 'new@acme.example' }, acmeAlone],
    ['the domain above that of an address', { email: 'new@eu.acme.example' }, acmeAlone],
    ['an id that is unknown but an address that is known', { contactId: 'x', email: 'one@acme.example' }, acme],
    ['the id of a rep', { repId: 'rep-1' }, rep1],
    ['the address of a rep', { email: 'rep-1@vendor.example' }, rep1],
    [
      'the address of a rep whom the source calls a customer',
      { role: 'customer', email: 'rep-1@vendor.example' },
      rep1,
    ],
    ['the id of a contact whom the source calls a rep', { role: 'rep', contactId: 'acme-1' }, acme],
    ['a name only', { name: 'Contact One' }, undefined],
    ['an unknown id', { accountId: 'globex' }, undefined],
    ['a domain that merely ends alike', { email: 'new@notacme.example' }, undefined],
    ['nothing', {}, undefined],
  ])('is found by %s', (_, fields, expected) => {
    expect(knowledge().directory.identify(party(fields), t0)).toEqual(expected);
  });

  test('an address that two contacts claim identifies neither', () => {
    const all = knowledge();
    put(all, 'contacts', 'acme-2', { accounts: [{ accountId: 'huaxin' }], phones: ['+4930123456'] });
    expect(all.directory.identify(party({ phone: '+4930123456' }), t0)).toBeUndefined();
    all.directory.remove('contacts/acme-2');
    expect(all.directory.identify(party({ phone: '+4930123456' }), t0)).toEqual(acme);
  });

  test('an address of a rep and a contact alike is whom the source says, a rep if it does not say', () => {
    const all = knowledge();
    put(all, 'contacts', 'acme-2', { accounts: [{ accountId: 'acme' }], emails: ['rep-1@vendor.example'] });
    const by = (role: string) => all.directory.identify(party({ role, email: 'rep-1@vendor.example' }), t0);
    expect(by('customer')).toEqual({ ...acme, contactId: 'acme-2' });
    expect(by('rep')).toEqual(rep1);
    expect(by('other')).toEqual(rep1);
  });

  test('a contact belongs to the account of the instant that is asked for', () => {
    const all = knowledge();
    const accounts = [
      { accountId: 'acme', to: '2026-03-02T09:00:00Z' },
      { accountId: 'huaxin', from: '2026-03-02T09:00:00Z' },
    ];
    put(all, 'contacts', 'acme-1', { accounts, emails: ['one@acme.example'] });
    const at = (instant: number) => all.directory.identify(party({ contactId: 'acme-1' }), instant);
    expect(at(t0 - 1)).toEqual(acme);
    expect(at(t0)).toEqual({ ...acme, accountId: 'huaxin' });
  });

  test('an entry put anew answers by its new keys only', () => {
    const all = knowledge();
    put(all, 'contacts', 'acme-1', { emails: ['uno@acme.example'] });
    expect(all.directory.identify(party({ email: 'one@acme.example' }), t0)).toEqual(acmeAlone);
    expect(all.directory.identify(party({ email: 'uno@acme.example' }), t0)).toEqual(acme);
    all.directory.remove('accounts/acme');
    expect(all.directory.identify(party({ email: 'one@acme.example' }), t0)).toBeUndefined();
  });
});

describe('owners and places', () => {
  test('are those of the instant that is asked for', () => {
    const all = knowledge();
    const owners = [
      { repId: 'rep-1', to: '2026-03-02T09:00:00Z' },
      { repId: 'rep-2', from: '2026-03-03' },
    ];
    put(all, 'accounts', 'acme', { name: 'Acme', owners });
    expect(all.directory.ownerOf('acme', t0 - 1)).toBe('rep-1');
    expect(all.directory.ownerOf('acme', t0)).toBeNull();
    expect(all.directory.ownerOf('acme', t0 + 24 * 3600_000)).toBe('rep-2');

    const teams = [
      { teamId: 'team-a', to: '2026-03-02T09:00:00Z' },
      { teamId: 'team-b', from: '2026-03-02T09:00:00Z' },
    ];
    put(all, 'reps', 'rep-1', { name: 'Rep 1', teams });
    expect(all.directory.placeOf('rep-1', t0 - 1)).toEqual({ teamId: 'team-a', regionId: 'north' });
    expect(all.directory.placeOf('rep-1', t0)).toEqual({ teamId: 'team-b', regionId: null });
  });

  test('of what the directory does not know are null', () => {
    const { directory } = knowledge();
    expect(directory.ownerOf('globex', t0)).toBeNull();
    expect(directory.ownerOf(null, t0)).toBeNull();
    expect(directory.placeOf('rep-99', t0)).toEqual({ teamId: null, regionId: null });
    expect(directory.placeOf(null, t0)).toEqual({ teamId: null, regionId: null });
  });
});
