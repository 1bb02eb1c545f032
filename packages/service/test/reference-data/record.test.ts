import { describe, expect, test } from '@jest/globals';
import { encode, isResonantError } from '@resonant/contracts';
import { type ReferenceKind, toRecord } from '../../src/reference-data/index.ts';

const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

const cases: readonly [ReferenceKind, string, unknown, object][] = [
  [
    'accounts',
    'acme',
    { name: 'Acme', owners: [{ repId: 'rep-07', from: '2026-01-01' }], domains: ['Acme.Example'] },
    {
      name: 'Account',
      key: 'accounts/acme',
      value: {
        accountId: 'acme',
        name: 'Acme',
        owners: [{ repId: 'rep-07', from: Date.UTC(2026, 0, 1), to: null }],
        domains: ['acme.example'],
        crmIds: [],
      },
    },
  ],
  [
    'contacts',
    'contact-3',
    {
      accounts: [
        { accountId: 'acme', from: '2026-03-02T09:00:00+08:00' },
        { accountId: 'globex', to: '2026-03-02T01:00:00Z' },
      ],
      emails: ['Buyer@Acme.example', 'buyer@acme.example'],
      phones: ['+49 (30) 123-456'],
      handles: ['GitHub:Octocat'],
    },
    {
      name: 'Contact',
      key: 'contacts/contact-3',
      value: {
        contactId: 'contact-3',
        name: null,
        accounts: [
          { accountId: 'globex', from: 0, to: Date.UTC(2026, 2, 2, 1) },
          { accountId: 'acme', from: Date.UTC(2026, 2, 2, 1), to: null },
        ],
        emails: ['buyer@acme.example'],
        phones: ['+4930123456'],
        handles: ['github:octocat'],
      },
    },
  ],
  [
    'reps',
    'rep-07',
    { id: 'rep-07', name: 'Rep 07', teams: [{ teamId: 'team-a' }] },
    {
      name: 'Rep',
      key: 'reps/rep-07',
      value: {
        repId: 'rep-07',
        name: 'Rep 07',
        teams: [{ teamId: 'team-a', from: 0, to: null }],
        emails: [],
        phones: [],
        handles: [],
      },
    },
  ],
  [
    'teams',
    'team-a',
    { name: 'Team A', regions: [{ regionId: 'north' }] },
    {
      name: 'Team',
      key: 'teams/team-a',
      value: {
        teamId: 'team-a',
        name: 'Team A',
        regions: [{ regionId: 'north', from: 0, to: null }],
        supervisorId: null,
      },
    },
  ],
  [
    'regions',
    'north',
    { name: 'North', directorId: 'rep-90' },
    { name: 'Region', key: 'regions/north', value: { regionId: 'north', name: 'North', directorId: 'rep-90' } },
  ],
  [
    'talk-tracks',
    'new-policy',
    { language: 'en', phrases: ['a credit for every late shipment'] },
    {
      name: 'TalkTrack',
      key: 'talk-tracks/new-policy',
      value: {
        trackId: 'new-policy',
        title: 'new-policy',
        language: 'en',
        phrases: ['a credit for every late shipment'],
        quorum: 1,
        triggers: [],
      },
    },
  ],
  [
    'glossary',
    'sso',
    { term: 'single sign-on', aliases: ['SSO'], isTechnical: true },
    {
      name: 'GlossaryEntry',
      key: 'glossary/sso',
      value: { termId: 'sso', term: 'single sign-on', language: null, aliases: ['SSO'], isTechnical: true },
    },
  ],
];

describe('toRecord', () => {
  test.each(cases)('makes the record of %s/%s, which its schema accepts', (kind, id, body, expected) => {
    const record = toRecord(kind, id, body);
    expect(record).toEqual(expected);
    expect(encode(record.name, record.value, 1).length).toBeGreaterThan(5);
  });

  test('lists every problem by its path', () => {
    const error = thrownBy(() =>
      toRecord('accounts', 'acme', {
        owners: [
          { repId: 'rep-1', from: '2026-02-01', to: '2026-01-01' },
          { repId: 'rep-2', from: 'yesterday' },
        ],
        domains: ['nodots'],
        colour: 'red',
      }),
    );
    if (!isResonantError(error, 'invalid-request')) throw new Error(`expected invalid-request, got ${String(error)}`);
    const errors = error.extra.errors as readonly { path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(['', '/domains/0', '/name', '/owners/1/from']);
  });

  test.each<[string, ReferenceKind, unknown, string]>([
    [
      'a span that ends before it begins',
      'reps',
      { name: 'R', teams: [{ teamId: 'a', from: '2026-02-01', to: '2026-01-01' }] },
      '/teams/0/to',
    ],
    [
      'spans that overlap',
      'reps',
      { name: 'R', teams: [{ teamId: 'a' }, { teamId: 'b', from: '2026-01-01' }] },
      '/teams/1',
    ],
    ['a talk-track without phrases', 'talk-tracks', { phrases: [] }, '/phrases'],
    ['a quorum that can never be reached', 'talk-tracks', { phrases: ['one'], quorum: 2 }, '/quorum'],
    ['an id that is not that of the path', 'regions', { id: 'south', name: 'South' }, '/id'],
    ['a body that is no object', 'regions', [], ''],
    ['a phone number without its country', 'contacts', { phones: ['030 1234'] }, '/phones/0'],
    [
      'an instant without a zone',
      'teams',
      { name: 'T', regions: [{ regionId: 'n', from: '2026-03-02T09:00:00' }] },
      '/regions/0/from',
    ],
  ])('refuses %s', (_, kind, body, path) => {
    const error = thrownBy(() => toRecord(kind, 'north', body));
    if (!isResonantError(error, 'invalid-request')) throw new Error(`expected invalid-request, got ${String(error)}`);
    expect((error.extra.errors as readonly { path: string }[]).map((problem) => problem.path)).toContain(path);
  });
});
