import { describe, expect, test } from '@jest/globals';
import { directorySections, entriesOfFile, vocabularySections } from '../../src/reference-data/index.ts';

describe('entriesOfFile', () => {
  test('reads every section, in the order in which entries refer to each other', () => {
    const { entries, problems } = entriesOfFile(
      {
        contacts: [{ id: 'contact-3', accounts: [{ accountId: 'acme' }] }],
        accounts: [{ id: 'acme', name: 'Acme' }],
        regions: [{ id: 'north', name: 'North' }],
      },
      directorySections,
    );
    expect(problems).toEqual([]);
    expect(entries.map(({ kind, id, body }) => [kind, id, body])).toEqual([
      ['regions', 'north', { name: 'North' }],
      ['accounts', 'acme', { name: 'Acme' }],
      ['contacts', 'contact-3', { accounts: [{ accountId: 'acme' }] }],
    ]);
  });

  test('lists every problem with the path of its entry', () => {
    const { problems } = entriesOfFile(
      {
        talkTracks: [{ id: 'a', phrases: ['one'] }, { phrases: [] }, { id: 'a', phrases: ['two'] }, 'x'],
        glossary: {},
        tracks: [],
      },
      vocabularySections,
    );
    expect(problems.map(({ path }) => path)).toEqual([
      '/tracks',
      '/talkTracks/1/id',
      '/talkTracks/1/phrases',
      '/talkTracks/2/id',
      '/talkTracks/3',
      '/glossary',
    ]);
  });

  test.each([null, [], 'text'])('refuses a file that is %j', (document) => {
    expect(entriesOfFile(document, directorySections)).toEqual({
      entries: [],
      problems: [{ path: '', message: 'expected an object with regions, teams, reps, accounts, contacts' }],
    });
  });
});
